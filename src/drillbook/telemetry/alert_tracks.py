"""An alerting rule in a run: its windows of evaluations, and the alerts in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.telemetry.alerts import Active, Course, Element, run, spans
from drillbook.telemetry.recorded import Recording
from drillbook.telemetry.rules import ALERTS, ALERTS_FOR_STATE, CompiledRule, identity
from drillbook.telemetry.source import Bools, Floats, Ints
from drillbook.telemetry.storage import Block, Interner
from drillbook.telemetry.templates import Surroundings
from drillbook.telemetry.tracks import Failures, Track, joined
from drillbook.telemetry.vectors import Vector, remembered

SAME_LABELS = "vector contains metrics with the same labelset after applying alert labels"


class Window(NamedTuple):
    """Some evaluations of a rule: `kept` are the columns that did not fail, which all else is about."""

    first: int
    length: int
    kept: Ints
    times: Ints
    before: dict[Labels, Active]
    elements: list[Element]
    course: Course


class AlertTrack(Track):
    """An alerting rule; `around` is what templates see at a time, `epoch` the Unix time of second 0."""

    def __init__(
        self,
        rule: CompiledRule,
        start: int,
        interner: Interner,
        around: Callable[[int], Surroundings],
        epoch: int,
    ) -> None:
        super().__init__(rule, start, interner)
        self.around = around
        self.epoch = epoch
        self.windows: list[Window] = []
        self._shown: tuple[int, dict[str, Block]] | None = None

    def settle(self, number: int) -> None:
        """Forget the evaluations from a number on."""
        super().settle(number)
        self._shown = None
        while self.windows and self.windows[-1].first >= number:
            self.windows.pop()
        if self.windows and self.windows[-1].first + self.windows[-1].length > number:
            self.windows.append(self._shortened(self.windows.pop(), number))
        self.turns = [turn for turn in self.turns if turn[0] < self.time(number)]

    def _shortened(self, window: Window, number: int) -> Window:
        length = number - window.first
        count = int(np.searchsorted(window.kept, length))
        elements = [each.cut(0, count) for each in window.elements]
        times = window.times[:count]
        course = run(window.before, elements, times, self.rule.holding, self.rule.limit)
        return Window(window.first, length, window.kept[:count], times, window.before, elements, course)

    def absorb(self, vector: Vector, times: Ints, problems: list[Failures]) -> Failures | None:
        """Walk the alerts through the evaluations."""
        before = self.windows[-1].course.active if self.windows else {}
        if not before and not problems and not vector.any():
            return None
        elements = list(self._elements(vector, times))
        double = _double(elements)
        if double is not None:
            problems.append(Failures(double, SAME_LABELS))
        failed = joined(problems)
        kept = np.arange(len(times)) if failed is None else np.flatnonzero(~failed.where)
        if failed is not None:
            elements = [e._replace(present=e.present[kept], values=e.values[kept]) for e in elements]
        course = run(before, elements, times[kept], self.rule.holding, self.rule.limit)
        self.windows.append(Window(self.done, len(times), kept, times[kept], before, elements, course))
        self.turns += [(int(times[kept[turn.column]]), turn) for turn in course.turns]
        return self._with_limit(failed, kept[course.exceeded] if course.exceeded else None, len(times))

    def _with_limit(self, failed: Failures | None, exceeded: Ints | None, ticks: int) -> Failures | None:
        if exceeded is None:
            return failed
        where = np.zeros(ticks, np.bool_)
        where[exceeded] = True
        message = f"exceeded limit of {self.rule.limit} alerts"
        return joined([*([] if failed is None else [failed]), Failures(where, message)])

    def _elements(self, vector: Vector, times: Ints) -> Iterator[Element]:
        present = vector.present
        rows = np.flatnonzero(present.any(axis=1)).tolist()
        if not all(template.constant for _, template in self.rule.labels):
            for row in rows:
                yield from self._by_value(vector.labels[row], present[row], vector.values[row], times)
            return
        known: dict[int, Labels] = remembered(vector.index, self.rule, dict)
        for row in rows:
            series = vector.labels[row]
            if row not in known:
                known[row] = self._identity(series, 0.0, 0)
            # Copies: the world may change its mind about the columns that follow.
            yield Element(known[row], series, present[row].copy(), vector.values[row].copy())

    def _by_value(self, series: Labels, present: Bools, values: Floats, times: Ints) -> Iterator[Element]:
        """A series whose alert's labels depend on its value: one element per set of labels."""
        found: dict[Labels, Bools] = {}
        for column in np.flatnonzero(present).tolist():
            name = self._identity(series, float(values[column]), int(times[column]))
            found.setdefault(name, np.zeros(len(present), np.bool_))[column] = True
        for name, where in found.items():
            yield Element(name, series, where, values.copy())

    def _identity(self, series: Labels, value: float, time: int) -> Labels:
        around = self.around(time)
        own = [(name, template.expand(series, value, around)) for name, template in self.rule.labels]
        return identity(series, own, self.rule.alert)

    def annotations(self, alert: Active) -> Labels:
        """The annotations of an alert, as expanded when its expression last held."""
        seen = alert.seen
        around = self.around(seen.time)
        templates = self.rule.annotations
        return labels({name: text.expand(seen.series, seen.value, around) for name, text in templates})

    def active_at(self, number: int) -> dict[Labels, Active]:
        """Pending and firing alerts after an evaluation that was computed."""
        for window in reversed(self.windows):
            if window.first <= number:
                if number + 1 < window.first + window.length:
                    return self._shortened(window, number + 1).course.active
                return window.course.active
        return {}

    def blocks(self) -> dict[str, Block]:
        """ALERTS and ALERTS_FOR_STATE of all evaluations so far."""
        if self._shown is None or self._shown[0] != self.done:
            self._shown = (self.done, self._blocks())
        return self._shown[1]

    def _blocks(self) -> dict[str, Block]:
        good = np.ones(self.done, np.bool_)
        # As in Prometheus the series of an alert keep the text of a label that expands to nothing.
        texts = {name: template.source for name, template in self.rule.labels if name != "alertname"}
        cells: dict[str, list[tuple[Labels, Ints, float]]] = {ALERTS: [], ALERTS_FOR_STATE: []}
        for window in self.windows:
            good[window.first : window.first + window.length] = False
            good[window.first + window.kept] = True
            for span in spans(window.before, window.course, len(window.kept)):
                numbers = window.first + window.kept[span.start : span.end]
                shown = {**texts, **dict(span.identity)}
                cells[ALERTS].append((labels(shown, alertstate=span.state), numbers, 1.0))
                since = (span.active_at + self.epoch) // 1000
                cells[ALERTS_FOR_STATE].append((labels(shown), numbers, float(since)))
        for first, failed in self.failures:
            good[first : first + len(failed.where)][failed.where] = False
        return {name: self._written(name, found, good) for name, found in cells.items()}

    def _written(self, name: str, cells: list[tuple[Labels, Ints, float]], good: Bools) -> Block:
        rule = self.rule
        recording = Recording(name, rule.interval, self.start - rule.delay, self.interner)
        rows = recording.rows([series for series, _, _ in cells])
        if rows:
            values = np.zeros((len(recording), len(good)))
            there = np.zeros(values.shape, np.bool_)
            for row, (_, numbers, value) in zip(rows, cells, strict=True):
                values[row, numbers], there[row, numbers] = value, True
            recording.write(0, values, there, good)
        return recording.block


def _double(elements: list[Element]) -> Bools | None:
    """Evaluations at which two series would be one alert; None where there are none."""
    if len(elements) < 2:
        return None
    theirs: dict[Labels, list[Bools]] = {}
    for element in elements:
        theirs.setdefault(element.identity, []).append(element.present)
    if len(theirs) == len(elements):
        return None
    counts = [
        np.add.reduce([p.astype(np.int64) for p in each]) > 1 for each in theirs.values() if len(each) > 1
    ]
    where: Bools = np.logical_or.reduce(counts)
    return where if where.any() else None
