"""Pages and people: /ack, /escalate, /reassign, /page, /join, /assign."""

from __future__ import annotations

from collections.abc import Callable

from drillbook.engine.commands import Command
from drillbook.engine.desk import Desk
from drillbook.errors import NotFound
from drillbook.events import facts as f
from drillbook.events.view import PageView
from drillbook.model.labels import get
from drillbook.model.nearest import nearest
from drillbook.oncall.page import PageChange


def _named(desk: Desk, wanted: str) -> list[PageView]:
    """Open pages by their id or by the name of an alert that they hold."""
    pages = desk.view.open_pages
    if not wanted:
        return pages
    exact = [page for page in pages if page.id.lower() == wanted.lower()]
    if exact:
        return exact
    held = {
        page.id: {get(alert, "alertname").lower() for alert in page.alerts} for page in desk.pager.pages()
    }
    return [page for page in pages if wanted.lower() in held[page.id]]


def acknowledge(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Take the open pages, or the named one."""
    pages = _named(desk, command.rest)
    if not pages:
        known = [page.id for page in desk.view.open_pages]
        text = f"no open page {command.rest!r}; open: {', '.join(known)}" if known else "no page is open"
        desk.reply(person, text, cause, ok=False)
        return
    for page in pages:
        changes = desk.pager.acknowledge(desk.view.now, page.id, person)
        desk.page_changes(changes, person, cause)
        if not changes:
            desk.reply(person, f"{page.id} is acknowledged already", cause)


def escalate(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Hand the open pages to the next level, or to a named one."""
    if command.rest and not command.rest.isdecimal():
        desk.reply(person, f"a level is a number, not {command.rest!r}", cause, ok=False)
        return
    level = int(command.rest[:9]) if command.rest else None
    _each_page(desk, person, cause, "escalated", lambda page: desk.pager.escalate(desk.view.now, page, level))


def reassign(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Give the open pages to somebody by name."""
    people = desk.people(command.rest)
    if not people:
        unknown(desk, person, command.rest, cause)
        return
    to = people[0].id
    _each_page(desk, person, cause, "reassigned", lambda page: desk.pager.reassign(desk.view.now, page, to))


def _each_page(
    desk: Desk, person: str, cause: int, done: str, move: Callable[[str], list[PageChange]]
) -> None:
    """Move every open page, or say why that is not possible."""
    if not desk.view.open_pages:
        text = f"no page is open that could be {done}; /page calls somebody directly"
        desk.reply(person, text, cause, ok=False)
    for page in desk.view.open_pages:
        try:
            changes = move(page.id)
        except NotFound as error:
            desk.reply(person, str(error), cause, ok=False)
            return
        desk.page_changes(changes, person, cause)
        if not changes:
            desk.reply(person, f"{page.id} will be {done} when maintenance of its service ends", cause)


def call(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Page somebody, or everybody of a team."""
    who, text = _who(desk, command.rest)
    people = [each for each in desk.people(who) if each.id != person]
    if not people:
        unknown(desk, person, who, cause)
    for each in people:
        desk.record(person, f.PersonPaged(each.id, text.strip()), cause=cause)


def _who(desk: Desk, rest: str) -> tuple[str, str]:
    """Whom a line begins with, a full name or a title included, and the text that follows."""
    words = rest.split()
    for count in range(min(4, len(words)), 1, -1):
        who = " ".join(words[:count])
        if desk.people(who):
            return who, " ".join(words[count:])
    return words[0], rest.partition(" ")[2].strip()


def join(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Somebody is here."""
    desk.record(person, f.PersonAnswered(person, command.rest), cause=cause)


def assign(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Give a role to somebody; who is not here yet is called in."""
    role, who = command.split(2)
    roles = {each.id: each for each in desk.playbook.roles}
    if role.lower() not in roles:
        hint = nearest(role.lower(), roles)
        roles_text = ", ".join(roles)
        desk.reply(person, f"no role {role!r}; roles are {roles_text}" + hint, cause, ok=False)
        return
    people = desk.people(who)
    if not people:
        unknown(desk, person, who, cause)
        return
    chosen = people[0]
    desk.record(person, f.RoleAssigned(role.lower(), chosen.id), cause=cause)
    if chosen.id != person and chosen.id not in desk.view.present:
        text = f"You are needed as {roles[role.lower()].name.lower()}."
        desk.record(person, f.PersonPaged(chosen.id, text), cause=cause)


def unknown(desk: Desk, person: str, who: str, cause: int) -> None:
    """Say that there is nobody of that name, and who there is."""
    hint = nearest(who.lstrip("@").lower(), [each.id for each in desk.scenario.people])
    desk.reply(
        person, f"there is nobody called {who!r}{hint}; there are {desk.known_people()}", cause, ok=False
    )
