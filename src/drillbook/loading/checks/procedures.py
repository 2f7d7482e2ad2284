"""Runbooks and checklists fit together, with each other and with the playbook's severities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drillbook.loading.checks.findings import Findings, doubles, unknown
from drillbook.loading.document import Path
from drillbook.loading.shown import quoted
from drillbook.model.playbook import Playbook
from drillbook.model.quantities import duration_text
from drillbook.model.runbook import Runbook, Step
from drillbook.oncall.check import Finding


def procedure_findings(playbook: Playbook) -> Findings:
    """What does not fit in runbooks and checklists."""
    books = [runbook.name for runbook in playbook.runbooks]
    yield from doubles(("runbooks",), books, "runbooks", "name")
    for place, runbook in enumerate(playbook.runbooks):
        path: Path = ("runbooks", place)
        yield from severity_names((*path, "severities"), runbook.severities, playbook)
        yield from _steps((*path, "steps"), runbook.steps)
        yield from _decisions((*path, "decisions"), runbook, books)
    yield from doubles(("checklists",), [each.name for each in playbook.checklists], "checklists", "name")
    for place, checklist in enumerate(playbook.checklists):
        path = ("checklists", place)
        if checklist.name in books:
            message = f"there is a runbook called {quoted(checklist.name)}, too"
            yield Finding((*path, "name"), message, "/runbook opens both by their names")
        yield from _steps((*path, "steps"), checklist.steps)
        yield from in_order(path, checklist.begins, checklist.ends)
        if checklist.occasion != "response" and checklist.begins is not None:
            message = f"`begins` is for the occasion `response`, not for {quoted(checklist.occasion)}"
            yield Finding((*path, "begins"), message, "say `when`")


def severity_names(path: Path, names: Iterable[str], playbook: Playbook) -> Findings:
    """Severities that the playbook does not have."""
    known = [severity.id for severity in playbook.severities]
    for place, name in enumerate(names):
        if playbook.severity(name) is None:
            yield unknown((*path, place), "severity", name, known)


def in_order(path: Path, begins: float | None, ends: float | None) -> Findings:
    """A span of time that ends before it begins."""
    if begins is not None and ends is not None and ends <= begins:
        yield Finding((*path, "ends"), f"`ends` must come after `begins`, {duration_text(begins)}")


def _steps(path: Path, steps: Sequence[Step]) -> Findings:
    yield from doubles(path, [step.id for step in steps], "steps", "id")
    for place, step in enumerate(steps):
        if step.retry_after is not None and not step.retries:
            yield Finding((*path, place, "retry_after"), "nothing is tried again here", "say `retries`")


def _decisions(path: Path, runbook: Runbook, books: Sequence[str]) -> Findings:
    targets = [*(step.id for step in runbook.steps), *(name for name in books if name != runbook.name)]
    for place, decision in enumerate(runbook.decisions):
        if decision.go_to not in targets:
            kind = "step of this runbook, nor other runbook,"
            yield unknown((*path, place, "go_to"), kind, decision.go_to, targets)
