"""The paging tool's services: which policy they follow, their timeouts and their urgency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drillbook.model.labels import Labels, get
from drillbook.model.policy import OnCall, PagerService
from drillbook.oncall.escalation import Policy, compile_policy
from drillbook.oncall.page import Urgency

LOW_SEVERITIES = frozenset({"warning", "info", "low", "none", "notice", "debug"})
"""Values of an alert's severity label that need nobody out of bed; every other one, and none, does."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service, ready to page; times in seconds, None where the tool is told never."""

    id: str
    policy: Policy
    acknowledgement_timeout: float | None
    auto_resolve_timeout: float | None
    urgency_rule: Literal["high", "low", "severity_based"]

    def urgency(self, alerts: tuple[Labels, ...]) -> Urgency:
        """The urgency of a page for these alerts; of severities the gravest counts."""
        if self.urgency_rule != "severity_based":
            return self.urgency_rule
        low = alerts and all(get(each, "severity").lower() in LOW_SEVERITIES for each in alerts)
        return "low" if low else "high"


def compile_services(on_call: OnCall) -> dict[str, Service]:
    """The services by id; KeyError for a policy that is not there."""
    policies = {policy.id: compile_policy(policy) for policy in on_call.escalation_policies}
    return {service.id: _service(service, policies) for service in on_call.services}


def _service(service: PagerService, policies: dict[str, Policy]) -> Service:
    return Service(
        service.id,
        policies[service.escalation_policy],
        service.acknowledgement_timeout,
        service.auto_resolve_timeout,
        service.urgency,
    )
