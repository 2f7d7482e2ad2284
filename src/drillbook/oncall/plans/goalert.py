"""GoAlert's schedules and rotations: everybody whose hours it is.

Source: GoAlert's schedule, rotation and override packages. All turns, hourly ones too, follow the wall
clock of the rotation's zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from drillbook.model.schedule import GoAlertSchedule, Rotation, ScheduleRule
from drillbook.oncall.restriction import DAY, WEEK, Hours
from drillbook.oncall.turns import Turns, by_month, by_wall_clock

_UNITS = {"hourly": timedelta(hours=1), "daily": DAY, "weekly": WEEK}
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def rotation_turns(rotation: Rotation) -> Turns:
    """A rotation, ready to ask."""
    zone, users = ZoneInfo(rotation.time_zone), tuple(rotation.user_ids)
    if rotation.type == "monthly":
        return by_month(users, rotation.start, rotation.shift_length, zone)
    return by_wall_clock(users, rotation.start, rotation.shift_length * _UNITS[rotation.type], zone)


class RotationPlan:
    """A rotation asked by itself, as a policy's step may do."""

    def __init__(self, rotation: Rotation) -> None:
        self._turns = rotation_turns(rotation)

    def on_call(self, at: datetime, by: int = 0) -> tuple[str, ...]:
        """Whose turn it is."""
        user = self._turns.user(at, by)
        return () if user is None else (user,)

    def boundaries(self, at: datetime) -> Iterator[datetime]:
        """The next handoff."""
        yield self._turns.next_handoff(at)


class GoAlertPlan:
    """Assignments with their hours, changed by overrides, all replaced by a temporary schedule.

    KeyError for a rotation that is not there.
    """

    def __init__(self, schedule: GoAlertSchedule, rotations: Mapping[str, Rotation]) -> None:
        zone = ZoneInfo(schedule.time_zone)
        self._assigned: list[tuple[Turns, tuple[Hours, ...]]] = []
        for each in schedule.targets:
            turns = (
                rotation_turns(rotations[each.target.id])
                if each.target.type == "rotation"
                else by_wall_clock((each.target.id,), _ALWAYS, DAY, zone)
            )
            hours = tuple(day for rule in each.rules for day in _hours(rule, zone))
            self._assigned.append((turns, hours))
        self._overrides = schedule.user_overrides
        self._temporary = schedule.temporary_schedules

    def on_call(self, at: datetime, by: int = 0) -> tuple[str, ...]:
        """Everybody on call, in the order of the assignments, each once."""
        for fixed in self._temporary:
            if fixed.start <= at < fixed.end:
                shifts = (each for each in fixed.shifts if each.start <= at < each.end)
                return tuple(dict.fromkeys(each.user_id for each in shifts))
        found = (
            turns.user(at, by) for turns, hours in self._assigned if any(each.contain(at) for each in hours)
        )
        people = dict.fromkeys(user for user in found if user is not None)
        for override in self._overrides:
            removed = override.remove_user_id
            if not override.start <= at < override.end or (removed and removed not in people):
                continue
            if removed:
                del people[removed]
            if override.add_user_id:
                people[override.add_user_id] = None
        return tuple(people)

    def boundaries(self, at: datetime) -> Iterator[datetime]:
        """Instants at which the answer may change."""
        for turns, hours in self._assigned:
            if len(turns.users) > 1:
                yield turns.next_handoff(at)
            for each in hours:
                for window in each.windows(at):
                    yield from window
        spans = [(each.start, each.end) for each in self._overrides]
        for fixed in self._temporary:
            spans += [(fixed.start, fixed.end), *((each.start, each.end) for each in fixed.shifts)]
        for start, end in spans:
            yield start.astimezone(UTC)
            yield end.astimezone(UTC)


def _hours(rule: ScheduleRule, zone: ZoneInfo) -> Iterator[Hours]:
    start, end = _of_day(rule.start), _of_day(rule.end)
    lasts = end - start if end > start else end - start + DAY
    for number, on in enumerate(rule.weekday_filter):
        if on:
            yield Hours(zone, WEEK, (number - 1) % 7 * DAY + start, lasts)


def _of_day(text: str) -> timedelta:
    read = time.fromisoformat(text)
    return timedelta(hours=read.hour, minutes=read.minute)
