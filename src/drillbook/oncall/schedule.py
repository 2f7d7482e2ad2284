"""Who is on call when: rotations in layers, restrictions, overrides.

Source: PagerDuty's schedules. Rotations whose turn is a whole number of days follow the wall clock of
the schedule's zone, so that a handoff stays at its hour when clocks change; shorter and odd turns are
counted in elapsed time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from drillbook.model.policy import Layer, Override, Schedule
from drillbook.oncall.restriction import DAY, Hours, hours
from drillbook.oncall.wall_clock import instant, local

_HORIZON = 400 * DAY


@dataclass(frozen=True, slots=True)
class _Rotation:
    users: tuple[str, ...]
    start: datetime
    turn: timedelta
    zone: ZoneInfo | None
    """The zone whose wall clock the turns follow; None where they follow elapsed time."""

    def handoff(self, number: int) -> datetime:
        """When a turn begins; turn 0 begins at the virtual start."""
        if self.zone is None:
            return self.start + number * self.turn
        return instant(local(self.start, self.zone) + number * self.turn, self.zone)

    def turn_at(self, at: datetime) -> int:
        if self.zone is None:
            return (at - self.start) // self.turn
        number = (local(at, self.zone) - local(self.start, self.zone)) // self.turn
        # Around a clock change the wall clock can be ahead of, or behind, the handoff's instant.
        if at < self.handoff(number):
            return number - 1
        return number + 1 if at >= self.handoff(number + 1) else number


@dataclass(frozen=True, slots=True)
class _Layer:
    start: datetime
    end: datetime | None
    rotation: _Rotation
    restrictions: tuple[Hours, ...]

    def on_call(self, at: datetime) -> str | None:
        if at < self.start or (self.end is not None and at >= self.end):
            return None
        if self.restrictions and not any(hours.contain(at) for hours in self.restrictions):
            return None
        users = self.rotation.users
        return users[self.rotation.turn_at(at) % len(users)]

    def boundaries(self, at: datetime) -> Iterator[datetime]:
        yield self.start
        if self.end is not None:
            yield self.end
        if len(self.rotation.users) > 1:
            yield self.rotation.handoff(self.rotation.turn_at(at) + 1)
        for each in self.restrictions:
            for window in each.windows(at):
                yield from window


class Rota:
    """A schedule, ready to ask. Instants are aware datetimes of any zone."""

    def __init__(self, schedule: Schedule) -> None:
        zone = ZoneInfo(schedule.time_zone)
        self._layers = tuple(_layer(layer, zone) for layer in reversed(schedule.schedule_layers))
        self._overrides = tuple(_utc(override) for override in reversed(schedule.overrides))

    def on_call(self, at: datetime) -> str | None:
        """The person on call at an instant, if any: an override before the last layer in force.

        Of overrides that overlap the last listed counts.
        """
        at = at.astimezone(UTC)
        for start, end, user in self._overrides:
            if start <= at < end:
                return user
        found = (layer.on_call(at) for layer in self._layers)
        return next((user for user in found if user is not None), None)

    def next_boundary(self, at: datetime) -> datetime | None:
        """The next instant at which a layer, restriction, turn or override begins or ends, in UTC.

        Until then nothing changes; at it the same person may go on. None if nothing is to come.
        """
        at = at.astimezone(UTC)
        return min((moment for moment in self._boundaries(at) if moment > at), default=None)

    def next_change(self, at: datetime) -> datetime | None:
        """The next instant, in UTC, at which somebody else (or nobody) is on call.

        None if that does not happen within 400 days.
        """
        at = at.astimezone(UTC)
        user, moment = self.on_call(at), self.next_boundary(at)
        while moment is not None and moment <= at + _HORIZON:
            if self.on_call(moment) != user:
                return moment
            moment = self.next_boundary(moment)
        return None

    def _boundaries(self, at: datetime) -> Iterator[datetime]:
        for layer in self._layers:
            yield from layer.boundaries(at)
        for start, end, _ in self._overrides:
            yield start
            yield end


def _utc(override: Override) -> tuple[datetime, datetime, str]:
    return override.start.astimezone(UTC), override.end.astimezone(UTC), override.user


def _layer(layer: Layer, zone: ZoneInfo) -> _Layer:
    turn = timedelta(seconds=layer.rotation_turn_length_seconds)
    users = tuple(entry.user for entry in layer.users)
    start = layer.rotation_virtual_start.astimezone(UTC)
    rotation = _Rotation(users, start, turn, None if turn % DAY else zone)
    end = layer.end and layer.end.astimezone(UTC)
    restrictions = tuple(hours(restriction, zone) for restriction in layer.restrictions)
    return _Layer(layer.start.astimezone(UTC), end, rotation, restrictions)
