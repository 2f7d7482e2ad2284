"""Optimal computing budget allocation (Chen, Lin, Yücesan and Chick, 2000): where further runs help most.

It promises no probability beforehand; how sure the choice is (`correct`) is worked out from the runs
afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from drillbook.study.statistics.interval import Floats

_NEXT_TO_NOTHING = 1e-12


def allocation(
    means: Sequence[float], variances: Sequence[float], n: Sequence[int], budget: int
) -> list[int]:
    """So many further runs for each alternative, `budget` in all; the smallest mean is the best.

    Alternatives close to the best, and noisy ones, get most. Runs that an alternative already has beyond
    its share cannot be taken back: the others share what is left.
    """
    ratios = _ratios(np.array(means, dtype=np.float64), np.array(variances, dtype=np.float64))
    had = np.array(n)
    given = had.copy()
    free = np.ones(len(had), dtype=bool)
    while free.any():
        pool = had.sum() + budget - had[~free].sum()
        # A hair more, so that 48 is not 47.999… cut off.
        given[free] = np.floor(pool * ratios[free] / ratios[free].sum() + 1e-9)
        over = free & (given < had)
        if not over.any():
            break
        given[over] = had[over]
        free &= ~over
    given[int(np.argmin(means))] += had.sum() + budget - given.sum()
    return [int(more) for more in given - had]


def _ratios(means: Floats, variances: Floats) -> Floats:
    """Runs in proportion: (σ/δ)² for the others; for the best the root of their squares over variances."""
    best = int(np.argmin(means))
    variances = np.maximum(variances, _NEXT_TO_NOTHING)
    others = np.arange(means.size) != best
    apart = means - means[best]
    # Those as good as the best would take everything: nobody counts as closer than a thousandth of an error.
    apart = np.maximum(apart, np.sqrt(variances + variances[best]) / 1000)
    ratios = np.where(others, variances / apart**2, 0.0)
    ratios[best] = math.sqrt(variances[best] * float((ratios[others] ** 2 / variances[others]).sum()))
    return np.asarray(ratios)


def correct(rows: Sequence[Floats], within: float = 0.0) -> float:
    """A lower bound of the probability that none is better than the smallest mean by `within` (Bonferroni).

    `rows` are each alternative's runs in the order of the seeds; what two have in common is compared in
    pairs, so that common random numbers count. Normal posterior without prior knowledge.
    """
    means = [float(values.mean()) for values in rows]
    best = int(np.argmin(means))
    wrong = 0.0
    for which, values in enumerate(rows):
        if which != best:
            error = _error(values, rows[best])
            apart = means[which] - means[best]
            tied = 0.5 if apart + within == 0 else 0.0
            wrong += NormalDist().cdf(-(apart + within) / error) if error > 0 else tied
    return max(0.0, 1 - wrong)


def _error(one: Floats, other: Floats) -> float:
    """The standard error of the difference of two means that share their first runs."""
    shared = min(one.size, other.size)
    if shared < 2:
        return math.inf
    covariance = float(np.cov(one[:shared], other[:shared])[0, 1])
    apart = one.var(ddof=1) / one.size + other.var(ddof=1) / other.size
    return math.sqrt(max(0.0, float(apart) - 2 * covariance * shared / (one.size * other.size)))
