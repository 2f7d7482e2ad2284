"""GoAlert's objects into escalation policies, schedules, rotations and services of a playbook."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.loading.document import Document, Path
from drillbook.loading.foreign.goalert import (
    GaAction,
    GaAssignment,
    GaFile,
    GaOverride,
    GaPolicy,
    GaRotation,
    GaSchedule,
    GaService,
    GaStep,
    GaTarget,
    GaTemporary,
    GaUser,
)
from drillbook.loading.foreign.making import Making
from drillbook.loading.foreign.parts import Parts, Values
from drillbook.loading.shown import quoted
from drillbook.loading.validate import Authored


def goalert_parts(files: Sequence[Authored[GaFile]]) -> Parts:
    """The policies, schedules, rotations and services of all files together."""
    making = _Making(files)
    making.take_rotations()
    making.take_schedules()
    making.take_policies()
    making.take_services()
    making.list_the_rest(GaFile)
    return making.parts


class _Making(Making):
    tool = "GoAlert"

    def __init__(self, files: Sequence[Authored[GaFile]]) -> None:
        super().__init__(files)
        named = [user for file in files for user in file.model.users]
        named += [user for file in files for rotation in file.model.rotations for user in rotation.users]
        self._titles = {user.id: user.title for user in reversed(named)}

    def take_rotations(self) -> None:
        for document, path, rotation in self.each("rotation", "rotations"):
            if rotation.user_ids or rotation.users:
                self.parts.rotations.append(self._rotation(document, path, rotation))
            else:
                message = f"nobody takes part in the rotation {quoted(rotation.title)}"
                self.note(document, path, message, "left out; the export needs `userIDs` or `users`")

    def take_schedules(self) -> None:
        for document, path, schedule in self.each("schedule", "schedules"):
            self.parts.schedules.append(self._schedule(document, path, schedule))

    def take_policies(self) -> None:
        for document, path, policy in self.each("policy", "escalation_policies"):
            self.parts.escalation_policies.append(self._policy(document, path, policy))

    def take_services(self) -> None:
        for document, path, service in self.each("service", "services"):
            self._take_service(document, path, service)
        self.serve_every_policy({})

    def _take_service(self, document: Document, path: Path, service: GaService) -> None:
        wanted = service.escalation_policy_id or (service.escalation_policy and service.escalation_policy.id)
        policy = self.names.known("policy", wanted or "")
        if policy is None:
            message = f"the policy of the service {quoted(service.title)} is in none of the files"
            self.note(document, path, message, "the service is left out")
            return
        values = self.head("service", document, path, service)
        self.parts.services.append({**values, "escalation_policy": policy})

    def _person(self, id_: str, name: str | None = None) -> str:
        return self.names.give("person", id_, self._titles.get(id_) or name or id_)

    def _rotation(self, document: Document, path: Path, rotation: GaRotation) -> Values:
        ids = rotation.user_ids or [user.id for user in rotation.users]
        return {
            **self.head("rotation", document, path, rotation),
            "type": rotation.type,
            "start": rotation.start.isoformat(),
            "timeZone": rotation.time_zone,
            "shiftLength": rotation.shift_length,
            "userIDs": [self._person(each) for each in ids],
        }

    def _policy(self, document: Document, path: Path, policy: GaPolicy) -> Values:
        values = self.head("policy", document, path, policy)
        steps = [
            self._step(document, (*path, "steps", place), each) for place, each in enumerate(policy.steps)
        ]
        return {"profile": "goalert", **values, "repeat": policy.repeat, "steps": steps}

    def _step(self, document: Document, path: Path, step: GaStep) -> Values:
        found = [
            self._target(document, (*path, "targets", place), each) for place, each in enumerate(step.targets)
        ]
        if not step.targets:
            found = [
                self._target(document, (*path, "actions", place), _pointed(each))
                for place, each in enumerate(step.actions)
            ]
        values: Values = {"delayMinutes": step.delay_minutes}
        return {**values, "targets": [target for target in found if target]}

    def _target(self, document: Document, path: Path, target: GaTarget) -> Values | None:
        if target.type == "user":
            return {"type": "user", "id": self._person(target.id, target.name)}
        if target.type not in ("schedule", "rotation"):
            message = f"a target of type {quoted(target.type)} notifies no person"
            self.note(document, path, message, "left out; the step and its delay stay")
            return None
        defined = self.parts.schedules if target.type == "schedule" else self.parts.rotations
        id_ = self.names.known(target.type, target.id)
        if id_ in {each["id"] for each in defined}:
            return {"type": target.type, "id": id_}
        message = f"the {target.type} {quoted(target.name or target.id)} is in none of the files"
        self.note(document, path, message, "it notifies nobody here; import its export too")
        return None

    def _schedule(self, document: Document, path: Path, schedule: GaSchedule) -> Values:
        values = {"profile": "goalert", **self.head("schedule", document, path, schedule)}
        values["timeZone"] = schedule.time_zone
        found = (
            self._assignment(document, (*path, "targets", place), each)
            for place, each in enumerate(schedule.targets)
        )
        values["targets"] = [each for each in found if each]
        overrides = [*schedule.user_overrides, *self._overrides_of(schedule)]
        if overrides:
            values["userOverrides"] = [self._override(each) for each in overrides]
        if schedule.temporary_schedules:
            values["temporarySchedules"] = [self._temporary(each) for each in schedule.temporary_schedules]
        return values

    def _overrides_of(self, schedule: GaSchedule) -> list[GaOverride]:
        """Overrides come in a list of their own, which names the schedule."""
        every = [each for file in self.files for each in file.model.user_overrides]
        return [each for each in every if each.target and each.target.id == schedule.id]

    def _assignment(self, document: Document, path: Path, assignment: GaAssignment) -> Values | None:
        target = self._target(document, (*path, "target"), assignment.target)
        if target is None or not assignment.rules:
            return None
        rules = [
            {"start": rule.start, "end": rule.end, "weekdayFilter": list(rule.weekday_filter)}
            for rule in assignment.rules
        ]
        return {"target": target, "rules": rules}

    def _override(self, override: GaOverride) -> Values:
        values: Values = {"start": override.start.isoformat(), "end": override.end.isoformat()}
        added = override.add_user_id or (override.add_user and override.add_user.id)
        removed = override.remove_user_id or (override.remove_user and override.remove_user.id)
        if added:
            values["addUserID"] = self._person(added, _name(override.add_user))
        if removed:
            values["removeUserID"] = self._person(removed, _name(override.remove_user))
        return values

    def _temporary(self, temporary: GaTemporary) -> Values:
        shifts = [
            {
                "start": shift.start.isoformat(),
                "end": shift.end.isoformat(),
                "userID": self._person(shift.user_id),
            }
            for shift in temporary.shifts
        ]
        return {"start": temporary.start.isoformat(), "end": temporary.end.isoformat(), "shifts": shifts}


def _name(user: GaUser | None) -> str | None:
    return user.name if user else None


def _pointed(action: GaAction) -> GaTarget:
    """An action as the older form has it: `builtin-user` with `user_id` is a target of type user."""
    kind = action.type.removeprefix("builtin-")
    id_ = {
        "user": action.args.user_id,
        "schedule": action.args.schedule_id,
        "rotation": action.args.rotation_id,
    }.get(kind)
    return GaTarget(id=id_ or "", type=kind)
