"""Remedies: the command must do what the remedy says that it does."""

from __future__ import annotations

from drillbook.batch.quality.course import Course
from drillbook.events import facts as f
from drillbook.loading.checks.findings import Findings
from drillbook.loading.shown import quoted, shortened
from drillbook.model.scenario import Remedy
from drillbook.oncall.check import Finding


def remedy_findings(course: Course) -> Findings:
    """Commands that the shell does not understand, that change nothing, or that do something else."""
    for number, remedy in enumerate(course.scenario.needs.remedies):
        path = ("needs", "remedies", number, "command")
        tried = course.attempt(*remedy.first, remedy.command)
        if tried.action is not None:
            yield from _another(path, remedy, tried.action)
        elif not tried.understood:
            yield Finding(path, f"the shell does not understand {quoted(remedy.command)}")
        elif not (remedy.action == "rollback" and remedy.value):
            # Where a roll-back leads depends on what was done before: here nothing was.
            first = tried.printed.strip().partition("\n")[0]
            what = shortened(first, 100) or "nothing"
            message = f"the command begins no {quoted(remedy.action)}: it prints {what}"
            yield Finding(path, message)


def _another(path: tuple[str | int, ...], remedy: Remedy, action: f.ActionStarted) -> Findings:
    same = (action.action, action.target) == (remedy.action, remedy.target)
    if not same:
        message = f"the command does {action.action} to {action.target}"
        yield Finding(path, message, f"the remedy is {remedy.action} to {remedy.target}")
    elif remedy.action != "rollback" and not remedy.fits(action.value):
        message = f"the command's value is {quoted(action.value)}"
        yield Finding(path, message, f"the remedy is for {shortened(remedy.value or '')} only")
