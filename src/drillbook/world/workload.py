"""Requests that reach the entry: piecewise linear over the day, times the traffic factors of the timeline.

λ(t) = day(t) · Π factors(t), requests per second. The day repeats every 24 h in UTC. A factor goes linearly
from 1 to its value during `over`, and back during `over` after `lasts` (the way back is an assumption).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime

from drillbook.model.system import DayPoint

_DAY = 86400.0


class Curve:
    """A continuous piecewise linear function: constant outside its corners."""

    def __init__(self, corners: Sequence[tuple[float, float]]) -> None:
        self.times = tuple([t for t, _ in corners])
        self.values = tuple([value for _, value in corners])

    def at(self, t: float) -> float:
        """The value at `t`."""
        times, values = self.times, self.values
        right = bisect_right(times, t)
        if right == 0:
            return values[0]
        if right == len(times):
            return values[-1]
        t0, t1 = times[right - 1], times[right]
        v0 = values[right - 1]
        return v0 + (values[right] - v0) * (t - t0) / (t1 - t0)


def day_curve(points: Sequence[DayPoint], start: datetime, first: float, last: float) -> Curve:
    """The day's curve from `first` to `last` seconds after `start`, with its corners."""
    corners = sorted((int(p.at[:2]) * 3600.0 + int(p.at[3:]) * 60.0, p.rate) for p in points)
    utc = start.astimezone(UTC)
    midnight = -(utc.hour * 3600.0 + utc.minute * 60.0 + utc.second + utc.microsecond / 1e6)
    days = range(math.floor((first - midnight) / _DAY) - 1, math.ceil((last - midnight) / _DAY) + 2)
    return Curve([(midnight + day * _DAY + at, rate) for day in days for at, rate in corners])


class Workload:
    """The rate at the entry."""

    def __init__(self, points: Sequence[DayPoint], start: datetime, first: float, last: float) -> None:
        self._day = day_curve(points, start, first, last)
        self._factors: list[Curve] = []
        self._corners = list(self._day.times)

    def add(self, at: float, factor: float, over: float, lasts: float | None) -> None:
        """A traffic factor from `at` on; times are whole seconds."""
        over = max(1.0, math.ceil(over))
        corners = [(at, 1.0), (at + over, factor)]
        if lasts is not None:
            end = at + max(over, math.ceil(lasts))
            corners += [(end, factor), (end + over, 1.0)] if end > at + over else [(end + over, 1.0)]
        curve = Curve(corners)
        self._factors.append(curve)
        self._corners = sorted({*self._corners, *curve.times})

    @property
    def factors(self) -> int:
        """How many traffic factors there are."""
        return len(self._factors)

    def terms(self) -> Hashable:
        """What the factors do: equal terms give equal rates."""
        return tuple([(curve.times, curve.values) for curve in self._factors])

    def forget(self, factors: int) -> None:
        """Take back all factors but the first ones."""
        if factors < len(self._factors):
            del self._factors[factors:]
            times = (time for curve in self._factors for time in curve.times)
            self._corners = sorted({*self._day.times, *times})

    def rate(self, t: float) -> float:
        """Requests per second at `t`."""
        rate = self._day.at(t)
        for curve in self._factors:
            rate *= curve.at(t)
        return rate

    def next_corner(self, t: float) -> float:
        """The next time after `t` at which the slope changes, rounded up to a whole second."""
        place = bisect_right(self._corners, t)
        return math.ceil(self._corners[place]) if place < len(self._corners) else math.inf
