"""Pages about the work: runbooks and checklists with their steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drillbook.model.handbook.writing import joined, share, span, under
from drillbook.model.quantities import duration_text
from drillbook.model.runbook import Checklist, Procedure, Runbook, Step


def summary(procedure: Procedure) -> str:
    """A runbook's figures, or when a checklist is due, on one line; empty where there is nothing to say."""
    if isinstance(procedure, Checklist):
        lasts = f"takes {duration_text(procedure.lasts)}" if procedure.lasts else ""
        return joined(span(procedure.begins, procedure.ends), procedure.when, lasts)
    restore = procedure.mean_time_to_restore
    return joined(
        procedure.category,
        f"takes about {duration_text(procedure.duration)}" if procedure.duration else "",
        "" if procedure.success_rate is None else f"helps in {share(procedure.success_rate)} of cases",
        f"restores after {duration_text(restore)} on average" if restore else "",
        f"last used {procedure.last_used.date().isoformat()}" if procedure.last_used else "",
        f"needs the approval of {' or '.join(procedure.approvers)}" if procedure.approvers else "",
    )


def before(procedure: Procedure) -> Iterator[str]:
    """What one reads before the steps."""
    about = summary(procedure)
    if about:
        yield f"({about})"
    if isinstance(procedure, Runbook):
        yield from _before_runbook(procedure)


def _before_runbook(runbook: Runbook) -> Iterator[str]:
    if runbook.description:
        yield runbook.description.strip()
    yield from under("Before you begin", runbook.prerequisites)
    yield from under("At hand", runbook.links)
    if runbook.decisions:
        yield "Decide:"
        yield from (f"  - {each.when}: go to {each.go_to}" for each in runbook.decisions)


def steps(listed: Sequence[Step]) -> Iterator[str]:
    """The numbered steps, under their sections, with their commands and cautions."""
    section = ""
    for number, step in enumerate(listed, start=1):
        if step.section and step.section != section:
            section = step.section
            yield f"{section}:"
        yield f"{number}. [{step.id}] {step.text}"
        if step.command:
            yield f"   $ {step.command}"
        if step.caution:
            yield f"   Mind: {step.caution}"
        if _limits(step):
            yield f"   ({_limits(step)})"


def _limits(step: Step) -> str:
    again = f" after {duration_text(step.retry_after)}" if step.retry_after else ""
    times = "once" if step.retries == 1 else f"{step.retries} times"
    back = step.rollback
    return joined(
        f"must show: {step.expect}" if step.expect else "",
        f"at most {duration_text(step.at_most)}" if step.at_most else "",
        f"again {times}{again}" if step.retries else "",
        f"if it fails: {back.text}{f' `{back.command}`' if back.command else ''}" if back else "",
    )


def after(procedure: Procedure) -> Iterator[str]:
    """What one reads after the steps."""
    if isinstance(procedure, Runbook):
        yield from under("Usual causes", procedure.causes)
        yield from under("Bring in others", procedure.escalation)
        yield from under("Afterwards", procedure.afterwards)
        yield from under("Prevention", procedure.prevention)


def page(procedure: Procedure) -> Iterator[str]:
    """All of it, with symptoms and commands."""
    if isinstance(procedure, Runbook):
        yield from under("Symptoms", procedure.symptoms)
        yield from under("Alerts", procedure.alerts)
    yield from before(procedure)
    yield from steps(procedure.steps)
    yield from after(procedure)
    if procedure.source:
        yield f"Source: {procedure.source}"
