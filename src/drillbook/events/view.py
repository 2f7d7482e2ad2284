"""The state of an incident as one seat sees it, folded from the events that the seat may see.

The cockpit, the plain mode, synthetic responders and judgement all read this, so that they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, Event
from drillbook.model.labels import Labels, get


@dataclass(slots=True)
class AlertView:
    """An alert that is pending or firing, or has been."""

    labels: Labels
    annotations: Labels
    state: str
    value: float
    active_at: float
    fired_at: float | None = None
    ended_at: float | None = None
    silenced_by: list[str] = field(default_factory=list)
    """Ids of the silences that cover it."""

    @property
    def name(self) -> str:
        """The alert's name."""
        return get(self.labels, "alertname")

    @property
    def severity(self) -> str:
        """The alert's severity label; `none` where it has none."""
        return get(self.labels, "severity") or "none"


@dataclass(slots=True)
class SilenceView:
    """A silence, whoever added it; `ended_at` is None until it has ended."""

    id: str
    matchers: tuple[str, ...]
    starts_at: float
    ends_at: float
    created_by: str
    comment: str
    ended_at: float | None = None


@dataclass(slots=True)
class PageView:
    """A page of the paging tool."""

    id: str
    service: str
    summary: str
    urgency: str
    opened_at: float
    state: str = "triggered"
    level: int = 1
    notified: list[tuple[float, str]] = field(default_factory=list)
    acknowledged_by: str = ""
    acknowledged_at: float | None = None
    escalates_at: float | None = None


@dataclass(slots=True)
class Message:
    """A line in a channel, on the status page or to an audience."""

    seq: int
    t: float
    channel: str
    author: str
    text: str
    asks: bool = False


@dataclass(slots=True)
class ActionView:
    """A deployment or a remediation, and how far it is."""

    id: str
    action: str
    target: str
    started_at: float
    text: str = ""
    done: int = 0
    of: int = 0
    ok: bool | None = None
    """None while it is under way."""


@dataclass(slots=True)
class IncidentView:
    """Everything that a seat knows."""

    person: str
    now: float = 0.0
    started: f.Started | None = None
    people: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Name, title and part by person id."""
    alerts: dict[Labels, AlertView] = field(default_factory=dict)
    silences: dict[str, SilenceView] = field(default_factory=dict)
    pages: dict[str, PageView] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    actions: dict[str, ActionView] = field(default_factory=dict)
    severity: str = ""
    title: str = ""
    declared_at: float | None = None
    mitigated_at: float | None = None
    resolved_at: float | None = None
    roles: dict[str, str] = field(default_factory=dict)
    present: dict[str, float] = field(default_factory=dict)
    """People who answered a page, and when."""
    status: str = ""
    """State of the public status page."""
    runbook: str = ""
    steps: set[tuple[str, str]] = field(default_factory=set)
    notes: list[tuple[float, str]] = field(default_factory=list)
    causes: list[tuple[float, str]] = field(default_factory=list)
    confirm: tuple[str, str] | None = None
    """Command and consequence that wait for `yes`."""
    hints: int = 0
    ended: str = ""

    @property
    def paged_at(self) -> float | None:
        """When the first page was opened; None where there is none."""
        return min((page.opened_at for page in self.pages.values()), default=None)

    def feed(self, events: Iterable[Event]) -> None:
        """Fold further events in; those that the seat may not see are passed over."""
        seat = self.person
        for event in events:
            if event.to == EVERYONE or event.to == seat:  # noqa: PLR1714  # quicker than `in`
                self.now = event.t
                apply = _APPLY.get(type(event.fact))
                if apply is not None:
                    apply(self, event, event.fact)

    @property
    def firing(self) -> list[AlertView]:
        """The alerts that fire, in the order in which they began."""
        return [alert for alert in self.alerts.values() if alert.state == "firing"]

    @property
    def open_silences(self) -> list[SilenceView]:
        """The silences that have not ended, oldest first."""
        return [silence for silence in self.silences.values() if silence.ended_at is None]

    @property
    def open_pages(self) -> list[PageView]:
        """The pages that are not resolved, oldest first."""
        return [page for page in self.pages.values() if page.state != "resolved"]

    @property
    def phase(self) -> str:
        """quiet, paged, acknowledged, declared, mitigated or resolved."""
        if self.resolved_at is not None:
            return "resolved"
        if self.mitigated_at is not None:
            return "mitigated"
        if self.declared_at is not None:
            return "declared"
        if any(page.acknowledged_at is not None for page in self.pages.values()):
            return "acknowledged"
        return "paged" if self.pages else "quiet"

    def name_of(self, person: str) -> str:
        """The name of a person id; the id itself where it is nobody's."""
        return self.people[person][0] if person in self.people else person


