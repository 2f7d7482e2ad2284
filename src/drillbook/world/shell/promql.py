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
_QUERY = re.compile(r"(?:(?:sudo|time|watch) )*(?:query|promql) +(.+)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\\"$`])")
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


def asked(text: str) -> tuple[str, str] | None:
    """Expression and following filters of `query EXPR [| FILTER …]`; None for any other command.

    The expression is taken as it stands; only one pair of quotes around all of it is taken off.
    """
    match = _QUERY.fullmatch(text)
    if match is None:
        return None
    rest, bar = match[1], _bar(match[1])
    expr = rest[:bar].strip().removesuffix(";").rstrip()
    if len(expr) > 1 and expr[0] == expr[-1] and expr[0] in "'\"":
        escaped = expr[0] == '"'
        expr = expr[1:-1]
        expr = _ESCAPED.sub(r"\1", expr) if escaped else expr
    return expr, rest[bar + 1 :].strip()


def _bar(text: str) -> int:
    """Where the first pipe outside quotes is; the end where there is none."""
    mode, index = "", 0
    while index < len(text):
        char = text[index]
        if char == "\\" and mode != "'":
            index += 1
        elif mode:
            mode = "" if char == mode else mode
        elif char in "'\"`":
            mode = char
        elif char == "|":
            return index
        index += 1
    return len(text)


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
