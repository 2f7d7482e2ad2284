"""Several objectives at once: what no other alternative beats in all of them, for sure or perhaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from drillbook.batch.bounds import LEVEL
from drillbook.study.statistics import means
from drillbook.study.statistics.interval import Flags, Floats

Standing: TypeAlias = Literal["front", "perhaps", "dominated"]
"""On the front; dominated by what was measured, though chance may explain it; dominated with confidence."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an alternative stands, and who dominates it."""

    standing: Standing
    by: tuple[int, ...]
    """For sure, or where nobody does so by what was measured."""


def front(values: Floats) -> Flags:
    """Which alternatives (rows) no other dominates; in each objective (columns) less is better."""
    return np.array([not any(_dominates(other, one) for other in values) for one in values])


def places(rows: Floats, level: float = LEVEL) -> list[Place]:
    """Where each alternative stands; rows are shaped (replications, alternatives, objectives).

    All that is said to be dominated for sure is so with probability `level` together: paired t intervals,
    corrected for the number of pairs (to be worse in every objective needs no correction, Berger 1982). An
    objective in which both are equal in every run does not count.
    """
    count = rows.shape[1]
    measured = rows.mean(axis=0)
    single = 1 - 2 * (1 - level) / max(1, count * (count - 1))
    found = []
    for which in range(count):
        others = [other for other in range(count) if other != which]
        sure = tuple(other for other in others if _worse(rows[:, which], rows[:, other], single))
        seen = tuple(other for other in others if _dominates(measured[other], measured[which]))
        if sure:
            found.append(Place("dominated", sure))
        else:
            found.append(Place("perhaps", seen) if seen else Place("front", ()))
    return found


def _dominates(one: Floats, other: Floats) -> bool:
    return bool((one <= other).all() and (one < other).any())


def _worse(values: Floats, than: Floats, level: float) -> bool:
    """Whether it is surely larger in every objective in which the two ever differ."""
    differ = [place for place in range(values.shape[1]) if (values[:, place] != than[:, place]).any()]
    return bool(differ) and all(
        means.paired(values[:, place], than[:, place], level).interval.low > 0 for place in differ
    )
