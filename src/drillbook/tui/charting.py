"""Which PromQL a command asks about, and how a chart's axes are labelled."""

from __future__ import annotations

import math
import shlex


def expression(command: str) -> str | None:
    """The PromQL of `query EXPR` or `promtool query instant|range [URL] EXPR`; None for other commands."""
    head, _, rest = command.strip().partition(" ")
    if head == "query" and rest.strip():
        return _unquoted(rest.strip())
    if head != "promtool":
        return None
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    if words[1:2] != ["query"] or words[2:3] not in (["instant"], ["range"]):
        return None
    plain = [word for word in words[3:] if not word.startswith("-")]
    return plain[-1] if plain and "://" not in plain[-1] else None


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted and text[0] not in text[1:-1] else text


def ceiling(highest: float) -> float:
    """A round number at or above `highest`, for the top of an axis."""
    if not math.isfinite(highest) or highest <= 0:
        return 1.0
    size: float = 10.0 ** math.floor(math.log10(highest))
    for step in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0):
        if highest <= step * size * (1 + 1e-9):
            return step * size
    return 10.0 * size


def minutes(start: float, end: float, count: int) -> list[float]:
    """At most `count` round moments between two times, to label the time axis with."""
    for step in (60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0):
        first = math.ceil(start / step) * step
        found = [first + step * number for number in range(math.floor((end - first) / step) + 1)]
        if len(found) <= count:
            return found
    return []
