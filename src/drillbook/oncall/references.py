"""Whom and what policies, schedules and teams name, and where: the same walk for checks and directories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from drillbook.model.policies.goalert import GoAlertPolicy
from drillbook.model.policies.grafana_oncall import (
    GrafanaChain,
    NotifyOnCallFromSchedule,
    NotifyPersonNextEachTime,
    NotifyPersons,
    NotifyTeamMembers,
)
from drillbook.model.policies.opsgenie import OpsgenieEscalation
from drillbook.model.policies.pagerduty import PagerDutyPolicy
from drillbook.model.policy import EscalationPolicy, OnCall
from drillbook.model.schedule import GoAlertSchedule, OpsgenieSchedule, PagerDutySchedule, Schedule

Kind: TypeAlias = Literal["person", "schedule", "rotation", "team"]
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that must lead somewhere; `path` leads from the on-call model down to it."""

    path: Path
    kind: Kind
    id: str


def references(on_call: OnCall) -> Iterator[Reference]:
    """Every person, schedule, rotation and team that policies, schedules and teams name."""
    for place, policy in enumerate(on_call.escalation_policies):
        yield from _policy(("escalation_policies", place), policy)
    for place, change in enumerate(on_call.policy_changes):
        yield from _policy(("policy_changes", place, "escalation_policy"), change.escalation_policy)
    for place, schedule in enumerate(on_call.schedules):
        yield from _schedule(("schedules", place), schedule)
    for place, rotation in enumerate(on_call.rotations):
        for number, user in enumerate(rotation.user_ids):
            yield Reference(("rotations", place, "userIDs", number), "person", user)
    for place, team in enumerate(on_call.teams):
        for number, member in enumerate(team.members):
            yield Reference(("teams", place, "members", number, "user"), "person", member.user)


def _policy(path: Path, policy: EscalationPolicy) -> Iterator[Reference]:
    match policy:
        case PagerDutyPolicy():
            for level, rule in enumerate(policy.escalation_rules):
                for place, target in enumerate(rule.targets):
                    kind: Kind = "person" if target.type.startswith("user") else "schedule"
                    yield Reference(
                        (*path, "escalation_rules", level, "targets", place, "id"), kind, target.id
                    )
        case GoAlertPolicy():
            for number, step in enumerate(policy.steps):
                for place, to in enumerate(step.targets):
                    yield Reference((*path, "steps", number, "targets", place, "id"), _person(to.type), to.id)
        case OpsgenieEscalation():
            for number, each in enumerate(policy.rules):
                where = (*path, "rules", number, "recipient", "id")
                yield Reference(where, _person(each.recipient.type), each.recipient.id)
        case GrafanaChain():
            yield from _chain(path, policy)


def _person(kind: Literal["user", "schedule", "rotation", "team"]) -> Kind:
    return "person" if kind == "user" else kind


def _chain(path: Path, chain: GrafanaChain) -> Iterator[Reference]:
    for number, step in enumerate(chain.steps):
        where = (*path, "steps", number)
        match step:
            case NotifyPersons():
                for place, user in enumerate(step.persons_to_notify):
                    yield Reference((*where, "persons_to_notify", place), "person", user)
            case NotifyPersonNextEachTime():
                for place, user in enumerate(step.persons_to_notify_next_each_time):
                    yield Reference((*where, "persons_to_notify_next_each_time", place), "person", user)
            case NotifyOnCallFromSchedule():
                named = step.notify_on_call_from_schedule
                yield Reference((*where, "notify_on_call_from_schedule"), "schedule", named)
            case NotifyTeamMembers():
                yield Reference((*where, "team_to_notify"), "team", step.team_to_notify)


def _schedule(path: Path, schedule: Schedule) -> Iterator[Reference]:
    match schedule:
        case PagerDutySchedule():
            for number, layer in enumerate(schedule.schedule_layers):
                for place, entry in enumerate(layer.users):
                    where = (*path, "schedule_layers", number, "users", place, "user")
                    yield Reference(where, "person", entry.user)
            for place, override in enumerate(schedule.overrides):
                yield Reference((*path, "overrides", place, "user"), "person", override.user)
        case GoAlertSchedule():
            yield from _goalert(path, schedule)
        case OpsgenieSchedule():
            yield from _opsgenie(path, schedule)


def _opsgenie(path: Path, schedule: OpsgenieSchedule) -> Iterator[Reference]:
    for number, rotation in enumerate(schedule.rotations):
        for place, one in enumerate(rotation.participants):
            if one.type == "user":
                where = (*path, "rotations", number, "participants", place, "id")
                yield Reference(where, "person", one.id)
    for place, each in enumerate(schedule.overrides):
        yield Reference((*path, "overrides", place, "user"), "person", each.user)


def _goalert(path: Path, schedule: GoAlertSchedule) -> Iterator[Reference]:
    for number, each in enumerate(schedule.targets):
        yield Reference((*path, "targets", number, "target", "id"), _person(each.target.type), each.target.id)
    for number, override in enumerate(schedule.user_overrides):
        for key, user in (("addUserID", override.add_user_id), ("removeUserID", override.remove_user_id)):
            if user is not None:
                yield Reference((*path, "userOverrides", number, key), "person", user)
    for number, temporary in enumerate(schedule.temporary_schedules):
        for place, shift in enumerate(temporary.shifts):
            where = (*path, "temporarySchedules", number, "shifts", place, "userID")
            yield Reference(where, "person", shift.user_id)
