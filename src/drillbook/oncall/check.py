"""What must hold between the parts of services, policies and schedules beyond each field by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drillbook.model.policy import OnCall
from drillbook.oncall.finding import Finding, Path, doubles, refuse, unknown
from drillbook.oncall.policy_check import policy_findings, service_findings, time_findings
from drillbook.oncall.references import references

__all__ = ["Finding", "Path", "doubles", "on_call_findings", "refuse", "unknown", "unknown_references"]


def on_call_findings(on_call: OnCall, people: Iterable[str]) -> Iterator[Finding]:
    """What does not fit in services, policies, schedules and teams; paths start at the on-call model."""
    yield from _doubles_of(on_call)
    yield from _names(on_call)
    yield from unknown_references(on_call, people)
    yield from service_findings(on_call)
    yield from policy_findings(on_call)
    yield from time_findings(on_call)


def unknown_references(on_call: OnCall, people: Iterable[str]) -> Iterator[Finding]:
    """People, schedules, rotations and teams that are named and are not there."""
    known = {
        "person": sorted(people),
        "schedule": [each.id for each in on_call.schedules],
        "rotation": [each.id for each in on_call.rotations],
        "team": [each.id for each in on_call.teams],
    }
    for each in references(on_call):
        if each.id not in known[each.kind]:
            yield unknown(each.path, each.kind, each.id, known[each.kind])


def _doubles_of(on_call: OnCall) -> Iterator[Finding]:
    for key, kind, models in (
        ("services", "service", on_call.services),
        ("escalation_policies", "escalation policy", on_call.escalation_policies),
        ("schedules", "schedule", on_call.schedules),
        ("rotations", "rotation", on_call.rotations),
        ("teams", "team", on_call.teams),
    ):
        yield from doubles((key,), [each.id for each in models], kind)


def _names(on_call: OnCall) -> Iterator[Finding]:
    """Services and policies that are named and are not there."""
    services = [service.id for service in on_call.services]
    policies = [policy.id for policy in on_call.escalation_policies]
    for place, receiver in enumerate(on_call.routing.receivers):
        if receiver.pager_service is not None and receiver.pager_service not in services:
            where: Path = ("routing", "receivers", place, "pager_service")
            yield unknown(where, "service", receiver.pager_service, services)
    for place, service in enumerate(on_call.services):
        if service.escalation_policy not in policies:
            where = ("services", place, "escalation_policy")
            yield unknown(where, "escalation policy", service.escalation_policy, policies)
    for place, window in enumerate(on_call.maintenance_windows):
        for number, named in enumerate(window.services):
            if named.id not in services:
                where = ("maintenance_windows", place, "services", number, "id")
                yield unknown(where, "service", named.id, services)
    yield from _changed(on_call, policies)


def _changed(on_call: OnCall, policies: list[str]) -> Iterator[Finding]:
    """Edits of policies that are not there, or of another tool."""
    profiles = {policy.id: policy.profile for policy in on_call.escalation_policies}
    for place, change in enumerate(on_call.policy_changes):
        new = change.escalation_policy
        where: Path = ("policy_changes", place, "escalation_policy", "id")
        if new.id not in profiles:
            yield unknown(where, "escalation policy", new.id, policies)
        elif profiles[new.id] != new.profile:
            message = f"the policy {new.id!r} has the profile {profiles[new.id]!r} and keeps it"
            yield Finding((*where[:-1], "profile"), message)
