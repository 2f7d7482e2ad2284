"""95 % intervals: of a mean, of a part of the runs, and of a median where some runs never get there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, median, stdev

from drillbook.batch.bounds import LEVEL, ranks, wilson
from drillbook.batch.student import quantile
from drillbook.model.calibration import Estimate


def mean(values: Sequence[float]) -> Estimate:
    """The mean with Student's t interval; at least two values."""
    middle = fmean(values)
    half = quantile(LEVEL, len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return _estimate(middle, middle - half, middle + half)


def share(count: int, of: int) -> Estimate:
    """Part of the whole with Wilson's score interval."""
    return _estimate(count / of, *wilson(count, of))


def middle(values: Sequence[float | None]) -> Estimate:
    """The median with the order-statistics interval; None is later than every number.

    With fewer than six values nothing is sure at that level: the bounds are then the extremes.
    """
    ordered = sorted(math.inf if value is None else value for value in values)
    low, high = ranks(len(ordered), 0.5)
    return _estimate(
        median(ordered), ordered[0 if low is None else low], ordered[-1 if high is None else high]
    )


def third_quartile(values: Sequence[float | None]) -> float | None:
    """The smallest value that three quarters of them do not exceed; None is later than every number."""
    ordered = sorted(math.inf if value is None else value for value in values)
    return _finite(ordered[math.ceil(0.75 * len(ordered)) - 1])


def _estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value=_finite(value), low=_finite(low), high=_finite(high))


def _finite(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
