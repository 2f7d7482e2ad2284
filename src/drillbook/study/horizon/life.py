"""A person's days on call: work, sleep, and how sleepy they are.

Sleep is that of a usual night, broken by incidents; after a page at night people sleep in as far as their
time off in lieu goes. Sleepiness is the three-process model (`people.fatigue`). Times are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from drillbook.model.horizon import Fatigue, Pay
from drillbook.oncall.wall_clock import instant, local
from drillbook.people import fatigue
from drillbook.people.delays import night_factor
from drillbook.study.horizon.spans import Span, length, merged, within, without

LATENCY = 1800.0
"""Time until somebody who was woken sleeps again, in seconds (assumption)."""
MEMORY = 8
"""Nights that count: what was before has no influence by then."""
OFFICE_FROM, OFFICE_UNTIL = time(9), time(17)
"""An ordinary working day, Monday to Friday (assumption)."""
_HOUR = 3600.0
_WEEKEND = 5


@dataclass(slots=True)
class Life:
    """What a person did and slept; grows as incidents come, in the order of their beginnings."""

    zone: ZoneInfo
    rules: Fatigue
    pay: Pay
    work: list[Span] = field(default_factory=list)
    """Incidents that they worked on."""
    handled: list[Span] = field(default_factory=list)
    """Those of them that they acknowledged."""
    pages: list[float] = field(default_factory=list)
    """When they were paged."""
    severe: list[float] = field(default_factory=list)
    """When an incident of the highest severity that they handled began."""
    sleepiest: list[tuple[float, float]] = field(default_factory=list)
    """When they took an incident, and their Karolinska sleepiness then."""

    @property
    def free_at(self) -> float:
        """When the last incident is over for them."""
        return max((end for _, end in self.work), default=0.0)

    @property
    def night_pages(self) -> list[float]:
        """Pages at night where they are."""
        return [t for t in self.pages if self.is_night(t)]

    def hour(self, t: float) -> float:
        """The hour of the day where they are."""
        shown = local(datetime.fromtimestamp(t, UTC), self.zone)
        return shown.hour + shown.minute / 60 + shown.second / 3600

    def is_night(self, t: float) -> bool:
        """Whether it is night where they are (evidence.md §2: 22 to 8)."""
        return night_factor(self.hour(t)) > 1

    def sleep(self, begin: float, end: float) -> list[Span]:
        """When they sleep between two times."""
        awake = [(low, high + LATENCY) for low, high in self.work]
        slept = without(self.usual_sleep(begin, end), awake)
        return merged([*slept, *within(self._lie_ins(begin, end), begin, end)])

    def usual_sleep(self, begin: float, end: float) -> list[Span]:
        """When they would sleep between two times if nobody called."""
        return within(self._nights(begin, end), begin, end)

    def waking(self, engaged: float) -> tuple[float, float]:
        """Since when somebody at work since `engaged` is awake, and their homeostatic level then."""
        first = self._rise(_day(engaged, self.zone) - timedelta(days=MEMORY))
        level, at = fatigue.RESTED, first
        for begin, end in self.sleep(first, engaged):
            level = fatigue.awake(level, (begin - at) / _HOUR)
            level = fatigue.asleep(level, (end - begin) / _HOUR)
            at = end
        return at, level

    def kss(self, now: float, woken: float, level: float) -> float:
        """Karolinska sleepiness of somebody awake since `woken`, at the homeostatic level `level` then."""
        hours = (now - woken) / _HOUR
        return fatigue.sleepiness(fatigue.awake(level, hours), self.hour(now), hours)

    def office(self, begin: float, end: float) -> list[Span]:
        """Ordinary working hours; a morning after a page at night begins later by the time off in lieu."""
        found = []
        for day in days_between(begin, end, self.zone):
            if day.weekday() < _WEEKEND:
                late = min(self.time_off(day), _HOUR * (OFFICE_UNTIL.hour - OFFICE_FROM.hour))
                found.append((self.at(day, OFFICE_FROM) + late, self.at(day, OFFICE_UNTIL)))
        return within(found, begin, end)

    def time_off(self, day: date) -> float:
        """Seconds off in lieu for the pages of the night that ends on a day."""
        bed, rise = self._night(day)
        pages = sum(min(bed, rise - 10 * _HOUR) <= t < rise + _HOUR for t in self.night_pages)
        return self.pay.lieu_per_night_page * pages

    def at(self, day: date, clock: time) -> float:
        """A time of a day where they are."""
        return instant(datetime.combine(day, clock), self.zone).timestamp()

    def _nights(self, begin: float, end: float) -> Iterator[Span]:
        for day in days_between(begin, end, self.zone):
            yield self._night(day)

    def _lie_ins(self, begin: float, end: float) -> Iterator[Span]:
        """Sleep after the usual hour, as much as the night lacked and time off in lieu allows."""
        awake = [(low, high + LATENCY) for low, high in self.work]
        for day in days_between(begin, end, self.zone):
            bed, rise = self._night(day)
            lost = length(within(awake, bed, rise))
            more = min(lost, self.time_off(day))
            if more > 0:
                yield from without([(rise, rise + more)], awake)

    def _night(self, day: date) -> Span:
        """The usual night that ends on a day."""
        rise = self._rise(day)
        bed = self.at(day, time.fromisoformat(self.rules.bed))
        return (
            bed if bed < rise else self.at(day - timedelta(days=1), time.fromisoformat(self.rules.bed)),
            rise,
        )

    def _rise(self, day: date) -> float:
        return self.at(day, time.fromisoformat(self.rules.rise))


def _day(t: float, zone: ZoneInfo) -> date:
    return local(datetime.fromtimestamp(t, UTC), zone).date()


def days_between(begin: float, end: float, zone: ZoneInfo) -> Iterator[date]:
    """The days that touch two times, and the one after."""
    day, last = _day(begin, zone), _day(end, zone) + timedelta(days=1)
    while day <= last:
        yield day
        day += timedelta(days=1)
