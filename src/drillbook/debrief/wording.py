"""How the debrief says times, durations and figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_REORDERS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NO_CHARACTERS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_ACTING = re.compile(f"[\0-\x08\x0b-\x1f\x7f-\x9f{_REORDERS}\u2028\u2029\ud800-\udfff{_NO_CHARACTERS}]")


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns simulated seconds into instants of the drill's day. `start` is the instant of t = 0."""

    start: datetime

    def instant(self, t: float) -> datetime:
        """The instant of `t`, to the second."""
        return (self.start + timedelta(seconds=t)).replace(microsecond=0)

    def time(self, t: float) -> str:
        """Time of day, such as `14:23:05`."""
        return f"{self.instant(t):%H:%M:%S}"

    def full(self, t: float) -> str:
        """Date and time, such as `2026-03-10 14:23:05 UTC`."""
        return f"{self.instant(t):%Y-%m-%d %H:%M:%S} UTC"


def span(seconds: float) -> str:
    """A duration as people say it: `45 s`, `14 min 20 s`, `1 h 04 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min"


def count(value: float) -> str:
    """A number of things, with thousands apart: `24,310`."""
    return f"{value:,.0f}"


def percent(ratio: float) -> str:
    """A ratio as a percentage: `34%`, `0.4%`; below a thousandth `0%`."""
    if ratio < 0.0005:
        return "0%"
    return f"{ratio:.0%}" if ratio >= 0.0995 else f"{ratio:.1%}"


def points(value: float) -> str:
    """Points or a score, without a needless decimal: `8`, `4.5`."""
    return f"{value:.1f}".removesuffix(".0")


_GIB = 2.0**30


def amount(value: float, unit: str) -> str:
    """A measured value with its unit; bytes as gibibytes or mebibytes: `36.1 %`, `255.7 GiB`."""
    if unit != "bytes":
        return f"{points(value)} {unit}"
    return f"{points(value / _GIB)} GiB" if abs(value) >= _GIB else f"{points(value / 2**20)} MiB"


def counts_down(unit: str) -> bool:
    """Whether a chart's lowest value is the worst: charts in bytes are of what is left."""
    return unit == "bytes"


def listing(items: Sequence[str], last: str = "and") -> str:
    """Items as prose: `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def sentences(parts: Iterable[str]) -> str:
    """The parts that are not empty, one after the other."""
    return " ".join(part for part in parts if part)


def visible(text: str) -> str:
    """Text in which nothing acts: control characters and marks that reorder text become signs one can see.

    Line feeds and tabs stay. Terminals, browsers and editors then show what was typed, whoever typed it.
    """
    return text if text.isascii() and text.isprintable() else _ACTING.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    char = match[0]
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if char in "\u2028\u2029":
        return "\n"
    return "\ufffd" if 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE else f"<U+{code:04X}>"
