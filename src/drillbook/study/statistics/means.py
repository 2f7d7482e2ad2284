"""Means of one alternative, and of one against another on the same replications or on others.

All values are numbers here: see `censoring` for what never happened.
"""

from __future__ import annotations

import math

from drillbook.batch import student
from drillbook.batch.bounds import LEVEL
from drillbook.study.statistics.interval import Comparison, Floats, Interval

_SYMMETRIC = 1e-6


def mean(values: Floats, level: float = LEVEL) -> Interval:
    """The mean with the hull of two intervals: Student's t, and the same bent to follow skewness (Hall 1992).

    Times have a long upper tail, where plain t intervals fall short on the upper side. Differences of such
    times have long tails on both sides, where the skewness of a sample is mostly chance and bending makes it
    worse. Of symmetric values both are the same. One value says nothing about its error.
    """
    return _hull(values, level).interval


def paired(values: Floats, baseline: Floats | float, level: float = LEVEL) -> Comparison:
    """Mean of `values` less `baseline`, row by row (or a number), with the interval of `mean`.

    Rows are replications under common random numbers; without those the interval holds as well.
    """
    return _hull(values - baseline, level)


def _hull(off: Floats, level: float) -> Comparison:
    middle, error, n = float(off.mean()), _error(off), off.size
    if not 0 < error < math.inf:
        return Comparison(_around(middle, error, n - 1, level, n), _p(middle, error, n - 1))
    t, skew = student.quantile(level, n - 1), _skewness(off) / math.sqrt(n)
    low, high = (middle - error * _straight(side, skew) for side in (t, -t))
    low, high = min(low, middle - t * error), max(high, middle + t * error)
    p = max(student.tail(each, n - 1) for each in (middle / error, _bend(middle / error, skew)))
    return Comparison(Interval(middle, low, high, level, n), p)


def _skewness(values: Floats) -> float:
    return float((((values - values.mean()) / values.std()) ** 3).mean())


def _bend(t: float, skew: float) -> float:
    """Hall's cubic of a studentised mean, nearly Student's t; `skew` is the skewness over root n."""
    return t + skew * t * t / 3 + skew**2 * t**3 / 27 + skew / 6


def _straight(bent: float, skew: float) -> float:
    """The inverse of `_bend`."""
    if abs(skew) < _SYMMETRIC:
        return bent
    return 3 / skew * (math.cbrt(1 + skew * (bent - skew / 6)) - 1)


def welch(values: Floats, baseline: Floats, level: float = LEVEL) -> Comparison:
    """Difference of means of independent runs: Welch's t with Satterthwaite's degrees of freedom."""
    one, other = _error(values) ** 2, _error(baseline) ** 2
    middle, error = float(values.mean() - baseline.mean()), math.sqrt(one + other)
    parts = one**2 / max(1, values.size - 1) + other**2 / max(1, baseline.size - 1)
    freedom = (one + other) ** 2 / parts if parts > 0 and math.isfinite(parts) else 1.0
    n = min(values.size, baseline.size)
    return Comparison(_around(middle, error, freedom, level, n), _p(middle, error, freedom))


def _error(values: Floats) -> float:
    """The standard error of the mean."""
    if values.size < 2:
        return math.inf
    return float(values.std(ddof=1)) / math.sqrt(values.size)


def _around(middle: float, error: float, freedom: float, level: float, n: int) -> Interval:
    half = error and (student.quantile(level, freedom) * error if math.isfinite(error) else math.inf)
    return Interval(middle, middle - half, middle + half, level, n)


def _p(middle: float, error: float, freedom: float) -> float:
    """No difference at all in any run is no evidence of one; the same difference in all is all evidence."""
    if error == 0:
        return 1.0 if middle == 0 else 0.0
    return 1.0 if math.isinf(error) else student.tail(middle / error, freedom)


def critical(level: float, n: int) -> float:
    """Student's t for the mean of n values; infinite below two."""
    return student.quantile(level, n - 1) if n > 1 else math.inf
