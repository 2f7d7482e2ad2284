"""What the shell's scrollback says about an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.events.view import IncidentView
from drillbook.model.labels import get
from drillbook.model.quantities import duration_text
from drillbook.tui.notation import one_line

Kind = Literal["command", "answer", "refusal", "source", "output", "notice", "alarm", "good"]
"""How a line is meant; each has its own symbol or indentation and its own colour."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something to show in the shell. Only the output of tools keeps its lines unwrapped."""

    kind: Kind
    text: str
    about: str = ""
    """The command that this is the output of."""


def narrate(event: Event, view: IncidentView) -> Line | None:
    """The line for an event that the seat may see; None for what other panes tell."""
    tell = _TELL.get(type(event.fact))
    return tell(event, event.fact, view) if tell is not None else None


def _command(event: Event, fact: f.CommandGiven, view: IncidentView) -> Line | None:
    return Line("command", fact.text) if event.actor == view.person else None


def _replied(event: Event, fact: f.Replied, view: IncidentView) -> Line:
    return Line("answer" if fact.ok else "refusal", fact.text)


def _probe(event: Event, fact: f.ProbeAnswered, view: IncidentView) -> Line:
    return Line("output", fact.output if fact.output.strip() else "(no output)", fact.command)


def _asked(event: Event, fact: f.ConfirmationAsked, view: IncidentView) -> Line:
    return Line("alarm", f"risky: {fact.consequence}")


def _alert(event: Event, fact: f.AlertChanged, view: IncidentView) -> Line | None:
    name, summary = get(fact.labels, "alertname"), one_line(get(fact.annotations, "summary"))
    if fact.state == "firing":
        return Line("notice", f"alert {name} fires: {summary}")
    alert = view.alerts.get(fact.labels)
    ended = fact.state == "inactive" and alert is not None and alert.fired_at is not None
    return Line("good", f"alert {name} has ended") if ended else None


def _silence(event: Event, fact: f.SilenceAdded, view: IncidentView) -> Line:
    until = duration_text(fact.ends_at - fact.starts_at)
    return Line("notice", f"{_you(event.actor, view)} silenced {' '.join(fact.matchers)} for {until}")


def _silenced(event: Event, fact: f.AlertSilenced, view: IncidentView) -> Line:
    return Line("notice", f"alert {get(fact.labels, 'alertname')} is silenced")


def _unsilenced(event: Event, fact: f.SilenceExpired, view: IncidentView) -> Line:
    return Line("notice", f"silence of {' '.join(view.silences[fact.silence].matchers)} has ended")


def _page(event: Event, fact: f.PageChanged, view: IncidentView) -> Line | None:
    who = view.name_of(fact.user)
    page = view.pages.get(fact.page)
    summary = one_line(fact.summary or (page.summary if page else ""))
    if fact.change == "notified" and fact.user == view.person:
        return Line("alarm", f"PAGE {fact.page} for you: {summary} (acknowledge: ctrl+a or /ack)")
    told = {
        "notified": Line("notice", f"page {fact.page} went to {who}"),
        "acknowledged": Line("good", f"page {fact.page} acknowledged by {_you(fact.user, view)}"),
        "escalated": Line("alarm", f"page {fact.page} escalated to level {fact.level}"),
        "exhausted": Line("alarm", f"page {fact.page} has reached everybody and nobody has answered"),
        "ack-timed-out": Line("alarm", f"page {fact.page} triggers again: it was acknowledged too long ago"),
        "resolved": Line("good", f"page {fact.page} is resolved"),
        "suppressed": Line("notice", f"no page, {fact.service} is in maintenance: {summary}"),
        "on-call": Line("notice", f"{_you(fact.user, view)} on call now: {summary}"),
        "nobody-on-call": Line("alarm", f"page {fact.page}: nobody is on call at level {fact.level}"),
    }
    return told.get(fact.change)


def _you(person: str, view: IncidentView) -> str:
    return "you" if person == view.person else view.name_of(person)


def _declared(event: Event, fact: f.IncidentDeclared, view: IncidentView) -> Line:
    return Line("good", f"{fact.severity} declared by {_you(event.actor, view)}: {fact.title}")


def _severity(event: Event, fact: f.SeverityChanged, view: IncidentView) -> Line:
    return Line("good", f"severity is now {fact.severity}")


