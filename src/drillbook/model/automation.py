"""Remediation without people: what the automation may do by itself, and what it leaves to people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration

AUTOMATION = "automation"
"""The id under which the automation acts."""

RadiusUnit = Literal["nodes", "traffic", "pool", "disk"]
"""What a blast radius is counted in: nodes by number; shares of traffic, of a pool, of a disk."""


class BlastRadius(Model):
    """The most that may be touched: fewer nodes, or a smaller share, than this."""

    below: Annotated[float, Field(gt=0)]
    """Nodes, or a share from 0 to 1."""
    of: RadiusUnit


class Remediation(Model):
    """Something that the automation knows how to do, and how it is taken back."""

    id: Name
    name: Text
    does: Text
    confidence: Probability
    """Confidence in the cause that it takes at least."""
    rollback: Text
    """What is done when it fails."""


class Row(Model):
    """A row of the decision matrix."""

    incident: Name
    """The type of incident."""
    name: Text
    confidence: Probability
    """Confidence in the cause must be above this."""
    radius: BlastRadius | None = None
    """What it may touch at most; anything where left out."""
    action: Text
    remediation: Name | None = None
    """The remediation that it amounts to, where it is one of them."""
    runbook: Name | None = None
    """The runbook that it follows."""


class Validation(Model):
    """A check of recovery; all must pass, in order, before an incident is resolved by itself."""

    id: Name
    text: Text
    severities: list[str] = []
    """Only at these; at all where left out."""


class Intervention(Model):
    """A group of reasons for which people take over."""

    id: Name
    title: Text
    reasons: Annotated[list[Text], Field(min_length=1)]


class Analysis(Model):
    """A part of the search for the cause."""

    id: Name
    name: Text
    does: Annotated[list[Text], Field(min_length=1)]


class Suspicion(Model):
    """What the automation's analysis takes an incident for, right or wrong, and what it would do then."""

    incident: Name
    """A row of the decision matrix; where the playbook has no such row, people take over."""
    confidence: Probability
    """How sure the analysis is."""
    touches: Annotated[float, Field(ge=0)]
    """How much it concerns: nodes, or a share from 0 to 1."""
    of: RadiusUnit
    command: Text
    """What it types."""
    undo: str = ""
    """What it types when that did not help; nothing where left out."""


class Automation(Model):
    """What the team's automation does about an incident."""

    triage: list[Text] = []
    """Its steps when an incident is detected, in order."""
    triage_at_least: Duration = 0.0
    triage_at_most: Duration = 0.0
    """How long that takes."""
    analysis: list[Analysis] = []
    threshold: Probability
    """Confidence in the cause below which people take over, whatever the action."""
    at_once: Annotated[int, Field(ge=1)] = 1
    """Actions carried out at the same time; those with the most confidence first."""
    remediations: Annotated[list[Remediation], Field(min_length=1)]
    matrix: Annotated[list[Row], Field(min_length=1)]
    validation: list[Validation] = []
    unresolved: str = ""
    """What happens when recovery cannot be validated."""
    manual: list[Intervention] = []
