"""The people of a scenario: who they are, how fast they answer, what they know."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.quantities import Duration

Probability = Annotated[float, Field(ge=0, le=1)]

Part = Literal[
    "primary", "secondary", "specialist", "lead", "commander", "communications", "executive", "support"
]
"""What somebody does in an incident; the primary is the trainee's own seat."""


class Answer(Model):
    """Time from a page or a direct message to an answer, lognormal.

    Source: evidence.md §2, LN(ln 2 min, 1.1); `never` 5-10 % is an assumption fitted to the mean below 4 min.
    """

    median: Duration = 120.0
    """Median time to answer."""
    sigma: Annotated[float, Field(ge=0, le=3)] = 1.1
    """Standard deviation of the logarithm."""
    never: Probability = 0.05
    """Chance that nobody answers this one page."""


class Person(Model):
    """Somebody who takes part, played by a person or simulated."""

    id: Name
    """What policies, schedules and commands call them."""
    part: Part
    name: str = ""
    """Full name; drawn from the run's seed where left out."""
    title: str = ""
    team: Name | None = None
    answers: Answer = Answer()
    knows: list[Name] = []
    """Components that this person can look into and report on."""
    look: Duration = 240.0
    """Median time a specialist needs to look and report (assumption)."""
    patience: Duration | None = None
    """Executives and support: asks for news when none came for this long."""
    asks: list[Text] = []
    """What they ask, in order; the last one repeats. `{minutes}` is the time since the last update."""
