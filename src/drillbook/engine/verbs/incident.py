"""The course of the incident: /declare, /severity, /cause, /note, /mitigated, /resolve, /handoff."""

from __future__ import annotations

from drillbook.engine.commands import Command
from drillbook.engine.desk import Desk
from drillbook.engine.verbs.paging import unknown
from drillbook.events import facts as f
from drillbook.model.nearest import nearest


def _severity(desk: Desk, person: str, name: str, cause: int) -> str | None:
    """The severity's id as the playbook writes it; a reply and None where it has none of that name."""
    short = name.upper() if "-" in name or not name.isdecimal() else f"SEV-{name}"
    short = (
        short.replace("SEV", "SEV-") if short.startswith("SEV") and not short.startswith("SEV-") else short
    )
    found = desk.playbook.severity(short)
    if found is not None:
        return found.id
    levels = [each.id for each in desk.playbook.severities]
    text = f"no severity {name!r}; the playbook has {', '.join(levels)}" + nearest(short, levels)
    desk.reply(person, text, cause, ok=False)
    return None


def declare(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Declare an incident with its severity."""
    name, title = command.split(2)
    severity = _severity(desk, person, name, cause)
    if severity is not None:
        desk.claim(person, f.IncidentDeclared(severity, title), cause)


def severity(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Change the severity of the declared incident."""
    found = _severity(desk, person, command.rest, cause)
    if found is None:
        return
    if desk.view.declared_at is None:
        desk.reply(person, f"nothing is declared yet: /declare {found} TEXT", cause, ok=False)
        return
    desk.record(person, f.SeverityChanged(found), cause=cause)


def cause_stated(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Say what one holds for the cause."""
    desk.claim(person, f.CauseStated(command.rest), cause)


def note(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Write into the record."""
    desk.record(person, f.NoteTaken(command.rest), cause=cause)


def mitigated(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Declare the impact over."""
    desk.claim(person, f.MitigationClaimed(command.rest), cause)


def resolve(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Declare the incident resolved, and close its pages."""
    if desk.view.resolved_at is not None:
        desk.reply(
            person, "it is resolved already; /handoff PERSON TEXT hands it over, /end ends the drill", cause
        )
        return
    desk.claim(person, f.IncidentResolved(command.rest), cause)
    for page in desk.view.open_pages:
        desk.page_changes(desk.pager.resolve(desk.view.now, page.id, person), person, cause)
    text = (
        "The drill closes three minutes after this when all stays well. Until then: tell those who wait for"
    )
    text += " news, arrange the review (/note), hand over (/handoff PERSON SUMMARY)."
    if any(template.id == "handoff" for template in desk.playbook.templates):
        text += " /guide handoff shows the playbook's form for it."
    desk.reply(person, text, cause)


def hand_off(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Hand over to somebody with a written summary."""
    who, text = command.split(2)
    people = desk.people(who)
    if not people:
        unknown(desk, person, who, cause)
        return
    desk.record(person, f.HandedOff(people[0].id, text), cause=cause)
