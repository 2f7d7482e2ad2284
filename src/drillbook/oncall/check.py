"""What must hold between the parts of routing, policies and schedules beyond each field by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from drillbook.errors import InvalidInput, Problem
from drillbook.model.policy import EscalationPolicy, OnCall, Route, Routing, Schedule, Target
from drillbook.oncall.matchers import parse_matchers

GROUP_BY_ALL = "..."
"""In `group_by`: every label, so that each alert is a group of its own."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit, and where: the keys and list places from the checked model down."""

    path: Path
    message: str
    hint: str = ""

    def place(self) -> str:
        """The path as people write it: `route.routes[1].receiver`."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".")


def refuse(findings: Iterable[Finding]) -> None:
    """Raise InvalidInput with all findings, if there are any."""
    problems = [Problem("", 0, 0, f"{each.place()}: {each.message}", each.hint) for each in findings]
    if problems:
        raise InvalidInput(problems)


def routing_findings(routing: Routing) -> Iterator[Finding]:
    """What Alertmanager would refuse in a routing; paths start at the routing."""
    names = [receiver.name for receiver in routing.receivers]
    yield from _doubles(("receivers",), names, "receiver")
    root = routing.route
    if not root.receiver:
        yield Finding(("route", "receiver"), "the root route needs a receiver")
    if root.matchers:
        yield Finding(("route", "matchers"), "the root route takes every alert and has no matchers")
    if root.continue_:
        yield Finding(("route", "continue"), "the root route has no siblings to continue with")
    yield from _route(("route",), root, names)


def _route(path: Path, route: Route, receivers: list[str]) -> Iterator[Finding]:
    if route.receiver and route.receiver not in receivers:
        yield _unknown((*path, "receiver"), "receiver", route.receiver, receivers)
    for place, text in enumerate(route.matchers):
        try:
            parse_matchers(text)
        except ValueError as problem:
            yield Finding((*path, "matchers", place), str(problem))
    group_by = route.group_by or []
    if GROUP_BY_ALL in group_by and len(group_by) > 1:
        yield Finding((*path, "group_by"), f"{GROUP_BY_ALL!r} groups by all labels and stands alone")
    for name, value in (("group_interval", route.group_interval), ("repeat_interval", route.repeat_interval)):
        if value is not None and value <= 0:
            yield Finding((*path, name), f"{name} must be longer than 0s")
    for place, child in enumerate(route.routes):
        yield from _route((*path, "routes", place), child, receivers)


def on_call_findings(on_call: OnCall, people: Iterable[str]) -> Iterator[Finding]:
    """Names in services, policies and schedules that lead nowhere; paths start at the on-call model."""
    known = sorted(people)
    policies = [policy.id for policy in on_call.escalation_policies]
    services = [service.id for service in on_call.services]
    schedules = [schedule.id for schedule in on_call.schedules]
    yield from _doubles(("services",), services, "service")
    yield from _doubles(("escalation_policies",), policies, "escalation policy")
    yield from _doubles(("schedules",), schedules, "schedule")
    for place, receiver in enumerate(on_call.routing.receivers):
        if receiver.pager_service is not None and receiver.pager_service not in services:
            where = ("routing", "receivers", place, "pager_service")
            yield _unknown(where, "service", receiver.pager_service, services)
    for place, service in enumerate(on_call.services):
        if service.escalation_policy not in policies:
            yield _unknown(
                ("services", place, "escalation_policy"),
                "escalation policy",
                service.escalation_policy,
                policies,
            )
    for place, policy in enumerate(on_call.escalation_policies):
        yield from _policy(("escalation_policies", place), policy, known, schedules)
    for place, schedule in enumerate(on_call.schedules):
        yield from _schedule(("schedules", place), schedule, known)


def _policy(
    path: Path, policy: EscalationPolicy, people: list[str], schedules: list[str]
) -> Iterator[Finding]:
    for level, rule in enumerate(policy.escalation_rules):
        for place, target in enumerate(rule.targets):
            kind, known = ("person", people) if is_person(target) else ("schedule", schedules)
            if target.id not in known:
                where = (*path, "escalation_rules", level, "targets", place, "id")
                yield _unknown(where, kind, target.id, known)


def _schedule(path: Path, schedule: Schedule, people: list[str]) -> Iterator[Finding]:
    try:
        ZoneInfo(schedule.time_zone)
    except (KeyError, ValueError, OSError):
        message = f"{schedule.time_zone!r} is not a time zone"
        yield Finding((*path, "time_zone"), message, "an IANA name such as Europe/Berlin")
    for number, layer in enumerate(schedule.schedule_layers):
        for place, entry in enumerate(layer.users):
            if entry.user not in people:
                where = (*path, "schedule_layers", number, "users", place, "user")
                yield _unknown(where, "person", entry.user, people)
    for place, override in enumerate(schedule.overrides):
        if override.user not in people:
            yield _unknown((*path, "overrides", place, "user"), "person", override.user, people)


def is_person(target: Target) -> bool:
    """Whether a target is a person; otherwise it is a schedule."""
    return target.type.startswith("user")


def _unknown(path: Path, kind: str, name: str, known: list[str]) -> Finding:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
    return Finding(path, f"there is no {kind} {name!r}", hint)


def _doubles(path: Path, names: list[str], kind: str) -> Iterator[Finding]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Finding((*path, place), f"the {kind} {name!r} is already defined")