def _started(view: IncidentView, event: Event, fact: f.Started) -> None:
    view.started = fact
    view.people = {id_: (name, title, part) for id_, name, title, part in fact.people}


def _alert(view: IncidentView, event: Event, fact: f.AlertChanged) -> None:
    known = view.alerts.get(fact.labels)
    if known is None or (known.state == "inactive" and fact.state != "inactive"):
        view.alerts.pop(fact.labels, None)
        known = AlertView(fact.labels, fact.annotations, fact.state, fact.value, fact.active_at)
        view.alerts[fact.labels] = known
    known.state, known.value, known.annotations = fact.state, fact.value, fact.annotations
    if fact.state == "firing" and known.fired_at is None:
        known.fired_at = event.t
    if fact.state == "inactive":
        known.ended_at = event.t
        if known.fired_at is None:
            del view.alerts[fact.labels]


def _silence(view: IncidentView, event: Event, fact: f.SilenceAdded) -> None:
    view.silences[fact.silence] = SilenceView(
        fact.silence, fact.matchers, fact.starts_at, fact.ends_at, fact.created_by, fact.comment
    )


def _silenced(view: IncidentView, event: Event, fact: f.AlertSilenced) -> None:
    if fact.labels in view.alerts:
        view.alerts[fact.labels].silenced_by.append(fact.silence)


def _unsilenced(view: IncidentView, event: Event, fact: f.SilenceExpired) -> None:
    view.silences[fact.silence].ended_at = event.t
    for alert in view.alerts.values():
        if fact.silence in alert.silenced_by:
            alert.silenced_by.remove(fact.silence)


def _page(view: IncidentView, event: Event, fact: f.PageChanged) -> None:
    if not fact.page or fact.change == "nobody-on-call":
        return
    page = view.pages.get(fact.page)
    if page is None:
        page = PageView(fact.page, fact.service, fact.summary, fact.urgency, event.t)
        view.pages[fact.page] = page
    page.level = fact.level or page.level
    page.escalates_at = fact.escalates_at
    match fact.change:
        case "notified":
            page.notified.append((event.t, fact.user))
        case "acknowledged":
            page.state, page.acknowledged_by, page.acknowledged_at = "acknowledged", fact.user, event.t
        case "ack-timed-out" | "triggered" | "escalated" | "reassigned":
            page.state = "triggered"
        case "resolved":
            page.state = "resolved"
        case "updated":
            page.summary = fact.summary or page.summary


def _message(view: IncidentView, event: Event, fact: f.MessagePosted) -> None:
    view.messages.append(Message(event.seq, event.t, fact.channel, event.actor, fact.text, fact.asks))


def _status(view: IncidentView, event: Event, fact: f.StatusUpdated) -> None:
    view.status = fact.state
    view.messages.append(
        Message(event.seq, event.t, "status-page", event.actor, f"{fact.state}: {fact.text}")
    )


def _update(view: IncidentView, event: Event, fact: f.UpdateSent) -> None:
    view.messages.append(Message(event.seq, event.t, fact.audience, event.actor, fact.text))


