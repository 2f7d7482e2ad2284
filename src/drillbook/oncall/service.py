"""The paging tool's services: which policy they follow, their timeouts and their urgency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from drillbook.model.labels import Labels, get
from drillbook.model.policies.pagerduty import PagerDutyPolicy
from drillbook.model.policy import ConstantUrgency, OnCall, PagerService, SupportHours, UrgencyLevel
from drillbook.oncall.page import Urgency
from drillbook.oncall.restriction import DAY, WEEK, Hours

LOW_SEVERITIES = frozenset({"warning", "info", "low", "none", "notice", "debug"})
"""Values of an alert's severity label that need nobody out of bed; every other one, and none, does."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service, ready to page; times in seconds, None where the tool is told never."""

    id: str
    policy: str
    acknowledgement_timeout: float | None
    auto_resolve_timeout: float | None
    during: UrgencyLevel
    outside: UrgencyLevel
    """Outside support hours; the same as during them where there are none."""
    support: tuple[Hours, ...] = ()
    rises: tuple[str, ...] = ()
    """Ends of support hours at which pages that nobody acknowledged become urgent: `start`, `end`."""

    def urgency(self, alerts: tuple[Labels, ...], at: datetime) -> Urgency:
        """The urgency at an instant of a page for these alerts; of severities the gravest counts."""
        supported = any(hours.contain(at) for hours in self.support)
        level = self.during if supported else self.outside
        if level != "severity_based":
            return level
        low = alerts and all(get(each, "severity").lower() in LOW_SEVERITIES for each in alerts)
        return "low" if low else "high"

    def rises_after(self, at: datetime) -> datetime | None:
        """When pages that nobody acknowledged become urgent next; None where they never do."""
        windows = [window for hours in self.support for window in hours.windows(at)]
        moments = [window[0] for window in windows if "start" in self.rises]
        moments += [window[1] for window in windows if "end" in self.rises]
        return min((moment for moment in moments if moment > at), default=None)


def compile_services(on_call: OnCall) -> dict[str, Service]:
    """The services by id."""
    known = {each.id for each in on_call.escalation_policies if isinstance(each, PagerDutyPolicy)}
    return {
        each.id: _service(each) if each.escalation_policy in known else _foreign(each)
        for each in on_call.services
    }


def _service(service: PagerService) -> Service:
    rule = service.incident_urgency_rule
    if isinstance(rule, ConstantUrgency):
        during = outside = rule.urgency
    else:
        during, outside = rule.during_support_hours.urgency, rule.outside_support_hours.urgency
    return Service(
        service.id,
        service.escalation_policy,
        service.acknowledgement_timeout,
        service.auto_resolve_timeout,
        during,
        outside,
        support_windows(service.support_hours) if service.support_hours else (),
        tuple(each.at.name.removeprefix("support_hours_") for each in service.scheduled_actions),
    )


def _foreign(service: PagerService) -> Service:
    """A service under another tool's policy: no urgency, and only the timeouts that it names."""
    said = service.model_fields_set
    return Service(
        service.id,
        service.escalation_policy,
        service.acknowledgement_timeout if "acknowledgement_timeout" in said else None,
        service.auto_resolve_timeout if "auto_resolve_timeout" in said else None,
        "high",
        "high",
    )


def support_windows(hours: SupportHours) -> tuple[Hours, ...]:
    """Support hours by day of the week; those that end at or before their start go on into the next day."""
    zone = ZoneInfo(hours.time_zone)
    start, end = (_of_day(time.fromisoformat(text)) for text in (hours.start_time, hours.end_time))
    lasts = end - start if end > start else end - start + DAY
    days = sorted(set(hours.days_of_week))
    return tuple(Hours(zone, WEEK, (day - 1) * DAY + start, lasts) for day in days)


def _of_day(shown: time) -> timedelta:
    return timedelta(hours=shown.hour, minutes=shown.minute, seconds=shown.second)
