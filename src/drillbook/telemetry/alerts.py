"""The alert state machine of Prometheus, walked over many evaluations at once. Source: rules/alerting.go.

Times are milliseconds of the run. The machine only looks at where presence changes, not at each tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from drillbook.model.labels import Labels
from drillbook.telemetry.source import Bools, Floats, Ints

State: TypeAlias = Literal["pending", "firing", "inactive"]


@dataclass(frozen=True, slots=True)
class AlertChange:
    """An alert entered a state at an evaluation.

    `value` and `annotations` are those of the last evaluation at which its expression held. `labels` are its
    identity. Times are seconds; `fired_at` is None where it never fired.
    """

    t: float
    group: str
    alertname: str
    labels: Labels
    state: State
    value: float
    annotations: Labels
    active_at: float
    fired_at: float | None


class Seen(NamedTuple):
    """What an alert's expression gave when it last held."""

    time: int
    value: float
    series: Labels


class Element(NamedTuple):
    """One result series of an alert's expression: whose alert it is, and when it is there."""

    identity: Labels
    series: Labels
    present: Bools
    values: Floats

    def cut(self, start: int, end: int | None) -> Element:
        """The element at some of the evaluations only."""
        return Element(self.identity, self.series, self.present[start:end], self.values[start:end])

    def seen(self, column: int, time: int) -> Seen:
        """What it gave at an evaluation."""
        return Seen(time, float(self.values[column]), self.series)


class Holding(NamedTuple):
    """How long an expression must hold before the alert fires, and how long it fires on afterwards, in ms."""

    hold: int
    keep: int


class Active(NamedTuple):
    """A pending or firing alert between two evaluations; `gone` is since when it only fires on."""

    state: State
    active_at: int
    seen: Seen
    fired_at: int | None = None
    gone: int | None = None


class Turn(NamedTuple):
    """The alert, as it was from then on, entered its state at an evaluation (column of the window)."""

    column: int
    identity: Labels
    state: State
    alert: Active


class Walk:
    """One alert's way through the evaluations at `times`: its turns, and what it is afterwards."""

    def __init__(self, identity: Labels, holding: Holding, times: Ints, before: Active | None) -> None:
        self.identity, self.holding, self.times = identity, holding, times
        self.active = before
        self.turns: list[Turn] = []

    def over(self, elements: list[Element]) -> Walk:
        """Go through all evaluations; at each at most one of the elements is present."""
        ticks = len(self.times)
        if not elements:
            if self.active is not None and ticks:
                self._fails(self.active, 0, ticks)
            return self
        present = elements[0].present
        for element in elements[1:]:
            present = present | element.present
        edges = np.flatnonzero(present[1:] != present[:-1]).tolist()
        here, start = ticks > 0 and bool(present[0]), 0
        for end in (*(edge + 1 for edge in edges), ticks):
            if here:
                self._holds(elements, start, end)
            elif self.active is not None and start < end:
                self._fails(self.active, start, end)
            here, start = not here, end
        return self

    def _turn(self, column: int, state: State, alert: Active) -> None:
        self.turns.append(Turn(column, self.identity, state, alert))

    def _holds(self, elements: list[Element], start: int, end: int) -> None:
        before = self.active
        alert = before or Active("pending", int(self.times[start]), self._seen(elements, start))
        if alert.state == "pending":
            fires = start + int(np.searchsorted(self.times[start:end], alert.active_at + self.holding.hold))
            if before is None and fires != start:
                self._turn(start, "pending", alert)
            if fires < end:
                seen, fired_at = self._seen(elements, fires), int(self.times[fires])
                alert = Active("firing", alert.active_at, seen, fired_at)
                self._turn(fires, "firing", alert)
        self.active = Active(alert.state, alert.active_at, self._seen(elements, end - 1), alert.fired_at)

    def _fails(self, alert: Active, start: int, end: int) -> None:
        ends = start
        if alert.state == "firing" and self.holding.keep:
            gone = int(self.times[start]) if alert.gone is None else alert.gone
            alert = alert._replace(gone=gone)
            ends = start + int(np.searchsorted(self.times[start:end], gone + self.holding.keep))
        if ends < end:
            self._turn(ends, "inactive", alert)
            self.active = None
        else:
            self.active = alert

    def _seen(self, elements: list[Element], column: int) -> Seen:
        element = elements[0]
        if len(elements) > 1:
            element = next(each for each in elements if each.present[column])
        return element.seen(column, int(self.times[column]))


