"""How precise so many runs are, how many runs a precision takes, and what would be noticed."""

from __future__ import annotations

import math
from statistics import NormalDist

from drillbook.batch.bounds import LEVEL
from drillbook.study.statistics.means import critical

POWER = 0.8
_MOST = 10**9


def half_width(deviation: float, n: int, level: float = LEVEL) -> float:
    """The half-width of the mean of n values with that standard deviation."""
    return critical(level, n) * deviation / math.sqrt(n) if deviation else 0.0


def runs_for(asked: float, deviation: float, level: float = LEVEL) -> int:
    """The fewest replications (two at least) whose half-width is at most what is asked, above 0."""
    low, high = 1, 2
    while half_width(deviation, high, level) > asked and high < _MOST:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if half_width(deviation, middle, level) <= asked else (middle, high)
    return high


def power(difference: float, deviation: float, n: int, level: float = LEVEL) -> float:
    """The chance that a true difference is noticed by n differences with that standard deviation.

    The noncentral t by its normal approximation (Abramowitz and Stegun 26.7.10), good to 0.01.
    """
    if not deviation:
        return 1.0 if difference else 0.0
    if n < 2:
        return 0.0
    shift, t = abs(difference) * math.sqrt(n) / deviation, critical(level, n)
    scale, spread = t * (1 - 1 / (4 * (n - 1))), math.sqrt(1 + t * t / (2 * (n - 1)))
    normal = NormalDist()
    return normal.cdf((shift - scale) / spread) + normal.cdf((-shift - scale) / spread)


def detectable(deviation: float, n: int, level: float = LEVEL, wanted: float = POWER) -> float:
    """The smallest true difference that n differences notice with that power."""
    if n < 2:
        return math.inf
    return (critical(level, n) + NormalDist().inv_cdf(wanted)) * deviation / math.sqrt(n)
