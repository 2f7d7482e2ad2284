"""What the calendar brings, whatever happens to pages: policies are edited, people come on call."""

from __future__ import annotations

from drillbook.model.policies.pagerduty import PagerDutyPolicy
from drillbook.model.policy import EscalationPolicy, OnCall
from drillbook.oncall.directory import Directory


class Diary:
    """Edits of policies, and handoffs that are told (PagerDuty's `on_call_handoff_notifications`)."""

    def __init__(self, on_call: OnCall, directory: Directory) -> None:
        self._directory = directory
        edits = ((directory.seconds(each.at), each.escalation_policy) for each in on_call.policy_changes)
        self._edits = sorted(edits, key=lambda edit: edit[0])
        self._names = {each.id: each.name for each in on_call.schedules}
        self._handoffs = {name: directory.next_change(name, 0.0) for name in _told(on_call)}

    def next_time(self) -> float | None:
        """When the next of it happens."""
        due = [each for each in self._handoffs.values() if each is not None]
        due += [t for t, _ in self._edits[:1]]
        return min(due, default=None)

    def edited(self, t: float) -> list[EscalationPolicy]:
        """The policies that were edited up to t, as they are now; each is given once."""
        done = [policy for at, policy in self._edits if at <= t]
        self._edits = self._edits[len(done) :]
        return done

    def came_on_call(self, t: float) -> list[tuple[str, str]]:
        """People who come on call at t, each with the schedule's name; each is given once."""
        came: list[tuple[str, str]] = []
        for schedule, due in self._handoffs.items():
            if due is not None and due <= t:
                before = self._directory.beside(schedule, due - 0.001, 0)
                now = self._directory.beside(schedule, due, 0)
                came += [(user, self._names[schedule]) for user in now if user not in before]
                self._handoffs[schedule] = self._directory.next_change(schedule, due)
        return came


def _told(on_call: OnCall) -> list[str]:
    """The schedules whose people are told when they come on call."""
    used = {service.escalation_policy for service in on_call.services}
    policies = [each for each in on_call.escalation_policies if isinstance(each, PagerDutyPolicy)]
    telling = [each for each in policies if each.on_call_handoff_notifications == "always" or each.id in used]
    targets = [target for each in telling for rule in each.escalation_rules for target in rule.targets]
    named = (target.id for target in targets if not target.type.startswith("user"))
    return list(dict.fromkeys(named))
