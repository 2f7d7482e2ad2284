"""On call: services of the paging tool, what they follow, and when they are left in peace.

Services, maintenance windows and urgency rules have PagerDuty's form (REST API v2); escalation policies and
schedules have the form of the tool that their `profile` names, PagerDuty's where they name none.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from drillbook.model.base import Model, Name
from drillbook.model.policies.goalert import GoAlertPolicy
from drillbook.model.policies.grafana_oncall import GrafanaChain
from drillbook.model.policies.opsgenie import OpsgenieEscalation
from drillbook.model.policies.pagerduty import PagerDutyPolicy
from drillbook.model.quantities import Duration, Instant
from drillbook.model.routing import Routing
from drillbook.model.schedule import Rotation, Schedule, TimeOfDay, with_default_profile

EscalationPolicy: TypeAlias = Annotated[
    PagerDutyPolicy | GoAlertPolicy | OpsgenieEscalation | GrafanaChain,
    Field(discriminator="profile"),
    BeforeValidator(with_default_profile),
]
"""An escalation policy of any tool; PagerDuty's where `profile` is left out."""

UrgencyLevel = Literal["high", "low", "severity_based"]


def _with_unit(value: Any) -> Any:
    """PagerDuty writes timeouts as whole seconds."""
    return f"{value}s" if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else value


Timeout: TypeAlias = Annotated[Duration, BeforeValidator(_with_unit)]
"""Seconds, written as `30m`, or as a whole number of seconds as PagerDuty does."""


class ConstantUrgency(Model):
    """The same urgency at all times."""

    type: Literal["constant"]
    urgency: UrgencyLevel
    """Low urgency never escalates; severity_based takes it from the alert's severity label."""


class SupportHoursUrgency(Model):
    """An urgency during support hours, and another outside them."""

    type: Literal["use_support_hours"]
    during_support_hours: ConstantUrgency
    outside_support_hours: ConstantUrgency


class SupportHours(Model):
    """When a service is supported."""

    type: Literal["fixed_time_per_day"] = "fixed_time_per_day"
    time_zone: str
    """IANA name, such as Europe/Berlin."""
    start_time: TimeOfDay
    end_time: TimeOfDay
    days_of_week: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1)]
    """1 is Monday."""


class NamedTime(Model):
    """A moment that returns."""

    type: Literal["named_time"] = "named_time"
    name: Literal["support_hours_start", "support_hours_end"]


class UrgencyChange(Model):
    """Pages that nobody acknowledged get another urgency at a moment that returns."""

    type: Literal["urgency_change"] = "urgency_change"
    at: NamedTime
    to_urgency: Literal["high"]


class PagerService(Model):
    """A service of the paging tool: what an alert's receiver pages."""

    id: Name
    name: str
    escalation_policy: Name
    acknowledgement_timeout: Timeout | None = 1800.0
    """An acknowledged page triggers again after this time; null means never. Without meaning for GoAlert and
    Opsgenie, where an acknowledgement lasts."""
    auto_resolve_timeout: Timeout | None = 14400.0
    """An open page resolves itself after this time; null means never. Where it is left out, services that
    follow another tool's policy than PagerDuty's never do."""
    incident_urgency_rule: Annotated[ConstantUrgency | SupportHoursUrgency, Field(discriminator="type")] = (
        ConstantUrgency(type="constant", urgency="severity_based")
    )
    support_hours: SupportHours | None = None
    scheduled_actions: list[UrgencyChange] = []


class ServiceReference(Model):
    """A service, by its id."""

    id: str
    type: Literal["service_reference", "service"] = "service_reference"


class MaintenanceWindow(Model):
    """Work on services is announced: nobody is to be paged about them."""

    start_time: Instant
    end_time: Instant
    services: Annotated[list[ServiceReference], Field(min_length=1)]
    description: str = ""


class PolicyChange(Model):
    """Somebody edits an escalation policy while the drill runs."""

    at: Instant
    escalation_policy: EscalationPolicy
    """Takes the place of the policy of the same id and profile."""


class TeamMember(Model):
    """Somebody in a team."""

    user: str
    """A person's id."""
    role: Literal["admin", "user"] = "user"


class Team(Model):
    """People whom a policy notifies together."""

    id: Name
    name: str
    members: Annotated[list[TeamMember], Field(min_length=1)]


class OnCall(Model):
    """Everything between a firing alert and a person's phone."""

    routing: Routing
    services: list[PagerService]
    escalation_policies: list[EscalationPolicy]
    schedules: list[Schedule] = []
    rotations: list[Rotation] = []
    """GoAlert's rotations, which its schedules and policies name."""
    teams: list[Team] = []
    maintenance_windows: list[MaintenanceWindow] = []
    policy_changes: list[PolicyChange] = []
