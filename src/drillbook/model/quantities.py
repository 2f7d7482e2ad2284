"""Quantities as authors write them: text with a unit, a number in base units inside.

Durations become seconds, rates become events per second, sizes become bytes, instants become aware datetimes.
A bare number is refused: `30` could be seconds or minutes, and YAML 1.1 reads `12:30` as 750.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, WithJsonSchema

T = TypeVar("T")

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d|w))+")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)")
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?)/(s|m|h)")
_SIZES = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(Ki|Mi|Gi|Ti|k|M|G)")


def seconds(text: str) -> float:
    """Seconds of a duration such as `90s`, `1h30m` or `250ms`; ValueError otherwise."""
    if not _DURATION.fullmatch(text):
        raise ValueError("a duration is a number with a unit, such as 250ms, 30s, 5m or 1h30m")
    return round(sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text)), 6)


def duration_text(value: float) -> str:
    """A duration as people write it: 90 -> `1m30s`, 1.5 -> `1.5s`, 0.25 -> `250ms`, 0 -> `0s`."""
    if value < 1:
        return f"{round(value * 1000)}ms" if value else "0s"
    if value < 10:
        return f"{value:.3g}s"
    rest, parts = round(value), []
    for unit in ("d", "h", "m", "s"):
        count, rest = divmod(rest, int(_SECONDS[unit]))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def precise_text(value: float) -> str:
    """A duration to the millisecond: 61.5 -> `1m1s500ms`."""
    whole, rest = divmod(round(value, 3), 1.0)
    return (duration_text(whole) if whole else "") + (f"{round(rest * 1000)}ms" if rest else "") or "0s"


def _quantity(read: Callable[[str], T], allowed: str) -> BeforeValidator:
    """A validator that reads text, and says what is allowed for anything else."""

    def validate(value: object) -> T:
        if not isinstance(value, str):
            raise ValueError(allowed)  # noqa: TRY004  pydantic reports ValueError only
        try:
            return read(value.strip())
        except ValueError:
            raise ValueError(allowed) from None

    return BeforeValidator(validate)


def _rate(text: str) -> float:
    match = _RATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    return float(match[1]) / _SECONDS[match[2]]


def _size(text: str) -> float:
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError(text)
    return float(match[1]) * _SIZES[match[2]]


def _instant(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise ValueError(text)
    return parsed


def _text_schema(example: str, pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": [example]})


Duration = Annotated[
    float,
    _quantity(seconds, "a duration is text with a unit, such as 250ms, 30s, 5m or 1h30m"),
    _text_schema("5m", _DURATION.pattern),
]
"""Seconds, written as `5m`."""

Rate = Annotated[
    float,
    _quantity(_rate, "a rate is text with a unit, such as 200/s, 30/m or 1/h"),
    _text_schema("200/s", _RATE.pattern),
]
"""Events per second, written as `200/s`."""

Size = Annotated[
    float,
    _quantity(_size, "a size is text with a unit, such as 512Mi or 2Gi"),
    _text_schema("512Mi", _SIZE.pattern),
]
"""Bytes, written as `512Mi`."""

Instant = Annotated[
    datetime,
    _quantity(_instant, 'an instant is text in ISO 8601 with its offset, such as "2026-03-10T14:20:00Z"'),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-10T14:20:00Z"]}),
]
"""An aware datetime, written in ISO 8601 with its offset."""
