"""Spans and instants as the tools print them."""

from __future__ import annotations

from datetime import datetime

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 31536000


def age(seconds: float) -> str:
    """A span as kubectl shows it: `45s`, `3m12s`, `12m`, `5h7m`, `26h`, `5d3h`, `400d`, `3y10d`.

    Source: k8s.io/apimachinery/pkg/util/duration, HumanDuration.
    """
    s = int(max(seconds, 0))
    days, hours, minutes = s // _DAY, s // _HOUR, s // _MINUTE
    if s < 2 * _MINUTE:
        return f"{s}s"
    if s < 10 * _MINUTE:
        return _two(minutes, "m", s % _MINUTE, "s")
    if s < 3 * _HOUR:
        return f"{minutes}m"
    if s < 8 * _HOUR:
        return _two(hours, "h", minutes % 60, "m")
    if s < 2 * _DAY:
        return f"{hours}h"
    if s < 8 * _DAY:
        return _two(days, "d", hours % 24, "h")
    if s < 2 * _YEAR:
        return f"{days}d"
    return _two(s // _YEAR, "y", days % 365, "d")


def _two(major: int, unit: str, minor: int, lesser: str) -> str:
    return f"{major}{unit}{minor}{lesser}" if minor else f"{major}{unit}"


def interval(seconds: float) -> str:
    """A span as PostgreSQL shows it: `00:00:12.345678`, `1 day 02:03:04`, `-00:00:01`."""
    micros = round(abs(seconds) * 1_000_000)
    whole, fraction = divmod(micros, 1_000_000)
    days, rest = divmod(whole, _DAY)
    text = f"{rest // _HOUR:02d}:{rest % _HOUR // _MINUTE:02d}:{rest % _MINUTE:02d}"
    if fraction:
        text += f".{fraction:06d}".rstrip("0")
    sign = "-" if seconds < 0 and micros else ""
    if not days:
        return sign + text
    plural = "" if days == 1 else "s"
    return f"{sign}{days} day{plural}" + (f" {sign}{text}" if rest or fraction else "")


def timestamp(moment: datetime) -> str:
    """An instant as PostgreSQL shows it in UTC: `2026-03-10 14:20:05.123456+00`."""
    text = moment.isoformat(" ").removesuffix("+00:00")
    return (text.rstrip("0") if moment.microsecond else text) + "+00"


def rfc1123(moment: datetime) -> str:
    """An instant as kubectl describes it: `Tue, 10 Mar 2026 14:20:05 +0000`."""
    return f"{day(moment)}, {moment.day:02d} {month(moment)} {moment:%Y %H:%M:%S} +0000"


def day(moment: datetime) -> str:
    """The day of the week, in English whatever the locale: `Tue`."""
    return ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]


def month(moment: datetime) -> str:
    """The month, in English whatever the locale: `Mar`."""
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return names[moment.month - 1]
