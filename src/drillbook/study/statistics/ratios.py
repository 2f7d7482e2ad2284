"""By how many per cent one alternative differs from another."""

from __future__ import annotations

import math

import numpy as np

from drillbook.batch.bounds import LEVEL
from drillbook.study.statistics import means
from drillbook.study.statistics.interval import Comparison, Floats, Interval


def fieller(values: Floats, baseline: Floats, level: float = LEVEL) -> Interval:
    """Ratio of the means of paired rows with Fieller's interval (1954); zeros are welcome.

    Where the baseline's mean is not clearly different from zero the ratio is not bounded.
    """
    n = values.size
    top, bottom = float(values.mean()), float(baseline.mean())
    if bottom == 0:
        return Interval(math.nan, -math.inf, math.inf, level, n)
    if n < 2:
        return Interval(top / bottom, -math.inf, math.inf, level, n)
    covariance = np.cov(values, baseline) / n
    t2 = means.critical(level, n) ** 2
    # The ratios r with (top - r bottom)² <= t² Var(top - r bottom): a quadratic in r.
    a = bottom**2 - t2 * covariance[1, 1]
    b = top * bottom - t2 * covariance[0, 1]
    c = top**2 - t2 * covariance[0, 0]
    if a <= 0:
        return Interval(top / bottom, -math.inf, math.inf, level, n)
    root = math.sqrt(max(0.0, b * b - a * c))
    return Interval(top / bottom, (b - root) / a, (b + root) / a, level, n)


def geometric(values: Floats, baseline: Floats, level: float = LEVEL) -> Comparison:
    """Ratio of the geometric means of paired rows, by Student's t of the logarithms; all values above 0.

    For lognormal times it is the ratio of the medians.
    """
    return _raised(means.paired(np.log(values), np.log(baseline), level))


def geometric_apart(values: Floats, baseline: Floats, level: float = LEVEL) -> Comparison:
    """The same for independent runs: Welch's t of the logarithms."""
    return _raised(means.welch(np.log(values), np.log(baseline), level))


def _raised(found: Comparison) -> Comparison:
    log = found.interval
    with np.errstate(over="ignore"):
        value, low, high = np.exp([log.value, log.low, log.high]).tolist()
    return Comparison(Interval(value, low, high, log.level, log.n), found.p)
