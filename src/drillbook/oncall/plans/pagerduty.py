"""PagerDuty's schedules: one person at a time. Source: PagerDuty's REST API v2, schedules.

Turns of whole days follow the wall clock of the schedule's zone, so that a handoff stays at its hour when
clocks change; shorter and odd turns are counted in elapsed time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from drillbook.model.schedule import Layer, PagerDutySchedule
from drillbook.oncall.cover import Cover
from drillbook.oncall.restriction import DAY, restricted
from drillbook.oncall.turns import by_wall_clock, elapsed


class PagerDutyPlan:
    """Layers of which the last in force counts, under overrides of which the last listed counts."""

    def __init__(self, schedule: PagerDutySchedule) -> None:
        zone = ZoneInfo(schedule.time_zone)
        self._layers = tuple(_cover(layer, zone) for layer in reversed(schedule.schedule_layers))
        self._overrides = tuple(
            (each.start.astimezone(UTC), each.end.astimezone(UTC), each.user)
            for each in reversed(schedule.overrides)
        )

    def on_call(self, at: datetime, by: int = 0) -> tuple[str, ...]:
        """The person on call, if any; with `by`, who would be by the layers alone."""
        for start, end, user in self._overrides if not by else ():
            if start <= at < end:
                return (user,)
        found = (layer.on_call(at, by) for layer in self._layers)
        first = next((user for user in found if user is not None), None)
        return () if first is None else (first,)

    def boundaries(self, at: datetime) -> Iterator[datetime]:
        """Instants at which the answer may change."""
        for layer in self._layers:
            yield from layer.boundaries(at)
        for start, end, _ in self._overrides:
            yield start
            yield end


def _cover(layer: Layer, zone: ZoneInfo) -> Cover:
    turn = timedelta(seconds=layer.rotation_turn_length_seconds)
    users = tuple(entry.user for entry in layer.users)
    start = layer.rotation_virtual_start
    turns = elapsed(users, start, turn) if turn % DAY else by_wall_clock(users, start, turn, zone)
    end = layer.end and layer.end.astimezone(UTC)
    hours = tuple(restricted(each, zone) for each in layer.restrictions)
    return Cover(layer.start.astimezone(UTC), end, turns, hours)
