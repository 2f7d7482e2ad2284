"""Moments and times as exports write them; what could mean two things is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from drillbook.model.quantities import seconds

_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)")
_NAMED = re.compile(r"\s*(?:UTC|GMT)$")
_SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(.*)")
_CLOCK = re.compile(r"(?:(\d+)\s*(?:d|days?),?\s*)?(\d{1,4}):(\d{2}):(\d{2})(?:\.\d+)?")
_ISO_SPAN = re.compile(r"PT(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
ALLOWED = "allowed: ISO 8601 with its offset, such as 2026-03-10T14:20:00Z, or seconds since 1970"


@dataclass(frozen=True, slots=True)
class Clock:
    """How moments are to be read."""

    zone: ZoneInfo | None = None
    """Of moments that name none."""
    form: str = ""
    """As `datetime.strptime` has it; ISO 8601 where empty."""


class Unclear(ValueError):
    """A value that is no moment or time, or could be two."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def moment(text: str, clock: Clock) -> float:
    """Seconds since 1970. Unclear for what it cannot be, and for what it could be twice."""
    if not clock.form and _EPOCH.fullmatch(text):
        value = float(text)
        return value / 1000 if value >= 1e11 else value
    parsed = _parsed(text, clock.form)
    if parsed.tzinfo is None:
        parsed = _placed(parsed, text, clock.zone)
    return parsed.timestamp()


def span(text: str, unit: float) -> float:
    """Seconds of a time; a bare number is in `unit`. Unclear where there is none."""
    try:
        value = float(text) * unit if unit else None
    except ValueError:
        value = None
    if value is None:
        value = _written(text)
    if value is None or not 0 <= value < 1e10:
        raise Unclear(f"{text!r} is no time", _units(unit))
    return value


def _units(unit: float) -> str:
    if unit:
        return "allowed: a number, 0:05:30, PT5M30S or 5m30s"
    return "allowed: 0:05:30, PT5M30S or 5m30s; say the unit of bare numbers by --columns moment=COLUMN:s"


def _written(text: str) -> float | None:
    """A time that brings its units."""
    if match := _CLOCK.fullmatch(text):
        days, hours, minutes, rest = (int(part or 0) for part in match.groups())
        return 86400.0 * days + 3600 * hours + 60 * minutes + rest
    if match := _ISO_SPAN.fullmatch(text):
        return sum(
            scale * float(part or 0) for scale, part in zip((3600, 60, 1), match.groups(), strict=True)
        )
    try:
        return seconds(text.replace(" ", ""))
    except ValueError:
        return None


def _parsed(text: str, form: str) -> datetime:
    if form:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  its zone is asked for by the caller
        except ValueError:
            raise Unclear(f"{text!r} is not of the form {form}", "as --time-format says") from None
    match = _SLASHED.fullmatch(text)
    if match:
        raise Unclear(f"{text!r} can be read in two ways", _forms(match))
    plain = _NAMED.sub("Z", text)
    try:
        return datetime.fromisoformat(_OFFSET.sub("", plain))
    except ValueError:
        raise Unclear(f"{text!r} is no moment", f"{ALLOWED}; any other form by --time-format") from None


def _forms(match: re.Match[str]) -> str:
    """What to say for a day and a month that cannot be told apart."""
    cut = match[0][len(match[1])]
    rest = "" if not match[4] else " %H:%M:%S" if match[4].count(":") == 2 else " %H:%M"
    rest = rest.replace("%H", "%I") + " %p" if match[4][-1:].upper() == "M" else rest
    first, second = f"%d{cut}%m{cut}%Y{rest}", f"%m{cut}%d{cut}%Y{rest}"
    return f'say which by --time-format "{first}" (day first) or --time-format "{second}" (month first)'


def _placed(parsed: datetime, text: str, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        hint = "say which zone is meant, such as --time-zone UTC or --time-zone Europe/Berlin"
        raise Unclear(f"{text!r} has no offset from UTC", hint)
    placed = parsed.replace(tzinfo=zone)
    if placed.utcoffset() != placed.replace(fold=1).utcoffset():
        there = placed.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == parsed
        why = "was twice" if there else "was not"
        raise Unclear(f"{text!r} {why} in {zone.key}, since clocks changed", "export with offsets from UTC")
    return placed
