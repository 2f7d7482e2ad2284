"""Standing among simulated responders on the same scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from drillbook.model.calibration import RESPONDING, SAMPLED, Calibration, fingerprint
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.scoring.measure import Measures
from drillbook.scoring.points import SCORING_VERSION
from drillbook.scoring.scorecard import Standing

_BETTER: Mapping[str, str] = MappingProxyType(
    {
        "total": "a better total than",
        "acknowledge_s": "acknowledged sooner than",
        "declare_s": "declared sooner than",
        "mitigate_s": "mitigated sooner than",
        "resolve_s": "resolved sooner than",
        "user_minutes": "fewer user minutes lost than",
    }
)
_PEOPLE = {"expert": "simulated experts", "average": "average responders", "novice": "novices"}


@dataclass(frozen=True, slots=True)
class Par:
    """One run of a simulated responder; `level` is empty where it is not known."""

    total: float
    measures: Measures
    level: str = ""


def is_current(calibration: Calibration, scenario: Scenario, playbook: Playbook) -> bool:
    """Whether a calibration is of these, judged as they are judged now."""
    same = calibration.fingerprint == fingerprint(scenario, playbook)
    return same and calibration.scoring_version == SCORING_VERSION


def runs_of(calibration: Calibration) -> tuple[Par, ...]:
    """The runs of a calibration, to compare others with."""
    return tuple(
        _par(dict(zip(SAMPLED, values, strict=True)), level)
        for level, found in calibration.levels.items()
        if level in RESPONDING
        for values in zip(*(found.sample[name] for name in SAMPLED), strict=True)
    )


def standing(total: float, measures: Measures, par: Sequence[Par]) -> Standing | None:
    """Per cent of the runs that did worse, in all and by level, ties counting half; None without runs.

    What never happened counts as later than anything that did.
    """
    if not par:
        return None
    own = Par(total, measures)
    levels = {
        level: _standings(own, [each for each in par if each.level == level])
        for level in _PEOPLE
        if any(each.level == level for each in par)
    }
    better = _standings(own, par)
    return Standing(len(par), better, _texts(better, levels, len(par)), levels)


def _par(of: Mapping[str, float | None], level: str) -> Par:
    measures = Measures(
        acknowledge_s=of["acknowledge_s"],
        declare_s=of["declare_s"],
        mitigate_s=of["mitigate_s"],
        resolve_s=of["resolve_s"],
        user_minutes=of["user_minutes"],
    )
    return Par(of["total"] or 0.0, measures, level)


def _standings(own: Par, par: Sequence[Par]) -> dict[str, float]:
    return {name: _better([_cost(each, name) for each in par], _cost(own, name)) for name in _BETTER}


def _texts(
    better: Mapping[str, float], levels: Mapping[str, Mapping[str, float]], runs: int
) -> tuple[str, ...]:
    if levels:
        groups = list(levels.items())
        return tuple(
            f"{words[0].upper()}{words[1:]} "
            + _listing([f"{of[name]:.0f} % of {_PEOPLE[level]}" for level, of in groups])
            for name, words in _BETTER.items()
        )
    texts = [f"{words[0].upper()}{words[1:]} {better[name]:.0f} %" for name, words in _BETTER.items()]
    return (f"{texts[0]} of {runs} simulated responders", *texts[1:])


def _listing(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _cost(run: Par, name: str) -> float:
    if name == "total":
        return -run.total
    value = getattr(run.measures, name)
    return math.inf if value is None else float(value)


def _better(theirs: Sequence[float], own: float) -> float:
    worse = sum(each > own for each in theirs)
    same = sum(each == own for each in theirs)
    return round(100 * (worse + same / 2) / len(theirs), 1)
