"""How times, severities, health and numbers are written: always a symbol and a word, never colour alone."""

from __future__ import annotations

import math
import unicodedata
from datetime import UTC, datetime, timedelta

from textual.content import Content

HEALTH = {"ok": ("●", "ok", "$success"), "warn": ("▲", "warn", "$warning"), "down": ("✖", "down", "$error")}
"""Symbol, word and style by health."""

ALERT = {
    "critical": ("✖", "CRITICAL", "bold $error"),
    "warning": ("▲", "warning", "$warning"),
    "info": ("●", "info", "$primary"),
}
"""Symbol, word and style by an alert's severity label."""

MUTED = "$muted"
FAINT = "$faint"


def plain(text: str) -> str:
    """Text from others without anything that a terminal could take for a command; tabs become spaces."""
    return "".join(char for char in text.expandtabs(8) if char == "\n" or _harmless(char))


def _harmless(char: str) -> bool:
    return (
        (char.isascii() and char.isprintable()) or unicodedata.category(char)[0] not in "CZ" or char == "\xa0"
    )


def one_line(text: str) -> str:
    """The text with its line ends and runs of space made single spaces."""
    return " ".join(plain(text).split())


def time_of_day(start: datetime, t: float) -> str:
    """The simulated time of day in UTC: `14:23:05`."""
    return (start + timedelta(seconds=math.floor(t))).astimezone(UTC).strftime("%H:%M:%S")


def elapsed(t: float) -> str:
    """Time since the start: `05:05`, `1:05:05`."""
    return _clock(math.floor(max(t, 0.0)))


def left(seconds: float) -> str:
    """Time that is left: `3:42`; never shows 0:00 before it is over."""
    return _short(math.ceil(seconds))


def ago(seconds: float) -> str:
    """How long something has lasted: `0:31`."""
    return _short(math.floor(max(seconds, 0.0)))


def _clock(whole: int) -> str:
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"


def _short(whole: int) -> str:
    hours, rest = divmod(whole, 3600)
    return f"{hours}h{rest // 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def bar(part: float, width: int) -> str:
    """A bar of `width` cells, filled for `part` of 0 to 1."""
    filled = round(min(max(part, 0.0), 1.0) * width)
    return "█" * filled + "░" * (width - filled)


def alert_mark(severity: str) -> tuple[str, str, str]:
    """Symbol, word and style of an alert's severity label; an unknown label is shown as it is."""
    return ALERT.get(severity.lower(), ("●", one_line(severity), "$foreground"))


def level_mark(severity: str, levels: list[str]) -> tuple[str, str]:
    """Symbol and style of an incident's severity among the playbook's levels, the most severe first."""
    place = [level.upper() for level in levels].index(severity.upper()) if severity in levels else len(levels)
    return (("✖", "bold $error"), ("▲", "bold $warning"))[place] if place < 2 else ("●", "bold $primary")


def speed_text(speed: float) -> str:
    """`×1`, `×0.5`."""
    return f"×{speed:g}"


def number(value: float, unit: str) -> str:
    """A measured value in its unit, short: seconds, parts of one as per cent, bytes and plain numbers."""
    if not math.isfinite(value):
        return "–"
    if unit in {"s", "seconds"}:
        return f"{value * 1000:.0f} ms" if abs(value) < 1 else f"{value:.3g} s"
    if unit in {"%", "ratio"}:
        return f"{value * 100:.3g} %" if unit == "ratio" else f"{value:.3g} %"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.3g}{letter} {unit}".rstrip()
    return f"{value:.3g} {unit}".rstrip() if abs(value) < 1000 else f"{value:.0f} {unit}".rstrip()


def spread(start: Content, end: Content, width: int) -> Content:
    """One line with `start` at its left and `end` at its right; what does not fit is cut from `start`."""
    room = max(width - end.cell_length - 1, 0)
    kept = start.truncate(room, ellipsis=True)
    return Content.assemble(kept, " " * max(width - kept.cell_length - end.cell_length, 0), end)


def fitted(content: Content, width: int) -> Content:
    """The line, cut with an ellipsis where it is wider than `width`."""
    return content.truncate(max(width, 1), ellipsis=True)
