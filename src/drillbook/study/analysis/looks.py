"""When a study that asks for a precision, or for the best alternative, has enough runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from drillbook.model.measures import CENSORED
from drillbook.model.study import Measure, Precision, Selection, Study
from drillbook.study.analysis.measured import Measured, measured
from drillbook.study.statistics import kn, ocba, stopping
from drillbook.study.statistics.interval import Floats, Interval
from drillbook.study.table import Table
from drillbook.study.watching import watched


@dataclass(frozen=True, slots=True)
class PreciseEnough:
    """Looks at fixed numbers of runs, the same for all alternatives, until all intervals are narrow."""

    study: Study
    asked: Precision

    @property
    def reads(self) -> tuple[str, ...]:
        return _reads(self._measure)

    @property
    def at_most(self) -> int:
        return self.asked.at_most

    def next(self, table: Table) -> Sequence[int]:
        """The looks before are made again, so that a break changes nothing."""
        counts = table.counts
        n, before = self.asked.at_least, False
        while n <= int(counts.min()):
            held = self._held(first(table, n))
            if (held and before) or n >= self.at_most:
                return [0] * len(counts)
            n, before = self._following(n, held=held), held
        return [max(0, n - int(count)) for count in counts]

    @property
    def _measure(self) -> Measure:
        return watched(self.study)

    def _following(self, n: int, *, held: bool) -> int:
        """The next look, a whole number of steps on."""
        steps = math.ceil((stopping.following(n, held=held) - n) / self.asked.step)
        return min(self.at_most, n + steps * self.asked.step)

    def _held(self, table: Table) -> bool:
        asked = stopping.Asked(self.asked.half_width)
        return all(asked.held(found) for found in self._intervals(table))

    def _intervals(self, table: Table) -> list[Interval]:
        found = next(each for each in measured(self.study, table) if each.measure == self._measure)
        numbers = range(len(table.alternatives))
        if self.asked.of == "value":
            return [found.estimate(number) for number in numbers]
        return [found.compare(each, table.baseline).interval for each in numbers if each != table.baseline]


@dataclass(frozen=True, slots=True)
class BestByElimination:
    """KN: alternatives get runs as long as they may be the best."""

    study: Study
    asked: Selection

    @property
    def reads(self) -> tuple[str, ...]:
        return _reads(watched(self.study))

    @property
    def at_most(self) -> int:
        return self.asked.at_most

    def next(self, table: Table) -> Sequence[int]:
        counts = [int(count) for count in table.counts]
        if min(counts) < self.asked.at_least:
            return [max(0, self.asked.at_least - count) for count in counts]
        found = selection(self.study, self.asked, table)
        if found.selected is not None:
            return [0] * len(counts)
        n = max(counts[which] for which in found.left)
        wanted = min(self.at_most, n + self.asked.step)
        return [max(0, wanted - count) if which in found.left else 0 for which, count in enumerate(counts)]


@dataclass(frozen=True, slots=True)
class BestByBudget:
    """OCBA: runs go where they make the choice surest, until it is as sure as asked."""

    study: Study
    asked: Selection

    @property
    def reads(self) -> tuple[str, ...]:
        return _reads(watched(self.study))

    @property
    def at_most(self) -> int:
        return self.asked.at_most

    def next(self, table: Table) -> Sequence[int]:
        counts = [int(count) for count in table.counts]
        if min(counts) < self.asked.at_least:
            return [max(0, self.asked.at_least - count) for count in counts]
        rows = costs(self.study, self.asked, table)
        if min(values.size for values in rows) < 2 or surely(self.asked, rows) >= self.asked.probability:
            return [0] * len(counts)
        means, variances = [float(each.mean()) for each in rows], [float(each.var(ddof=1)) for each in rows]
        more = ocba.allocation(means, variances, counts, self.asked.step * len(counts))
        return [min(each, self.at_most - count) for each, count in zip(more, counts, strict=True)]


def first(table: Table, n: int) -> Table:
    """The first n replications of each alternative."""
    kept = table.replication < n
    return replace(
        table,
        alternative=table.alternative[kept],
        replication=table.replication[kept],
        seed=table.seed[kept],
        cell=table.cell[kept],
        values={name: values[kept] for name, values in table.values.items()},
    )


def costs(study: Study, asked: Selection, table: Table) -> list[Floats]:
    """Each alternative's values that count, turned so that less is better; selection is by means."""
    return [values[~np.isnan(values)] for values in _turned(study, asked, table)]


def selection(study: Study, asked: Selection, table: Table) -> kn.Selection:
    """How far KN has got."""
    columns = _turned(study, asked, table)
    rows = np.full((max(values.size for values in columns), len(columns)), np.nan)
    run = np.zeros_like(rows, dtype=bool)
    for which, values in enumerate(columns):
        rows[: values.size, which], run[: values.size, which] = values, True
    # A replication that does not count under one alternative counts under none.
    counted = ~(np.isnan(rows) & run).any(axis=1)
    zone = kn.Zone(asked.indifference, 1 - asked.probability, asked.at_least)
    return kn.kn(rows[counted], zone)


def surely(asked: Selection, rows: Sequence[Floats]) -> float:
    """The chance, at least, that the smallest mean is best or within the indifference of it."""
    return ocba.correct(rows, asked.indifference)


def _turned(study: Study, asked: Selection, table: Table) -> list[Floats]:
    measure = watched(study)
    found = next(each for each in measured(study, table) if each.measure == measure)
    mean = Measured(measure.model_copy(update={"quantile": None}), found.better, table, found.seed)
    return [mean.sign * mean.raw(number) for number in range(len(table.alternatives))]


def _reads(measure: Measure) -> tuple[str, ...]:
    return (measure.measure, "observed_s") if measure.measure in CENSORED else (measure.measure,)
