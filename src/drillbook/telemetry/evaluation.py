"""One evaluation of many ticks: the times, what was computed so far, and which ticks failed."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from drillbook.errors import DrillbookError
from drillbook.telemetry.source import Bools, Ints
from drillbook.telemetry.storage import Storage


class EvaluationError(DrillbookError):
    """A query that parsed well and cannot be answered at some tick, such as a many-to-many match."""


class Part(Protocol):
    """Part of an expression, told apart by identity."""

    def subtree(self) -> tuple[Part, ...]:
        """The part and everything below it, deepest first."""
        ...


class Shift(NamedTuple):
    """How a selector moves its ticks: `offset` and `@`, in milliseconds; `at` is Unix time."""

    offset: int = 0
    at: int | None = None


class Ticks:
    """Evaluation times in milliseconds of the run; `stride` is their distance, 0 where it is not constant."""

    __slots__ = ("ms", "stride")

    def __init__(self, ms: Ints, stride: int | None = None) -> None:
        self.ms = ms
        if stride is None:
            stride = _distance(ms) if len(ms) > 1 else 0
        self.stride = stride

    def __len__(self) -> int:
        return len(self.ms)


def _distance(ms: Ints) -> int:
    steps = np.diff(ms)
    return int(steps[0]) if steps[0] > 0 and (steps == steps[0]).all() else 0


class Places(NamedTuple):
    """Where ticks lie on a grid of samples: the last sample at or before each, and how old it is."""

    numbers: Ints
    ages: Ints
    stride: int
    """Samples from one tick to the next, 0 where that is not constant."""
    first: int
    last: int


class Evaluation:
    """The state shared by all nodes while some ticks are evaluated; equal nodes are computed once."""

    def __init__(self, storage: Storage, ticks: Ticks) -> None:
        self.storage = storage
        self.ticks = ticks
        self.results: dict[Part, Any] = {}
        self.failures: dict[Part, tuple[Bools, str]] = {}
        self.children: dict[tuple[int, int, int], Evaluation] = {}
        self._places: dict[tuple[int, int, Shift], Places] = {}

    def places(self, step: int, phase: int, shift: Shift) -> Places:
        """Where the ticks, moved by `shift`, lie on the grid of samples phase + k * step."""
        key = (step, phase, shift)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = self._place(step, phase, shift)
        return found

    def _place(self, step: int, phase: int, shift: Shift) -> Places:
        times = self.moved(shift) - phase
        numbers = times // step
        stride = self.ticks.stride
        even = shift.at is None and stride and stride % step == 0
        sorted_ = even or len(numbers) == 1
        first, last = (
            (int(numbers[0]), int(numbers[-1])) if sorted_ else (int(numbers.min()), int(numbers.max()))
        )
        return Places(numbers, times - numbers * step, stride // step if even else 0, first, last)

    def moved(self, shift: Shift) -> Ints:
        """The ticks as a selector with `offset` and `@` sees them, in milliseconds."""
        if shift.at is not None:
            return np.full(len(self.ticks), shift.at - self.storage.epoch - shift.offset, np.int64)
        return self.ticks.ms - shift.offset

    def fail(self, node: Part, where: Bools, message: str) -> None:
        """Say that a node has no answer at some ticks."""
        if where.any():
            before = self.failures.get(node)
            self.failures[node] = (where, message) if before is None else (before[0] | where, before[1])

    def failed(self, root: Part) -> tuple[Bools, str] | None:
        """At which ticks a query failed, and why first; None where it never did."""
        if not self.failures:
            return None
        found = [self.failures[node] for node in root.subtree() if node in self.failures]
        if not found:
            return None
        return np.logical_or.reduce([where for where, _ in found]), found[0][1]

    def child(self, start: int, step: int, count: int) -> Evaluation:
        """The evaluation of a subquery's own ticks."""
        key = (start, step, count)
        found = self.children.get(key)
        if found is None:
            times = start + step * np.arange(count, dtype=np.int64)
            found = self.children[key] = Evaluation(self.storage, Ticks(times, step))
        return found
