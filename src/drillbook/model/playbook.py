"""A playbook: what good incident response is in a team, and how it is judged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.automation import Automation
from drillbook.model.base import Model, Name, Text
from drillbook.model.guidance import (
    Advice,
    Channel,
    Contact,
    IncidentType,
    Level,
    Phase,
    Review,
    Target,
    Template,
    Wellness,
)
from drillbook.model.people import Person
from drillbook.model.policy import OnCall
from drillbook.model.quantities import Duration
from drillbook.model.runbook import Checklist, Procedure, Runbook
from drillbook.model.trigger import Trigger

Area = Literal[
    "acknowledgement", "assessment", "decisions", "escalation", "communication", "restoration", "closure"
]
"""The seven areas of judgement."""

Audience = Literal["incidents", "executives", "status-page", "team", "customer-success"]
"""Whom an update reaches; `incidents` is the channel #incidents, `team` that of the team."""


class Cadence(Model):
    """How often an audience hears from the responders."""

    audience: Audience
    every: Duration
    first_within: Duration | None = None
    """Time to the first update after declaration; `every` where left out."""


class Severity(Model):
    """A severity level."""

    id: str
    """Such as SEV-1."""
    name: str
    definition: Text
    examples: list[Text] = []
    respond_within: Duration
    resolve_within: Duration | None = None
    """Target time to restore service, where the playbook has one."""
    also_known_as: list[str] = []
    """Ids by which scenarios of other playbooks, and people, mean this level."""
    escalate_to: list[Name] = []
    """People who are told or brought in."""
    updates: list[Cadence] = []
    actions: list[Text] = []
    """What is done first, in order."""
    remediates_itself: Literal["yes", "conditional", "no"] = "no"
    """Whether the automation may act by itself."""
    post_mortem: bool = False


class Role(Model):
    """A role in an incident."""

    id: Name
    name: str
    duties: Annotated[list[Text], Field(min_length=1)]
    reports_to: Name | None = None
    """The role above it in the chain of command."""
    leads: str = ""
    """Whose people it directs, such as SRE."""


Check = Literal[
    "silence",
    "acknowledge", "join-in-time", "declare", "severity", "impact", "roles", "diagnose-first", "cause",
    "right-remedy", "no-harm", "runbook", "bring-in", "escalate-when-stuck", "notify", "cadence", "facts",
    "truth", "audience-fit", "answer-questions", "mitigate", "user-minutes", "validate", "resolve",
    "post-mortem", "handoff", "trigger",
]  # fmt: skip
"""The ways in which conduct can be measured; each is one grader."""


class Expectation(Model):
    """One thing that good responders do, and what it is worth."""

    id: Name
    area: Area
    check: Check
    rule: Text
    """The playbook's sentence, cited on the scorecard."""
    points: Annotated[float, Field(gt=0, le=100)]
    within: Duration | None = None
    """Target time, where the check has one."""
    audience: Audience | None = None
    """For cadence, facts and notify."""
    severities: list[str] = []
    """Only at these severities; at all where left out."""


class Duties(Model):
    """What the on-call engineer owes, as the scenario clock measures it."""

    acknowledge_within: Duration
    escalate_untriaged_after: Duration
    texts: Annotated[list[Text], Field(min_length=1)]
    """The duties in words."""


class Playbook(Model):
    """A team's way of responding."""

    kind: Literal["playbook"]
    name: Name
    title: Text
    source: Text
    severities: Annotated[list[Severity], Field(min_length=1)]
    """Most severe first."""
    types: list[IncidentType] = []
    """Kinds of incidents by their nature."""
    lifecycle: list[Phase] = []
    """The phases of an incident, in order."""
    roles: Annotated[list[Role], Field(min_length=1)]
    duties: Duties
    on_call: OnCall
    people: list[Person] = []
    """People of the organisation; they join a scenario that has nobody of their id."""
    triggers: list[Trigger] = []
    """The escalation matrix beyond the pager's own steps."""
    chain: list[Level] = []
    """The escalation path, level 1 first."""
    contacts: list[Contact] = []
    channels: list[Channel] = []
    compensation: list[Text] = []
    runbooks: list[Runbook] = []
    checklists: list[Checklist] = []
    templates: list[Template] = []
    review: list[Text] = []
    """How incidents are reviewed."""
    review_meeting: Review | None = None
    automation: Automation | None = None
    targets: list[Target] = []
    """What the team holds itself to, and reports."""
    wellness: Wellness | None = None
    advice: list[Advice] = []
    jargon: dict[str, str] = {}
    """Words that an update for executives or the public avoids, and what to say instead."""
    expectations: Annotated[list[Expectation], Field(min_length=1)]

    def severity(self, name: str) -> Severity | None:
        """The severity of that id, any case, or of that other name; None where there is none."""
        wanted = name.upper()
        exact = next((each for each in self.severities if each.id.upper() == wanted), None)
        return exact or next(
            (each for each in self.severities if wanted in (other.upper() for other in each.also_known_as)),
            None,
        )

    @property
    def procedures(self) -> list[Procedure]:
        """Whatever can be opened and ticked: the runbooks, then the checklists."""
        return [*self.runbooks, *self.checklists]

    def procedure(self, name: str) -> Procedure | None:
        """The runbook or checklist of that name; None where there is none."""
        return next((each for each in self.procedures if each.name == name), None)
