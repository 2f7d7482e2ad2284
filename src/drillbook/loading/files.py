"""Authored files into models. Whatever is wrong with a file is said at once, with file, line and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from os import PathLike
from typing import NamedTuple, NoReturn, TypeVar

from pydantic import BaseModel

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.checks.curriculum import curriculum_findings
from drillbook.loading.checks.playbook import people_findings, playbook_findings, severity_findings
from drillbook.loading.checks.rules import rule_problems
from drillbook.loading.checks.scenario import scenario_findings
from drillbook.loading.checks.study import responder_findings, study_findings
from drillbook.loading.document import Document, bounded
from drillbook.loading.forms import in_form, unused_names
from drillbook.loading.limits import PROBLEMS
from drillbook.loading.mend import mended
from drillbook.loading.nodes import Mapping
from drillbook.loading.shown import file_name, quoted
from drillbook.loading.text import decode, read_bytes
from drillbook.loading.validate import Authored, validate
from drillbook.loading.yaml import parse
from drillbook.model.curriculum import Curriculum
from drillbook.model.playbook import Playbook
from drillbook.model.responders import Responders
from drillbook.model.rules import RuleFile
from drillbook.model.scenario import Scenario
from drillbook.model.study import Study
from drillbook.oncall.check import Finding

M = TypeVar("M", bound=BaseModel)


class Drill(NamedTuple):
    """A scenario and the playbook that it is judged by, which fit together."""

    scenario: Scenario
    playbook: Playbook


def load_rules(path: str | PathLike[str]) -> RuleFile:
    """The alert rules in a Prometheus rule file. InvalidInput with every problem, NotFound, Unreadable."""
    return read_rules(read_document(path)).model


def load_drill(scenario: str | PathLike[str], playbook: str | PathLike[str], form: int = 0) -> Drill:
    """A scenario in one of its forms and a playbook from their files, checked against each other too."""
    first, second = _both(scenario, playbook)
    return together(in_form(first, form), second)


def _both(
    scenario: str | PathLike[str], playbook: str | PathLike[str]
) -> tuple[Authored[Scenario], Authored[Playbook]]:
    """Both files; the problems of both where the first is broken."""
    try:
        first = read_scenario(read_document(scenario))
    except InvalidInput as error:
        try:
            read_playbook(read_document(playbook))
        except InvalidInput as second:
            _refuse([*error.problems, *second.problems])
        raise
    return first, read_playbook(read_document(playbook))


def read_document(path: str | PathLike[str]) -> Document:
    """The tree in a file, its root a group of keys. InvalidInput, NotFound, Unreadable."""
    source = file_name(path)
    text, problems = decode(read_bytes(path), source)
    return document(text, source) if not problems else _refuse(problems)


def document(text: str, source: str) -> Document:
    """The tree in checked text, its root a group of keys. InvalidInput where it cannot be read to its end.

    What else is wrong so far is among the document's `problems`; a reader refuses it with what it finds.
    """
    root, problems = parse(text, source)
    if root is not None and not isinstance(root, Mapping):
        message = "the file must hold a group of keys (`key: value` lines)"
        problems = [*problems, Problem(source, *root.place, message, "`kind: scenario` comes first")]
    if not isinstance(root, Mapping):
        return _refuse(problems)
    return Document(source, root, text, tuple(problems))


def read_scenario(document: Document) -> Authored[Scenario]:
    """The scenario in a document. InvalidInput with every problem."""
    return _read(document, Scenario, _scenario_problems)


def read_playbook(document: Document) -> Authored[Playbook]:
    """The playbook in a document. InvalidInput with every problem."""
    return _read(document, Playbook, _playbook_problems)


def read_study(document: Document) -> Authored[Study]:
    """The study in a document, by itself: whether its paths lead anywhere its scenarios say. InvalidInput."""
    return _read(document, Study, _study_problems)


def read_curriculum(document: Document) -> Authored[Curriculum]:
    """The curriculum in a document, by itself: not whether what it names is there. InvalidInput."""
    return _read(document, Curriculum, _curriculum_problems)


def read_people(document: Document) -> Authored[Responders]:
    """The responders in a people file. InvalidInput with every problem."""
    return _read(document, Responders, _people_problems)


def read_rules(document: Document) -> Authored[RuleFile]:
    """The rules in a document. InvalidInput with every problem."""
    return _read(document, RuleFile, _rule_file_problems)


def together(scenario: Authored[Scenario], playbook: Authored[Playbook]) -> Drill:
    """The two as one drill. InvalidInput with every name in one that the other does not have.

    People of the playbook join the scenario's, unless it has somebody of that id.
    """
    problems = misfits(scenario, playbook)
    if problems:
        _refuse(problems)
    known = {person.id for person in scenario.model.people}
    joining = [person for person in playbook.model.people if person.id not in known]
    people = [*scenario.model.people, *joining]
    return Drill(scenario.model.model_copy(update={"people": people}), playbook.model)


def misfits(scenario: Authored[Scenario], playbook: Authored[Playbook]) -> list[Problem]:
    """Every name in a scenario or playbook that the other does not have."""
    return [
        *_problems(scenario.document, severity_findings(scenario.model, playbook.model)),
        *_problems(playbook.document, people_findings(playbook.model, scenario.model)),
    ]


def _scenario_problems(authored: Authored[Scenario]) -> list[Problem]:
    problems = _own_problems(authored)
    if problems:
        return problems
    for number in range(1, len(authored.model.forms) + 1):
        problems += _form_problems(authored, number)
    return problems


def _own_problems(authored: Authored[Scenario]) -> list[Problem]:
    problems = _problems(authored.document, scenario_findings(authored.model))
    return problems + rule_problems(authored.document, ("rules",), authored.model.rules)


def _form_problems(authored: Authored[Scenario], number: int) -> list[Problem]:
    """What is wrong with a form; places are those of the part of the scenario that it changes."""
    unused = unused_names(authored.document, number)
    path = ("forms", number - 1, "swap")
    problems = [
        authored.document.problem((*path, name), f"{quoted(name)} stands nowhere in the scenario")
        for name in unused
    ]
    try:
        changed = in_form(authored, number)
    except InvalidInput as error:
        return problems + [_of_form(problem, number) for problem in error.problems]
    return problems + [_of_form(problem, number) for problem in _own_problems(changed)]


def _of_form(problem: Problem, number: int) -> Problem:
    return replace(problem, message=f"in form {number}: {problem.message}")


def _playbook_problems(authored: Authored[Playbook]) -> list[Problem]:
    return _problems(authored.document, playbook_findings(authored.model))


def _study_problems(authored: Authored[Study]) -> list[Problem]:
    return _problems(authored.document, study_findings(authored.model))


def _curriculum_problems(authored: Authored[Curriculum]) -> list[Problem]:
    return _problems(authored.document, curriculum_findings(authored.model))


def _people_problems(authored: Authored[Responders]) -> list[Problem]:
    return _problems(authored.document, responder_findings(authored.model))


def _rule_file_problems(authored: Authored[RuleFile]) -> list[Problem]:
    return rule_problems(authored.document, ("groups",), authored.model.groups)


def _read(document: Document, model: type[M], check: Callable[[Authored[M]], list[Problem]]) -> Authored[M]:
    try:
        authored = Authored(validate(document, model), document)
    except InvalidInput as error:
        stand_in = mended(document, model)
        told = {(problem.line, problem.column) for problem in error.problems}
        more = check(stand_in) if stand_in else []
        further = (problem for problem in more if (problem.line, problem.column) not in told)
        _refuse([*document.problems, *error.problems, *further])
    problems = [*document.problems, *check(authored)]
    return authored if not problems else _refuse(problems)


def _problems(document: Document, findings: Iterable[Finding]) -> list[Problem]:
    some = islice(findings, 2 * PROBLEMS)
    return [document.problem(each.path, each.message, each.hint) for each in some]


def _refuse(problems: Iterable[Problem]) -> NoReturn:
    raise InvalidInput(bounded(problems))
