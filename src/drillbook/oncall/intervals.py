"""Alertmanager's time intervals: when a route is muted, or active.

Source: Alertmanager `timeinterval/timeinterval.go`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from drillbook.model.routing import TimeInterval, TimeIntervalSpec, TimeRange

Span = tuple[int, int]
"""First and last of a range, both included."""

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")
_SHORTEST_MONTH = 28


@dataclass(frozen=True, slots=True)
class Interval:
    """One part of a time interval; None where anything will do."""

    minutes: tuple[Span, ...] | None
    """Of the day; the last minute of each range does not belong to it."""
    days_of_month: tuple[Span, ...] | None
    months: tuple[Span, ...] | None
    weekdays: tuple[Span, ...] | None
    """Sunday is 0."""
    years: tuple[Span, ...] | None
    zone: tzinfo

    def contains(self, at: datetime) -> bool:
        """Whether an instant is within it."""
        shown = at.astimezone(self.zone)
        minute = shown.hour * 60 + shown.minute
        return (
            (self.minutes is None or any(start <= minute < end for start, end in self.minutes))
            and (self.days_of_month is None or _has_day(self.days_of_month, shown))
            and _within(self.months, shown.month)
            and _within(self.weekdays, shown.isoweekday() % 7)
            and _within(self.years, shown.year)
        )


def _within(spans: tuple[Span, ...] | None, value: int) -> bool:
    return spans is None or any(first <= value <= last for first, last in spans)


def _has_day(spans: tuple[Span, ...], shown: datetime) -> bool:
    length = calendar.monthrange(shown.year, shown.month)[1]
    for first, last in spans:
        begin = first if first > 0 else length + first + 1
        end = last if last > 0 else length + last + 1
        if begin <= shown.day <= end:
            return True
    return False


def compile_interval(of: TimeInterval) -> tuple[Interval, ...]:
    """The parts of a time interval, ready to ask. ValueError for what `interval_problems` tells."""
    return tuple(_part(spec) for spec in of.time_intervals)


def interval_problems(spec: TimeIntervalSpec) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What Alertmanager would refuse in a part of a time interval: the place below it, and why."""
    for place, each in enumerate(spec.times or []):
        yield from _caught(("times", place), lambda each=each: _minutes(each))  # type: ignore[misc]
    for name, read in _READERS.items():
        for place, text in enumerate(getattr(spec, name) or []):
            yield from _caught((name, place), lambda text=text, read=read: read(text))  # type: ignore[misc]
    yield from _caught(("location",), lambda: _zone(spec.location))


def _caught(
    path: tuple[str | int, ...], read: Callable[[], object]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    try:
        read()
    except ValueError as problem:
        yield path, str(problem)


def _part(spec: TimeIntervalSpec) -> Interval:
    minutes = None if spec.times is None else tuple(_minutes(each) for each in spec.times)
    spans = {name: _spans(getattr(spec, name), read) for name, read in _READERS.items()}
    return Interval(minutes=minutes, zone=_zone(spec.location), **spans)


def _spans(texts: Sequence[str] | None, read: Callable[[str], Span]) -> tuple[Span, ...] | None:
    return None if texts is None else tuple(read(text) for text in texts)


def _minutes(of: TimeRange) -> Span:
    start, end = _minute(of.start_time), _minute(of.end_time)
    if start >= end:
        raise ValueError(f"start_time {of.start_time} is not before end_time {of.end_time}")
    return start, end


def _minute(text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time of day such as 09:00, 17:30 or 24:00")
    return int(match[1]) * 60 + int(match[2]) if match[1] else 24 * 60


def _zone(name: str | None) -> tzinfo:
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone such as Europe/Berlin") from None


def _ends(text: str, member: Callable[[str], int]) -> Span:
    parts = text.lower().split(":")
    if len(parts) > 2:
        raise ValueError(f"{text!r} is not a range such as first:last")
    return member(parts[0]), member(parts[-1])


def _weekdays(text: str) -> Span:
    first, last = _ends(text, lambda name: _index(WEEKDAYS, name, "weekday such as monday"))
    if first > last:
        raise ValueError(f"{text!r} ends before it starts: a week begins with sunday")
    return first, last


def _index(names: Sequence[str], name: str, kind: str) -> int:
    if name not in names:
        raise ValueError(f"{name!r} is not a {kind}")
    return names.index(name)


def _months(text: str) -> Span:
    def month(name: str) -> int:
        return MONTHS.index(name) + 1 if name in MONTHS else _number(name, "month such as may or 5")

    return _ordered(text, _ends(text, month))


def _years(text: str) -> Span:
    return _ordered(text, _ends(text, lambda part: _number(part, "year")))


def _days_of_month(text: str) -> Span:
    first, last = _ends(text, lambda part: _number(part, "day of the month"))
    if not all(1 <= abs(day) <= 31 for day in (first, last)):
        raise ValueError(f"{text!r} has a day that no month has: 1 to 31, or -1 (the last day) to -31")
    if first < 0 < last:
        raise ValueError(f"{text!r} starts with a negative day, so that it must end with one")
    # The shortest month decides: what is empty there may not be what its author means.
    begin, end = (day if day > 0 else _SHORTEST_MONTH + day for day in (first, last))
    _ordered(text, (begin, end))
    return first, last


def _ordered(text: str, span: Span) -> Span:
    if span[0] > span[1]:
        raise ValueError(f"{text!r} ends before it starts")
    return span


def _number(text: str, kind: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a {kind}")
    return int(text)


_READERS: dict[str, Callable[[str], Span]] = {
    "weekdays": _weekdays,
    "days_of_month": _days_of_month,
    "months": _months,
    "years": _years,
}
