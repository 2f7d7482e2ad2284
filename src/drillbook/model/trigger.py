"""When an incident is to be escalated beyond the pager's own steps: what must hold, to whom, how soon."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.quantities import Duration

Nature = Literal["security", "data-loss", "compliance", "public", "customer-escalation"]
"""What else an incident is, beyond a loss of service."""


class Declared(Model):
    """The incident has one of the severities, by declaration or, before that, by right."""

    kind: Literal["severity"]
    severities: Annotated[list[str], Field(min_length=1)]


class Unacknowledged(Model):
    """Nobody acknowledged a page for so long."""

    kind: Literal["unacknowledged"]
    after: Duration
    severities: list[str] = []
    """Only at these; at all where left out."""


class NoProgress(Model):
    """Nobody did or found anything for so long."""

    kind: Literal["no-progress"]
    after: Duration
    severities: list[str] = []


class Unresolved(Model):
    """The incident lasts longer than this, counted from the page."""

    kind: Literal["unresolved"]
    after: Duration | None = None
    """The severity's `resolve_within` where left out."""
    severities: list[str] = []


class CauseUnknown(Model):
    """Nobody stated a cause for so long after the page."""

    kind: Literal["cause-unknown"]
    after: Duration


class RemediationFailed(Model):
    """A remedy failed, or was tried and users suffer on five minutes later."""

    kind: Literal["remediation-failed"]


class SeveralServices(Model):
    """Critical alerts of so many services fire at once (by label `service`, else `job`, else `team`)."""

    kind: Literal["several-services"]
    count: Annotated[int, Field(ge=2)] = 2


class SeveralPages(Model):
    """So many pages are open at once, at one of the severities."""

    kind: Literal["several-pages"]
    count: Annotated[int, Field(ge=2)] = 2
    severities: list[str] = []


class UsersAffected(Model):
    """More users than this were hit so far; from the hidden truth."""

    kind: Literal["users-affected"]
    above: Annotated[float, Field(ge=0)]


class RevenuePerHour(Model):
    """Revenue is being lost at more than this an hour; from the hidden truth."""

    kind: Literal["revenue-per-hour"]
    above: Annotated[float, Field(ge=0)]


class RevenueLost(Model):
    """More revenue than this was lost so far; from the hidden truth."""

    kind: Literal["revenue-lost"]
    above: Annotated[float, Field(ge=0)]


class OfNature(Model):
    """The incident is of one of these kinds, as its scenario says."""

    kind: Literal["nature"]
    of: Annotated[list[Nature], Field(min_length=1)]


Condition = Annotated[
    Declared
    | Unacknowledged
    | NoProgress
    | Unresolved
    | CauseUnknown
    | RemediationFailed
    | SeveralServices
    | SeveralPages
    | UsersAffected
    | RevenuePerHour
    | RevenueLost
    | OfNature,
    Field(discriminator="kind"),
]


class Trigger(Model):
    """A rule of a playbook's escalation matrix."""

    id: Name
    rule: Text
    """The playbook's sentence, cited on the scorecard."""
    when: Condition
    escalate_to: Annotated[list[Name], Field(min_length=1)]
    """People who must hear of it: paged, named or told."""
    within: Duration = 0.0
    """Time from when the condition holds."""
    automatic: bool = False
    """The team's automation pages them by itself, after `within`; otherwise responders are judged by it."""
    points: Annotated[float, Field(gt=0, le=100)] = 2.0
    """What it is worth on the scorecard, where it is not automatic."""
