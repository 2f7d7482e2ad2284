"""The solution: the state as a piecewise linear function of time, solved forward only as far as it is read.

Knots lie on whole seconds. Steps are 1 s after a change of the law and grow while the state follows its own straight
line; a step that bends too much is taken again, shorter, so that kinks (exhaustion, a full queue, the workload's
corners) are placed to the second. Which knots there are depends on the laws alone, never on who reads how far.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import numpy as np

from drillbook.world.law import Law
from drillbook.world.network import Network, Row
from drillbook.world.queueing import Floats

GROW, REJECT = 0.004, 0.02
LONGEST = 300.0


class Trajectory:
    """Times and rows of the knots from `first` on; `changes` are the seconds after which the law changed."""

    def __init__(self, network: Network, law: Law, first: float, corner: Callable[[float], float]) -> None:
        self._network = network
        self._corner = corner
        self.first = first
        self.changes: list[float] = []
        self._jolts: list[tuple[float, Callable[[], None]]] = []
        network.bind(law, first)
        for _ in range(6):
            network.step(first, 600.0)
            self._settle()
        network.accept(first)
        self.times: list[float] = [first]
        self.rows: list[Row] = [network.row()]
        self._begin(first)

    @property
    def version(self) -> int:
        """How often the law changed."""
        return len(self.changes)

    def _settle(self) -> None:
        for pool in self._network.pools.values():
            pool.times, pool.entered = [], []
            pool.a = sum(user.q for user in pool.users)

    def _begin(self, t: float) -> None:
        """Short steps from `t` on; nothing is known of the slopes."""
        self._dt = 1.0
        self._young = 2
        self._end = self._corner(t)
        self._watched = self._network.watched()

    def reach(self, t: float) -> None:
        """Solve at least up to `t`."""
        while self.times[-1] < t:
            self._advance()

    def _advance(self) -> None:
        network, now = self._network, self.times[-1]
        if now >= self._end:
            self._begin(now)
        dt = min(self._dt, self._end - now)
        while True:
            network.step(now + dt, dt)
            row = network.row()
            bend = self._bend(row, dt) if self._young <= 0 else 0.0
            if bend <= REJECT or dt <= 1.0:
                break
            dt = max(1.0, dt // 4)
            network.load(self.rows[-1])
        self._young -= 1
        self._dt = min(dt * 2, LONGEST) if bend < GROW and self._young < 0 else max(1.0, dt // 2 if bend > REJECT else dt)
        network.accept(now + dt)
        self.times.append(now + dt)
        self.rows.append(row)

    def _bend(self, row: Row, dt: float) -> float:
        """How far the state left the straight line of the step before, in units of each column's scale."""
        last, before = self.rows[-1], self.rows[-2]
        ratio = dt / (self.times[-1] - self.times[-2])
        worst = 0.0
        for k, scale in self._watched:
            off = abs(row[k] - last[k] - (last[k] - before[k]) * ratio) / scale
            if off > worst:
                worst = off
        return worst

    def change(self, t: float, law: Law, jolt: Callable[[], None] | None = None) -> None:
        """`law` is in force after the whole second `t`: everything later is forgotten.

        `jolt` changes the state of the network's flows at once; it shows from the next second on.
        """
        self.reach(t)
        row = self.at(t)
        knots = bisect_right(self.times, t)
        if self.times[knots - 1] == t:
            knots -= 1
        del self.times[knots:], self.rows[knots:]
        self.times.append(t)
        self.rows.append(row)
        self._network.load(row)
        self._network.forget(knots, t)
        self._network.bind(law, t)
        self._jolts = [each for each in self._jolts if each[0] == t] + ([(t, jolt)] if jolt else [])
        for _, again in self._jolts:
            again()
        self._begin(t)
        self.changes.append(t)

    def at(self, t: float) -> Row:
        """The state at `t`, a whole second."""
        self.reach(t)
        right = bisect_right(self.times, t)
        if right == 0 or self.times[right - 1] == t:
            return self.rows[max(0, right - 1)]
        t0, t1 = self.times[right - 1], self.times[right]
        x = (t - t0) / (t1 - t0)
        last, row = self.rows[right - 1], self.rows[right]
        head = tuple([v0 + (v1 - v0) * x for v0, v1 in zip(last, row, strict=False)])
        return head + tuple([v1 * x for v1 in row[len(head) :]])

    def knot_after(self, t: float) -> int:
        """Index of the first knot later than `t`."""
        return bisect_right(self.times, t)

    def column(self, k: int, times: Floats) -> Floats:
        """One column at many times, whole seconds in rising order."""
        low, high = self._span(times)
        values = [row[k] if k < len(row) else 0.0 for row in self.rows[low:high]]
        return np.interp(times, self.times[low:high], values)

    def _span(self, times: Floats) -> tuple[int, int]:
        self.reach(float(times[-1]))
        low = max(0, bisect_right(self.times, float(times[0])) - 1)
        return low, min(len(self.times), bisect_right(self.times, float(times[-1])) + 1)

    def sums(self, k: int, times: Floats) -> Floats:
        """Sums of one column over the whole seconds from `first` + 1 up to each of `times`.

        A second's value counts for the second that ends there. Exact for the piecewise linear column.
        """
        self.reach(float(times[-1]))
        knots = np.array(self.times)
        values = np.array([row[k] if k < len(row) else 0.0 for row in self.rows])
        steps = np.diff(knots) * (values[1:] + values[:-1]) / 2 + np.diff(values) / 2
        totals = np.concatenate(([0.0], np.cumsum(steps)))
        place = np.clip(np.searchsorted(knots, times, side="right") - 1, 0, max(0, len(knots) - 2))
        here = np.interp(times, knots, values)
        start = values[place]
        return np.asarray(totals[place] + (times - knots[place]) * (start + here) / 2 + (here - start) / 2)
