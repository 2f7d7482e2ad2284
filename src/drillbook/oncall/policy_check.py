"""What services, policies and times must hold to for the tool that they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from drillbook.model.policies.opsgenie import OpsgenieEscalation, OpsgenieRule
from drillbook.model.policy import EscalationPolicy, OnCall, PagerService, SupportHoursUrgency
from drillbook.model.schedule import GoAlertSchedule, OpsgenieSchedule, PagerDutySchedule, Schedule
from drillbook.oncall.finding import Finding, Path

_URGENCY = ("incident_urgency_rule", "support_hours", "scheduled_actions")
_ACK_LASTS = {"goalert": "GoAlert", "opsgenie": "Opsgenie"}
_FOR = {"next": "schedule", "previous": "schedule", "users": "team", "admins": "team", "random": "team"}


def service_findings(on_call: OnCall) -> Iterator[Finding]:
    """Settings of services that their policy's tool does not have, or that lack another one."""
    profiles = {policy.id: policy.profile for policy in on_call.escalation_policies}
    for place, service in enumerate(on_call.services):
        path: Path = ("services", place)
        profile = profiles.get(service.escalation_policy, "pagerduty")
        if profile != "pagerduty":
            yield from _foreign(path, service, profile)
        elif service.support_hours is None:
            if isinstance(service.incident_urgency_rule, SupportHoursUrgency):
                message = "`use_support_hours` needs `support_hours`"
                yield Finding((*path, "incident_urgency_rule", "type"), message)
            if service.scheduled_actions:
                message = "a change at the start or end of support hours needs `support_hours`"
                yield Finding((*path, "scheduled_actions"), message)


def _foreign(path: Path, service: PagerService, profile: str) -> Iterator[Finding]:
    for key in _URGENCY:
        if key in service.model_fields_set:
            message = f"only PagerDuty knows `{key}`; this service follows a policy of {profile!r}"
            yield Finding((*path, key), message)
    timeout = "acknowledgement_timeout" in service.model_fields_set and service.acknowledgement_timeout
    if timeout and profile in _ACK_LASTS:
        message = f"{_ACK_LASTS[profile]}'s acknowledgements do not time out"
        yield Finding((*path, "acknowledgement_timeout"), message, "leave it out")


def policy_findings(on_call: OnCall) -> Iterator[Finding]:
    """Rules whose parts do not fit together."""
    for place, policy in enumerate(on_call.escalation_policies):
        yield from _policy(("escalation_policies", place), policy)
    for place, change in enumerate(on_call.policy_changes):
        yield from _policy(("policy_changes", place, "escalation_policy"), change.escalation_policy)


def _policy(path: Path, policy: EscalationPolicy) -> Iterator[Finding]:
    if isinstance(policy, OpsgenieEscalation):
        for number, rule in enumerate(policy.rules):
            yield from _rule((*path, "rules", number), rule)
        if policy.repeat.count and not policy.repeat.wait_interval:
            yield Finding((*path, "repeat", "count"), "repetitions need a `waitInterval` of a minute or more")


def _rule(path: Path, rule: OpsgenieRule) -> Iterator[Finding]:
    wanted = _FOR.get(rule.notify_type)
    if wanted and rule.recipient.type != wanted:
        message = f"`{rule.notify_type}` is for a {wanted}, not for a {rule.recipient.type}"
        yield Finding((*path, "notifyType"), message)


class _Span(NamedTuple):
    path: Path
    """Of the end."""
    start: datetime
    end: datetime | None


def time_findings(on_call: OnCall) -> Iterator[Finding]:
    """Time zones that there are not, and ends that do not come after their starts."""
    for path, name in _zones(on_call):
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            yield Finding(path, f"{name!r} is not a time zone", "an IANA name such as Europe/Berlin")
    for span in _spans(on_call):
        if span.end is not None and span.end <= span.start:
            yield Finding(span.path, f"`{span.path[-1]}` is not after its start")


def _zones(on_call: OnCall) -> Iterator[tuple[Path, str]]:
    for place, schedule in enumerate(on_call.schedules):
        match schedule:
            case PagerDutySchedule():
                yield ("schedules", place, "time_zone"), schedule.time_zone
            case GoAlertSchedule():
                yield ("schedules", place, "timeZone"), schedule.time_zone
            case OpsgenieSchedule():
                yield ("schedules", place, "timezone"), schedule.timezone
    for place, rotation in enumerate(on_call.rotations):
        yield ("rotations", place, "timeZone"), rotation.time_zone
    for place, service in enumerate(on_call.services):
        if service.support_hours is not None:
            yield ("services", place, "support_hours", "time_zone"), service.support_hours.time_zone


def _spans(on_call: OnCall) -> Iterator[_Span]:
    for place, window in enumerate(on_call.maintenance_windows):
        yield _Span(("maintenance_windows", place, "end_time"), window.start_time, window.end_time)
    for place, schedule in enumerate(on_call.schedules):
        yield from _of_schedule(("schedules", place), schedule)


def _of_schedule(path: Path, schedule: Schedule) -> Iterator[_Span]:
    match schedule:
        case PagerDutySchedule():
            for place, layer in enumerate(schedule.schedule_layers):
                yield _Span((*path, "schedule_layers", place, "end"), layer.start, layer.end)
            for place, stands_in in enumerate(schedule.overrides):
                yield _Span((*path, "overrides", place, "end"), stands_in.start, stands_in.end)
        case GoAlertSchedule():
            for place, override in enumerate(schedule.user_overrides):
                yield _Span((*path, "userOverrides", place, "end"), override.start, override.end)
            for place, fixed in enumerate(schedule.temporary_schedules):
                yield _Span((*path, "temporarySchedules", place, "end"), fixed.start, fixed.end)
        case OpsgenieSchedule():
            for place, rotation in enumerate(schedule.rotations):
                where = (*path, "rotations", place, "endDate")
                yield _Span(where, rotation.start_date, rotation.end_date)
            for place, each in enumerate(schedule.overrides):
                yield _Span((*path, "overrides", place, "endDate"), each.start_date, each.end_date)
