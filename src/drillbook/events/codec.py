"""Events as JSON lines: one object a line, keys in a fixed order, the same bytes for the same events."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from drillbook.errors import InvalidInput, Problem
from drillbook.events.event import Event
from drillbook.events.facts import Fact
from drillbook.events.series import Series

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def kind_of(fact: type[Fact] | Fact) -> str:
    """The name of a kind of fact in the log: `AlertChanged` is `alert-changed`."""
    cls = fact if isinstance(fact, type) else type(fact)
    return _WORD.sub("-", cls.__name__).lower()


_KINDS: dict[str, type[Fact]] = {kind_of(cls): cls for cls in get_args(Fact)}


@cache
def _adapter(kind: str) -> TypeAdapter[Fact]:
    return TypeAdapter(_KINDS[kind])


def to_dict(event: Event) -> dict[str, Any]:
    """The event as JSON-ready data, envelope first."""
    fact = {field.name: getattr(event.fact, field.name) for field in dataclasses.fields(event.fact)}
    fact = {name: value.values() if isinstance(value, Series) else value for name, value in fact.items()}
    return {
        "seq": event.seq,
        "t": event.t,
        "kind": kind_of(event.fact),
        "actor": event.actor,
        "cause": event.cause,
        "to": event.to,
        "fact": fact,
    }


def encode(event: Event) -> str:
    """One line of JSON, ASCII only, without a line end."""
    return json.dumps(to_dict(event), separators=(",", ":"), ensure_ascii=True, allow_nan=True)


def decode(line: str, *, source: str = "events.jsonl", number: int = 1) -> Event:
    """The event of a line; InvalidInput with the line's number otherwise."""
    try:
        data = json.loads(line)
        fact = _adapter(data["kind"]).validate_python(data["fact"])
        return Event(
            int(data["seq"]), float(data["t"]), str(data["actor"]), data["cause"], str(data["to"]), fact
        )
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        what = str(error).splitlines()[0]
        problem = Problem(source, number, 1, f"not an event of this program: {what}")
        raise InvalidInput([problem]) from error


def dump(events: Iterable[Event]) -> str:
    """JSON lines, each ended by a line feed."""
    return "".join(encode(event) + "\n" for event in events)


def load(lines: Iterable[str], *, source: str = "events.jsonl") -> Iterator[Event]:
    """The events of JSON lines; blank lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield decode(line, source=source, number=number)
