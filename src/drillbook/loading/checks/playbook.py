"""A playbook's parts fit together, and with a scenario's people and severity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drillbook.loading.checks.findings import Findings, at_least, doubles, unknown
from drillbook.loading.checks.guidance import guidance_findings
from drillbook.loading.checks.procedures import procedure_findings
from drillbook.loading.document import KEY, Path
from drillbook.loading.shown import quoted
from drillbook.model.playbook import Expectation, Playbook, Severity
from drillbook.model.scenario import Scenario
from drillbook.model.trigger import Unresolved
from drillbook.oncall.check import Finding, on_call_findings, unknown_references
from drillbook.oncall.references import references
from drillbook.oncall.routing_check import routing_findings

_FOR_AN_AUDIENCE = ("cadence", "notify")
"""Checks that are about one audience."""


def playbook_findings(playbook: Playbook) -> Findings:
    """What does not fit within the playbook, whoever its people are; paths start at the playbook."""
    yield from _severities(playbook)
    yield from doubles(("roles",), [role.id for role in playbook.roles], "roles", "id")
    yield from procedure_findings(playbook)
    yield from doubles(("templates",), [each.id for each in playbook.templates], "templates", "id")
    yield from guidance_findings(playbook)
    yield from _jargon(playbook)
    yield from _expectations(playbook)
    yield from doubles(("people",), [person.id for person in playbook.people], "people", "id")
    yield from _triggers(playbook)
    yield from _under("on_call", on_call_findings(playbook.on_call, _everybody(playbook)))
    yield from _under("on_call", _under("routing", routing_findings(playbook.on_call.routing)))


def people_findings(playbook: Playbook, scenario: Scenario) -> Findings:
    """People whom the playbook names and neither it nor the scenario has; paths start at the playbook."""
    known = [person.id for person in (*scenario.people, *playbook.people)]
    kind = f"person in the scenario {quoted(scenario.name)}"
    for path, name in _named_people(playbook):
        if name not in known:
            yield unknown(path, kind, name, known)
    for finding in _under("on_call", unknown_references(playbook.on_call, known)):
        if finding.message.startswith("there is no person"):
            hint = f"{finding.hint}; people of the scenario {quoted(scenario.name)}"
            yield Finding(finding.path, finding.message, hint)


def _named_people(playbook: Playbook) -> Iterator[tuple[Path, str]]:
    """Whom severities, triggers and the chain name, and where."""
    for number, severity in enumerate(playbook.severities):
        for place, name in enumerate(severity.escalate_to):
            yield ("severities", number, "escalate_to", place), name
    for number, trigger in enumerate(playbook.triggers):
        for place, name in enumerate(trigger.escalate_to):
            yield ("triggers", number, "escalate_to", place), name
    for number, level in enumerate(playbook.chain):
        yield ("chain", number, "person"), level.person


def severity_findings(scenario: Scenario, playbook: Playbook) -> Findings:
    """Severities that the scenario needs and the playbook does not have; paths start at the scenario."""
    known = [severity.id for severity in playbook.severities]
    kind = f"severity in the playbook {quoted(playbook.name)}"
    if playbook.severity(scenario.needs.severity) is None:
        yield unknown(("needs", "severity"), kind, scenario.needs.severity, known)
    for place, name in enumerate(scenario.needs.also_acceptable):
        if playbook.severity(name) is None:
            yield unknown(("needs", "also_acceptable", place), kind, name, known)


def _under(key: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    for finding in findings:
        yield Finding((key, *finding.path), finding.message, finding.hint)


def _everybody(playbook: Playbook) -> list[str]:
    """Everybody whom policies and schedules name: without a scenario they all count as known."""
    named = [each.id for each in references(playbook.on_call) if each.kind == "person"]
    return [*named, *(person.id for person in playbook.people)]


def _severities(playbook: Playbook) -> Findings:
    ids = [severity.id.upper() for severity in playbook.severities]
    yield from doubles(("severities",), ids, "severities", "id")
    for number, severity in enumerate(playbook.severities):
        if not severity.id.strip():
            yield Finding(("severities", number, "id"), "`id` must not be empty")
        yield from _updates(("severities", number, "updates"), severity)


def _updates(path: Path, severity: Severity) -> Findings:
    yield from doubles(path, [cadence.audience for cadence in severity.updates], "cadences", "audience")
    for place, cadence in enumerate(severity.updates):
        yield from at_least((*path, place, "every"), cadence.every, 60.0)


def _jargon(playbook: Playbook) -> Findings:
    for word in playbook.jargon:
        if not word.strip():
            yield Finding(("jargon", word, KEY), "an empty word is found in everything")


def _triggers(playbook: Playbook) -> Findings:
    ids = [each.id for each in playbook.triggers]
    yield from doubles(("triggers",), ids, "triggers", "id")
    for number, trigger in enumerate(playbook.triggers):
        path = ("triggers", number, "when")
        known = [severity.id for severity in playbook.severities]
        for place, name in enumerate(getattr(trigger.when, "severities", ())):
            if playbook.severity(name) is None:
                yield unknown((*path, "severities", place), "severity", name, known)
        open_ended = all(severity.resolve_within is None for severity in playbook.severities)
        if isinstance(trigger.when, Unresolved) and trigger.when.after is None and open_ended:
            yield Finding(path, "no severity has a `resolve_within` to go by", "say `after`")


def _expectations(playbook: Playbook) -> Findings:
    yield from doubles(("expectations",), [each.id for each in playbook.expectations], "expectations", "id")
    for number, expectation in enumerate(playbook.expectations):
        yield from _expectation(("expectations", number), expectation, playbook)


def _expectation(path: Path, expectation: Expectation, playbook: Playbook) -> Findings:
    known = [severity.id for severity in playbook.severities]
    for place, name in enumerate(expectation.severities):
        if playbook.severity(name) is None:
            yield unknown((*path, "severities", place), "severity", name, known)
    if expectation.check == "trigger":
        message = "the check 'trigger' belongs to `triggers`, which are judged without further words"
        yield Finding((*path, "check"), message)
    if expectation.check in _FOR_AN_AUDIENCE and expectation.audience is None:
        yield Finding(path, f"the check {quoted(expectation.check)} needs an `audience`")
    audiences = {cadence.audience for severity in playbook.severities for cadence in severity.updates}
    if expectation.check == "cadence" and expectation.audience and expectation.audience not in audiences:
        message = f"no severity says how often {quoted(expectation.audience)} hears something"
        yield Finding((*path, "audience"), message, "add it to the `updates` of a severity")
