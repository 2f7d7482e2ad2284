"""Which conversation something that was said belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.events.view import IncidentView
from drillbook.tui.notation import one_line

DIRECT = "direct"
"""Pages and messages from person to person."""

STANDING = ("#incidents", "#executives", "status-page", "#customer-success", DIRECT)
"""Conversations that are there from the start, in the order in which they are shown."""

SHORT = {"#executives": "execs", "status-page": "status", "#customer-success": "customers"}
"""Names that are too long for a row of labels."""

_AUDIENCES = {
    "incidents": "#incidents",
    "executives": "#executives",
    "customer-success": "#customer-success",
    "team": "#team",
    "status-page": "status-page",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a conversation. `author` is a person id or a part of the program."""

    conversation: str
    t: float
    author: str
    text: str
    asks: bool = False


def said(event: Event, view: IncidentView) -> Said | None:
    """The line that an event adds to a conversation, if it does."""
    fact = event.fact
    match fact:
        case f.MessagePosted():
            where = DIRECT if fact.channel.startswith("@") else fact.channel
            to = f"to {view.name_of(fact.channel[1:])}: " if where == DIRECT else ""
            return Said(where, event.t, event.actor, to + fact.text, fact.asks)
        case f.StatusUpdated():
            return Said("status-page", event.t, event.actor, f"{fact.state}: {fact.text}")
        case f.UpdateSent():
            return Said(_AUDIENCES.get(fact.audience, f"#{fact.audience}"), event.t, event.actor, fact.text)
        case f.PersonPaged():
            text = f"called {view.name_of(fact.person)}" + (f": {fact.text}" if fact.text else "")
            return Said(DIRECT, event.t, event.actor, text)
        case f.PersonAnswered():
            return Said(DIRECT, event.t, fact.person, fact.text or "I am here.")
        case f.PageChanged(change="notified"):
            text = f"paged {view.name_of(fact.user)} (level {fact.level or 1}): {one_line(fact.summary)}"
            return Said(DIRECT, event.t, "pager", text)
    return None
