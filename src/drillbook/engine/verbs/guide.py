"""Help while it happens: /runbook, /check, /guide, /hint, /help."""

from __future__ import annotations

from collections.abc import Iterator

from drillbook.engine.commands import VERBS, Command
from drillbook.engine.desk import Desk
from drillbook.engine.verbs.known import known
from drillbook.events import facts as f
from drillbook.model.blanks import fill
from drillbook.model.handbook import Page, find, group_lines, pages
from drillbook.model.handbook.work import after, before, steps
from drillbook.model.nearest import nearest
from drillbook.model.quantities import duration_text


def runbook(desk: Desk, person: str, command: Command, cause: int) -> None:
    """List the runbooks (those of firing alerts are marked) and checklists, or open one."""
    if not command.rest:
        _list(desk, person, cause)
        return
    found = desk.playbook.procedure(command.rest.lower())
    if found is None:
        names = [each.name for each in desk.playbook.procedures]
        hint = nearest(command.rest.lower(), names)
        there = f"there are {', '.join(names)}" if names else "the playbook has none"
        desk.reply(person, f"no runbook {command.rest!r}{hint}; {there}", cause, ok=False)
        return
    desk.record(person, f.RunbookOpened(found.name), cause=cause, to=person)
    lines = [found.title, *before(found), *steps(found.steps), *after(found), "Tick a step with /check STEP."]
    desk.reply(person, "\n".join(lines), cause)


def _list(desk: Desk, person: str, cause: int) -> None:
    firing = {alert.name for alert in desk.view.firing}
    lines = [
        f"{each.name}  {each.title}" + ("  (an alert points here)" if firing & set(each.alerts) else "")
        for each in desk.playbook.runbooks
    ]
    text = "Runbooks:\n" + "\n".join(lines)
    if desk.playbook.checklists:
        text += "\nChecklists:\n" + "\n".join(_checklists(desk))
    desk.reply(person, text + "\nOpen one with /runbook NAME.", cause)


def _checklists(desk: Desk) -> Iterator[str]:
    paged, now = desk.view.paged_at, desk.view.now
    for each in desk.playbook.checklists:
        due = paged is not None and each.is_due(now - paged)
        yield f"{each.name}  {each.title}" + ("  (now)" if due else "")


def check(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Tick a step, by its id or its number."""
    opened = desk.playbook.procedure(desk.view.runbook)
    if opened is None:
        desk.reply(person, "no runbook is open: /runbook lists them", cause, ok=False)
        return
    wanted = command.rest.lower()
    for number, step in enumerate(opened.steps, start=1):
        if wanted in (step.id, str(number)):
            desk.record(person, f.StepChecked(opened.name, step.id), cause=cause, to=person)
            return
    ids = [step.id for step in opened.steps]
    text = f"no step {command.rest!r}{nearest(wanted, ids)}; steps are {', '.join(ids)}"
    desk.reply(person, text, cause, ok=False)


def guide(desk: Desk, person: str, command: Command, cause: int) -> None:
    """List the playbook's pages, or show one; a template comes filled in with what is known."""
    listed = pages(desk.playbook)
    if not command.rest:
        lines = [desk.playbook.title, *group_lines(listed), "Read one with /guide PAGE."]
        desk.reply(person, "\n".join(lines), cause)
        return
    found = find(desk.playbook, command.rest)
    if not found:
        wanted = command.rest.lower()
        hint = nearest(wanted, [page.name for page in listed])
        desk.reply(person, f"no page {command.rest!r}{hint}; /guide lists them", cause, ok=False)
        return
    desk.reply(person, "\n\n".join(f"{page.title}\n{_text(desk, page)}" for page in found), cause)


def _text(desk: Desk, page: Page) -> str:
    return fill(page.text, known(desk)) if page.is_template else page.text


def hint(desk: Desk, person: str, command: Command, cause: int) -> None:
    """The next hint, once its time has come."""
    hints, taken = desk.scenario.hints, desk.view.hints
    if taken >= len(hints):
        desk.reply(person, "there is no further hint; page a specialist if you are stuck", cause, ok=False)
    elif desk.view.now < hints[taken].after:
        left = duration_text(hints[taken].after - desk.view.now)
        desk.reply(
            person, f"the next hint comes in {left}; the runbook and your colleagues are here now", cause
        )
    else:
        desk.record(person, f.HintGiven(taken + 1, hints[taken].text), cause=cause, to=person)
        desk.reply(person, hints[taken].text, cause)


def help_(desk: Desk, person: str, command: Command, cause: int) -> None:
    """What can be typed."""
    if command.rest:
        desk.reply(person, f"{VERBS[command.rest].usage}: {VERBS[command.rest].help}", cause)
        return
    width = max(len(verb.usage) for verb in VERBS.values())
    lines = [f"{verb.usage:<{width}}  {verb.help}" for verb in VERBS.values()]
    shell = (
        "Everything else goes to the shell: kubectl, psql, curl, promtool, systemctl; `help` lists its tools."
    )
    desk.reply(person, "\n".join([*lines, shell]), cause)


def wait(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Nothing by itself: whoever drives the simulation lets the time pass."""