def _declared(view: IncidentView, event: Event, fact: f.IncidentDeclared) -> None:
    view.severity, view.title = fact.severity, fact.title
    if view.declared_at is None:
        view.declared_at = event.t


def _severity(view: IncidentView, event: Event, fact: f.SeverityChanged) -> None:
    view.severity = fact.severity


def _role(view: IncidentView, event: Event, fact: f.RoleAssigned) -> None:
    view.roles[fact.role] = fact.person


def _answered(view: IncidentView, event: Event, fact: f.PersonAnswered) -> None:
    view.present.setdefault(fact.person, event.t)


def _note(view: IncidentView, event: Event, fact: f.NoteTaken) -> None:
    view.notes.append((event.t, fact.text))


def _cause(view: IncidentView, event: Event, fact: f.CauseStated) -> None:
    view.causes.append((event.t, fact.text))


def _runbook(view: IncidentView, event: Event, fact: f.RunbookOpened) -> None:
    view.runbook = fact.runbook


def _step(view: IncidentView, event: Event, fact: f.StepChecked) -> None:
    view.steps.add((fact.runbook, fact.step))


def _mitigated(view: IncidentView, event: Event, fact: f.MitigationClaimed) -> None:
    view.mitigated_at = event.t


def _resolved(view: IncidentView, event: Event, fact: f.IncidentResolved) -> None:
    view.resolved_at = event.t


def _reopened(view: IncidentView, event: Event, fact: f.IncidentReopened) -> None:
    view.resolved_at = view.mitigated_at = None


def _asked(view: IncidentView, event: Event, fact: f.ConfirmationAsked) -> None:
    view.confirm = (fact.command, fact.consequence)


def _given(view: IncidentView, event: Event, fact: f.CommandGiven) -> None:
    if event.actor == view.person:
        view.confirm = None


def _hint(view: IncidentView, event: Event, fact: f.HintGiven) -> None:
    view.hints = fact.number


def _action(view: IncidentView, event: Event, fact: f.ActionStarted) -> None:
    view.actions[fact.id] = ActionView(fact.id, fact.action, fact.target, event.t, fact.command)


def _advanced(view: IncidentView, event: Event, fact: f.ActionAdvanced) -> None:
    if fact.id in view.actions:
        action = view.actions[fact.id]
        action.text, action.done, action.of = fact.text, fact.done, fact.of


def _finished(view: IncidentView, event: Event, fact: f.ActionFinished) -> None:
    if fact.id in view.actions:
        view.actions[fact.id].ok, view.actions[fact.id].text = fact.ok, fact.text


def _ended(view: IncidentView, event: Event, fact: f.Ended) -> None:
    view.ended = fact.why


_APPLY: dict[type[Any], Callable[[IncidentView, Event, Any], None]] = {
    f.Started: _started,
    f.AlertChanged: _alert,
    f.SilenceAdded: _silence,
    f.AlertSilenced: _silenced,
    f.SilenceExpired: _unsilenced,
    f.PageChanged: _page,
    f.MessagePosted: _message,
    f.StatusUpdated: _status,
    f.UpdateSent: _update,
    f.IncidentDeclared: _declared,
    f.SeverityChanged: _severity,
    f.RoleAssigned: _role,
    f.PersonAnswered: _answered,
    f.NoteTaken: _note,
    f.CauseStated: _cause,
    f.RunbookOpened: _runbook,
    f.StepChecked: _step,
    f.MitigationClaimed: _mitigated,
    f.IncidentResolved: _resolved,
    f.IncidentReopened: _reopened,
    f.ConfirmationAsked: _asked,
    f.CommandGiven: _given,
    f.HintGiven: _hint,
    f.ActionStarted: _action,
    f.ActionAdvanced: _advanced,
    f.ActionFinished: _finished,
    f.Ended: _ended,
}

__all__ = ["ActionView", "AlertView", "IncidentView", "Message", "PageView", "SilenceView"]
