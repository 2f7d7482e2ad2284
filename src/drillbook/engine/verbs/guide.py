"""Help while it happens: /runbook, /check, /hint, /help."""

from __future__ import annotations

from drillbook.engine.commands import VERBS, Command
from drillbook.engine.desk import Desk
from drillbook.events import facts as f
from drillbook.model.nearest import nearest
from drillbook.model.playbook import Runbook
from drillbook.model.quantities import duration_text


def _runbook(desk: Desk, name: str) -> Runbook | None:
    return next((each for each in desk.playbook.runbooks if each.name == name.lower()), None)


def runbook(desk: Desk, person: str, command: Command, cause: int) -> None:
    """List the runbooks, those of firing alerts first, or open one."""
    if not command.rest:
        firing = {alert.name for alert in desk.view.firing}
        lines = [
            f"{each.name}  {each.title}" + ("  (an alert points here)" if firing & set(each.alerts) else "")
            for each in desk.playbook.runbooks
        ]
        desk.reply(person, "Runbooks:\n" + "\n".join(lines) + "\nOpen one with /runbook NAME.", cause)
        return
    found = _runbook(desk, command.rest)
    if found is None:
        names = [each.name for each in desk.playbook.runbooks]
        hint = nearest(command.rest.lower(), names)
        desk.reply(
            person, f"no runbook {command.rest!r}{hint}; there are {', '.join(names)}", cause, ok=False
        )
        return
    desk.record(person, f.RunbookOpened(found.name), cause=cause, to=person)
    lines = [f"{number}. [{step.id}] {step.text}" for number, step in enumerate(found.steps, start=1)]
    desk.reply(person, f"{found.title}\n" + "\n".join(lines) + "\nTick a step with /check STEP.", cause)


def check(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Tick a step, by its id or its number."""
    opened = _runbook(desk, desk.view.runbook)
    if opened is None:
        desk.reply(person, "no runbook is open: /runbook lists them", cause, ok=False)
        return
    wanted = command.rest.lower()
    for number, step in enumerate(opened.steps, start=1):
        if wanted in (step.id, str(number)):
            desk.record(person, f.StepChecked(opened.name, step.id), cause=cause, to=person)
            return
    steps = [step.id for step in opened.steps]
    desk.reply(
        person,
        f"no step {command.rest!r}{nearest(wanted, steps)}; steps are {', '.join(steps)}",
        cause,
        ok=False,
    )


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
    wanted = command.rest.lstrip("/").lower()
    if wanted in VERBS:
        desk.reply(person, f"{VERBS[wanted].usage}: {VERBS[wanted].help}", cause)
        return
    width = max(len(verb.usage) for verb in VERBS.values())
    lines = [f"{verb.usage:<{width}}  {verb.help}" for verb in VERBS.values()]
    shell = (
        "Everything else goes to the shell: kubectl, psql, curl, promtool, systemctl; `help` lists examples."
    )
    desk.reply(person, "\n".join([*lines, shell]), cause)


def wait(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Nothing by itself: whoever drives the simulation lets the time pass."""
