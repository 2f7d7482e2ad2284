"""Wall-clock times of a zone as instants, across the two days a year on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """What clocks in the zone show at an instant, without an offset."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def instant(shown: datetime, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """The instant, in UTC, at which clocks in the zone show a time.

    A time that occurs twice means its first occurrence, or its last where `last` is set; a time that
    the clocks skip means the first instant after the gap.
    """
    found = _reading(shown, zone, fold=int(last))
    return found if local(found, zone) == shown else _end_of_gap(shown, zone)


def _reading(shown: datetime, zone: ZoneInfo, fold: int) -> datetime:
    return shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _end_of_gap(shown: datetime, zone: ZoneInfo) -> datetime:
    # In a gap fold 0 reads with the offset before it (an instant after the change), fold 1 the reverse.
    before, after = _reading(shown, zone, fold=1), _reading(shown, zone, fold=0)
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
