"""What an export says of a team's responders: a law for each of their times, and whether it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from drillbook.engine.randomness import Randomness
from drillbook.study.fit.export import Export
from drillbook.study.fit.goodness import goodness
from drillbook.study.fit.laws import information_criteria
from drillbook.study.fit.lognormal import Lognormal, fit_lognormal
from drillbook.study.fit.stages import Sample, samples

FEWEST = 8
"""With fewer events there is no estimate."""
FEW = 30
"""Below this many the intervals are wide and the test finds little (assumption)."""
DOUBTFUL = 0.05
"""A p-value below this one speaks against the lognormal."""
CLEARLY = 10.0
"""A difference of Akaike's criterion that leaves the worse law no support (Burnham and Anderson 2002)."""

Verdict = Literal["fits", "few", "other", "does-not-fit", "too-few"]


@dataclass(frozen=True, eq=False)
class StageFit:
    """What was found of one time."""

    sample: Sample
    law: Lognormal | None = None
    """None where there are too few."""
    distance: float = 0.0
    p_value: float = 1.0
    criteria: Mapping[str, float] | None = None
    """Akaike's criterion of each law."""

    @property
    def best(self) -> str:
        """The law of the least criterion."""
        return min(self.criteria, key=self.criteria.__getitem__) if self.criteria else ""

    @property
    def verdict(self) -> Verdict:
        """What to make of it."""
        if self.law is None or self.criteria is None:
            return "too-few"
        if self.p_value < DOUBTFUL:
            better = self.criteria["lognormal"] - self.criteria[self.best]
            return "other" if better > CLEARLY else "does-not-fit"
        return "few" if self.sample.events < FEW else "fits"


@dataclass(frozen=True, eq=False)
class Fit:
    """What was found in an export."""

    export: Export
    stages: Sequence[StageFit]
    never: float | None
    """Part of the incidents in which nobody answered in time; None where the export does not count it."""

    def stage(self, name: str) -> StageFit | None:
        """The stage of that name, if there were enough of it for a law."""
        return next((each for each in self.stages if each.sample.stage.name == name and each.law), None)


def fit(export: Export, seed: int = 1) -> Fit:
    """Estimate every time that the export knows; `seed` keys the bootstrap."""
    draws = Randomness(seed)
    told = [each.escalated for each in export.incidents if each.escalated is not None]
    stages = [_stage(sample, draws) for sample in samples(export)]
    return Fit(export, stages, sum(told) / len(told) if told else None)


def _stage(sample: Sample, draws: Randomness) -> StageFit:
    different = len(set(sample.times[sample.seen].tolist()))
    if sample.events < FEWEST or different < 2:
        return StageFit(sample)
    law = fit_lognormal(sample.times, sample.seen)
    distance, p_value = goodness(sample.times, sample.seen, law, draws, sample.stage.name)
    return StageFit(sample, law, distance, p_value, information_criteria(sample.times, sample.seen, law))
