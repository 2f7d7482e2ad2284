"""Standing among simulated responders on the same scenario."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from drillbook.scoring.measure import Measures
from drillbook.scoring.scorecard import Standing

_LOWER_IS_BETTER = {
    "acknowledge_s": "acknowledged sooner than",
    "declare_s": "declared sooner than",
    "mitigate_s": "mitigated sooner than",
    "resolve_s": "resolved sooner than",
    "user_minutes": "fewer user minutes lost than",
}


@dataclass(frozen=True, slots=True)
class Par:
    """One run of a simulated responder."""

    total: float
    measures: Measures


def standing(total: float, measures: Measures, par: Sequence[Par]) -> Standing | None:
    """Per cent of the runs that did worse, ties counting half; None without runs.

    What never happened counts as later than anything that did.
    """
    if not par:
        return None
    better = {"total": _better([-each.total for each in par], -total)}
    texts = [f"A better total than {better['total']:.0f} % of {len(par)} simulated responders"]
    for name, words in _LOWER_IS_BETTER.items():
        theirs = [_cost(each.measures, name) for each in par]
        better[name] = _better(theirs, _cost(measures, name))
        texts.append(f"{words[0].upper()}{words[1:]} {better[name]:.0f} %")
    return Standing(len(par), better, tuple(texts))


def _cost(measures: Measures, name: str) -> float:
    value = getattr(measures, name)
    return math.inf if value is None else float(value)


def _better(theirs: Sequence[float], own: float) -> float:
    worse = sum(each > own for each in theirs)
    same = sum(each == own for each in theirs)
    return round(100 * (worse + same / 2) / len(theirs), 1)
