"""The best of the allowed alternatives: what remains priority by priority."""

from __future__ import annotations

import math
from collections.abc import Sequence

from drillbook.batch.bounds import LEVEL
from drillbook.study.analysis import wording
from drillbook.study.analysis.findings import Figure, Ranked, Tier
from drillbook.study.analysis.goals import Objective
from drillbook.study.analysis.subject import Subject
from drillbook.study.statistics.interval import Interval

METHOD = (
    "alternatives count as alike unless a paired interval shows them worse than another, corrected for the "
    "number of alternatives: the best is among those alike with the stated level"
)
_ASKED = 3
"""The first few ranked decide; to ask all before costs resampling and changes nothing that matters."""


def tiers(subject: Subject, objectives: Sequence[Objective], candidates: Sequence[int]) -> list[Tier]:
    """Rank by each priority those that are alike by all before."""
    found, left = [], list(candidates)
    for objective in objectives:
        if not left:
            break
        ordered = sorted(left, key=lambda number: _order(objective, number, subject.baseline))
        left = [number for number in ordered if not _beaten(objective, number, ordered)]
        found.append(_tier(subject, objective, ordered, left))
        if len(left) == 1:
            break
    return found


def _tier(subject: Subject, objective: Objective, ordered: Sequence[int], left: Sequence[int]) -> Tier:
    return Tier(
        priority=objective.priority,
        text=objective.text,
        ranked=[
            Ranked(
                alternative=subject.id(number),
                value=objective.shown(number),
                change=_figure(objective.change(number)),
                alike=number in left,
            )
            for number in ordered
        ],
        method=METHOD,
    )


def _figure(found: Interval | None) -> Figure | None:
    return None if found is None else wording.figure(found)


def _order(objective: Objective, number: int, baseline: int) -> tuple[float, bool, int]:
    """Smallest first; of equals the baseline."""
    value = objective.value(number)
    return (math.inf if math.isnan(value) else value, number != baseline, number)


def _beaten(objective: Objective, number: int, ordered: Sequence[int]) -> bool:
    """Whether one that ranks before it is better with confidence (Gupta's subset selection, Bonferroni)."""
    level = 1 - 2 * (1 - LEVEL) / max(1, len(ordered) - 1)
    before = ordered[: ordered.index(number)]
    return any(objective.surely_worse(number, other, level) for other in before[:_ASKED])
