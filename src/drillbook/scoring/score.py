"""The judgement itself: a pure function of scenario, playbook and log."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Expectation, Playbook
from drillbook.model.scenario import Scenario
from drillbook.scoring import points
from drillbook.scoring.case import Case
from drillbook.scoring.communications import communications
from drillbook.scoring.feedback import practise, strengths
from drillbook.scoring.grade import Grade, not_applicable, sentence
from drillbook.scoring.graders.registry import GRADERS
from drillbook.scoring.graders.triggers import trigger_expectations
from drillbook.scoring.measure import measures
from drillbook.scoring.par import Par, standing
from drillbook.scoring.scorecard import AreaScore, Judged, Scorecard


def score(
    scenario: Scenario,
    playbook: Playbook,
    log: Sequence[Event],
    *,
    person: str | None = None,
    par: Sequence[Par] = (),
) -> Scorecard:
    """Judge a run of `person` (the scenario's primary by default); `par` are runs to compare it with."""
    case = Case(scenario, playbook, log, person or primary(scenario))
    asked_for = [*playbook.expectations, *trigger_expectations(playbook)]
    judged = tuple(_judge(case, expectation) for expectation in asked_for)
    asked = [each for each in judged if each.outcome != "not-applicable"]
    total = points.score((each.points, each.max) for each in asked)
    found = measures(log)
    started = next((fact for _, fact in case.of(f.Started)), None)
    return Scorecard(
        scenario=scenario.name,
        playbook=playbook.name,
        seed=started.seed if started else 0,
        form=started.form if started else 0,
        scoring_version=points.SCORING_VERSION,
        person=case.person,
        total=total,
        rating=points.rating(total, [each.outcome for each in asked]),
        areas=_areas(asked),
        expectations=judged,
        measures=found,
        communications=communications(case),
        strengths=strengths(judged),
        next=practise(judged),
        par=standing(total, found, par),
    )


def primary(scenario: Scenario) -> str:
    """The trainee's own seat: the person whose part is primary; the first person where there is none."""
    return next((each.id for each in scenario.people if each.part == "primary"), scenario.people[0].id)


def _judge(case: Case, expectation: Expectation) -> Judged:
    grade = _grade(case, expectation)
    return Judged(
        id=expectation.id,
        area=expectation.area,
        outcome=grade.outcome,
        late_by_s=grade.late_by,
        quality=grade.quality,
        points=points.points(grade, expectation.points),
        max=expectation.points,
        reason=sentence(grade.reason),
        rule=expectation.rule,
        evidence=grade.evidence,
    )


def _grade(case: Case, expectation: Expectation) -> Grade:
    only = [name.upper() for name in expectation.severities]
    if only and case.severity.id.upper() not in only:
        return not_applicable(f"Not asked for at {case.severity.id}.")
    return GRADERS[expectation.check](case, expectation)


def _areas(asked: Sequence[Judged]) -> dict[str, AreaScore]:
    areas: dict[str, list[Judged]] = {}
    for each in asked:
        areas.setdefault(each.area, []).append(each)
    scores = {name: points.score((each.points, each.max) for each in of) for name, of in areas.items()}
    return {
        name: AreaScore(points.rating(value, [each.outcome for each in areas[name]]), value)
        for name, value in scores.items()
    }
