"""Escalation policies and schedules in PagerDuty's form.

Source: PagerDuty REST API v2 (escalation policies, schedules, services).
Delays keep PagerDuty's field names and units (minutes, seconds) so that a team's export loads unchanged.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.quantities import Duration, Instant
from drillbook.model.routing import Routing


class Target(Model):
    """Somebody or some schedule that a rule notifies."""

    id: str
    """A person's or a schedule's id."""
    type: Literal["user_reference", "schedule_reference", "user", "schedule"]
    """PagerDuty's reference types; the short forms mean the same."""


class EscalationRule(Model):
    """One level of an escalation policy."""

    escalation_delay_in_minutes: Annotated[float, Field(ge=0)]
    """Time before this level is left for the next one."""
    targets: Annotated[list[Target], Field(min_length=1, max_length=10)]
    escalation_rule_assignment_strategy: Literal["assign_to_everyone", "round_robin"] = "assign_to_everyone"


class EscalationPolicy(Model):
    """Who is notified, in which order, until somebody acknowledges."""

    id: Name
    name: str
    num_loops: Annotated[int, Field(ge=0, le=9)] = 0
    """How often the levels are repeated: N means N + 1 passes."""
    on_call_handoff_notifications: Literal["if_has_services", "always"] = "if_has_services"
    escalation_rules: Annotated[list[EscalationRule], Field(min_length=1)]


class Restriction(Model):
    """Hours within which a layer is in force."""

    type: Literal["daily_restriction", "weekly_restriction"]
    start_time_of_day: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$")]
    start_day_of_week: Annotated[int, Field(ge=1, le=7)] = 1
    """1 is Monday; weekly restrictions only."""
    duration_seconds: Annotated[int, Field(gt=0)]


class ScheduleUser(Model):
    """A place in a rotation."""

    user: str
    """A person's id."""


class Layer(Model):
    """One rotation of a schedule."""

    name: str
    start: Instant
    end: Instant | None = None
    users: Annotated[list[ScheduleUser], Field(min_length=1)]
    rotation_virtual_start: Instant
    rotation_turn_length_seconds: Annotated[int, Field(gt=0)]
    restrictions: list[Restriction] = []


class Override(Model):
    """Somebody stands in for a while."""

    start: Instant
    end: Instant
    user: str


class Schedule(Model):
    """Who is on call when; the last layer in force wins, an override wins over all."""

    id: Name
    name: str
    time_zone: str
    """IANA name, such as Europe/Berlin."""
    schedule_layers: Annotated[list[Layer], Field(min_length=1)]
    overrides: list[Override] = []


class PagerService(Model):
    """A service of the paging tool: what an alert's receiver pages."""

    id: Name
    name: str
    escalation_policy: Name
    acknowledgement_timeout: Duration | None = 1800.0
    """An acknowledged page triggers again after this time; null means never."""
    auto_resolve_timeout: Duration | None = 14400.0
    """An open page resolves itself after this time; null means never."""
    urgency: Literal["high", "low", "severity_based"] = "severity_based"
    """Low urgency never escalates; severity_based takes it from the alert's severity label."""


class OnCall(Model):
    """Everything between a firing alert and a person's phone."""

    routing: Routing
    services: list[PagerService]
    escalation_policies: list[EscalationPolicy]
    schedules: list[Schedule] = []
