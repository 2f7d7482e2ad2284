"""How long whole incidents take, stage by stage, as incidents of a kind are published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field

from drillbook.model.base import Model
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration

MITIGATIONS: tuple[str, ...] = (
    "rollback", "restart", "replace", "isolate", "flow-control", "scale", "fix",
)  # fmt: skip
"""What mitigates incidents, in the words of evidence.md §1."""

if TYPE_CHECKING:
    Mitigation: TypeAlias = str
else:
    Mitigation = Literal[MITIGATIONS]


class Law(Model):
    """A lognormal time."""

    median: Duration
    sigma: Annotated[float, Field(ge=0, le=3)]
    """Standard deviation of the logarithm."""


class Hops(Model):
    """Incidents that go to other people first."""

    chance: Probability
    """That the first who has it is not the right one."""
    again: Probability = 0.0
    """That the next one is not either."""
    factors: Annotated[list[Annotated[float, Field(ge=1, le=100)]], Field(min_length=1)]
    """On the time to identify, of the first hop, the second, and so on."""


class Stages(Model):
    """Times that an incident is given, whoever handles it; work that takes longer takes longer.

    What is left out takes as long as looking, typing and the system take.
    """

    detect: Law | None = None
    """From when the first alert's condition held until somebody takes it for an incident."""
    identify: Law | None = None
    """From then until the cause is known."""
    hops: Hops | None = None
    mitigate: dict[Mitigation, Law] = {}
    """From then until a remedy is applied: agreeing on it, preparing it, rolling it out, trying others; by
    what mitigates the incident in the end."""
    verify: Law | None = None
    """From when users are well until the incident is resolved."""
    together: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Correlation of the logarithms of an incident's stages: hard ones are slow throughout."""
