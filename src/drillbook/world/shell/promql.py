"""`promtool query` and its shorthand `query EXPR`."""

from __future__ import annotations

import re
from datetime import datetime

from drillbook.model.quantities import seconds
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read

_RANGE = Flags(
    values={"--start": "start", "--end": "end", "--step": "step", "-o": "output", "--format": "output"}
)
_INSTANT = Flags(values={"--time": "time", "-o": "output", "--format": "output"})
_URL = re.compile(r"https?://\S+")
TOOK = 2.0
_SPAN = 1800.0


def promtool(look: Look, words: tuple[str, ...]) -> Answer:
    """`promtool query instant|range [URL] 'EXPR'`."""
    if words[:1] != ("query",) or len(words) < 2 or words[1] not in {"instant", "range"}:
        raise Complaint("promtool: what works here is promtool query instant|range [URL] 'EXPR'", 0.0)
    kind = words[1]
    line = read(words[2:], _RANGE if kind == "range" else _INSTANT, "promtool")
    expr = " ".join(w for w in line.words if not _URL.fullmatch(w))
    if not expr:
        raise Complaint("promtool: error: required argument 'expr' not provided, try --help", 0.0)
    if kind == "range":
        end = _moment(look, line, "end", look.t)
        start = _moment(look, line, "start", end - _SPAN)
        if start >= end:
            raise Complaint("promtool: error: end time is not after start time")
        return Output(look.metrics.range(expr, start, end), TOOK)
    return Output(look.metrics.instant(expr, _moment(look, line, "time", look.t)), TOOK)


def query(look: Look, words: tuple[str, ...]) -> Answer:
    """`query EXPR`: the value now."""
    expr = " ".join(words)
    if not expr:
        raise Complaint("query: give a PromQL expression, such as query 'up'", 0.0)
    return Output(look.metrics.instant(expr, look.t), TOOK)


def _moment(look: Look, line: Line, name: str, default: float) -> float:
    """A time flag: RFC 3339, Unix seconds, or a span before now such as `30m`."""
    text = line.get(name)
    if not text:
        return default
    origin = look.instant(0.0)
    if re.fullmatch(r"\d{9,11}(?:\.\d{1,3})?", text):
        moment = float(text) - origin.timestamp()
    elif re.fullmatch(r"-?(?:\d{1,6}(?:ms|s|m|h|d))+", text):
        moment = look.t - seconds(text.lstrip("-"))
    else:
        try:
            given = datetime.fromisoformat(text)
        except ValueError:
            raise Complaint(
                f'promtool: error: cannot parse "{text}" as a time: use RFC 3339 or a span like 30m'
            ) from None
        moment = (
            given if given.tzinfo else given.replace(tzinfo=origin.tzinfo)
        ).timestamp() - origin.timestamp()
    return min(moment, look.t)
