"""Bounds that assume no distribution: Wilson's of a share, and order statistics of a quantile."""

from __future__ import annotations

import math
from statistics import NormalDist

LEVEL = 0.95
"""Of an interval, unless another is asked for."""


def normal(level: float) -> float:
    """The z with P(|Z| <= z) = level."""
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(count: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share, which stays within 0 and 1."""
    part, z = count / of, normal(level)
    scale = 1 + z * z / of
    middle = (part + z * z / (2 * of)) / scale
    half = z / scale * math.sqrt(part * (1 - part) / of + z * z / (4 * of * of))
    # At the ends the bound is the end itself; rounding would leave it a hair beside it.
    return 0.0 if count == 0 else middle - half, 1.0 if count == of else middle + half


def ranks(count: int, part: float, level: float = LEVEL) -> tuple[int | None, int | None]:
    """Which of `count` ordered values (from 0) bound the quantile below which `part` lies.

    On each side Binomial(count, part) leaves at most half of 1 - level beyond. None: too few values to be
    that sure on this side.
    """
    below = _most_below(count, part, (1 - level) / 2)
    above = _most_below(count, 1 - part, (1 - level) / 2)
    return (below - 1 if below else None), (count - above if above else None)


def _most_below(count: int, part: float, allowed: float) -> int:
    """The largest k with P(Binomial(count, part) < k) <= allowed."""
    log_odds = math.log(part) - math.log1p(-part)
    term = count * math.log1p(-part)
    total, k = 0.0, 0
    while k < count:
        total += math.exp(term)
        if total > allowed:
            break
        k += 1
        term += math.log(count - k + 1) - math.log(k) + log_odds
    return k
