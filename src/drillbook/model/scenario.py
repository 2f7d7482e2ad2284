"""A scenario: a system, what happens to it, who is there, and what this incident needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue

from drillbook.model.automation import Suspicion
from drillbook.model.base import Model, Name, Text
from drillbook.model.inject import Inject
from drillbook.model.people import Person
from drillbook.model.quantities import Duration, Instant
from drillbook.model.rules import RuleGroup
from drillbook.model.system import SPECS, Session, System
from drillbook.model.trigger import Nature


class Deploy(Inject):
    """A release goes out."""

    do: Literal["deploy"]
    service: Name
    version: str
    by: str = "ci-bot"


class Traffic(Inject):
    """Traffic grows or shrinks by a factor against the day's curve."""

    do: Literal["traffic"]
    factor: Annotated[float, Field(gt=0, le=20)]
    over: Duration = 0.0
    """Time to get there."""
    lasts: Duration | None = None
    """Time until it goes back; for good where left out."""


class ExternalTrouble(Inject):
    """A third party gets slow or fails."""

    do: Literal["external"]
    name: Name
    latency: Duration | None = None
    error_ratio: Annotated[float, Field(ge=0, le=1)] | None = None
    lasts: Duration | None = None


class SessionStarts(Inject):
    """Somebody else starts working on a database."""

    do: Literal["session"]
    postgres: Name
    session: Session
    lasts: Duration | None = None


class Configure(Inject):
    """Somebody sets a live setting of a service."""

    do: Literal["configure"]
    service: Name
    setting: str
    value: str
    by: str = "config-bot"


class Change(Inject):
    """Something about a component changes by itself: a fault, or its end."""

    do: Literal["change"]
    component: Name
    set: Annotated[dict[str, JsonValue], Field(min_length=1)]
    """What changes and to what; each kind of component says what it knows."""


class Say(Inject):
    """Somebody writes in a channel."""

    do: Literal["say"]
    person: Name
    channel: str
    text: Text


Happening = Annotated[
    Deploy | Traffic | ExternalTrouble | SessionStarts | Configure | Change | Say, Field(discriminator="do")
]

ACTIONS: tuple[str, ...] = (
    "rollback", "restart", "scale", "set-env", "pool-size", "pool-reload", "kill-active", "kill-idle",
    "statement-timeout", "max-connections", "db-restart", "rate-limit", "pause-rollout", "deploy",
    "memory-limit", "requests", "autoscale",
    *dict.fromkeys(action for spec in SPECS for action in spec.actions),
)  # fmt: skip
"""Every remediation that the simulated shell understands; those of a kind of component come last."""

if TYPE_CHECKING:
    ActionKind: TypeAlias = str
else:
    ActionKind = Literal[ACTIONS]


class Remedy(Model):
    """What doing something means in this incident."""

    action: ActionKind
    target: Name
    value: str | None = None
    """Only with this value (a setting `NAME=value`, a number, the version that a roll-back leads to) or one
    that begins with these words; any other value where left out."""
    verdict: Literal["right", "partial", "useless", "harmful"]
    command: str
    """What one types to do it."""
    first: list[str] = []
    """Commands without which it is refused, such as the one that stops what it changes."""
    why: Text
    """Shown in the debrief."""

    def fits(self, value: str) -> bool:
        """Whether the action with this value is the one that is meant."""
        return self.value is None or f"{value} ".startswith(f"{self.value} ")


class Clue(Model):
    """Something that can be seen and what an experienced engineer takes from it."""

    id: Name
    probe: str
    """What one types to see it."""
    shows: str
    """Regular expression (RE2) that the output matches when the clue is there."""
    points_to: Name
    """A cause; misleading clues point to a wrong one."""
    weight: Annotated[float, Field(gt=0, le=1)] = 0.5
    """How strongly it speaks for that cause, 1 being proof."""
    says: Text
    """What it means, in a sentence."""


class Cause(Model):
    """A possible explanation; one of them is the true one."""

    id: Name
    summary: Text
    words: Annotated[list[list[str]], Field(min_length=1)]
    """A statement names this cause when it contains a word of every list (any case)."""
    remedy: Annotated[int, Field(ge=0)] | None = None
    """Index in `remedies` of what somebody who believes this does first."""


class Fact(Model):
    """Something that a good update says, recognised by words."""

    id: Literal["status", "impact", "action", "next-update"]
    words: Annotated[list[str], Field(min_length=1)]


class Hint(Model):
    """Help for a trainee who is stuck; each costs a little."""

    after: Duration = 0.0
    """Not offered before this time."""
    text: Text


class Needs(Model):
    """What this incident needs from its responders."""

    severity: str
    """The right severity."""
    also_acceptable: list[str] = []
    """Severities that a fair reading of the playbook also allows; graded partly."""
    impacted: list[str]
    """Words that a statement of impact uses (what users cannot do)."""
    cause: Name
    causes: Annotated[list[Cause], Field(min_length=2)]
    clues: Annotated[list[Clue], Field(min_length=2)]
    """In the order in which an experienced engineer would look."""
    remedies: Annotated[list[Remedy], Field(min_length=1)]
    page: list[Name] = []
    """People who ought to be brought in."""
    nature: list[Nature] = []
    """What else the incident is, beyond a loss of service; playbooks may ask for escalation then."""
    healthy_error_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.02
    """Service counts as restored below this failed part of the users' requests."""
    stable_for: Duration = 180.0
    """How long it must stay restored before resolving is justified."""
    noise: list[str] = []
    """Names of alerts that have nothing to do with the fault, so that silencing them does no harm."""
    par_mitigate: Duration
    """Time from onset to mitigation of a good responder; `drillbook calibrate` finds it."""
    par_user_minutes: Annotated[float, Field(gt=0)]
    """User minutes lost by a good responder; `drillbook calibrate` finds it too."""


class Form(Model):
    """A variant of the drill under other names, so that a retake is no test of memory."""

    swap: Annotated[dict[str, str], Field(min_length=1)]
    """Names of services, releases, topics, people's words … and what they are called instead, wherever they
    stand as a whole word."""


class Company(Model):
    """The setting."""

    name: str
    does: Text
    users: Annotated[int, Field(gt=0)]


class Scenario(Model):
    """One drill."""

    kind: Literal["scenario"]
    name: Name
    title: Text
    """What the trainee sees in lists; never gives the cause away."""
    family: Name
    """Shown only after the drill."""
    difficulty: Literal["easy", "medium", "hard"]
    playbook: Name
    duration: Duration
    """The drill ends here at the latest."""
    start: Instant
    briefing: Text
    """Read at the start; never gives the cause away."""
    company: Company
    objectives: Annotated[list[Text], Field(min_length=1)]
    """What is to be learnt; shown after the drill, for they give the cause away."""
    sources: Annotated[list[Text], Field(min_length=1)]
    """Real outages and documents it is modelled on; shown after the drill."""
    system: System
    people: Annotated[list[Person], Field(min_length=1)]
    timeline: list[Happening] = []
    rules: list[RuleGroup] = []
    """Alert rules of its own, in Prometheus's form."""
    needs: Needs
    suspicions: list[Suspicion] = []
    """What an automation takes the incident for, under playbooks that have one; none where left out."""
    hints: list[Hint] = []
    questions: list[Text] = []
    """For the debrief."""
    forms: list[Form] = []
    """Variants, called by their number from 1 on; the scenario as written is form 0."""
