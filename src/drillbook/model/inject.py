"""When something in a scenario happens: at a time, or as soon as a condition holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.quantities import Duration

State = Literal["paged", "acknowledged", "declared", "cause-stated", "mitigated", "resolved"]
"""How far a response has come: the first page opened, was acknowledged, and so on; what was claimed counts.

`resolved` ends with a reopening; everything else stays so once it is so.
"""


class When(Model):
    """A condition. Everything that is said in it must hold; it is looked at every 15 s.

    For an `or` say `any` with conditions of their own.
    """

    state: State | None = None
    """The response has come this far."""
    lacking: State | None = None
    """The response has not come this far."""
    time: Duration | None = None
    """This long after the start, or later."""
    remedy: str | None = None
    """Somebody of the response side has begun this action, such as `rollback`."""
    target: Name | None = None
    """Only what was done to this component counts; with `remedy`."""
    error_ratio_above: Annotated[float, Field(ge=0, lt=1)] | None = None
    """More than this part of the users' requests fails."""
    error_ratio_below: Annotated[float, Field(gt=0, le=1)] | None = None
    """Less than this part of the users' requests fails."""
    query: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    """This PromQL gives something, as the expression of an alert rule does."""
    all: list[When] = []
    """All of these hold."""
    any: list[When] = []
    """At least one of these holds."""
    after: Duration = 0.0
    """It holds without a break for this long."""


class Inject(Model):
    """Something that happens once."""

    id: Name | None = None
    """What `drillbook test-inject` calls it; else it is called by its number."""
    at: Duration | None = None
    """Time since the start; this or `when`."""
    when: When | None = None
    """Happens as soon as this holds; if it never does, never."""
