"""How three grades become points, points become scores, and scores become ratings: the only place for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from drillbook.scoring.grade import Grade, Outcome

SCORING_VERSION = "2"
"""Goes up whenever the same log could get another score."""

BASE: dict[Outcome, float] = {
    "met": 1.0,
    "partly": 0.5,
    "missed": 0.0,
    "violated": 0.0,
    "not-applicable": 0.0,
}
"""The part of the points that the outcome gives."""
LATE_COSTS = 0.4
"""The part of that which lateness takes: all of it from one whole target too late on, in proportion below."""
QUALITY_COSTS = 0.4
"""The part of that which a quality of 0 takes, in proportion above."""

Rating = Literal["P", "S", "M", "U"]
"""HSEEP: performed without challenges, with some, with major challenges, unable to be performed."""
PERFORMED, SOME, MAJOR = 85.0, 65.0, 40.0
"""Scores from which on P, S and M are given."""


def points(grade: Grade, most: float) -> float:
    """The points of a grade, of `most`."""
    late = 0.0
    if grade.late_by:
        late = min(1.0, grade.late_by / grade.target) if grade.target else 1.0
    lack = 0.0 if grade.quality is None else 1.0 - grade.quality
    return round(most * BASE[grade.outcome] * (1.0 - LATE_COSTS * late - QUALITY_COSTS * lack), 2)


def score(results: Iterable[tuple[float, float]]) -> float:
    """0 to 100 of (points, most) pairs, one decimal; 0 where there is nothing to reach."""
    pairs = list(results)
    most = sum(each for _, each in pairs)
    return round(100 * sum(each for each, _ in pairs) / most, 1) if most else 0.0


def rating(of: float, outcomes: Sequence[Outcome]) -> Rating:
    """The rating of a score; what has something missed or violated was not without challenges."""
    if of >= PERFORMED:
        return "S" if "missed" in outcomes or "violated" in outcomes else "P"
    if of >= SOME:
        return "S"
    return "M" if of >= MAJOR else "U"
