"""How the debrief says times, durations and figures."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


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
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(char: str) -> str:
    code = ord(char)
    if char in "\n\t":
        return char
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if char in _BIDI or 0x80 <= code < 0xA0:
        return f"<U+{code:04X}>"
    category = unicodedata.category(char)
    if category in {"Zl", "Zp"}:
        return "\n"
    return "\ufffd" if category == "Cs" or code & 0xFFFE == 0xFFFE else char
