"""The solution: the state as a piecewise linear function of time, solved forward only as far as it is read.

Knots lie on whole seconds. Steps are 1 s after a change of the law and grow while the state follows its own
straight line; a step that bends too much is taken again, shorter, so that kinks (exhaustion, a full queue,
the workload's corners) are placed to the second. Which knots there are depends on the laws alone, never on
who reads how far.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable
from itertools import pairwise
from typing import TypeVar

from drillbook.world.foreseen import MOST_RESULTS, MOST_SAMPLERS, Foreseen, Knot, Pace, Segment
from drillbook.world.law import Law
from drillbook.world.network import Blow, Network
from drillbook.world.pool import Row
from drillbook.world.queueing import Floats
from drillbook.world.sampling import Sampler
from drillbook.world.workload import Workload

STRAIGHT, GROW, REJECT = 0.0005, 0.004, 0.02
LONGEST = 300.0
_Found = TypeVar("_Found")


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
        self.blows: list[tuple[float, Blow]] = []
        """Sudden changes at the last change of the law, and the second after which each shows."""
        self._terms = network.terms(law, first)
        key = (first, self._terms)
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
        self._own: dict[tuple[int, bytes], Sampler] = {}
        """The last sampler since somebody intervened."""

    def _ordinary(self, first: float) -> Knot:
        """An ordinary day's state."""
        network = self._network
        network.use(self._terms)
        row = network.untouched()
        for _ in range(6):
            row = network.settled(network.step(row, ((), ()), first, 600.0))
        return Knot(first, row, self._begin(first, row))

    def alone(self) -> None:
        """What follows is not what other runs foresee."""
        self._segments.clear()

    @property
    def version(self) -> int:
        """How often the law changed."""
        return len(self.changes)

    def _begin(self, t: float, row: Row) -> Pace:
        """Short steps from `t` on; nothing is known of the slopes."""
        self._network.use(self._terms)
        corner = min(self._workload.next_corner(t), self._network.corner(t))
        return Pace(1.0, 2, corner, self._network.watched(row))

    def reach(self, t: float) -> None:
        """Solve at least up to `t`."""
        times, rows = self.times, self.rows
        if times[-1] >= t:
            return
        shared = self._segments[-1].knots if self._segments else None
        while times[-1] < t:
            if shared is None or self._used == len(shared):
                knot = self._step()
                if shared is not None:
                    shared.append(knot)
            else:
                knot = shared[self._used]
            self._used += 1
            time, row, self._pace = knot
            times.append(time)
            rows.append(row)

    def _step(self) -> Knot:
        """The next knot."""
        network, now, row = self._network, self.times[-1], self.rows[-1]
        network.use(self._terms)
        if now >= self._pace.end:
            self._pace = self._begin(now, row)
        next_dt, young, end, watched = self._pace
        dt = min(next_dt, end - now)
        if self.blows and self.blows[0][0] == now:
            row = network.struck(row, [blow for _, blow in self.blows])
        while True:
            then = network.step(row, (self.times, self.rows), now + dt, dt)
            bend = self._bend(then, dt) if young <= 0 else 0.0
            if bend <= REJECT or dt <= 1.0:
                break
            dt = max(1.0, dt // 4)
        young -= 1
        return Knot(now + dt, then, Pace(dt if young >= 0 else self._next(dt, bend), young, end, watched))

    @staticmethod
    def _next(dt: float, bend: float) -> float:
        """Length of the next step."""
        if bend < GROW:
            return min(dt * (4 if bend < STRAIGHT else 2), LONGEST)
        return max(1.0, dt // 2) if bend > REJECT else dt

    def _bend(self, row: Row, dt: float) -> float:
        """How far the state left the straight line of the step before, in units of each column's scale.

        Of what is too far, the first that is found.
        """
        last, before = self.rows[-1], self.rows[-2]
        ratio = dt / (self.times[-1] - self.times[-2])
        worst = 0.0
        for k, scale in self._pace.watched:
            here = last[k]
            off = (row[k] - here - (here - before[k]) * ratio) / scale
            if off > worst or -off > worst:
                worst = abs(off)
                if worst > REJECT:
                    break
        return worst

    def change(self, t: float, law: Law, blow: Blow | None = None) -> None:
        """`law` is in force after the whole second `t`: everything later is forgotten.

        `blow` changes the state at once; it shows from the next second on.
        """
        self.reach(t)
        self._terms = self._network.terms(law, t)
        self.blows = [each for each in self.blows if each[0] == t] + ([] if blow is None else [(t, blow)])
        self.changes.append(t)
        begin = self._segment(t).begin
        self._pace = begin.pace
        self._cut(t)
        self.times.append(t)
        self.rows.append(begin.row)

    def _segment(self, t: float) -> Segment:
        """What follows a change of the law at `t`, as another run did or anew."""
        self._used = 0
        if self.blows:
            self.alone()
        while len(self._segments) > 1 and self._segments[-1].begin.time >= t:
            self._segments.pop()
        key = (t, self._workload.terms(), self._terms)
        found = self._segments[-1].after.get(key) if self._segments else None
        if found is None:
            row = self.at(t)
            found = Segment(Knot(t, row, self._begin(t, row)))
            if self._segments:
                self._segments[-1].after[key] = found
        if self._segments:
            self._segments.append(found)
        return found

    def _cut(self, t: float) -> None:
        """Forget the knots from `t` on; states on the way there stay on their line, to the last bit."""
        knots = bisect_right(self.times, t)
        on_a_knot = self.times[knots - 1] == t
        knots -= on_a_knot
        while self._aims and next(reversed(self._aims)) >= knots:  # they rise
            self._aims.popitem()
        if not on_a_knot and knots < len(self.times):
            self._aims.setdefault(knots - 1, (self.times[knots], self.rows[knots]))
        del self.times[knots:], self.rows[knots:]

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

    def integral(self, column: int, since: float, until: float) -> float:
        """The integral of a column over a time."""
        times, rows = self.between(since, until)
        inner = [(t, row[column]) for t, row in zip(times, rows, strict=True) if since < t < until]
        points = [(since, self.value(since, column)), *inner, (until, self.value(until, column))]
        return sum([(b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points)])

    def between(self, first: float, last: float) -> tuple[list[float], list[Row]]:
        """Times and rows of the knots around and between two moments."""
        self.reach(last)
        start, stop = bisect_right(self.times, first) - 1, bisect_right(self.times, last) + 1
        return self.times[start:stop], self.rows[start:stop]

    def knot_after(self, t: float) -> int:
        """Index of the first knot later than `t`."""
        return bisect_right(self.times, t)

    def once(self, key: Hashable, work_out: Callable[[], _Found]) -> _Found:
        """What follows from the solution and the key alone, worked out once for all runs that share it."""
        shared = self._segments[-1].results if self._segments else {}
        found: _Found | None = shared.get(key)
        if found is None:
            found = work_out()
            if len(shared) < MOST_RESULTS:
                shared[key] = found
        return found

    def sample(self, times: Floats) -> Sampler:
        """The solution at many times, whole seconds in rising order."""
        self.reach(float(times[-1]))
        shared = self._segments[-1].samplers if self._segments else self._own
        key = (self._used if self._segments else self.version, times.tobytes())
        found = shared.get(key)
        if found is None:
            found = Sampler(self.times, self.rows, self._aims, times)
            if not self._segments:
                shared.clear()  # the rules' window; people ask for other times, once each
            if len(shared) < MOST_SAMPLERS:
                shared[key] = found
        return found
