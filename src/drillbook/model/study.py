"""A study: a question, the alternatives it compares, the incidents to try them on, and when it is over."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, JsonValue, WithJsonSchema

from drillbook.model.base import Model, Name, Text
from drillbook.model.design import Design, Factor, FullFactorial
from drillbook.model.horizon import Horizon, Objective, Pay
from drillbook.model.measures import MeasureName
from drillbook.model.quantities import seconds
from drillbook.model.responders import Responding


def _amount(value: Any) -> float:
    """A number in the measure's own unit, or a duration."""
    if isinstance(value, str):
        return seconds(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise ValueError("a number, or a duration with its unit such as 30s or 5m")


def _incident(value: Any) -> Any:
    return None if value == "incident" else value


Amount = Annotated[
    float,
    BeforeValidator(_amount),
    WithJsonSchema({"type": ["number", "string"], "examples": ["30s", 0.05]}),
]
"""A value of a measure: a number in its unit, times also as `30s` or `5m`."""


class Incidents(Model):
    """A scenario in the mix."""

    scenario: str
    """Its name, or the path of its file."""
    weight: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    """How often, against the others."""
    forms: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)] = [0]
    """Forms of it, each as often as the others; 0 is the scenario as written."""
    set: dict[str, JsonValue] = {}
    """What this study takes otherwise about it, by path and under all alternatives."""


class Measure(Model):
    """Something that the report shows of every alternative."""

    measure: MeasureName
    quantile: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Of the runs, such as 0.9; the mean where left out."""
    never: Literal["end", "omit"] = "end"
    """How a time counts that did not come: as lasting until the end of the run, or not at all."""

    @property
    def key(self) -> str:
        """What objectives and constraints call it: `mitigate_s`, or `mitigate_s.p90` for a quantile."""
        return self.measure if self.quantile is None else f"{self.measure}.p{100 * self.quantile:g}"


class Goal(Model):
    """What is to be small or large."""

    measure: str
    """The key of a measure: its name, with `.p90` for a quantile."""
    goal: Literal["min", "max"]
    weight: Annotated[float, Field(gt=0)] | None = None
    """Against the other objectives of the same priority; each counts the same where left out."""
    priority: Annotated[int, Field(ge=1, le=9)] = 1
    """1 decides first; further ones only between alternatives that are alike so far."""


class Constraint(Model):
    """What an alternative must keep to be recommended."""

    measure: str
    """The key of a measure."""
    at_least: Amount | None = None
    at_most: Amount | None = None


class Fixed(Model):
    """The same number of runs for every alternative."""

    kind: Literal["fixed"]
    runs: Annotated[int, Field(ge=2, le=1_000_000)]


class Precision(Model):
    """Runs until the intervals are as narrow as asked."""

    kind: Literal["precision"]
    half_width: Annotated[Amount, Field(gt=0)]
    """Of the 95 % interval, in the measure's unit."""
    measure: str | None = None
    """The key of a measure; the first objective's where left out."""
    of: Literal["difference", "value"] = "difference"
    """Of each alternative's difference from the baseline, or of its own value."""
    at_least: Annotated[int, Field(ge=10, le=1_000_000)] = 50
    """Runs before the first look."""
    step: Annotated[int, Field(ge=1, le=100_000)] = 50
    """Runs between two looks."""
    at_most: Annotated[int, Field(ge=10, le=1_000_000)]
    """Runs of an alternative after which it is over whatever the precision."""


class Selection(Model):
    """Runs until the best alternative is known with the asked probability."""

    kind: Literal["selection"]
    procedure: Literal["kn", "ocba"] = "kn"
    indifference: Annotated[Amount, Field(gt=0)]
    """The least difference that matters, in the measure's unit."""
    probability: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    """Chance that the chosen one is best, or within the indifference of it."""
    measure: str | None = None
    """The key of a measure (a mean); the first objective's where left out."""
    at_least: Annotated[int, Field(ge=5, le=1_000_000)] = 20
    """Runs of every alternative before the first look."""
    step: Annotated[int, Field(ge=1, le=100_000)] = 20
    """Runs between two looks."""
    at_most: Annotated[int, Field(ge=10, le=1_000_000)]
    """Runs of an alternative after which it is over."""


Replications = Annotated[Fixed | Precision | Selection, Field(discriminator="kind")]


class Study(Model):
    """A what-if study."""

    kind: Literal["study"]
    name: Name
    title: Text
    question: Text
    """What somebody wants to decide, in a sentence."""
    scenarios: Annotated[list[Incidents], Field(min_length=1)]
    playbook: str | None = None
    """Name or path; each scenario's own where left out."""
    responders: Annotated[list[Responding], Field(min_length=1)] = [Responding(level="average")]
    factors: Annotated[list[Factor], Field(min_length=1)]
    design: Design = FullFactorial(kind="full")
    baseline: dict[Name, Name] = {}
    """Level by factor of what is done today; a factor's first level, or its value as the files have it for a
    range, where left out."""
    horizon: Annotated[
        Horizon | None, BeforeValidator(_incident), Field(json_schema_extra={"default": "incident"})
    ] = None
    """One incident at a time (`incident`), or days of on-call life."""
    pay: Pay = Pay()
    slo: Objective = Objective()
    first_seed: Annotated[int, Field(ge=0, le=1_000_000_000)] = 1
    """Run number n of every alternative has the seed first_seed + n - 1: the same chance for all of them."""
    replications: Replications
    measures: Annotated[list[Measure], Field(min_length=1)]
    objectives: list[Goal] = []
    constraints: list[Constraint] = []

    def measure(self, key: str) -> Measure | None:
        """The measure of a key; None where there is none."""
        return next((each for each in self.measures if each.key == key), None)

    def factor(self, name: str) -> Factor | None:
        """The factor of that id; None where there is none."""
        return next((each for each in self.factors if each.id == name), None)
