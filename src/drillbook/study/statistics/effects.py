"""What each factor does, and what two do together beyond that.

Every replication runs all alternatives on the same seeds, so an effect on a mean is a weighted sum within
each row, and its interval Student's t over the rows: no model of the errors is needed, and common random
numbers count. An effect on a quantile is the same sum of quantiles, with whole rows resampled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TypeAlias

import numpy as np

from drillbook.study.statistics import means
from drillbook.study.statistics.interval import Comparison, Floats

Design = Sequence[Sequence[int]]
"""For each alternative the number of the level of each factor; level 0 is what effects are measured from."""

Judge: TypeAlias = Callable[[Floats], Comparison]
"""What a weighted sum of the alternatives' figures is, with its interval."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Of going from level 0 to a level, averaged over the other factors."""

    factor: int
    level: int
    found: Comparison


@dataclass(frozen=True, slots=True)
class Interaction:
    """By how much the effect of one factor's level is larger at a level of the other than at its level 0."""

    factors: tuple[int, int]
    levels: tuple[int, int]
    found: Comparison


def of_means(rows: Floats) -> Judge:
    """Weighted sums of means: Student's t, or Hall's, of the sums within each row."""
    return lambda weights: means.paired(rows @ weights, 0.0)


def main(judge: Judge, design: Design) -> list[Effect]:
    """Main effects of the levels that the design can tell apart from all other main effects."""
    columns, names = _columns(design, pairs=False)
    return [Effect(*name[0], judge(weights)) for name, weights in _weights(columns, names) if len(name) == 1]


def interactions(judge: Judge, design: Design) -> list[Interaction]:
    """Two-way interactions that the design can tell apart from main effects and from each other."""
    columns, names = _columns(design, pairs=True)
    return [
        Interaction((one, other), (a, b), judge(weights))
        for name, weights in _weights(columns, names)
        if len(name) == 2
        for (one, a), (other, b) in [name]
    ]


Name = tuple[tuple[int, int], ...]
"""A column of the model: (factor, level), once for a main effect and twice for an interaction."""


def _columns(design: Design, *, pairs: bool) -> tuple[Floats, list[Name]]:
    """The model: a constant, each level's indicator less its mean over the levels, and their products.

    Centred so, a main effect is the average over the levels of all other factors.
    """
    levels = np.array(design)
    centred = {
        factor: {level: (levels[:, factor] == level) - 1 / levels_of for level in range(1, levels_of)}
        for factor in range(levels.shape[1])
        for levels_of in [int(levels[:, factor].max()) + 1]
    }
    names: list[Name] = [()]
    names += [((factor, level),) for factor, each in centred.items() for level in each]
    if pairs:
        for one, other in combinations(centred, 2):
            names += [((one, a), (other, b)) for a, b in product(centred[one], centred[other])]
    columns = [np.prod([centred[f][lv] for f, lv in name], axis=0) * np.ones(len(levels)) for name in names]
    return np.column_stack(columns), names


def _weights(columns: Floats, names: list[Name]) -> list[tuple[Name, Floats]]:
    """For each estimable column the weights of the alternatives that estimate it by least squares."""
    inverse = np.linalg.pinv(columns)
    seen = inverse @ columns
    return [
        (name, inverse[place])
        for place, name in enumerate(names)
        if np.allclose(seen[place], np.eye(len(names))[place], atol=1e-8)
    ]
