"""Hours of the day or of the week within which a schedule's layer is in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from drillbook.model.schedule import Restriction
from drillbook.oncall.wall_clock import instant, local

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Hours:
    """A window that returns every day or every week; wall-clock times of the schedule's zone."""

    zone: ZoneInfo
    period: timedelta
    offset: timedelta
    """Start of the window after midnight of the day, or of the week's Monday."""
    duration: timedelta

    def windows(self, around: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Start and end of each window that may hold an instant, and of the next one after it."""
        shown = local(around, self.zone)
        midnight = datetime.combine(shown.date(), time())
        first = midnight if self.period == DAY else midnight - shown.weekday() * DAY
        for number in range(-1 - self.duration // self.period, 2):
            start = first + number * self.period + self.offset
            yield instant(start, self.zone), instant(start + self.duration, self.zone, last=True)

    def contain(self, at: datetime) -> bool:
        """Whether an instant is within a window; the start belongs to it, the end does not."""
        return any(start <= at < end for start, end in self.windows(at))


def restricted(restriction: Restriction, zone: ZoneInfo) -> Hours:
    """A layer's restriction, ready to ask."""
    start = time.fromisoformat(restriction.start_time_of_day)
    offset = timedelta(hours=start.hour, minutes=start.minute, seconds=start.second)
    duration = timedelta(seconds=restriction.duration_seconds)
    if restriction.type == "daily_restriction":
        return Hours(zone, DAY, offset, duration)
    return Hours(zone, WEEK, offset + (restriction.start_day_of_week - 1) * DAY, duration)
