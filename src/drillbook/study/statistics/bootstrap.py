"""Intervals by resampling replications (Efron 1979; Davison and Hinkley 1997, chapter 5).

Whole rows are drawn, so that what is paired stays paired. The draws follow from a seed: the same rows give
the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeAlias

import numpy as np

from drillbook.batch.bounds import LEVEL
from drillbook.study.statistics import chance, quantiles
from drillbook.study.statistics.censoring import late
from drillbook.study.statistics.interval import Comparison, Floats, Interval

Statistic: TypeAlias = Callable[[Floats], Floats]
"""From samples shaped (samples, rows, columns) to a figure for each sample."""

TIMES = 2000
FEW = 5_000
"""Up to so many rows quantiles are resampled `TIMES`; beyond, chance in the resampling matters less."""
_NOTHING = 1e-12
"""A weight that is none; a quantile that is "never" must not count where it has no weight."""
_GROUPS = 400
"""Jackknife with so many parts left out in turn; every row by itself where there are fewer."""
_NORMAL = NormalDist()


def bca(rows: Floats, statistic: Statistic, seed: int, level: float = LEVEL, times: int = TIMES) -> Interval:
    """Bias-corrected and accelerated interval (Efron 1987) of a smooth statistic of paired columns."""
    value = float(statistic(rows[None])[0])
    drawn = np.sort(
        np.concatenate([statistic(rows[take]) for take in chance.resamples(len(rows), times, seed, "bca")])
    )
    below = (np.count_nonzero(drawn < value) + np.count_nonzero(drawn <= value)) / (2 * times)
    if not 0 < below < 1:
        return Interval(value, float(drawn[0]), float(drawn[-1]), level, len(rows))
    bias, acceleration = _NORMAL.inv_cdf(below), _acceleration(rows, statistic)

    def part(z: float) -> float:
        return _NORMAL.cdf(bias + (bias + z) / (1 - acceleration * (bias + z)))

    z = _NORMAL.inv_cdf((1 + level) / 2)
    low, high = (float(np.quantile(drawn, part(each))) for each in (-z, z))
    return Interval(value, low, high, level, len(rows))


def _acceleration(rows: Floats, statistic: Statistic) -> float:
    """A sixth of the skewness of the statistic's jackknife values."""
    parts = np.array_split(np.arange(len(rows)), min(len(rows), _GROUPS))
    left = np.array([float(statistic(np.delete(rows, part, axis=0)[None])[0]) for part in parts])
    off = left.mean() - left
    spread = float((off**2).sum())
    return float((off**3).sum()) / (6 * spread**1.5) if spread > 0 else 0.0


def quantile_difference(
    values: Floats, baseline: Floats, part: float, seed: int, level: float = LEVEL, times: int = TIMES
) -> Comparison:
    """Difference of two quantiles on the same rows, by the percentile method; NaN is later than all.

    Where both are "never" their difference is not defined: such samples count as undecided, towards both
    ends.
    """
    found = Quantiles.of(np.column_stack([values, baseline]), part, seed, times)
    return found.sum(np.array([1.0, -1.0]), level)


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The quantile of each column of paired rows, and what it is in resamples of the rows."""

    rows: int
    values: Floats
    drawn: Floats
    """By resample and column."""

    @classmethod
    def of(cls, rows: Floats, part: float, seed: int, times: int = TIMES) -> Quantiles:
        """Resample whole rows; NaN is later than all."""
        columns = np.ascontiguousarray(late(rows).T)
        takes = chance.resamples(len(rows), times, seed, "quantile")
        drawn = np.concatenate([quantiles.at(columns[:, take], part).T for take in takes])
        return cls(len(rows), quantiles.at(columns, part), drawn)

    def sum(self, weights: Floats, level: float = LEVEL) -> Comparison:
        """A weighted sum of the columns' quantiles, by the percentile method; see `quantile_difference`."""
        count = np.abs(weights) > _NOTHING
        value, *drawn = _summed(np.vstack([self.values, self.drawn])[:, count], weights[count])
        return _percentile(float(value), np.array(drawn), self.rows, level)


def _summed(figures: Floats, weights: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray((figures * weights).sum(axis=1))


def _percentile(value: float, drawn: Floats, rows: int, level: float) -> Comparison:
    tail = (1 - level) / 2
    low, high = _bound(drawn, tail, -math.inf), _bound(drawn, 1 - tail, math.inf)
    open_ = np.isnan(drawn)
    at_most = np.count_nonzero((drawn <= 0) | open_) + 1
    at_least = np.count_nonzero((drawn >= 0) | open_) + 1
    p = min(1.0, 2 * min(at_most, at_least) / (drawn.size + 1))
    return Comparison(Interval(value, low, high, level, rows), p)


def _bound(drawn: Floats, part: float, undecided: float) -> float:
    return float(quantiles.at(np.where(np.isnan(drawn), undecided, drawn), part))
