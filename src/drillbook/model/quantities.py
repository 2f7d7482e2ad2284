"""Quantities as authors write them: text with a unit, a number in base units inside.

Durations become seconds, rates become events per second, sizes become bytes, instants become aware datetimes.
A bare number is refused: `30` could be seconds or minutes, and YAML 1.1 reads `12:30` as 750.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_RATE = re.compile(r"(\d+(?:\.\d+)?)/(s|m|h)")
_SIZES = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G)")


def seconds(text: str) -> float:
    """Seconds of a duration such as `90s`, `1h30m` or `250ms`; ValueError otherwise."""
    if not _DURATION.fullmatch(text):
        raise ValueError("a duration is a number with a unit, such as 250ms, 30s, 5m or 1h30m")
    return round(sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text)), 6)


def duration_text(value: float) -> str:
    """A duration as people write it: 90 -> `1m30s`, 0.25 -> `250ms`, 0 -> `0s`."""
    if value < 1:
        return f"{round(value * 1000)}ms" if value else "0s"
    rest, parts = round(value), []
    for unit in ("d", "h", "m", "s"):
        count, rest = divmod(rest, int(_SECONDS[unit]))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def _quantity(value: Any, read: Any) -> Any:
    if isinstance(value, str):
        return read(value.strip())
    raise ValueError(read.__doc__)


def _duration(value: Any) -> float:
    """a duration is text with a unit, such as 250ms, 30s, 5m or 1h30m"""
    return seconds(value)


def _rate(value: Any) -> float:
    """a rate is text with a unit, such as 200/s, 30/m or 1/h"""
    match = _RATE.fullmatch(value)
    if not match:
        raise ValueError(_rate.__doc__)
    return float(match[1]) / _SECONDS[match[2]]


def _size(value: Any) -> float:
    """a size is text with a unit, such as 512Mi or 2Gi"""
    match = _SIZE.fullmatch(value)
    if not match:
        raise ValueError(_size.__doc__)
    return float(match[1]) * _SIZES[match[2]]


def _instant(value: Any) -> datetime:
    """an instant is text in ISO 8601 with its offset, such as "2026-03-10T14:20:00Z" """
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise ValueError((_instant.__doc__ or "").strip())
    return parsed


def _text_schema(example: str, pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": [example]})


Duration = Annotated[
    float, BeforeValidator(lambda v: _quantity(v, _duration)), _text_schema("5m", _DURATION.pattern)
]
"""Seconds, written as `5m`."""

Rate = Annotated[float, BeforeValidator(lambda v: _quantity(v, _rate)), _text_schema("200/s", _RATE.pattern)]
"""Events per second, written as `200/s`."""

Size = Annotated[float, BeforeValidator(lambda v: _quantity(v, _size)), _text_schema("512Mi", _SIZE.pattern)]
"""Bytes, written as `512Mi`."""

Instant = Annotated[
    datetime,
    BeforeValidator(lambda v: _quantity(v, _instant)),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-10T14:20:00Z"]}),
]
"""An aware datetime, written in ISO 8601 with its offset."""