class Course(NamedTuple):
    """What all alerts of a rule do in a window: their turns in order, and what is active afterwards."""

    turns: list[Turn]
    active: dict[Labels, Active]
    exceeded: list[int]
    """Columns at which the rule's limit was exceeded and all of its alerts were dropped."""


def run(
    before: dict[Labels, Active], elements: list[Element], times: Ints, holding: Holding, limit: int
) -> Course:
    """Walk all alerts of a rule through a window of evaluations that did not fail.

    Where more than `limit` (0: any number) are active at once, the rule drops them all and starts anew.
    """
    turns: list[Turn] = []
    exceeded: list[int] = []
    start = 0
    while True:
        course = _walk_all(before, elements, times[start:], holding)
        over = _excess(before, course, elements, len(times) - start, limit)
        if over is None:
            turns += _moved(course.turns, start)
            return Course(turns, course.active, exceeded)
        head = _walk_all(
            before, [each.cut(0, over) for each in elements], times[start : start + over], holding
        )
        ends = [Turn(over, identity, "inactive", alert) for identity, alert in head.active.items()]
        turns += _moved([*head.turns, *ends], start)
        exceeded.append(start + over)
        before, elements = {}, [each.cut(over + 1, None) for each in elements]
        start += over + 1


def _moved(turns: list[Turn], by: int) -> list[Turn]:
    return [turn._replace(column=turn.column + by) for turn in turns] if by else turns


def _excess(
    before: dict[Labels, Active], course: Course, elements: list[Element], ticks: int, limit: int
) -> int | None:
    """The first column at which too many alerts are active."""
    if limit <= 0 or len(before) + len(elements) <= limit:
        return None
    over = np.flatnonzero(_numbers(before, course, ticks) > limit)
    return int(over[0]) if len(over) else None


def _walk_all(before: dict[Labels, Active], elements: list[Element], times: Ints, holding: Holding) -> Course:
    theirs: dict[Labels, list[Element]] = {identity: [] for identity in before}
    for element in elements:
        theirs.setdefault(element.identity, []).append(element)
    turns: list[Turn] = []
    active = {}
    for identity in sorted(theirs):
        walk = Walk(identity, holding, times, before.get(identity)).over(theirs[identity])
        turns += walk.turns
        if walk.active is not None:
            active[identity] = walk.active
    return Course(sorted(turns, key=lambda turn: turn.column), active, [])


def _numbers(before: dict[Labels, Active], course: Course, ticks: int) -> Ints:
    """How many alerts are pending or firing at each evaluation."""
    steps = np.zeros(ticks, np.int64)
    known = set(before)
    for turn in course.turns:
        if turn.state == "inactive":
            steps[turn.column] -= 1
            known.discard(turn.identity)
        elif turn.identity not in known:
            steps[turn.column] += 1
            known.add(turn.identity)
    return len(before) + np.cumsum(steps)


class Span(NamedTuple):
    """An alert in a state from column `start` up to but not including `end`."""

    identity: Labels
    state: State
    active_at: int
    start: int
    end: int


def spans(before: dict[Labels, Active], course: Course, ticks: int) -> list[Span]:
    """When which alert is in which state, for ALERTS and ALERTS_FOR_STATE."""
    current = {identity: (alert.state, alert.active_at, 0) for identity, alert in before.items()}
    found = []
    for turn in course.turns:
        if turn.identity in current:
            state, active_at, start = current.pop(turn.identity)
            found.append(Span(turn.identity, state, active_at, start, turn.column))
        if turn.state != "inactive":
            current[turn.identity] = (turn.state, turn.alert.active_at, turn.column)
    found += [Span(who, state, since, start, ticks) for who, (state, since, start) in current.items()]
    return [span for span in found if span.start < span.end]
