"""What a study found, complete: reports are written from this alone."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from drillbook.model.base import Model
from drillbook.model.measures import Unit

Verdict = Literal["better", "worse", "no-difference-detectable", "identical", "no-data"]
"""Against the baseline. Identical: the same value in every run."""


class Figure(Model):
    """An estimate with the bounds between which the true value lies with the findings' `level`."""

    value: float | None
    """None: not defined, or, where `never` is set, later than the end of the runs."""
    low: float | None
    high: float | None
    """None: not bounded on that side."""
    never: bool = False
    """The value itself is "never": that quantile of the runs does not get there before they end."""

    @property
    def half_width(self) -> float | None:
        """From the value to the farther bound."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return max(self.value - self.low, self.high - self.value)


class Option(Model):
    """An alternative."""

    id: str
    title: str
    levels: dict[str, JsonValue]
    baseline: bool
    runs: int


class Estimated(Model):
    """A measure of one alternative."""

    alternative: str
    runs: int
    """Those that count; see the measure's `treatment`."""
    figure: Figure
    never: Figure | None = None
    """Part of the runs in which it never happened; times only."""


class MoreRuns(Model):
    """How many more runs would show how much."""

    runs: int
    """Of this alternative and of the baseline each."""
    half_width: float
    """Of the difference's interval by then, in the measure's unit."""


class CommonNumbers(Model):
    """What the same seeds for every alternative are worth in a comparison."""

    correlation: float
    factor: float | None
    """Independent runs would have to be so many times as many; None: without bound."""


class Difference(Model):
    """An alternative against the baseline, in pairs of runs on the same seed."""

    alternative: str
    pairs: int
    difference: Figure
    """The alternative's less the baseline's, in the measure's unit."""
    relative: Figure | None = None
    """The same as part of the baseline's mean: -0.2 is 20 % less. Means only."""
    p: float | None
    """Of no difference; by itself."""
    adjusted_p: float | None
    """Holm's, over all alternatives of the measure; the verdict rests on it."""
    verdict: Verdict
    text: str
    detectable: float | None = None
    """The smallest true difference that so many pairs show with a chance of 80 %."""
    more: MoreRuns | None = None
    """Where no difference is detectable."""
    common_numbers: CommonNumbers | None = None


class Effect(Model):
    """What one level of a factor changes against the first one, averaged over the other factors."""

    factor: str
    level: str
    against: str
    effect: Figure
    adjusted_p: float
    """Holm's, over all effects and interactions of the measure."""
    text: str


class Interaction(Model):
    """By how much a level's effect is larger together with a level of another factor than without."""

    factors: tuple[str, str]
    levels: tuple[str, str]
    effect: Figure
    adjusted_p: float
    text: str


class Influence(Model):
    """How much a factor matters over its whole range, from a screening or a variance design."""

    factor: str
    strength: Figure
    """Morris: mu*, the mean absolute effect. Sobol: total index, a part of the variance. Else: the change."""
    noise: float | None = None
    """Morris: the strength that chance in the runs alone would show."""
    alone: Figure | None = None
    """Sobol: first-order index."""
    direction: float | None = None
    """Morris: mu; its sign says which way."""
    bent: float | None = None
    """Morris: sigma; large beside the strength where the factor is not linear or acts with others."""


class MeasureFound(Model):
    """Everything about one measure."""

    key: str
    title: str
    unit: Unit
    better: Literal["less", "more"]
    statistic: Literal["mean", "share", "quantile"]
    part: float | None
    """Of a quantile."""
    treatment: str
    """How runs count in which it never happened."""
    method: str
    """How estimates, differences and their intervals are worked out."""
    estimates: list[Estimated]
    differences: list[Difference]
    effects: list[Effect] = []
    interactions: list[Interaction] = []
    influences: list[Influence] = []
    influences_method: str = ""


class Kept(Model):
    """Whether an alternative keeps a constraint."""

    alternative: str
    figure: Figure
    status: Literal["kept", "broken", "undecided", "no-data"]
    """Kept, broken: the whole interval says so."""


class ConstraintFound(Model):
    """A constraint and who keeps it."""

    measure: str
    at_least: float | None
    at_most: float | None
    text: str
    alternatives: list[Kept]


class Ranked(Model):
    """An alternative by one priority of the objectives."""

    alternative: str
    value: float | None
    """In the measure's unit; of several weighted objectives the weighted change against the baseline."""
    change: Figure | None = None
    """Of several weighted objectives: that change with its interval; none for the baseline."""
    alike: bool
    """Whether it may be the best as far as these runs can tell."""


class Tier(Model):
    """The objectives of one priority, and the alternatives that were left for it, best first."""

    priority: int
    text: str
    ranked: list[Ranked]
    method: str


class SelectionFound(Model):
    """How sure the choice of the best is."""

    procedure: Literal["kn", "ocba", "none"]
    selected: str | None
    """Smallest (or largest) mean of the procedure's measure; None: KN is not done."""
    probability: float | None
    """At least; None where nothing can be said."""
    indifference: float | None
    eliminated: dict[str, int]
    """After how many runs each alternative was out."""
    text: str


class Standing(Model):
    """Where an alternative stands among several objectives."""

    alternative: str
    standing: Literal["front", "perhaps", "dominated"]
    """On the Pareto front; dominated as measured, but chance may explain it; dominated with confidence."""
    by: list[str]


class ParetoFound(Model):
    """The alternatives that no other beats in all objectives."""

    objectives: list[str]
    alternatives: list[Standing]
    method: str


class Recommendation(Model):
    """What to do, no stronger than the runs allow."""

    kind: Literal["change", "keep", "no-difference", "none-allowed", "factors", "no-objective", "no-data"]
    """`factors`: of a screening, which tells what matters and recommends no alternative."""
    alternative: str | None
    text: str
    reasons: list[str]
    caveats: list[str]


class Findings(Model):
    """What a study found."""

    kind: Literal["study-findings"] = "study-findings"
    format: Literal[1] = 1
    study: str
    title: str
    question: str
    level: float
    """Of every interval, and of the verdicts on one measure together."""
    runs: int
    design: str
    baseline: str
    options: list[Option]
    measures: list[MeasureFound]
    constraints: list[ConstraintFound]
    tiers: list[Tier]
    selection: SelectionFound | None
    pareto: ParetoFound | None
    aliases: list[str] = []
    """Effects that the design cannot tell apart."""
    recommendation: Recommendation
    assumptions: list[str]
