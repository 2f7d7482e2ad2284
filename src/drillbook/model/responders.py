"""Who handles the incidents of a study: simulated responders, as shipped or fitted to a team's own times."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.people import Answer
from drillbook.model.quantities import Duration
from drillbook.model.stages import Stages


class Fit(Model):
    """How well a fitted distribution describes the team's times."""

    times: Name
    """What was fitted, such as acknowledge."""
    count: Annotated[int, Field(ge=1)]
    """Incidents that it was fitted to."""
    censored: Annotated[int, Field(ge=0)] = 0
    """Those of them in which it never happened."""
    median: Duration
    sigma: Annotated[float, Field(ge=0)]
    """Standard deviation of the logarithm."""
    distance: Annotated[float, Field(ge=0)] | None = None
    """Largest distance of the fitted from the measured distribution (Kolmogorov-Smirnov)."""
    p_value: Annotated[float, Field(ge=0, le=1)] | None = None
    """Chance of such a distance if the fitted distribution were true."""


class Responders(Model):
    """A people file: how the responders of a team are. `drillbook study fit` writes one."""

    kind: Literal["people"]
    name: Name
    title: str = ""
    source: Text
    like: Literal["expert", "average", "novice"] = "average"
    """The level that they resemble in all that is not said here."""
    answer: Answer | None = None
    """How the primary answers a page; as the level does where left out."""
    diagnose: Duration | None = None
    """Median time to diagnose, over incidents; the level's where left out."""
    stages: Stages | None = None
    """Times of whole incidents, for studies that go by them; as long as the work takes where left out."""
    skill: dict[str, float | bool] = {}
    """Other figures of the level's table (docs/explanation/people.md) and what they are instead."""
    fits: list[Fit] = []


class Responding(Model):
    """A part of the incidents, and who handles them."""

    level: Literal["expert", "average", "novice", "absent"] | None = None
    people: str | None = None
    """A people file, by its name or path; exactly one of `level` and `people` is given."""
    weight: Annotated[float, Field(gt=0, le=1e6)] = 1.0
    """How often, against the others."""
