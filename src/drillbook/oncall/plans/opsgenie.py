"""Opsgenie's schedules: everybody whose turn it is in any rotation. Source: Opsgenie's Schedule API v2.

Daily and weekly turns follow the wall clock of the schedule's zone, hourly ones elapsed time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from drillbook.model.schedule import (
    EveryDay,
    OpsgenieOverride,
    OpsgenieRotation,
    OpsgenieSchedule,
    SomeDays,
    TimeOfDayRestriction,
)
from drillbook.oncall.cover import Cover
from drillbook.oncall.restriction import DAY, WEEK, Hours
from drillbook.oncall.turns import by_wall_clock, elapsed

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class OpsgeniePlan:
    """Rotations side by side; an override stands in where a rotation has somebody on call."""

    def __init__(self, schedule: OpsgenieSchedule) -> None:
        zone = ZoneInfo(schedule.timezone)
        self._rotations = tuple((each.name, _cover(each, zone)) for each in schedule.rotations)
        self._overrides = schedule.overrides

    def on_call(self, at: datetime, by: int = 0) -> tuple[str, ...]:
        """Everybody on call, or who would be `by` turns later, in the order of the rotations, each once."""
        found = [(name, user) for name, cover in self._rotations if (user := cover.on_call(at, by))]
        if by:
            return tuple(dict.fromkeys(user for _, user in found))
        return tuple(dict.fromkeys(self._stands_in(name, at) or user for name, user in found))

    def boundaries(self, at: datetime) -> Iterator[datetime]:
        """Instants at which the answer may change."""
        for _, cover in self._rotations:
            yield from cover.boundaries(at)
        for override in self._overrides:
            yield override.start_date.astimezone(UTC)
            yield override.end_date.astimezone(UTC)

    def _stands_in(self, rotation: str, at: datetime) -> str | None:
        def holds(each: OpsgenieOverride) -> bool:
            named = not each.rotations or rotation in each.rotations
            return named and each.start_date <= at < each.end_date

        return next((each.user for each in reversed(self._overrides) if holds(each)), None)


def _cover(rotation: OpsgenieRotation, zone: ZoneInfo) -> Cover:
    users = tuple(each.id if each.type == "user" else None for each in rotation.participants)
    start = rotation.start_date
    if rotation.type == "hourly":
        turns = elapsed(users, start, timedelta(hours=rotation.length))
    else:
        unit = DAY if rotation.type == "daily" else WEEK
        turns = by_wall_clock(users, start, rotation.length * unit, zone)
    end = rotation.end_date and rotation.end_date.astimezone(UTC)
    return Cover(start.astimezone(UTC), end, turns, tuple(_hours(rotation.time_restriction, zone)))


def _hours(restriction: EveryDay | SomeDays | None, zone: ZoneInfo) -> Iterator[Hours]:
    if isinstance(restriction, EveryDay):
        start, end = _span(restriction.restriction)
        yield Hours(zone, DAY, start, end - start if end > start else end - start + DAY)
    elif restriction is not None:
        for each in restriction.restrictions:
            start, end = _span(each)
            start += _DAYS.index(each.start_day) * DAY
            end += _DAYS.index(each.end_day) * DAY
            yield Hours(zone, WEEK, start, end - start if end > start else end - start + WEEK)


def _span(of: TimeOfDayRestriction) -> tuple[timedelta, timedelta]:
    start = timedelta(hours=of.start_hour, minutes=of.start_min)
    return start, timedelta(hours=of.end_hour, minutes=of.end_min)
