"""When incidents begin: a renewal process whose clock runs faster in hours in which more happens.

Evidence.md §2: gaps with a coefficient of variation of about 1.3 and the time of day, not a plain Poisson
process. Gaps are lognormal in operational time, in which one incident is expected per unit; the hours of the
day and the weekends say how fast that time passes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from drillbook.model.draws import Draws
from drillbook.model.horizon import Arrivals
from drillbook.oncall.wall_clock import instant, local

BEFORE = 20.0
"""The process begins so many incidents before the horizon, so that it has no memory of its beginning."""
_MONTH = 30 * 86400.0
_SATURDAY = 5


class Arrival(NamedTuple):
    """An incident to come."""

    number: int
    """Its own for ever: other rates and hours shift incidents, and leave their draws as they are."""
    t: float
    """Seconds since the horizon's start."""


def arrivals(spec: Arrivals, start: datetime, days: int, draws: Draws) -> list[Arrival]:
    """Every incident of the horizon, in order."""
    sigma = math.sqrt(math.log1p(spec.cv**2))
    at = -BEFORE - draws.uniform("arrival", "phase")
    found: list[Arrival] = []
    number, reached = 0, 0.0
    pieces = _pieces(spec, start, days)
    begin, end, rate = next(pieces, (0.0, 0.0, 0.0))
    while True:
        at += draws.lognormal(math.exp(-sigma * sigma / 2), sigma, "arrival", number) if sigma else 1.0
        number += 1
        if at <= 0:
            continue
        while reached + rate * (end - begin) < at:
            reached += rate * (end - begin)
            piece = next(pieces, None)
            if piece is None:
                return found
            begin, end, rate = piece
        found.append(Arrival(number, round(begin + (at - reached) / rate, 3)))


def _pieces(spec: Arrivals, start: datetime, days: int) -> Iterator[tuple[float, float, float]]:
    """Stretches of constant rate: begin and end in seconds since the start, incidents per second."""
    zone, length = ZoneInfo(spec.time_zone), 86400.0 * days
    mean = mean_weight(spec)
    scale = spec.per_month / _MONTH / mean if mean else 0.0
    marks = _marks(spec)
    first = datetime.combine(local(start, zone).date(), time()) - timedelta(days=1)
    edges = [
        (instant(first + timedelta(days=day, minutes=minute), zone), weight * _weekly(spec, first, day))
        for day in range(days + 4)
        for minute, weight in marks
    ]
    for (begin, weight), (end, _) in pairwise(edges):
        low, high = ((edge - start).total_seconds() for edge in (begin, end))
        low, high = max(low, 0.0), min(high, length)
        if low < high and weight > 0 and scale > 0:
            yield low, high, scale * weight


def _weekly(spec: Arrivals, first: datetime, day: int) -> float:
    return spec.weekend if (first + timedelta(days=day)).weekday() >= _SATURDAY else 1.0


def _marks(spec: Arrivals) -> list[tuple[int, float]]:
    """Minutes of the day from which on a weight holds, the first one at midnight."""
    marks = sorted((60 * int(each.at[:2]) + int(each.at[3:]), each.weight) for each in spec.day)
    if not marks:
        return [(0, 1.0)]
    # Before the first mark of a day, the last one of the day before holds.
    return marks if marks[0][0] == 0 else [(0, marks[-1][1]), *marks]


def mean_weight(spec: Arrivals) -> float:
    """The mean weight over a week."""
    marks = _marks(spec)
    ends = [minute for minute, _ in marks[1:]] + [1440]
    day = sum(weight * (end - begin) for (begin, weight), end in zip(marks, ends, strict=True)) / 1440
    return day * (5 + 2 * spec.weekend) / 7
