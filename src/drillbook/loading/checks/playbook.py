"""A playbook's parts fit together, and with a scenario's people and severity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drillbook.loading.checks.findings import Findings, at_least, doubles, unknown
from drillbook.loading.document import KEY, Path
from drillbook.loading.shown import quoted
from drillbook.model.playbook import Expectation, Playbook, Severity
from drillbook.model.policy import OnCall, Schedule
from drillbook.model.scenario import Scenario
from drillbook.oncall.check import Finding, is_person, on_call_findings
from drillbook.oncall.routing_check import routing_findings

_FOR_AN_AUDIENCE = ("cadence", "notify")
"""Checks that are about one audience."""


def playbook_findings(playbook: Playbook) -> Findings:
    """What does not fit within the playbook, whoever its people are; paths start at the playbook."""
    yield from _severities(playbook)
    yield from doubles(("roles",), [role.id for role in playbook.roles], "roles", "id")
    yield from doubles(("runbooks",), [runbook.name for runbook in playbook.runbooks], "runbooks", "name")
    for place, runbook in enumerate(playbook.runbooks):
        yield from doubles(("runbooks", place, "steps"), [step.id for step in runbook.steps], "steps", "id")
    yield from doubles(("templates",), [each.id for each in playbook.templates], "templates", "id")
    yield from _jargon(playbook)
    yield from _expectations(playbook)
    yield from _under("on_call", on_call_findings(playbook.on_call, _everybody(playbook.on_call)))
    yield from _under("on_call", _under("routing", routing_findings(playbook.on_call.routing)))
    for place, schedule in enumerate(playbook.on_call.schedules):
        yield from _times(("on_call", "schedules", place), schedule)


def people_findings(playbook: Playbook, scenario: Scenario) -> Findings:
    """People whom the playbook names and the scenario does not have; paths start at the playbook."""
    known = [person.id for person in scenario.people]
    for number, severity in enumerate(playbook.severities):
        for place, name in enumerate(severity.escalate_to):
            if name not in known:
                path = ("severities", number, "escalate_to", place)
                yield unknown(path, f"person in the scenario {quoted(scenario.name)}", name, known)
    for finding in _under("on_call", on_call_findings(playbook.on_call, known)):
        if finding.path[-1] in ("id", "user"):
            hint = f"{finding.hint}; people of the scenario {quoted(scenario.name)}"
            yield Finding(finding.path, finding.message, hint)


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


def _everybody(on_call: OnCall) -> list[str]:
    """Everybody whom policies and schedules name: without a scenario they all count as known."""
    rules = [rule for policy in on_call.escalation_policies for rule in policy.escalation_rules]
    targets = [target.id for rule in rules for target in rule.targets if is_person(target)]
    layers = [layer for schedule in on_call.schedules for layer in schedule.schedule_layers]
    rotating = [place.user for layer in layers for place in layer.users]
    standing_in = [override.user for schedule in on_call.schedules for override in schedule.overrides]
    return targets + rotating + standing_in


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


def _expectations(playbook: Playbook) -> Findings:
    yield from doubles(("expectations",), [each.id for each in playbook.expectations], "expectations", "id")
    for number, expectation in enumerate(playbook.expectations):
        yield from _expectation(("expectations", number), expectation, playbook)


def _expectation(path: Path, expectation: Expectation, playbook: Playbook) -> Findings:
    known = [severity.id for severity in playbook.severities]
    for place, name in enumerate(expectation.severities):
        if playbook.severity(name) is None:
            yield unknown((*path, "severities", place), "severity", name, known)
    if expectation.check in _FOR_AN_AUDIENCE and expectation.audience is None:
        yield Finding(path, f"the check {quoted(expectation.check)} needs an `audience`")
    audiences = {cadence.audience for severity in playbook.severities for cadence in severity.updates}
    if expectation.check == "cadence" and expectation.audience and expectation.audience not in audiences:
        message = f"no severity says how often {quoted(expectation.audience)} hears something"
        yield Finding((*path, "audience"), message, "add it to the `updates` of a severity")


def _times(path: Path, schedule: Schedule) -> Findings:
    for place, layer in enumerate(schedule.schedule_layers):
        if layer.end is not None and layer.end <= layer.start:
            yield Finding((*path, "schedule_layers", place, "end"), "`end` is not after `start`")
    for place, override in enumerate(schedule.overrides):
        if override.end <= override.start:
            yield Finding((*path, "overrides", place, "end"), "`end` is not after `start`")
