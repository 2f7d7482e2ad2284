"""Events in a sentence each, for people who read lines: the plain mode, timelines and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.labels import get

Names = Mapping[str, str]
"""Names of people by id."""


def narrate(event: Event, names: Names) -> str:
    """The event in words; empty for what need not be told (an echo of what was typed)."""
    tell = _TELL.get(type(event.fact))
    return tell(event, event.fact, names) if tell else ""


def clock_text(t: float) -> str:
    """Simulated time since the start, such as `+4:05` or `+1:02:30`."""
    minutes, seconds = divmod(int(t), 60)
    hours, minutes = divmod(minutes, 60)
    return f"+{hours}:{minutes:02}:{seconds:02}" if hours else f"+{minutes}:{seconds:02}"


def _who(event: Event, names: Names) -> str:
    return names.get(event.actor, event.actor)


def _alert(event: Event, fact: f.AlertChanged, names: Names) -> str:
    if fact.state == "pending":
        return ""
    name, severity = get(fact.labels, "alertname"), get(fact.labels, "severity") or "none"
    summary = get(fact.annotations, "summary")
    if fact.state == "inactive":
        return f"Alert {name} ({severity}) is over."
    return f"Alert {name} ({severity}) fires{': ' + summary if summary else ''}"


def _page(event: Event, fact: f.PageChanged, names: Names) -> str:
    user = names.get(fact.user, fact.user)
    page = f"Page {fact.page}"
    told = {
        "triggered": f"{page} opened: {fact.summary}",
        "notified": f"{page} notifies {user} (level {fact.level})",
        "acknowledged": f"{page} acknowledged by {user}",
        "ack-timed-out": f"{page}: the acknowledgement by {user} timed out, it triggers again",
        "escalated": f"{page} escalates to level {fact.level} ({fact.why})",
        "exhausted": f"{page}: nobody is left to escalate to",
        "reassigned": f"{page} is reassigned to {user}",
        "resolved": f"{page} resolved{' by ' + user if user else ''}",
        "nobody-on-call": f"Nobody is on call for {fact.service}",
    }
    return told.get(fact.change, "")


def _finished(event: Event, fact: f.ActionFinished, names: Names) -> str:
    return f"{fact.id} {'done' if fact.ok else 'failed'}: {fact.text}"


def _paged(event: Event, fact: f.PersonPaged, names: Names) -> str:
    text = f": {fact.text}" if fact.text else ""
    return f"{_who(event, names)} pages {names.get(fact.person, fact.person)}{text}"


def _answered(event: Event, fact: f.PersonAnswered, names: Names) -> str:
    text = f": {fact.text}" if fact.text else ""
    return f"{names.get(fact.person, fact.person)} is here{text}"


def _hand_off(event: Event, fact: f.HandedOff, names: Names) -> str:
    return f"{_who(event, names)} hands over to {names.get(fact.person, fact.person)}: {fact.text}"


def _role(event: Event, fact: f.RoleAssigned, names: Names) -> str:
    return f"{names.get(fact.person, fact.person)} is now {fact.role}"


def _message(event: Event, fact: f.MessagePosted, names: Names) -> str:
    where = fact.channel
    if where.startswith("@"):
        where = f"to {names.get(where[1:], where)}"
    return f"[{where}] {_who(event, names)}: {fact.text}"


_TELL: dict[type[Any], Callable[[Event, Any, Names], str]] = {
    f.Replied: lambda event, fact, names: fact.text,
    f.ConfirmationAsked: lambda event, fact, names: f"{fact.consequence} Do it? Type yes or no.",
    f.AlertChanged: _alert,
    f.PageChanged: _page,
    f.IncidentDeclared: lambda e, fact, n: f"{_who(e, n)} declares {fact.severity}: {fact.title}",
    f.SeverityChanged: lambda e, fact, n: f"{_who(e, n)} sets the severity to {fact.severity}",
    f.RoleAssigned: _role,
    f.PersonPaged: _paged,
    f.PersonAnswered: _answered,
    f.MessagePosted: _message,
    f.StatusUpdated: lambda e, fact, n: f"[status page] {_who(e, n)}: {fact.state}: {fact.text}",
    f.UpdateSent: lambda e, fact, n: f"[update to {fact.audience}] {_who(e, n)}: {fact.text}",
    f.NoteTaken: lambda e, fact, n: f"Noted: {fact.text}",
    f.CauseStated: lambda e, fact, n: f"{_who(e, n)} holds for the cause: {fact.text}",
    f.RunbookOpened: lambda e, fact, n: f"Runbook {fact.runbook} is open.",
    f.StepChecked: lambda e, fact, n: f"Step {fact.step} ticked.",
    f.MitigationClaimed: lambda e, fact, n: f"{_who(e, n)} declares it mitigated: {fact.text}",
    f.IncidentResolved: lambda e, fact, n: f"{_who(e, n)} declares it resolved: {fact.text}",
    f.IncidentReopened: lambda e, fact, n: f"The incident is open again: {fact.why}",
    f.HandedOff: _hand_off,
    f.ProbeAnswered: lambda e, fact, n: fact.output,
    f.ActionStarted: lambda e, fact, n: f"{fact.id} {_who(e, n)} begins: {fact.command}",
    f.ActionAdvanced: lambda e, fact, n: f"{fact.id} {fact.text}",
    f.ActionFinished: _finished,
    f.Ended: lambda e, fact, n: "The drill is over.",
}
