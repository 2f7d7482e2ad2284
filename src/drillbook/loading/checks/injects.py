"""When the happenings of a timeline happen: each has a time or a condition, and conditions can be told."""

from __future__ import annotations

from drillbook.errors import InvalidInput
from drillbook.loading.checks.findings import Findings, at_most, unknown
from drillbook.loading.checks.system import names
from drillbook.loading.document import Path
from drillbook.loading.shown import quoted
from drillbook.model.inject import Inject, When
from drillbook.model.scenario import ACTIONS, Scenario
from drillbook.oncall.check import Finding
from drillbook.telemetry.query import compile_query

_SAYS = (
    "state", "lacking", "time", "remedy", "error_ratio_above", "error_ratio_below", "query", "all", "any",
)  # fmt: skip


def inject_findings(scenario: Scenario) -> Findings:
    """Happenings without a time or with two, ids that stand twice, and conditions that cannot be told."""
    first: dict[str, int] = {}
    for place, inject in enumerate(scenario.timeline):
        path = ("timeline", place)
        yield from _moment(path, inject, scenario)
        if inject.id is not None and inject.id in first:
            message = f"there are two happenings called {quoted(inject.id)}"
            yield Finding((*path, "id"), message, f"entry {first[inject.id] + 1} has it already")
        elif inject.id is not None:
            first[inject.id] = place


def _moment(path: Path, inject: Inject, scenario: Scenario) -> Findings:
    if inject.at is not None and inject.when is not None:
        yield Finding((*path, "when"), "it has `at` as well as `when`", "one of them says when it happens")
    elif inject.at is not None:
        yield from at_most((*path, "at"), inject.at, scenario.duration, "the scenario's duration")
    elif inject.when is not None:
        yield from _when((*path, "when"), inject.when, scenario)
    else:
        yield Finding(path, "it says not when it happens", "at: 5m, or when: {state: declared}")


def _when(path: Path, when: When, scenario: Scenario) -> Findings:
    if not any(getattr(when, key) not in (None, []) for key in _SAYS):
        yield Finding(path, "the condition says nothing", f"it needs one of {', '.join(_SAYS)}")
    if when.remedy is not None and when.remedy not in ACTIONS:
        yield unknown((*path, "remedy"), "action", when.remedy, ACTIONS)
    known = names(scenario.system)
    if when.target is not None and when.target not in known:
        yield unknown((*path, "target"), "component", when.target, known)
    elif when.target is not None and when.remedy is None:
        yield Finding((*path, "target"), "a `target` goes with a `remedy`")
    for key in ("time", "after"):
        yield from at_most((*path, key), getattr(when, key), scenario.duration, "the scenario's duration")
    if when.query is not None:
        try:
            compile_query(when.query)
        except InvalidInput as error:
            yield Finding((*path, "query"), error.problems[0].message, error.problems[0].hint)
    for key in ("all", "any"):
        for place, each in enumerate(getattr(when, key)):
            yield from _when((*path, key, place), each, scenario)
