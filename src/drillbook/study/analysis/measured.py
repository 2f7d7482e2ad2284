"""A measure of a study: its values, its estimates, and how two alternatives compare in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drillbook.batch.bounds import LEVEL
from drillbook.model.measures import CENSORED, COLUMNS, Unit
from drillbook.model.study import Measure, Study
from drillbook.study.statistics import bootstrap, censoring, means, quantiles, ratios, shares
from drillbook.study.statistics.interval import Comparison, Floats, Interval
from drillbook.study.statistics.pairing import Pairing, pairing
from drillbook.study.table import Table


@dataclass(frozen=True, eq=False)
class Measured:
    """A measure with the runs that it is taken from."""

    measure: Measure
    better: Literal["less", "more"]
    table: Table
    seed: int

    @property
    def key(self) -> str:
        """As objectives and constraints call it."""
        return self.measure.key

    @property
    def unit(self) -> Unit:
        """Of its values."""
        return COLUMNS[self.measure.measure].unit

    @property
    def title(self) -> str:
        """In words."""
        title = COLUMNS[self.measure.measure].title
        if self.measure.quantile is None:
            return title
        return (
            f"median of {title}"
            if self.measure.quantile == 0.5
            else f"{100 * self.measure.quantile:g} % of {title}"
        )

    @property
    def sign(self) -> int:
        """1 where less is better, -1 where more is."""
        return 1 if self.better == "less" else -1

    @property
    def timed(self) -> bool:
        """Whether it is a time that may never come."""
        return self.measure.measure in CENSORED

    @cached_property
    def statistic(self) -> Literal["mean", "share", "quantile"]:
        """What is taken of the runs; a share where every value is yes or no."""
        if self.measure.quantile is not None:
            return "quantile"
        values = self.table.values[self.measure.measure]
        plain = bool((np.isnan(values) | (values == 0) | (values == 1)).all())
        return "share" if self.unit == "yes" and plain else "mean"

    def raw(self, number: int) -> Floats:
        """Values by replication. NaN is left out; for quantiles of times it is later than all."""
        if self.late:
            return self.table.sample(self.measure.measure, number)
        return self.table.sample(self.measure, number)

    @property
    def late(self) -> bool:
        """Whether what never came counts as later than all."""
        return self.statistic == "quantile" and self.timed and self.measure.never == "end"

    def values(self, number: int) -> Floats:
        """Those that count."""
        found = self.raw(number)
        return found if self.late else found[~np.isnan(found)]

    def pairs(self, number: int, other: int) -> tuple[Floats, Floats]:
        """Values of two alternatives on the same replications, those that count in both."""
        one, two = self.raw(number), self.raw(other)
        shared = min(one.size, two.size)
        one, two = one[:shared], two[:shared]
        if self.late:
            return one, two
        both = ~(np.isnan(one) | np.isnan(two))
        return one[both], two[both]

    def estimate(self, number: int, level: float = LEVEL) -> Interval:
        """An alternative's figure."""
        values = self.values(number)
        if values.size == 0:
            return Interval(math.nan, -math.inf, math.inf, level, 0)
        if self.measure.quantile is not None:
            return quantiles.quantile(values, self.measure.quantile, level)
        if self.statistic == "share":
            return shares.share(values == 1, level)
        found = means.mean(values, level)
        # The mean of what is never negative is not either.
        return replace(found, low=max(0.0, found.low)) if values.min() >= 0 else found

    def never(self, number: int, level: float = LEVEL) -> Interval | None:
        """Part of an alternative's runs in which the time never came."""
        values = self.table.sample(self.measure.measure, number)
        return shares.share(censoring.never(values), level) if self.timed and values.size else None

    def compare(self, number: int, other: int, level: float = LEVEL) -> Comparison:
        """An alternative less another, in pairs."""
        one, two = self.pairs(number, other)
        if one.size == 0:
            return Comparison(Interval(math.nan, -math.inf, math.inf, level, 0), 1.0)
        if self.measure.quantile is not None:
            times = bootstrap.TIMES if one.size <= bootstrap.FEW else bootstrap.TIMES // 4
            return bootstrap.quantile_difference(one, two, self.measure.quantile, self.seed, level, times)
        if self.statistic == "share":
            return shares.paired(one == 1, two == 1, level)
        return means.paired(one, two, level)

    def surely_worse(self, number: int, other: int, level: float) -> bool:
        """Whether an alternative is worse than another with that confidence (two-sided)."""
        found = self.compare(number, other, level).interval
        return (found.low if self.sign > 0 else -found.high) > 0

    def identical(self, number: int, other: int) -> bool:
        """Whether two alternatives are the same in every pair of runs."""
        return np.array_equal(*self.pairs(number, other), equal_nan=True)

    def drawn(self, number: int, takes: NDArray[np.intp]) -> Floats:
        """The figure of each resample of replications (rows of indices)."""
        values = self.raw(number)
        if self.late and self.measure.quantile is not None:
            return quantiles.at(censoring.late(values)[takes], self.measure.quantile)
        if self.measure.quantile is not None:
            return np.asarray(np.nanquantile(values[takes], self.measure.quantile, axis=1))
        return np.asarray(np.nanmean(values[takes], axis=1))

    def relative(self, number: int, other: int, level: float = LEVEL) -> Interval | None:
        """The change as part of the other's mean; means of what is never negative only."""
        one, two = self.pairs(number, other)
        if self.statistic != "mean" or one.size < 2 or two.mean() <= 0:
            return None
        found = ratios.fieller(one, two, level)
        return Interval(found.value - 1, found.low - 1, found.high - 1, level, found.n)

    def pairing(self, number: int, other: int) -> Pairing | None:
        """What common random numbers are worth; not for quantiles."""
        one, two = self.pairs(number, other)
        return pairing(one, two) if self.statistic != "quantile" and one.size > 1 else None


def measured(study: Study, table: Table) -> Iterator[Measured]:
    """Every measure of a study; what is better is what an objective wants, else the measure's nature."""
    goals = {goal.measure: goal.goal for goal in study.objectives}
    for measure in study.measures:
        wanted = goals.get(measure.key)
        nature = COLUMNS[measure.measure].better
        better: Literal["less", "more"] = nature if wanted is None else "less" if wanted == "min" else "more"
        yield Measured(measure, better, table, study.first_seed)
