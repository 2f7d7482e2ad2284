"""What people say: /post, /ask, /status, /update."""

from __future__ import annotations

from typing import get_args

from drillbook.engine.commands import Command
from drillbook.engine.desk import Desk
from drillbook.engine.verbs.paging import unknown
from drillbook.events import facts as f
from drillbook.model.nearest import nearest
from drillbook.model.playbook import Audience

STATES = ("investigating", "identified", "monitoring", "resolved")
AUDIENCES: tuple[str, ...] = get_args(Audience)
CHANNELS = ("#incidents", "#executives", "#customer-success", "#support", "#team", "#alerts", "#deploys")


def _channel(desk: Desk, person: str, where: str, cause: int) -> str | None:
    """A channel's name or `@person`; a reply and None where there is no such place."""
    if where.startswith("@"):
        people = desk.people(where)
        if not people:
            unknown(desk, person, where, cause)
            return None
        return f"@{people[0].id}"
    channel = where.lower() if where.startswith("#") else f"#{where.lower()}"
    if channel in CHANNELS:
        return channel
    known = dict.fromkeys((*CHANNELS, *(message.channel for message in desk.view.messages)))
    if channel in known:
        return channel
    places = ", ".join(name for name in known if name.startswith("#"))
    text = f"no channel {where!r}{nearest(channel, known)}; there are {places}, and @PERSON"
    desk.reply(person, text, cause, ok=False)
    return None


def post(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Write in a channel or to somebody."""
    where, text = command.split(2)
    channel = _channel(desk, person, where, cause)
    if channel is not None:
        desk.claim(person, f.MessagePosted(channel, text), cause)


def ask(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Ask in a channel or somebody."""
    where, text = command.split(2)
    channel = _channel(desk, person, where, cause)
    if channel is not None:
        desk.record(person, f.MessagePosted(channel, text, asks=True), cause=cause)


def status(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Change the public status page."""
    state, text = command.split(2)
    if state.lower() not in STATES:
        states = ", ".join(STATES)
        desk.reply(person, f"a status is one of {states}{nearest(state.lower(), STATES)}", cause, ok=False)
        return
    desk.claim(person, f.StatusUpdated(state.lower(), text), cause)


def update(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Inform an audience."""
    audience, text = command.split(2)
    name = audience.lower().lstrip("#")
    if name not in AUDIENCES:
        text = f"an audience is one of {', '.join(AUDIENCES)}{nearest(name, AUDIENCES)}"
        desk.reply(person, text, cause, ok=False)
        return
    desk.claim(person, f.UpdateSent(name, text), cause)
