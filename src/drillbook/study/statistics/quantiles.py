"""Quantiles where some runs never get there."""

from __future__ import annotations

import math

import numpy as np

from drillbook.batch.bounds import LEVEL, ranks
from drillbook.study.statistics.censoring import late
from drillbook.study.statistics.interval import Floats, Interval


def quantile(values: Floats, part: float, level: float = LEVEL) -> Interval:
    """The quantile with bounds by order statistics, which assume no distribution; NaN is later than all.

    The upper bound is infinite where the quantile may be "never", or where the values are too few to bound
    it.
    """
    ordered = np.sort(late(values))
    low, high = ranks(ordered.size, part, level)
    return Interval(
        float(at(ordered, part)),
        -math.inf if low is None else float(ordered[low]),
        math.inf if high is None else float(ordered[high]),
        level,
        ordered.size,
    )


def at(values: Floats, part: float) -> Floats:
    """The quantile of each row: the value with `part` of them below it, or the middle of two.

    Unlike interpolation between neighbours this is defined where one of them is infinite.
    """
    place = part * values.shape[-1]
    first = max(0, math.ceil(place - 1e-9) - 1)
    second = first + 1 if math.isclose(place, first + 1) and first + 1 < values.shape[-1] else first
    parted = np.partition(values, (first, second), axis=-1)
    return np.asarray((parted[..., first] + parted[..., second]) / 2)
