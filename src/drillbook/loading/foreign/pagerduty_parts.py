"""PagerDuty's objects into escalation policies, schedules and services of a playbook."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.loading.document import Document, Path
from drillbook.loading.foreign.making import ACKNOWLEDGEMENT_TIMEOUT, AUTO_RESOLVE_TIMEOUT, Making, dumped
from drillbook.loading.foreign.pagerduty import (
    NAMED,
    PdFile,
    PdLayer,
    PdObject,
    PdOverride,
    PdPolicy,
    PdRule,
    PdSchedule,
    PdService,
    PdTarget,
)
from drillbook.loading.foreign.parts import Parts, Values
from drillbook.loading.shown import quoted
from drillbook.loading.validate import Authored


def pagerduty_parts(files: Sequence[Authored[PdFile]]) -> Parts:
    """The policies, schedules and services of all files together; references lead from one to another."""
    making = _Making(files)
    making.take_schedules()
    making.take_policies()
    making.take_services()
    making.list_the_rest(PdFile)
    return making.parts


class _Making(Making):
    tool = "PagerDuty"

    def __init__(self, files: Sequence[Authored[PdFile]]) -> None:
        super().__init__(files)
        users = [user for file in files for user in file.model.users]
        self._titles = {user.id: user.title for user in reversed(users)}

    def take_schedules(self) -> None:
        for document, path, schedule in self.each("schedule", "schedules"):
            if schedule.schedule_layers:
                self.parts.schedules.append(self._schedule(document, path, schedule))
            else:
                message = f"the schedule {quoted(schedule.title)} has no layers in this file"
                self.note(document, path, message, "left out; export it by itself or with its layers")

    def take_policies(self) -> None:
        for document, path, policy in self.each("policy", "escalation_policies"):
            rules = self._rules(document, path, policy)
            if rules:
                self.parts.escalation_policies.append(self._policy(document, path, policy, rules))
            else:
                message = f"the policy {quoted(policy.title)} notifies nobody who is in these files"
                self.note(document, path, message, "left out")

    def take_services(self) -> None:
        there = {policy["id"] for policy in self.parts.escalation_policies}
        for document, path, service in self.each("service", "services"):
            policy = self.names.known("policy", service.escalation_policy.id)
            if policy is not None and policy in there:
                self.parts.services.append(self._service(document, path, service, policy))
            else:
                message = f"the policy of the service {quoted(service.title)} is in none of the files"
                self.note(document, (*path, "escalation_policy"), message, "the service is left out")
        self.serve_every_policy(
            {"acknowledgement_timeout": ACKNOWLEDGEMENT_TIMEOUT, "auto_resolve_timeout": AUTO_RESOLVE_TIMEOUT}
        )

    def _person(self, user: PdObject) -> str:
        return self.names.give("person", user.id, self._titles.get(user.id, user.title))

    def _policy(self, document: Document, path: Path, policy: PdPolicy, rules: list[Values]) -> Values:
        values = self.head("policy", document, path, policy)
        if policy.num_loops:
            values["num_loops"] = policy.num_loops
        if policy.on_call_handoff_notifications == "always":
            values["on_call_handoff_notifications"] = "always"
        return {**values, "escalation_rules": rules}

    def _rules(self, document: Document, path: Path, policy: PdPolicy) -> list[Values]:
        made = []
        for place, rule in enumerate(policy.escalation_rules):
            here = (*path, "escalation_rules", place)
            values = self._rule(document, here, rule)
            if values["targets"]:
                made.append(values)
            else:
                message = (
                    f"nobody whom level {place + 1} of {quoted(policy.title)} notifies is in these files"
                )
                self.note(document, here, message, "the level is left out, with its delay")
        return made

    def _rule(self, document: Document, path: Path, rule: PdRule) -> Values:
        found = (self._target(document, (*path, "targets", place), t) for place, t in enumerate(rule.targets))
        delay = rule.escalation_delay_in_minutes
        values: Values = {"escalation_delay_in_minutes": int(delay) if delay.is_integer() else delay}
        if rule.escalation_rule_assignment_strategy == "round_robin":
            values["escalation_rule_assignment_strategy"] = "round_robin"
        return {**values, "targets": [target for target in found if target]}

    def _target(self, document: Document, path: Path, target: PdTarget) -> Values | None:
        if target.type.startswith("user"):
            return {"type": "user_reference", "id": self._person(target)}
        id_ = self.names.known("schedule", target.id)
        if id_ in {schedule["id"] for schedule in self.parts.schedules}:
            return {"type": "schedule_reference", "id": id_}
        message = f"the schedule {quoted(target.title)} is in none of the files"
        self.note(document, path, message, "it notifies nobody here; import its export too")
        return None

    def _schedule(self, document: Document, path: Path, schedule: PdSchedule) -> Values:
        layers = schedule.schedule_layers or []
        from_api = any(place.user.type != NAMED for layer in layers for place in layer.users)
        values = self.head("schedule", document, path, schedule)
        values["time_zone"] = schedule.time_zone
        values["schedule_layers"] = [self._layer(each) for each in (reversed(layers) if from_api else layers)]
        rendered = schedule.overrides_subschedule
        overrides = [*schedule.overrides, *(rendered.rendered_schedule_entries if rendered else [])]
        if overrides:
            values["overrides"] = [self._override(each) for each in overrides]
        return values

    def _layer(self, layer: PdLayer) -> Values:
        values: Values = {"name": layer.name or "layer", "start": layer.start.isoformat()}
        if layer.end is not None:
            values["end"] = layer.end.isoformat()
        values["rotation_virtual_start"] = layer.rotation_virtual_start.isoformat()
        values["rotation_turn_length_seconds"] = layer.rotation_turn_length_seconds
        values["users"] = [{"user": self._person(place.user)} for place in layer.users]
        if layer.restrictions:
            values["restrictions"] = [dumped(each) for each in layer.restrictions]
        return values

    def _override(self, override: PdOverride) -> Values:
        start, end = override.start.isoformat(), override.end.isoformat()
        return {"start": start, "end": end, "user": self._person(override.user)}

    def _service(self, document: Document, path: Path, service: PdService, policy: str) -> Values:
        values = self.head("service", document, path, service)
        values["escalation_policy"] = policy
        values["acknowledgement_timeout"] = _seconds(service.acknowledgement_timeout)
        values["auto_resolve_timeout"] = _seconds(service.auto_resolve_timeout)
        if service.incident_urgency_rule:
            values["incident_urgency_rule"] = dumped(service.incident_urgency_rule)
        if service.support_hours:
            values["support_hours"] = dumped(service.support_hours)
        if service.scheduled_actions:
            values["scheduled_actions"] = [dumped(each) for each in service.scheduled_actions]
        if service.status in ("disabled", "maintenance"):
            message = f"the service {quoted(service.title)} is in state {service.status}"
            self.note(document, (*path, "status"), message, "here it pages")
        return values


def _seconds(value: int | None) -> str | None:
    return None if value is None else f"{value}s"
