"""Objectives of one priority as one thing that alternatives are ranked by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from drillbook.batch.bounds import LEVEL
from drillbook.model.study import Goal, Study
from drillbook.study.analysis import wording
from drillbook.study.analysis.measured import Measured
from drillbook.study.statistics import bootstrap, chance, quantiles
from drillbook.study.statistics.interval import Floats, Interval


@dataclass(frozen=True, eq=False)
class Objective:
    """The goals of one priority; less is better in all that it says."""

    priority: int
    goals: tuple[Goal, ...]
    measured: tuple[Measured, ...]
    baseline: int

    @property
    def single(self) -> Measured | None:
        """The measure, where there is one goal only."""
        return self.measured[0] if len(self.measured) == 1 else None

    @property
    def text(self) -> str:
        """In words."""
        parts = [f"{'least' if each.sign > 0 else 'most'} {each.title}" for each in self.measured]
        if self.single is not None:
            return parts[0]
        weights = [goal.weight or 1.0 for goal in self.goals]
        each = [f"{part} (weight {weight:g})" for part, weight in zip(parts, weights, strict=True)]
        return f"{wording.listing(each)}, as weighted changes against the baseline"

    def value(self, number: int) -> float:
        """An alternative's figure, turned so that less is better."""
        if self.single is not None:
            return self.single.sign * self.single.estimate(number).value
        return sum(scale * (each.estimate(number).value) for scale, each in self._scaled())

    def shown(self, number: int) -> float | None:
        """The same as a reader expects it."""
        value = self.value(number)
        if self.single is not None:
            value *= self.single.sign
        elif math.isfinite(value):
            value -= self.value(self.baseline)
        return value if math.isfinite(value) else None

    def surely_worse(self, number: int, other: int, level: float) -> bool:
        """Whether an alternative is worse than another with that confidence (two-sided)."""
        if self.single is not None:
            return self.single.surely_worse(number, other, level)
        drawn = self._drawn(number, other)
        return bool(drawn.size) and float(quantiles.at(drawn, (1 - level) / 2)) > 0

    def change(self, number: int) -> Interval | None:
        """Of several weighted goals the change against the baseline, by resampled replications."""
        drawn = (
            self._drawn(number, self.baseline) if self.single is None and number != self.baseline else None
        )
        if drawn is None or not drawn.size:
            return None
        tail = (1 - LEVEL) / 2
        low, high = (float(quantiles.at(drawn, part)) for part in (tail, 1 - tail))
        value = self.value(number) - self.value(self.baseline)
        return Interval(value, low, high, LEVEL, self.measured[0].raw(number).size)

    def _drawn(self, number: int, other: int) -> Floats:
        """Weighted differences of resampled replications."""
        runs = min(each.raw(which).size for each in self.measured for which in (number, other))
        if runs < 2:
            return np.empty(0)
        scaled, seed = self._scaled(), self.measured[0].seed
        drawn = np.zeros(0)
        for take in chance.resamples(runs, bootstrap.TIMES, seed, "weighted"):
            parts = [scale * (each.drawn(number, take) - each.drawn(other, take)) for scale, each in scaled]
            drawn = np.concatenate([drawn, np.sum(parts, axis=0)])
        return np.nan_to_num(drawn, nan=-np.inf)

    def _scaled(self) -> list[tuple[float, Measured]]:
        """Weight, direction and the baseline's figure as unit, so that measures of different units add up."""
        found = []
        for goal, each in zip(self.goals, self.measured, strict=True):
            unit = abs(each.estimate(self.baseline).value)
            scale = 1 / unit if 0 < unit < math.inf else 1.0
            found.append(((goal.weight or 1.0) * each.sign * scale, each))
        return found


def objectives(study: Study, measured: Mapping[str, Measured], baseline: int) -> list[Objective]:
    """By priority, the first one first."""
    ordered = sorted(study.objectives, key=lambda goal: goal.priority)
    found = []
    for priority, group in groupby(ordered, key=lambda goal: goal.priority):
        goals = tuple(group)
        found.append(Objective(priority, goals, tuple(measured[each.measure] for each in goals), baseline))
    return found