def _role(event: Event, fact: f.RoleAssigned, view: IncidentView) -> Line:
    return Line("good", f"{fact.role}: {view.name_of(fact.person)}")


def _paged(event: Event, fact: f.PersonPaged, view: IncidentView) -> Line:
    return Line("notice", f"{view.name_of(fact.person)} was called by {_you(event.actor, view)}")


def _answered(event: Event, fact: f.PersonAnswered, view: IncidentView) -> Line:
    said = f": {fact.text}" if fact.text else ""
    return Line("good", f"{_you(fact.person, view)} joined{said}")


def _posted(event: Event, fact: f.MessagePosted, view: IncidentView) -> Line | None:
    if event.actor == view.person:
        return Line("good", f"{'asked in' if fact.asks else 'posted to'} {fact.channel}")
    if fact.channel == f"@{view.person}":
        return Line("notice", f"{view.name_of(event.actor)} to you: {one_line(fact.text)}")
    return None


def _status(event: Event, fact: f.StatusUpdated, view: IncidentView) -> Line:
    return Line("good", f"status page: {fact.state}")


def _update(event: Event, fact: f.UpdateSent, view: IncidentView) -> Line:
    return Line("good", f"update sent to {fact.audience}")


def _note(event: Event, fact: f.NoteTaken, view: IncidentView) -> Line:
    return Line("good", "noted in the incident's record")


def _cause(event: Event, fact: f.CauseStated, view: IncidentView) -> Line:
    return Line("good", "cause noted in the incident's record")


def _runbook(event: Event, fact: f.RunbookOpened, view: IncidentView) -> Line:
    return Line("good", f"runbook {fact.runbook} opened")


def _ticked(event: Event, fact: f.StepChecked, view: IncidentView) -> Line:
    return Line("good", f"step {fact.step} ticked")


def _mitigated(event: Event, fact: f.MitigationClaimed, view: IncidentView) -> Line:
    return Line("good", f"{_you(event.actor, view)} declared it mitigated: {fact.text}")


def _resolved(event: Event, fact: f.IncidentResolved, view: IncidentView) -> Line:
    return Line("good", f"{_you(event.actor, view)} declared it resolved: {fact.text}")


def _reopened(event: Event, fact: f.IncidentReopened, view: IncidentView) -> Line:
    return Line("alarm", f"the incident is open again: {fact.why}")


def _handed(event: Event, fact: f.HandedOff, view: IncidentView) -> Line:
    return Line("good", f"handed to {view.name_of(fact.person)}")


def _action(event: Event, fact: f.ActionStarted, view: IncidentView) -> Line:
    return Line(
        "notice", f"{_you(event.actor, view)} started: {fact.command or f'{fact.action} {fact.target}'}"
    )


def _finished(event: Event, fact: f.ActionFinished, view: IncidentView) -> Line:
    return Line("good" if fact.ok else "alarm", fact.text or ("done" if fact.ok else "failed"))


def _ended(event: Event, fact: f.Ended, view: IncidentView) -> Line:
    why = {
        "resolved": "the incident is closed",
        "time": "the time is over",
        "stopped": "you ended it",
    }[fact.why]
    return Line("notice", f"The drill is over: {why}. ctrl+d shows the debrief.")


_TELL: dict[type[Any], Callable[[Event, Any, IncidentView], Line | None]] = {
    f.CommandGiven: _command,
    f.Replied: _replied,
    f.ProbeAnswered: _probe,
    f.ConfirmationAsked: _asked,
    f.AlertChanged: _alert,
    f.SilenceAdded: _silence,
    f.AlertSilenced: _silenced,
    f.SilenceExpired: _unsilenced,
    f.PageChanged: _page,
    f.IncidentDeclared: _declared,
    f.SeverityChanged: _severity,
    f.RoleAssigned: _role,
    f.PersonPaged: _paged,
    f.PersonAnswered: _answered,
    f.MessagePosted: _posted,
    f.StatusUpdated: _status,
    f.UpdateSent: _update,
    f.NoteTaken: _note,
    f.CauseStated: _cause,
    f.RunbookOpened: _runbook,
    f.StepChecked: _ticked,
    f.MitigationClaimed: _mitigated,
    f.IncidentResolved: _resolved,
    f.IncidentReopened: _reopened,
    f.HandedOff: _handed,
    f.ActionStarted: _action,
    f.ActionFinished: _finished,
    f.Ended: _ended,
}
