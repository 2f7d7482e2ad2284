"""Clues: what the tools print must show them, the true cause among them, and not before it is there."""

from __future__ import annotations

from typing import Any

import re2

from drillbook.batch.quality.course import Course
from drillbook.loading.checks.findings import Findings
from drillbook.loading.shown import quoted
from drillbook.model.scenario import Clue
from drillbook.oncall.check import Finding

TELLING = 0.4
"""Weight of a clue that leads to the cause."""


def clue_findings(course: Course) -> Findings:
    """Clues that are never shown, probes that are none, and a cause that nothing reveals."""
    needs = course.scenario.needs
    shown: list[Clue] = []
    for number, clue in enumerate(needs.clues):
        times = _times(course, clue)
        path = ("needs", "clues", number)
        if times is None:
            yield from _no_look(course, clue, (*path, "probe"))
        elif not times:
            message = f"{quoted(clue.shows)} matches nothing that the probe of {quoted(clue.id)} prints"
            yield Finding((*path, "shows"), message, "asked all through a run in which nobody does anything")
        else:
            shown.append(clue)
        if times and clue.points_to == needs.cause and times[0] < course.begins:
            message = f"{quoted(clue.id)} shows before anything has happened, so that it proves nothing"
            yield Finding((*path, "shows"), message)
    true = [clue for clue in shown if clue.points_to == needs.cause]
    if not true:
        message = f"no probe reveals the cause {quoted(needs.cause)}"
        yield Finding(("needs", "cause"), message, "a clue that points to it must show during the incident")
    elif max(clue.weight for clue in true) < TELLING:
        message = f"no clue that shows speaks for {quoted(needs.cause)} with a weight of {TELLING} or more"
        yield Finding(("needs", "cause"), message)


def _times(course: Course, clue: Clue) -> list[float] | None:
    """When the clue shows; None where its probe was never answered."""
    printed = course.printed[clue.probe]
    pattern = _pattern(clue.shows)
    return [t for t, output in printed if pattern.search(output)] if printed else None


def _no_look(course: Course, clue: Clue, path: tuple[str | int, ...]) -> Findings:
    tried = course.attempt(clue.probe)
    if tried.action is not None:
        message = f"the probe of {quoted(clue.id)} does not look, it begins {quoted(tried.action.action)}"
    else:
        message = f"the shell does not understand the probe of {quoted(clue.id)}"
    yield Finding(path, message, "try it: `drillbook play --plain`")


def _pattern(shows: str) -> Any:
    options: Any = re2.Options()
    options.log_errors = False
    return re2.compile(shows, options)
