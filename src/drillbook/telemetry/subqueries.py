"""Subqueries: an expression evaluated at its own steps, then taken as a range vector."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from drillbook.telemetry.evaluation import Evaluation, Shift
from drillbook.telemetry.nodes import Node
from drillbook.telemetry.source import Bools, Ints
from drillbook.telemetry.vectors import ONE, Vector, distinct
from drillbook.telemetry.windows import Grid, Regular, Windows


class Subquery(Node):
    """`expression[range:step]`; its steps are multiples of `step` in Unix time."""

    def __init__(self, inner: Node, length: int, step: int, shift: Shift, *, closed: bool) -> None:
        super().__init__()
        self.inner = inner
        self.length, self.step, self.shift, self.closed = length, step, shift, closed

    def barren(self, names: Collection[str]) -> bool:
        """As the inner expression."""
        return self.inner.barren(names)

    def windows(self, ev: Evaluation) -> list[Windows]:
        """The windows over the inner expression's results; at most one element."""
        ends = ev.moved(self.shift)
        epoch = ev.storage.epoch
        behind = ends + epoch - self.length
        lo = -(-behind // self.step) if self.closed else behind // self.step + 1
        hi = (ends + epoch) // self.step + 1
        first, count = int(lo.min()), int(hi.max() - lo.min())
        if count <= 0:
            return []
        phase = first * self.step - epoch
        child = ev.child(phase, self.step, count)
        vector = self._inner(child)
        self._pass_failures(ev, child, lo - first, hi - first)
        if not len(vector.index):
            return []
        even = self.shift.at is None and ev.ticks.stride and ev.ticks.stride % self.step == 0
        stride = ev.ticks.stride // self.step if even else 0
        columns: tuple[Ints, Ints] | Regular = (lo - first, hi - first)
        if stride:
            columns = Regular(int(lo[0]) - first, stride, int(hi[0] - lo[0]))
        mask = vector.mask
        if mask is None and not np.isfinite(vector.values).all():
            mask = vector.present
        samples, grid = (vector.index, vector.values, mask), Grid(self.step, phase)
        return [Windows(samples, columns, (ends, ev.ticks.ms), grid, self.length)]

    def _inner(self, child: Evaluation) -> Vector:
        found = self.inner.evaluate(child)
        if isinstance(found, Vector):
            return distinct(found)
        return Vector(ONE, np.broadcast_to(np.asarray(found, np.float64), (1, len(child.ticks))))

    def _pass_failures(self, ev: Evaluation, child: Evaluation, lo: Ints, hi: Ints) -> None:
        failed = child.failed(self.inner)
        if failed is None:
            return
        before = np.concatenate([[0], np.cumsum(failed[0])])
        hit: Bools = before[hi] > before[lo]
        ev.fail(self, hit, failed[1])
