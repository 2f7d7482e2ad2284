"""Everything that speaks against a sound scenario, each with its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drillbook.batch.quality.alerting import rule_problems
from drillbook.batch.quality.course import Course
from drillbook.batch.quality.doing import remedy_findings
from drillbook.batch.quality.measured import expectation_findings, scenario_findings
from drillbook.batch.quality.seeing import clue_findings
from drillbook.batch.quality.telling import course_findings, text_findings
from drillbook.errors import InvalidInput, Problem
from drillbook.loading.calibrated import calibration_of
from drillbook.loading.catalog import Catalog
from drillbook.loading.document import Document
from drillbook.loading.files import together
from drillbook.loading.survey import Report, spread
from drillbook.loading.validate import Authored
from drillbook.model.calibration import Calibration
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.oncall.check import Finding
from drillbook.scoring.par import is_current


def qualities(reports: Sequence[Report], catalog: Catalog) -> list[Report]:
    """The reports of a survey, with what is poor about those scenarios in which nothing is wrong."""
    sound = [report.authored for report in reports if report.authored and not report.problems]
    playbooks = {each.model.name: each for each in sound if isinstance(each.model, Playbook)}
    problems: list[Problem] = []
    for scenario in sound:
        if isinstance(scenario.model, Scenario):
            playbook = playbooks.get(scenario.model.playbook) or catalog.playbook_of(scenario)
            try:
                calibration = calibration_of(scenario.document.source)
            except InvalidInput as error:
                problems += error.problems
                continue
            problems += quality_problems(scenario, playbook, calibration)
    return spread(list(reports), problems)


def quality_problems(
    scenario: Authored[Scenario], playbook: Authored[Playbook], calibration: Calibration | None
) -> list[Problem]:
    """What is poor about a scenario that holds by itself and with its playbook; it is run a few times."""
    played, book = together(scenario, playbook)
    course = Course(played, book, list(dict.fromkeys(clue.probe for clue in played.needs.clues)))
    problems = _problems(
        scenario.document,
        (
            *text_findings(played),
            *course_findings(course),
            *clue_findings(course),
            *remedy_findings(course),
            *scenario_findings(played, book, calibration),
        ),
    )
    problems += rule_problems(course, scenario.document)
    if calibration is not None and is_current(calibration, played, book):
        problems += _problems(playbook.document, expectation_findings(book, played, calibration))
    return problems


def _problems(document: Document, findings: Iterable[Finding]) -> list[Problem]:
    return [document.problem(each.path, each.message, each.hint) for each in findings]
