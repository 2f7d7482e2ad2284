"""Amounts and findings in plain English."""

from __future__ import annotations

import math

from drillbook.model.measures import Unit
from drillbook.study.analysis.findings import Figure
from drillbook.study.statistics.interval import Interval

_CERTAIN = 0.999
_UNITS: dict[Unit, str] = {"min": " user minutes", "h": " h", "1": ""}


def amount(value: float, unit: Unit, *, off: bool = False) -> str:
    """A value of a measure to three digits; as a difference where `off` (points of a per cent)."""
    if not math.isfinite(value):
        return "never" if value > 0 else "not defined"
    if unit == "s":
        return _time(value)
    if unit in {"yes", "share"}:
        return f"{_digits(100 * value)} {'points' if off else '%'}"
    if unit == "USD":
        return f"{'-' if value < 0 else ''}${_digits(abs(value))}"
    return f"{_digits(value)}{_UNITS[unit]}"


def between(found: Interval, unit: Unit, *, off: bool = False) -> str:
    """The bounds of an interval."""
    if math.isinf(found.low) and math.isinf(found.high):
        return "not bounded"
    if math.isinf(found.low):
        return f"at most {amount(found.high, unit, off=off)}"
    if math.isinf(found.high):
        return f"at least {amount(found.low, unit, off=off)}"
    return f"{amount(found.low, unit, off=off)} to {amount(found.high, unit, off=off)}"


def turned(found: Interval) -> Interval:
    """The same with the opposite sign: "so much less" instead of a negative difference."""
    return Interval(-found.value, -found.high, -found.low, found.level, found.n)


def chance(probability: float) -> str:
    """A probability that is never quite certain."""
    return "99.9 %" if probability > _CERTAIN else percent(probability)


def figure(found: Interval) -> Figure:
    """An interval as it is stored: what is not finite is None."""
    return Figure(
        value=_finite(found.value),
        low=_finite(found.low),
        high=_finite(found.high),
        never=found.value == math.inf,
    )


def percent(part: float) -> str:
    """A part of one."""
    return f"{_digits(100 * part)} %"


def listing(names: list[str]) -> str:
    """Names as in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _time(value: float) -> str:
    size = abs(value)
    if size < 120:
        return f"{_digits(value)} s"
    return f"{_digits(value / 60)} min" if size < 7200 else f"{_digits(value / 3600)} h"


def _digits(value: float) -> str:
    """Three digits that count, and no exponent."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    places = 1 if size >= 10 else 2 if size >= 1 else 3
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
