"""What is worked through step by step: runbooks for a kind of trouble, checklists for an occasion."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration, Instant


class Rollback(Model):
    """How a step is taken back."""

    text: Text
    command: str = ""


class Step(Model):
    """A step of a runbook or checklist, to be ticked."""

    id: Name
    text: Text
    command: str = ""
    """What to type, where there is something."""
    caution: str = ""
    """What may go wrong."""
    section: str = ""
    """Heading under which it stands with its neighbours, such as Quick checks."""
    expect: str = ""
    """What must be seen for the step to count as passed."""
    at_most: Duration | None = None
    """Given up after this long."""
    retries: Annotated[int, Field(ge=0, le=100)] = 0
    """How often it is tried again."""
    retry_after: Duration | None = None
    """Time between tries."""
    rollback: Rollback | None = None


class Decision(Model):
    """A branch of a runbook's decision tree."""

    when: Text
    go_to: Name
    """A step of the same runbook, or another runbook."""


class Runbook(Model):
    """What to do about a kind of trouble."""

    name: Name
    title: Text
    description: str = ""
    category: str = ""
    """Such as infrastructure, database or network."""
    severities: list[str] = []
    """Severities that it is for; all where left out."""
    symptoms: list[Text] = []
    """When to use it."""
    alerts: list[str] = []
    """Names of alerts that point here."""
    prerequisites: list[Text] = []
    """What must be so before the first step."""
    links: list[Text] = []
    """Dashboards, queries and pages that belong to it."""
    decisions: list[Decision] = []
    """The decision tree; its first branch that holds is taken."""
    steps: Annotated[list[Step], Field(min_length=1)]
    causes: list[Text] = []
    """What is usually behind it."""
    prevention: list[Text] = []
    """What keeps it from coming back."""
    escalation: list[Text] = []
    """When to bring others in, and whom."""
    afterwards: list[Text] = []
    """What remains to be done when it is over."""
    duration: Duration | None = None
    """How long it usually takes."""
    success_rate: Probability | None = None
    """How often it helps."""
    mean_time_to_restore: Duration | None = None
    last_used: Instant | None = None
    approvers: list[Text] = []
    """Who must agree before it is carried out; nobody where left out."""
    source: str = ""


Occasion = Literal["response", "shift", "handoff", "cover", "wellness"]
"""What a checklist is for."""


class Checklist(Model):
    """What to think of at a time of the incident or of the shift."""

    name: Name
    title: Text
    occasion: Occasion
    begins: Duration | None = None
    """Time since the page, for those of the response."""
    ends: Duration | None = None
    """Time since the page by which it is done; with none, it goes on."""
    when: str = ""
    """When it is due, for those of other occasions."""
    lasts: Duration | None = None
    """Time that it takes, for those of other occasions."""
    steps: Annotated[list[Step], Field(min_length=1)]
    source: str = ""

    def is_due(self, since_page: float) -> bool:
        """Whether its time of the response has come and not gone, so many seconds after the page."""
        begins, ends = self.begins, self.ends
        return begins is not None and begins <= since_page and (ends is None or since_page < ends)


Procedure: TypeAlias = Runbook | Checklist
"""Whatever has steps to tick."""
