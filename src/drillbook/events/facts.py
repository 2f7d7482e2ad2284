"""What can happen in an exercise: one frozen fact per kind.

A fact says what; the envelope (`Event`) says when, by whom, because of what and who may see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from drillbook.model.labels import Labels


@dataclass(frozen=True, slots=True)
class Started:
    """The exercise began. `start` is the instant of t = 0 in ISO 8601."""

    scenario: str
    playbook: str
    seed: int
    form: int
    version: str
    start: str
    people: tuple[tuple[str, str, str, str], ...]
    """id, name, title and part of everybody."""


@dataclass(frozen=True, slots=True)
class CommandGiven:
    """Somebody typed something; `text` is what they typed. The actor is their person id."""

    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Replied:
    """The program's answer to a command: for the one who typed it only."""

    text: str
    ok: bool = True


@dataclass(frozen=True, slots=True)
class ConfirmationAsked:
    """A risky action waits for a yes."""

    command: str
    consequence: str


@dataclass(frozen=True, slots=True)
class AlertChanged:
    """A Prometheus alert became pending, fired or ended. `labels` hold alertname and severity."""

    state: Literal["pending", "firing", "inactive"]
    labels: Labels
    annotations: Labels
    value: float
    active_at: float
    fired: bool = True
    """Whether it fires or has fired; not so for one that is only pending, or was."""


@dataclass(frozen=True, slots=True)
class Notified:
    """Alertmanager told a receiver about a group of alerts."""

    receiver: str
    group: str
    status: Literal["firing", "resolved"]
    alerts: tuple[Labels, ...]


@dataclass(frozen=True, slots=True)
class SilenceAdded:
    """Somebody asked Alertmanager not to tell of alerts that match, from `starts_at` until `ends_at`."""

    silence: str
    matchers: tuple[str, ...]
    starts_at: float
    ends_at: float
    created_by: str
    comment: str


@dataclass(frozen=True, slots=True)
class AlertSilenced:
    """A firing alert came under a silence: nobody is notified of it."""

    labels: Labels
    silence: str


@dataclass(frozen=True, slots=True)
class SilenceExpired:
    """A silence ended: its time was over, or somebody ended it (the actor)."""

    silence: str


@dataclass(frozen=True, slots=True)
class PageChanged:
    """Something happened to a page. `user` is who was notified or did it, where there is one."""

    page: str
    change: Literal[
        "triggered", "notified", "acknowledged", "ack-timed-out", "escalated", "exhausted", "reassigned",
        "resolved", "nobody-on-call", "updated", "suppressed", "on-call", "restarted",
    ]  # fmt: skip
    service: str = ""
    summary: str = ""
    """The page's title; for `on-call` the schedule's name."""
    urgency: Literal["high", "low"] = "high"
    user: str = ""
    level: int = 0
    """1-based escalation level in force after the change; 0 where it does not apply."""
    escalates_at: float | None = None
    """When it would escalate by itself."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class IncidentDeclared:
    """An incident was declared."""

    severity: str
    title: str


@dataclass(frozen=True, slots=True)
class SeverityChanged:
    """The incident's severity was set."""

    severity: str


@dataclass(frozen=True, slots=True)
class RoleAssigned:
    """A person took a role."""

    role: str
    person: str


@dataclass(frozen=True, slots=True)
class PersonPaged:
    """Somebody was paged or asked directly."""

    person: str
    text: str


@dataclass(frozen=True, slots=True)
class PersonAnswered:
    """Somebody who was paged is here."""

    person: str
    text: str


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """A message in a channel. `channel` starts with # or is `@person`."""

    channel: str
    text: str
    asks: bool = False
    """It is a question that waits for an answer or an update."""


@dataclass(frozen=True, slots=True)
class StatusUpdated:
    """The public status page was changed."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class UpdateSent:
    """An update went to an audience."""

    audience: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteTaken:
    """A line for the incident's record."""

    text: str


@dataclass(frozen=True, slots=True)
class CauseStated:
    """Somebody said what they hold for the cause."""

    text: str


@dataclass(frozen=True, slots=True)
class RunbookOpened:
    """A runbook was opened."""

    runbook: str


@dataclass(frozen=True, slots=True)
class StepChecked:
    """A runbook step was ticked."""

    runbook: str
    step: str


@dataclass(frozen=True, slots=True)
class MitigationClaimed:
    """Somebody declared the impact over."""

    text: str


@dataclass(frozen=True, slots=True)
class IncidentResolved:
    """The incident was declared resolved."""

    text: str


@dataclass(frozen=True, slots=True)
class IncidentReopened:
    """It was resolved too early, and is open again."""

    why: str


@dataclass(frozen=True, slots=True)
class HandedOff:
    """The incident's record was handed to somebody, with a summary."""

    person: str
    text: str


@dataclass(frozen=True, slots=True)
class HintGiven:
    """The trainee asked for a hint."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class ProbeAnswered:
    """A look at the system: the command, what the tool printed, and how long it took."""

    command: str
    output: str
    took: float


@dataclass(frozen=True, slots=True)
class ActionStarted:
    """A remediation began. `id` ties its steps together."""

    id: str
    action: str
    target: str
    value: str
    command: str


@dataclass(frozen=True, slots=True)
class ActionAdvanced:
    """A remediation or a deployment went one phase further."""

    id: str
    text: str
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class ActionFinished:
    """A remediation or a deployment ended."""

    id: str
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class WorldChanged:
    """The world's law changed; hidden. `what` is a short term such as `deploy orders-api v2.3.1 2/6`."""

    what: str


@dataclass(frozen=True, slots=True)
class ImpactChanged:
    """Users began to suffer, or stopped; hidden."""

    suffering: bool
    error_ratio: float


@dataclass(frozen=True, slots=True)
class TruthMeasured:
    """The true state at the moment of a claim; hidden. The claim is the event's cause."""

    error_ratio: float
    request_rate: float
    failed_requests: float
    users_affected: float
    user_minutes: float
    p99_latency: float
    suffering: bool
    since_healthy: float
    """Seconds since the error ratio last was above the scenario's healthy level; 0 while it is above."""


@dataclass(frozen=True, slots=True)
class TruthRecorded:
    """The whole hidden truth, at the end: values every `step` seconds from t = 0."""

    step: float
    request_rate: tuple[float, ...]
    error_ratio: tuple[float, ...]
    p99_latency: tuple[float, ...]
    user_minutes: float
    failed_requests: float
    users_affected: float
    lost_revenue: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The exercise ended."""

    why: Literal["resolved", "time", "stopped"]


Fact: TypeAlias = (
    Started
    | CommandGiven
    | Replied
    | ConfirmationAsked
    | AlertChanged
    | Notified
    | SilenceAdded
    | AlertSilenced
    | SilenceExpired
    | PageChanged
    | IncidentDeclared
    | SeverityChanged
    | RoleAssigned
    | PersonPaged
    | PersonAnswered
    | MessagePosted
    | StatusUpdated
    | UpdateSent
    | NoteTaken
    | CauseStated
    | RunbookOpened
    | StepChecked
    | MitigationClaimed
    | IncidentResolved
    | IncidentReopened
    | HandedOff
    | HintGiven
    | ProbeAnswered
    | ActionStarted
    | ActionAdvanced
    | ActionFinished
    | WorldChanged
    | ImpactChanged
    | TruthMeasured
    | TruthRecorded
    | Ended
)
