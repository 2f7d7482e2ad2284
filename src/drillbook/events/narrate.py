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
    kind = type(event.fact)
    if kind in _TELL:
        return _TELL[kind](event, event.fact, names)
    done = "done" if getattr(event.fact, "ok", True) else "failed"
    return _PHRASES.get(kind, "").format(who=_who(event, names), fact=event.fact, done=done)


def clock_text(t: float) -> str:
    """Simulated time since the start, such as `+4:05` or `+1:02:30`."""
    minutes, seconds = divmod(int(t), 60)
    hours, minutes = divmod(minutes, 60)
    return f"+{hours}:{minutes:02}:{seconds:02}" if hours else f"+{minutes}:{seconds:02}"


def _who(event: Event, names: Names) -> str:
    return names.get(event.actor, event.actor)


def _alert(_: Event, fact: f.AlertChanged, __: Names) -> str:
    if not fact.fired:
        return ""
    name, severity = get(fact.labels, "alertname"), get(fact.labels, "severity") or "none"
    summary = get(fact.annotations, "summary")
    if fact.state == "inactive":
        return f"Alert {name} ({severity}) is over."
    return f"Alert {name} ({severity}) fires{': ' + summary if summary else ''}"


def _silence(event: Event, fact: f.SilenceAdded, names: Names) -> str:
    comment = f": {fact.comment}" if fact.comment else ", without a comment"
    span = f"from {clock_text(fact.starts_at)} to {clock_text(fact.ends_at)}"
    return f"{_who(event, names)} silences {' '.join(fact.matchers)} {span} ({fact.silence[:8]}){comment}"


def _silenced(_: Event, fact: f.AlertSilenced, __: Names) -> str:
    return f"Alert {get(fact.labels, 'alertname')} is silenced ({fact.silence[:8]})."


def _unsilenced(event: Event, fact: f.SilenceExpired, names: Names) -> str:
    by = f" by {names[event.actor]}" if event.actor in names else ""
    return f"Silence {fact.silence[:8]} is ended{by}."


def _page(_: Event, fact: f.PageChanged, names: Names) -> str:
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
        "suppressed": f"No page: {fact.service} is in maintenance ({fact.summary})",
        "on-call": f"{user} is on call now ({fact.summary})",
        "restarted": f"{page} begins its edited policy anew",
    }
    return told.get(fact.change, "")


def _paged(event: Event, fact: f.PersonPaged, names: Names) -> str:
    text = f": {fact.text}" if fact.text else ""
    return f"{_who(event, names)} pages {names.get(fact.person, fact.person)}{text}"


def _answered(_: Event, fact: f.PersonAnswered, names: Names) -> str:
    text = f": {fact.text}" if fact.text else ""
    return f"{names.get(fact.person, fact.person)} is here{text}"


def _hand_off(event: Event, fact: f.HandedOff, names: Names) -> str:
    return f"{_who(event, names)} hands over to {names.get(fact.person, fact.person)}: {fact.text}"


def _role(_: Event, fact: f.RoleAssigned, names: Names) -> str:
    return f"{names.get(fact.person, fact.person)} is now {fact.role}"


def _message(event: Event, fact: f.MessagePosted, names: Names) -> str:
    where = fact.channel
    if where.startswith("@"):
        where = f"to {names.get(where[1:], where)}"
    return f"[{where}] {_who(event, names)}: {fact.text}"


_TELL: dict[type[Any], Callable[[Event, Any, Names], str]] = {
    f.AlertChanged: _alert,
    f.SilenceAdded: _silence,
    f.AlertSilenced: _silenced,
    f.SilenceExpired: _unsilenced,
    f.PageChanged: _page,
    f.RoleAssigned: _role,
    f.PersonPaged: _paged,
    f.PersonAnswered: _answered,
    f.MessagePosted: _message,
    f.HandedOff: _hand_off,
}

_PHRASES: dict[type[Any], str] = {
    f.Replied: "{fact.text}",
    f.ConfirmationAsked: "{fact.consequence} Do it? Type yes or no.",
    f.IncidentDeclared: "{who} declares {fact.severity}: {fact.title}",
    f.SeverityChanged: "{who} sets the severity to {fact.severity}",
    f.StatusUpdated: "[status page] {who}: {fact.state}: {fact.text}",
    f.UpdateSent: "[update to {fact.audience}] {who}: {fact.text}",
    f.NoteTaken: "Noted: {fact.text}",
    f.CauseStated: "{who} holds for the cause: {fact.text}",
    f.RunbookOpened: "Runbook {fact.runbook} is open.",
    f.StepChecked: "Step {fact.step} ticked.",
    f.MitigationClaimed: "{who} declares it mitigated: {fact.text}",
    f.IncidentResolved: "{who} declares it resolved: {fact.text}",
    f.IncidentReopened: "The incident is open again: {fact.why}",
    f.ProbeAnswered: "{fact.output}",
    f.ActionStarted: "{fact.id} {who} begins: {fact.command}",
    f.ActionAdvanced: "{fact.id} {fact.text}",
    f.ActionFinished: "{fact.id} {done}: {fact.text}",
    f.Ended: "The drill is over.",
}
"""What has no other shape than a sentence. What people typed is filled in, and never read as a pattern."""
