"""Opsgenie's objects into escalation policies, schedules and teams of a playbook."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.loading.document import Document, Path
from drillbook.loading.foreign.making import Making, dumped
from drillbook.loading.foreign.opsgenie import (
    OgEscalation,
    OgFile,
    OgOverride,
    OgParty,
    OgRotation,
    OgRule,
    OgSchedule,
)
from drillbook.loading.foreign.parts import Parts, Values
from drillbook.loading.shown import quoted
from drillbook.loading.validate import Authored


def opsgenie_parts(files: Sequence[Authored[OgFile]]) -> Parts:
    """The escalations, schedules and teams of all files together."""
    making = _Making(files)
    making.take_teams()
    making.take_schedules()
    making.take_escalations()
    making.list_the_rest(OgFile)
    return making.parts


class _Making(Making):
    tool = "Opsgenie"

    def take_teams(self) -> None:
        for document, path, team in self.each("team", "teams"):
            members = [
                {"user": self._person(each.user), "role": "admin" if each.role == "admin" else "user"}
                for each in team.members
            ]
            if members:
                self.parts.teams.append({**self.head("team", document, path, team), "members": members})
            else:
                message = f"the team {quoted(team.title)} has no members in this file"
                self.note(document, path, message, "left out; export it by itself")

    def take_schedules(self) -> None:
        for document, path, schedule in self.each("schedule", "schedules"):
            rotations = self._rotations(document, path, schedule)
            if not rotations:
                message = f"the schedule {quoted(schedule.title)} has no rotations in this file"
                self.note(document, path, message, "left out; export it with `expand=rotation`")
                continue
            if schedule.enabled is False:
                message = f"the schedule {quoted(schedule.title)} is not enabled"
                self.note(document, (*path, "enabled"), message, "here it is in force")
            values = {"profile": "opsgenie", **self.head("schedule", document, path, schedule)}
            values |= {"timezone": schedule.timezone, "rotations": rotations}
            if schedule.overrides:
                values["overrides"] = [self._override(each) for each in schedule.overrides]
            self.parts.schedules.append(values)

    def take_escalations(self) -> None:
        for document, path, escalation in self.each("policy", "escalations"):
            rules = [
                self._rule(document, (*path, "rules", place), rule)
                for place, rule in enumerate(escalation.rules)
            ]
            kept = [rule for rule in rules if rule]
            if kept:
                self.parts.escalation_policies.append(self._escalation(document, path, escalation, kept))
            else:
                message = f"the escalation {quoted(escalation.title)} notifies nobody who is in these files"
                self.note(document, path, message, "left out")
        self.serve_every_policy({})

    def _person(self, party: OgParty) -> str:
        return self.names.give("person", party.key, party.title)

    def _escalation(
        self, document: Document, path: Path, escalation: OgEscalation, rules: list[Values]
    ) -> Values:
        values = {"profile": "opsgenie", **self.head("policy", document, path, escalation), "rules": rules}
        if escalation.repeat:
            values["repeat"] = {key: value for key, value in dumped(escalation.repeat).items() if value}
        return values

    def _rule(self, document: Document, path: Path, rule: OgRule) -> Values | None:
        recipient = self._recipient(document, (*path, "recipient"), rule.recipient)
        if recipient is None:
            return None
        values: Values = {"condition": rule.condition, "notifyType": rule.notify_type}
        return {**values, "delay": dumped(rule.delay), "recipient": recipient}

    def _recipient(self, document: Document, path: Path, party: OgParty) -> Values | None:
        if party.type == "user":
            return {"type": "user", "id": self._person(party)}
        defined = {"schedule": self.parts.schedules, "team": self.parts.teams}.get(party.type, [])
        id_ = self.names.known(party.type, party.key)
        if id_ in {each["id"] for each in defined}:
            return {"type": party.type, "id": id_}
        message = f"the {party.type} {quoted(party.title)} is in none of the files"
        self.note(document, path, message, "the rule is left out; import its export too")
        return None

    def _rotations(self, document: Document, path: Path, schedule: OgSchedule) -> list[Values]:
        made = []
        for place, rotation in enumerate(schedule.rotations):
            here = (*path, "rotations", place)
            participants = self._participants(document, here, rotation)
            if participants:
                made.append(self._rotation(place, rotation, participants))
        return made

    def _rotation(self, place: int, rotation: OgRotation, participants: list[Values]) -> Values:
        values: Values = {
            "name": rotation.name or f"rotation-{place + 1}",
            "type": rotation.type,
            "length": rotation.length,
            "startDate": rotation.start_date.isoformat(),
        }
        if rotation.end_date is not None:
            values["endDate"] = rotation.end_date.isoformat()
        values["participants"] = participants
        if rotation.time_restriction:
            values["timeRestriction"] = dumped(rotation.time_restriction)
        return values

    def _participants(self, document: Document, path: Path, rotation: OgRotation) -> list[Values]:
        made: list[Values] = []
        for place, party in enumerate(rotation.participants):
            if party.type == "user":
                made.append({"type": "user", "id": self._person(party)})
                continue
            made.append({"type": "none"})
            if party.type != "none":
                message = f"a {party.type}, {quoted(party.title)}, takes part in a rotation"
                here = (*path, "participants", place)
                self.note(document, here, message, "nobody is on call in its turn; name people instead")
        return made

    def _override(self, override: OgOverride) -> Values:
        values: Values = {
            "user": self._person(override.user),
            "startDate": override.start_date.isoformat(),
            "endDate": override.end_date.isoformat(),
        }
        names = [each.name for each in override.rotations if each.name]
        return {**values, "rotations": names} if names else values
