"""Which course an escalation policy takes: one per paging tool."""

from __future__ import annotations

from drillbook.model.policies.goalert import GoAlertPolicy
from drillbook.model.policies.grafana_oncall import GrafanaChain
from drillbook.model.policies.opsgenie import OpsgenieEscalation
from drillbook.model.policy import EscalationPolicy
from drillbook.oncall.course import Course
from drillbook.oncall.profiles.goalert import GoAlertCourse
from drillbook.oncall.profiles.grafana_oncall import GrafanaCourse
from drillbook.oncall.profiles.opsgenie import OpsgenieCourse
from drillbook.oncall.profiles.pagerduty import PagerDutyCourse
from drillbook.oncall.reach import Reach


def course(policy: EscalationPolicy, reach: Reach) -> Course:
    """A policy as its tool runs it."""
    match policy:
        case GoAlertPolicy():
            return GoAlertCourse(policy, reach)
        case OpsgenieEscalation():
            return OpsgenieCourse(policy, reach)
        case GrafanaChain():
            return GrafanaCourse(policy, reach)
    return PagerDutyCourse(policy, reach)
