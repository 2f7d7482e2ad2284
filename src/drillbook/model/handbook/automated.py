"""The page about the automation: what it may do by itself, and what it leaves to people."""

from __future__ import annotations

from collections.abc import Iterator

from drillbook.model.automation import Automation, BlastRadius, Row
from drillbook.model.handbook.writing import bullets, share, under
from drillbook.model.playbook import Playbook
from drillbook.model.quantities import duration_text

_OF = {"traffic": "of the traffic", "pool": "of the pool", "disk": "of the disk"}


def automation(playbook: Playbook) -> Iterator[str]:
    """Triage, decision matrix, remediations, validation and when people take over."""
    rules = playbook.automation
    if rules is None:
        return
    yield from _triage(rules)
    yield f"Decision matrix; below {share(rules.threshold)} confidence people take over:"
    yield from (f"  - {_row(row)}" for row in rules.matrix)
    at_once = "one at a time" if rules.at_once == 1 else f"at most {rules.at_once} at once"
    yield f"Remediations, the most confident first, {at_once}:"
    for each in rules.remediations:
        yield f"  - {each.name}: {each.does} From {share(each.confidence)}. If it fails: {each.rollback}"
    if rules.validation:
        yield "Validation, each before the next:"
        for check in rules.validation:
            only = f" ({', '.join(check.severities)})" if check.severities else ""
            yield f"  - {check.text}{only}"
    if rules.unresolved:
        yield rules.unresolved
    for group in rules.manual:
        yield from under(f"People take over, {group.title}", group.reasons)


def _triage(rules: Automation) -> Iterator[str]:
    if rules.triage:
        least, most = duration_text(rules.triage_at_least), duration_text(rules.triage_at_most)
        yield f"Triage, {least} to {most}:"
        yield from bullets(rules.triage, "  ")
    for part in rules.analysis:
        yield from under(f"Analysis, {part.name}", part.does)


def _row(row: Row) -> str:
    book = f" (runbook {row.runbook})" if row.runbook else ""
    return f"{row.name}: above {share(row.confidence)}, {_radius(row.radius)}: {row.action}{book}"


def _radius(radius: BlastRadius | None) -> str:
    if radius is None:
        return "whatever it touches"
    if radius.of == "nodes":
        return f"fewer than {radius.below:g} nodes"
    return f"less than {share(radius.below)} {_OF[radius.of]}"
