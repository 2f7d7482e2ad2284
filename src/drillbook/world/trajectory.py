"""The solution: the state as a piecewise linear function of time, solved forward only as far as it is read.

Knots lie on whole seconds. Steps are 1 s after a change of the law and grow while the state follows its own
straight line; a step that bends too much is taken again, shorter, so that kinks (exhaustion, a full queue,
the workload's corners) are placed to the second. Which knots there are depends on the laws alone, never on
who reads how far.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

from drillbook.world.foreseen import MOST_SAMPLERS, Foreseen, Knot, Pace, Segment
from drillbook.world.law import Law
from drillbook.world.network import Network, Row
from drillbook.world.queueing import Floats
from drillbook.world.sampling import Sampler
from drillbook.world.workload import Workload

STRAIGHT, GROW, REJECT = 0.0005, 0.004, 0.02
LONGEST = 300.0

Jolt: TypeAlias = tuple[float, Callable[[], None]]
"""A sudden change of the network's flows, and the second after which it shows."""


class Trajectory:
    """Times and rows of the knots from `first` on; `changes` are the seconds after which the law changed."""

    def __init__(
        self, network: Network, law: Law, first: float, workload: Workload, foreseen: Foreseen | None = None
    ) -> None:
        """`foreseen` is what other runs of the scenario have solved; knots are taken from it and added."""
        self._network = network
        self._workload = workload
        self.first = first
        self.changes: list[float] = []
        self._aims: dict[int, tuple[float, Row]] = {}
        self.jolts: list[Jolt] = []
        """The sudden changes at the last change of the law."""
        network.bind(law, first)
        key = (first, network.terms())
        begin = None if foreseen is None else foreseen.begins.get(key)
        if begin is None:
            begin = Segment(self._ordinary(first))
            if foreseen is not None:
                foreseen.begins[key] = begin
        self.times: list[float] = [first]
        self.rows: list[Row] = [begin.begin.row]
        self._pace = begin.begin.pace
        self._segments: list[Segment] = [begin]
        """Those that are shared, from the first to the one in force; none once somebody has intervened."""
        self._used = 0
        self._behind = True
        """Whether the network's state is that of an earlier knot than the last."""

    def _ordinary(self, first: float) -> Knot:
        """An ordinary day's state."""
        network = self._network
        for _ in range(6):
            network.step(first, 600.0)
            network.settle()
        return Knot(first, network.row(), self._begin(first))

    def alone(self) -> None:
        """What follows is not what other runs foresee."""
        self._segments.clear()

    @property
    def version(self) -> int:
        """How often the law changed."""
        return len(self.changes)

    def _begin(self, t: float) -> Pace:
        """Short steps from `t` on; nothing is known of the slopes."""
        return Pace(1.0, 2, self._workload.next_corner(t), self._network.watched())

    def reach(self, t: float) -> None:
        """Solve at least up to `t`."""
        while self.times[-1] < t:
            self._advance()

    def _advance(self) -> None:
        shared = self._segments[-1].knots if self._segments else []
        if self._used < len(shared):
            knot = shared[self._used]
            self._behind = True
        else:
            knot = self._step()
            shared.append(knot)
        self._used += 1
        self.times.append(knot.time)
        self.rows.append(knot.row)
        self._pace = knot.pace

    def _step(self) -> Knot:
        """The next knot."""
        network, now = self._network, self.times[-1]
        if self._behind:
            network.resume(self.times, self.rows)
            self._behind = False
        if now >= self._pace.end:
            self._pace = self._begin(now)
        next_dt, young, end, watched = self._pace
        dt = min(next_dt, end - now)
        while True:
            network.step(now + dt, dt)
            row = network.row()
            bend = self._bend(row, dt) if young <= 0 else 0.0
            if bend <= REJECT or dt <= 1.0:
                break
            dt = max(1.0, dt // 4)
            network.load(self.rows[-1])
        young -= 1
        network.accept(now + dt)
        return Knot(now + dt, row, Pace(dt if young >= 0 else self._next(dt, bend), young, end, watched))

    @staticmethod
    def _next(dt: float, bend: float) -> float:
        """Length of the next step."""
        if bend < GROW:
            return min(dt * (4 if bend < STRAIGHT else 2), LONGEST)
        return max(1.0, dt // 2) if bend > REJECT else dt

    def _bend(self, row: Row, dt: float) -> float:
        """How far the state left the straight line of the step before, in units of each column's scale."""
        last, before = self.rows[-1], self.rows[-2]
        ratio = dt / (self.times[-1] - self.times[-2])
        worst = 0.0
        for k, scale in self._pace.watched:
            off = abs(row[k] - last[k] - (last[k] - before[k]) * ratio) / scale
            worst = max(worst, off)
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
        elif knots < len(self.times):
            # states on the way to `t` stay on the line that they were on, to the last bit
            self._aims.setdefault(knots - 1, (self.times[knots], self.rows[knots]))
        del self.times[knots:], self.rows[knots:]
        self._aims = {k: aim for k, aim in self._aims.items() if k < knots}
        self.times.append(t)
        self.rows.append(row)
        self._network.bind(law, t)
        self._behind = True
        self.jolts = [each for each in self.jolts if each[0] == t] + ([(t, jolt)] if jolt else [])
        self.changes.append(t)
        self._enter(t, row)

    def _enter(self, t: float, row: Row) -> None:
        """Begin what follows a change of the law, as another run did or anew."""
        self._used = 0
        if self.jolts:
            self.alone()
        while len(self._segments) > 1 and self._segments[-1].begin.time >= t:
            self._segments.pop()
        key = (t, self._workload.terms(), self._network.terms())
        found = self._segments[-1].after.get(key) if self._segments else None
        if found is None:
            self._network.resume(self.times, self.rows)
            self._behind = False
            for _, jolt in self.jolts:
                jolt()
            found = Segment(Knot(t, row, self._begin(t)))
            if self._segments:
                self._segments[-1].after[key] = found
        self._pace = found.begin.pace
        if self._segments:
            self._segments.append(found)

    def _aim(self, k: int) -> tuple[float, Row]:
        """Where the straight line from knot `k` leads."""
        found = self._aims.get(k)
        return (self.times[k + 1], self.rows[k + 1]) if found is None else found

    def at(self, t: float, first: int = 0, stop: int | None = None) -> Row:
        """The state at `t`, a whole second: all columns, or those from `first` to before `stop`."""
        self.reach(t)
        k = max(0, bisect_right(self.times, t) - 1)
        row, start = self.rows[k][first:stop], self.times[k]
        if start >= t:
            return row
        end, aim = self._aim(k)
        aim = aim[first:stop]
        x = (t - start) / (end - start)
        head = tuple([v0 + (v1 - v0) * x for v0, v1 in zip(row, aim, strict=False)])
        return head + tuple([0.0 + (v1 - 0.0) * x for v1 in aim[len(head) :]])

    def value(self, t: float, column: int) -> float:
        """One column of `at`."""
        self.reach(t)
        k = max(0, bisect_right(self.times, t) - 1)
        row, start = self.rows[k], self.times[k]
        before = row[column] if column < len(row) else 0.0
        if start >= t:
            return before
        end, aim = self._aim(k)
        after = aim[column] if column < len(aim) else 0.0
        return before + (after - before) * ((t - start) / (end - start))

    def between(self, first: float, last: float) -> tuple[list[float], list[Row]]:
        """Times and rows of the knots around and between two moments."""
        self.reach(last)
        start, stop = bisect_right(self.times, first) - 1, bisect_right(self.times, last) + 1
        return self.times[start:stop], self.rows[start:stop]

    def knot_after(self, t: float) -> int:
        """Index of the first knot later than `t`."""
        return bisect_right(self.times, t)

    def sample(self, times: Floats) -> Sampler:
        """The solution at many times, whole seconds in rising order."""
        self.reach(float(times[-1]))
        shared = self._segments[-1].samplers if self._segments else {}
        key = (self._used, times.tobytes())
        found = shared.get(key)
        if found is None:
            found = Sampler(self.times, self.rows, self._aims, times)
            if len(shared) < MOST_SAMPLERS:
                shared[key] = found
        return found
