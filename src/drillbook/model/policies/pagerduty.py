"""Escalation policies in PagerDuty's form. Source: PagerDuty REST API v2, escalation policies.

Delays keep PagerDuty's field names and units so that a team's export loads unchanged.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name


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


class PagerDutyPolicy(Model):
    """Who is notified, in which order, until somebody acknowledges."""

    profile: Literal["pagerduty"] = "pagerduty"
    id: Name
    name: str
    num_loops: Annotated[int, Field(ge=0, le=9)] = 0
    """How often the levels are repeated: N means N + 1 passes."""
    on_call_handoff_notifications: Literal["if_has_services", "always"] = "if_has_services"
    """Whether people are told when they come on call: only where a service uses the policy, or always."""
    escalation_rules: Annotated[list[EscalationRule], Field(min_length=1)]
