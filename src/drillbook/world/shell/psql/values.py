"""SQL values: their types, how text becomes one, and how psql shows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from drillbook.world.shell import ages

Value: TypeAlias = str | int | float | bool | None
Type = Literal["int", "float", "numeric", "text", "unknown", "timestamp", "interval", "bool"]
"""Timestamps are simulated seconds, intervals seconds; a literal is `unknown` at first."""

_PART = re.compile(r"(-?\d+(?:\.\d+)?)\s*([a-z]+)")
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?")
_UNITS = {
    "us": 1e-6, "microsecond": 1e-6, "ms": 1e-3, "millisecond": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0,
    "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "d": 86400.0,
    "day": 86400.0, "w": 604800.0, "week": 604800.0,
}  # fmt: skip


def seconds(text: str) -> float | None:
    """Seconds of an interval such as `5 minutes`, `00:05:00` or `1 hour 30 min`; None where it is none."""
    text = text.strip().lower()
    total, rest = 0.0, text
    clock = _CLOCK.search(rest)
    if clock:
        total = int(clock[1]) * 3600.0 + int(clock[2]) * 60.0 + float(clock[3] or 0)
        rest = rest.replace(clock[0], " ", 1)
    for number, unit in _PART.findall(rest):
        size = _UNITS.get(unit, _UNITS.get(unit.removesuffix("s")))
        if size is None:
            return None
        total += float(number) * size
    rest = _PART.sub(" ", rest).strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", rest):
        return total + float(rest)
    return None if rest or not text else total


def milliseconds(text: str) -> float | None:
    """Seconds of a time setting: `5s`, `250ms`, `2min`, or bare milliseconds; None where it is none."""
    text = text.strip().lower()
    if re.fullmatch(r"\d{1,10}(?:\.\d{1,6})?", text):
        return float(text) / 1000.0
    match = re.fullmatch(r"(\d{1,10}(?:\.\d{1,6})?)\s*(us|ms|s|min|h|d)", text)
    return float(match[1]) * _UNITS[match[2]] if match else None


def setting_text(value: float) -> str:
    """A time setting as SHOW prints it: `5s`, `250ms`, `2min`, `0`."""
    for unit, size in (("h", 3600.0), ("min", 60.0), ("s", 1.0)):
        if value >= size and abs(value / size - round(value / size)) < 1e-9:
            return f"{round(value / size)}{unit}"
    return f"{round(value * 1000)}ms" if value else "0"


def is_number(type_: Type) -> bool:
    """Whether psql puts the type to the right."""
    return type_ in {"int", "float", "numeric"}


def presenter(type_: Type, start: datetime) -> Callable[[Value], str]:
    """How psql prints values of a type; NULL is empty. `start` is the instant of second 0."""
    if type_ == "timestamp":
        return _timestamps(start)
    return _PRESENT.get(type_, _plain)


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.replace("\n", " ") if isinstance(value, str) else str(value)


def _timestamps(start: datetime) -> Callable[[Value], str]:
    """How psql prints instants; the columns of a session often hold the same one."""
    known: dict[Value, str] = {None: ""}
    start = start.replace(tzinfo=None)

    def present(value: Value) -> str:
        text = known.get(value)
        if text is None:
            text = known[value] = ages.timestamp(start + timedelta(seconds=float(value or 0)))
        return text

    return present


def _interval(value: Value) -> str:
    return "" if value is None else ages.interval(float(value))


def _float(value: Value) -> str:
    return f"{value:.15g}" if isinstance(value, int | float) else _plain(value)


def _decimal(value: Value) -> str:
    return _numeric(value) if isinstance(value, float) else _plain(value)


_PRESENT: dict[Type, Callable[[Value], str]] = {
    "interval": _interval,
    "float": _float,
    "numeric": _decimal,
}


def _numeric(value: float) -> str:
    text = f"{value:.16f}"
    return (
        text.rstrip("0").rstrip(".") if abs(value) < 1e12 and len(text.rstrip("0")) < len(text) - 8 else text
    )
