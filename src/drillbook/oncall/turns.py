"""Turns of a rotation: who comes after whom, and when one hands over to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from drillbook.oncall.wall_clock import instant, local


@dataclass(frozen=True, slots=True)
class Turns:
    """People in turn, for ever, before the start too. `handoff` says when, in UTC, turn n begins."""

    users: tuple[str | None, ...]
    handoff: Callable[[int], datetime]
    length: timedelta
    """Of a turn, about."""

    def number(self, at: datetime) -> int:
        """The number of the turn that an instant belongs to; turn 0 begins at the start."""
        number = (at - self.handoff(0)) // self.length
        # Around a clock change, and with months, the estimate can be off.
        while at < self.handoff(number):
            number -= 1
        while at >= self.handoff(number + 1):
            number += 1
        return number

    def user(self, at: datetime, by: int = 0) -> str | None:
        """Whose turn it is, or would be `by` turns later."""
        return self.users[(self.number(at) + by) % len(self.users)]

    def next_handoff(self, at: datetime) -> datetime:
        """When the next turn begins."""
        return self.handoff(self.number(at) + 1)


def elapsed(users: tuple[str | None, ...], start: datetime, turn: timedelta) -> Turns:
    """Turns that are counted in elapsed time."""
    begin = start.astimezone(UTC)
    return Turns(users, lambda number: begin + number * turn, turn)


def by_wall_clock(users: tuple[str | None, ...], start: datetime, turn: timedelta, zone: ZoneInfo) -> Turns:
    """Turns that follow the wall clock of a zone, so that a handoff keeps its hour when clocks change."""
    shown = local(start, zone)
    return Turns(users, lambda number: instant(shown + number * turn, zone), turn)


def by_month(users: tuple[str | None, ...], start: datetime, months: int, zone: ZoneInfo) -> Turns:
    """Turns of whole months; a day that a month lacks is so many days into the next one, as Go counts."""
    shown = local(start, zone)
    return Turns(
        users,
        lambda number: instant(_months_later(shown, number * months), zone),
        timedelta(days=30 * months),
    )


def _months_later(shown: datetime, months: int) -> datetime:
    years, month = divmod(shown.month - 1 + months, 12)
    first = shown.replace(year=shown.year + years, month=month + 1, day=1)
    return first + timedelta(days=shown.day - 1)
