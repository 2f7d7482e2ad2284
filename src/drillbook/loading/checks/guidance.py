"""The parts of a playbook that guide people and the automation fit together."""

from __future__ import annotations

from drillbook.loading.checks.findings import Findings, doubles, unknown
from drillbook.loading.checks.procedures import in_order, severity_names
from drillbook.loading.document import Path
from drillbook.model.automation import Automation, Row
from drillbook.model.guidance import Review, Target, Wellness
from drillbook.model.playbook import Playbook
from drillbook.model.quantities import duration_text
from drillbook.oncall.check import Finding


def guidance_findings(playbook: Playbook) -> Findings:
    """What does not fit in phases, roles, chain, channels, texts, review, targets, limits and automation."""
    yield from _phases(playbook)
    yield from _roles(playbook)
    for place, level in enumerate(playbook.chain):
        yield from in_order(("chain", place), level.begins, level.ends)
    yield from _texts(playbook)
    if playbook.review_meeting is not None:
        yield from _review(("review_meeting",), playbook.review_meeting)
    for place, target in enumerate(playbook.targets):
        yield from _target(("targets", place), target)
    if playbook.wellness is not None:
        yield from _wellness(("wellness",), playbook.wellness)
    yield from _automation(playbook)


def _phases(playbook: Playbook) -> Findings:
    ids = [phase.id for phase in playbook.lifecycle]
    yield from doubles(("lifecycle",), ids, "phases", "id")
    for place, phase in enumerate(playbook.lifecycle):
        yield from in_order(("lifecycle", place), phase.begins, phase.ends)
        for number, name in enumerate(phase.leads_to):
            if name not in ids:
                yield unknown(("lifecycle", place, "leads_to", number), "phase", name, ids)


def _roles(playbook: Playbook) -> Findings:
    above = {role.id: role.reports_to for role in playbook.roles}
    for place, role in enumerate(playbook.roles):
        path: Path = ("roles", place, "reports_to")
        if role.reports_to is None:
            continue
        if role.reports_to not in above:
            yield unknown(path, "role", role.reports_to, above)
            continue
        met = {role.id}
        boss: str | None = role.reports_to
        while boss is not None and boss not in met:
            met.add(boss)
            boss = above.get(boss)
        if boss == role.id:
            yield Finding(path, f"the role `{role.id}` reports to itself in the end")


def _texts(playbook: Playbook) -> Findings:
    yield from doubles(("types",), [each.id for each in playbook.types], "types", "id")
    yield from doubles(("contacts",), [each.id for each in playbook.contacts], "contacts", "id")
    yield from doubles(("advice",), [each.id for each in playbook.advice], "pieces of advice", "id")
    yield from doubles(("channels",), [each.name for each in playbook.channels], "channels", "name")
    for place, channel in enumerate(playbook.channels):
        yield from severity_names(("channels", place, "severities"), channel.severities, playbook)
    for place, template in enumerate(playbook.templates):
        yield from severity_names(("templates", place, "severities"), template.severities, playbook)


def _review(path: Path, review: Review) -> Findings:
    total = sum(item.lasts for item in review.agenda)
    least, most = review.lasts_at_least, review.lasts_at_most
    if most is not None and total > most:
        message = f"the agenda takes {duration_text(total)}, longer than `lasts_at_most`"
        yield Finding((*path, "agenda"), message, f"the meeting may take {duration_text(most)}")
    if least is not None and most is not None and most < least:
        message = f"`lasts_at_most` must be at least `lasts_at_least`, {duration_text(least)}"
        yield Finding((*path, "lasts_at_most"), message)


def _target(path: Path, target: Target) -> Findings:
    figures = {key: getattr(target, key) for key in ("at_least", "at_most", "measured")}
    if all(value is None for value in figures.values()):
        yield Finding(path, "a figure is missing", "say `at_least`, `at_most` or `measured`")
    for key, value in figures.items():
        if target.unit == "share" and value is not None and value > 1:
            yield Finding((*path, key), f"`{key}` is a share, 1 at most", "90% is 0.9")


def _wellness(path: Path, rules: Wellness) -> Findings:
    yield from doubles((*path, "limits"), [each.id for each in rules.limits], "limits", "id")
    for place, limit in enumerate(rules.limits):
        if limit.week_at_most < limit.continuous_at_most:
            message = "`week_at_most` must be at least `continuous_at_most`"
            yield Finding((*path, "limits", place, "week_at_most"), message)
    for place, each in enumerate(rules.breaks):
        if each.lasts >= each.every:
            message = f"a break must be shorter than {duration_text(each.every)}, after which it comes"
            yield Finding((*path, "breaks", place, "lasts"), message)


def _automation(playbook: Playbook) -> Findings:
    rules = playbook.automation
    if rules is None:
        for place, severity in enumerate(playbook.severities):
            if severity.remediates_itself != "no":
                path: Path = ("severities", place, "remediates_itself")
                yield Finding(path, "the playbook has no `automation` that could")
        return
    base: Path = ("automation",)
    if rules.triage_at_most < rules.triage_at_least:
        message = f"`triage_at_most` must be at least {duration_text(rules.triage_at_least)}"
        yield Finding((*base, "triage_at_most"), message)
    for key in ("analysis", "remediations", "validation", "manual"):
        yield from doubles((*base, key), [each.id for each in getattr(rules, key)], key, "id")
    for place, check in enumerate(rules.validation):
        yield from severity_names((*base, "validation", place, "severities"), check.severities, playbook)
    yield from _matrix(rules, playbook)


def _matrix(rules: Automation, playbook: Playbook) -> Findings:
    path: Path = ("automation", "matrix")
    yield from doubles(path, [row.incident for row in rules.matrix], "rows", "incident")
    for place, row in enumerate(rules.matrix):
        yield from _row((*path, place), row, rules, playbook)


def _row(path: Path, row: Row, rules: Automation, playbook: Playbook) -> Findings:
    known = {each.id: each for each in rules.remediations}
    if row.remediation is not None and row.remediation not in known:
        yield unknown((*path, "remediation"), "remediation", row.remediation, known)
    books = [runbook.name for runbook in playbook.runbooks]
    if row.runbook is not None and row.runbook not in books:
        yield unknown((*path, "runbook"), "runbook", row.runbook, books)
    if row.radius is not None and row.radius.of != "nodes" and row.radius.below > 1:
        message = f"`below` is a share of the {row.radius.of}, 1 at most"
        yield Finding((*path, "radius", "below"), message, "20% is 0.2")
