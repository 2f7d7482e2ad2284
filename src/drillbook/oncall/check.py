"""What must hold between the parts of routing, policies and schedules beyond each field by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from drillbook.errors import InvalidInput, Problem
from drillbook.model.policy import EscalationPolicy, OnCall, Schedule, Target

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


def on_call_findings(on_call: OnCall, people: Iterable[str]) -> Iterator[Finding]:
    """Names in services, policies and schedules that lead nowhere; paths start at the on-call model."""
    known = sorted(people)
    policies = [policy.id for policy in on_call.escalation_policies]
    services = [service.id for service in on_call.services]
    schedules = [schedule.id for schedule in on_call.schedules]
    yield from doubles(("services",), services, "service")
    yield from doubles(("escalation_policies",), policies, "escalation policy")
    yield from doubles(("schedules",), schedules, "schedule")
    for place, receiver in enumerate(on_call.routing.receivers):
        if receiver.pager_service is not None and receiver.pager_service not in services:
            where = ("routing", "receivers", place, "pager_service")
            yield unknown(where, "service", receiver.pager_service, services)
    for place, service in enumerate(on_call.services):
        if service.escalation_policy not in policies:
            yield unknown(
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
                yield unknown(where, kind, target.id, known)


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
                yield unknown(where, "person", entry.user, people)
    for place, override in enumerate(schedule.overrides):
        if override.user not in people:
            yield unknown((*path, "overrides", place, "user"), "person", override.user, people)


def is_person(target: Target) -> bool:
    """Whether a target is a person; otherwise it is a schedule."""
    return target.type.startswith("user")


def unknown(path: Path, kind: str, name: str, known: list[str]) -> Finding:
    """A name that leads nowhere, with the nearest one that does."""
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
    return Finding(path, f"there is no {kind} {name!r}", hint)


def doubles(path: Path, names: list[str], kind: str) -> Iterator[Finding]:
    """Names that are given twice; the path is that of the list."""
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Finding((*path, place), f"the {kind} {name!r} is already defined")
