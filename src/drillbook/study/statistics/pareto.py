"""Several objectives at once: what no other alternative beats in all of them, for sure or perhaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from drillbook.batch.bounds import LEVEL
from drillbook.study.statistics.interval import Flags, Floats

Standing: TypeAlias = Literal["front", "perhaps", "dominated"]
"""On the front; dominated by what was measured, though chance may explain it; dominated with confidence."""


Worse: TypeAlias = Callable[[int, int, float], bool]
"""Whether an alternative is surely worse than another in every objective in which the two differ at all, by
two-sided intervals of that level."""


_ASKED = 5
"""Alternatives that may dominate another one and are asked for; with hundreds of alternatives most would."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an alternative stands, and who dominates it."""

    standing: Standing
    by: tuple[int, ...]
    """For sure, or where nobody does so by what was measured."""


def front(values: Floats) -> Flags:
    """Which alternatives (rows) no other dominates; in each objective (columns) less is better."""
    return np.array([not _dominating(values, one).any() for one in values])


def places(values: Floats, worse: Worse, level: float = LEVEL) -> list[Place]:
    """Where each alternative stands; `values` are shaped (alternatives, objectives), less is better.

    All that is said to be dominated for sure is so with probability `level` together: `worse` is asked at a
    level that is corrected for the number of pairs (Bonferroni). To be worse in every objective needs no
    further correction (intersection-union test, Berger 1982).
    """
    count = len(values)
    single = 1 - 2 * (1 - level) / max(1, count * (count - 1))
    found = []
    for which in range(count):
        seen = tuple(np.flatnonzero(_dominating(values, values[which])).tolist())
        sure = tuple(other for other in seen[:_ASKED] if worse(which, other, single))
        if sure:
            found.append(Place("dominated", sure))
        else:
            found.append(Place("perhaps", seen) if seen else Place("front", ()))
    return found


def _dominating(values: Floats, one: Floats) -> Flags:
    """Which alternatives are no worse in any objective, and better in one."""
    return np.asarray((values <= one).all(axis=1) & (values < one).any(axis=1))
