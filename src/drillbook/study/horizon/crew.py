"""Who has the pager: the engineers of the rota, in turn, each site in its hours.

The rota is a schedule of the paging tool (`oncall.schedule`), one for each site and seat; who comes next on
the primary's is the secondary (insurance on-call runbook: a week primary, a week secondary).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from drillbook.model.horizon import Rota as Rules
from drillbook.model.horizon import Site
from drillbook.model.schedule import PagerDutySchedule
from drillbook.oncall.schedule import Rota
from drillbook.oncall.wall_clock import instant, local

Seat = Literal["primary", "secondary"]
SEATS: tuple[Seat, ...] = ("primary", "secondary")
HANDOFF = "09:00"
"""When a turn begins where the site covers the whole day: on Monday, nine o'clock (insurance runbook)."""


class Engineer(NamedTuple):
    """Somebody of the rota."""

    id: str
    """The site's id and a number, such as home-3."""
    zone: ZoneInfo


class Shift(NamedTuple):
    """An engineer has a seat for a while; instants in UTC."""

    seat: Seat
    engineer: Engineer
    begin: datetime
    end: datetime


class Crew:
    """The rota of a horizon."""

    def __init__(self, rules: Rules, start: datetime) -> None:
        self.engineers = {
            f"{site.id}-{number}": Engineer(f"{site.id}-{number}", ZoneInfo(site.time_zone))
            for site in rules.sites
            for number in range(1, site.engineers + 1)
        }
        seats = SEATS if rules.secondary else SEATS[:1]
        self._rotas = {
            seat: [
                Rota(_schedule(site, place, rules.turn, start))
                for site in rules.sites
                if site.engineers > place
            ]
            for place, seat in enumerate(seats)
        }

    def holder(self, seat: Seat, at: datetime) -> Engineer | None:
        """Who has a seat at an instant; None where nobody has. Where sites overlap, the first of them."""
        for rota in self._rotas.get(seat, ()):
            for name in rota.on_call(at):
                return self.engineers[name]
        return None

    def shifts(self, start: datetime, end: datetime) -> Iterator[Shift]:
        """Everybody's time on call, seat by seat."""
        for seat, rotas in self._rotas.items():
            at = start
            while rotas and at < end:
                changes = [each for each in (rota.next_boundary(at) for rota in rotas) if each]
                until = min([*changes, end])
                engineer = self.holder(seat, at)
                if engineer is not None:
                    yield Shift(seat, engineer, at, until)
                at = until


def _schedule(site: Site, place: int, turn: float, start: datetime) -> PagerDutySchedule:
    """A site's schedule of one seat: its engineers in turn, `place` people later."""
    names = [f"{site.id}-{number}" for number in range(1, site.engineers + 1)]
    zone = ZoneInfo(site.time_zone)
    begins = time.fromisoformat(site.begins or HANDOFF)
    day = local(start, zone).date()
    monday = datetime.combine(day - timedelta(days=day.weekday()), begins)
    first = instant(monday, zone)
    if first > start:
        first = instant(monday - timedelta(days=7), zone)
    layer = {
        "name": site.id,
        "start": first.isoformat(),
        "rotation_virtual_start": first.isoformat(),
        "rotation_turn_length_seconds": int(turn),
        "users": [{"user": name} for name in names[place:] + names[:place]],
        "restrictions": _hours(site),
    }
    return PagerDutySchedule.model_validate(
        {"id": site.id, "name": site.id, "time_zone": site.time_zone, "schedule_layers": [layer]}
    )


def _hours(site: Site) -> list[dict[str, Any]]:
    if site.begins is None or site.ends is None or site.begins == site.ends:
        return []
    begin, end = (60 * int(text[:2]) + int(text[3:]) for text in (site.begins, site.ends))
    return [
        {
            "type": "daily_restriction",
            "start_time_of_day": f"{site.begins}:00",
            "duration_seconds": 60 * ((end - begin) % 1440),
        }
    ]
