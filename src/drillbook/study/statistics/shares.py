"""Shares of the runs: of one alternative, and of one against another on the same replications."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from drillbook.batch.bounds import LEVEL, normal, wilson
from drillbook.study.statistics.interval import Comparison, Flags, Interval

_HALVINGS = 60


def share(holds: Flags, level: float = LEVEL) -> Interval:
    """Part of the runs in which something holds, with Wilson's interval."""
    count, n = int(np.count_nonzero(holds)), holds.size
    low, high = wilson(count, n, level)
    return Interval(count / n, low, high, level, n)


def paired(holds: Flags, baseline: Flags, level: float = LEVEL) -> Comparison:
    """Difference of two shares on the same rows, by Tango's score (Statistics in Medicine 17, 1998).

    It stays within -1 and 1, and keeps its level where both shares are near 0 or 1, as shares of drills
    that end well are; Wald's does not. At a difference of zero the score is McNemar's.
    """
    n = holds.size
    gained = int(np.count_nonzero(holds & ~baseline))
    lost = int(np.count_nonzero(baseline & ~holds))
    value, z = (gained - lost) / n, normal(level)

    def score(at: float) -> float:
        return _score(gained, lost, n, at)

    low = _where(lambda at: score(at) > z, -1.0, value)
    high = _where(lambda at: score(at) >= -z, value, 1.0)
    none = score(0.0)
    return Comparison(Interval(value, low, high, level, n), 2 * NormalDist().cdf(-abs(none)))


def _score(gained: int, lost: int, n: int, at: float) -> float:
    """Tango's z for a true difference `at`; the share of lost pairs is the likeliest under it."""
    a = 2.0 * n
    b = -gained - lost + (2 * n - gained + lost) * at
    c = -lost * at * (1 - at)
    likeliest = (math.sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
    variance = n * (2 * likeliest + at * (1 - at))
    off = gained - lost - n * at
    if variance <= 0:
        return 0.0 if off == 0 else math.copysign(math.inf, off)
    return off / math.sqrt(variance)


def _where(true: Callable[[float], bool], low: float, high: float) -> float:
    """Where a condition that holds at the lower end and not at the upper one ends."""
    if true(high):
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if true(middle) else (low, middle)
    return (low + high) / 2
