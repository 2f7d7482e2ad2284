"""95 % intervals: of a mean, of a part of the runs, and of a median where some runs never get there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, median, stdev

from drillbook.model.calibration import Estimate

LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


def mean(values: Sequence[float]) -> Estimate:
    """The mean with Student's t interval; at least two values."""
    middle = fmean(values)
    half = student(len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return _estimate(middle, middle - half, middle + half)


def share(count: int, of: int) -> Estimate:
    """Part of the whole with Wilson's score interval (1927), which stays within 0 and 1."""
    part, z = count / of, _Z
    scale = 1 + z * z / of
    middle = (part + z * z / (2 * of)) / scale
    half = z / scale * math.sqrt(part * (1 - part) / of + z * z / (4 * of * of))
    # At the ends the bound is the end itself; rounding would leave it a hair beside it.
    return _estimate(part, 0.0 if count == 0 else middle - half, 1.0 if count == of else middle + half)


def middle(values: Sequence[float | None]) -> Estimate:
    """The median with the order-statistics interval; None is later than every number.

    The bounds are the k-th value from either end, k the largest for which Binomial(n, 1/2) leaves at most
    2.5 % below it. With fewer than six values nothing is that sure: the bounds are then the extremes.
    """
    ordered = sorted(math.inf if value is None else value for value in values)
    rank = _rank(len(ordered))
    return _estimate(median(ordered), ordered[rank], ordered[-1 - rank])


def third_quartile(values: Sequence[float | None]) -> float | None:
    """The smallest value that three quarters of them do not exceed; None is later than every number."""
    ordered = sorted(math.inf if value is None else value for value in values)
    return _finite(ordered[math.ceil(0.75 * len(ordered)) - 1])


def student(freedom: int) -> float:
    """The two-sided 95 % quantile of Student's t, from its exact tail by bisection."""
    low, high = 0.0, 20.0
    for _ in range(60):
        point = (low + high) / 2
        low, high = (point, high) if _inside(point, freedom) < LEVEL else (low, point)
    return (low + high) / 2


def _inside(t: float, freedom: int) -> float:
    """P(|T| <= t), Abramowitz and Stegun 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine2 = math.cos(angle) ** 2
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0
    for k in range(1 + odd, freedom, 2):
        total += term
        term *= cosine2 * k / (k + 1)
    if odd:
        return 2 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total


def _rank(count: int) -> int:
    """The largest k with P(Binomial(count, 1/2) < k) <= 2.5 %, less one as an index; 0 at least."""
    below, k = 0.0, 0
    while k < count:
        below += math.comb(count, k) / 2**count
        if below > (1 - LEVEL) / 2:
            break
        k += 1
    return max(0, k - 1)


def _estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value=_finite(value), low=_finite(low), high=_finite(high))


def _finite(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
