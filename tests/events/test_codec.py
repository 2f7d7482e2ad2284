"""The log and its JSON lines."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.errors import InvalidInput
from drillbook.events import facts as f
from drillbook.events.codec import decode, dump, encode, kind_of, load
from drillbook.events.event import HIDDEN, Event
from drillbook.events.log import EventLog

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(float, NUMBERS)
FACTS = st.one_of(*(st.from_type(kind) for kind in get_args(f.Fact)))
EVENTS = st.builds(
    Event,
    seq=st.integers(1, 10**6),
    t=NUMBERS,
    actor=st.text(max_size=10),
    cause=st.none() | st.integers(1, 10**6),
    to=st.text(max_size=10),
    fact=FACTS,
)


@given(EVENTS)
def test_every_event_survives_its_line(event: Event) -> None:
    line = encode(event)
    assert "\n" not in line
    assert line.isascii()
    assert decode(line) == event


def test_kinds_have_names_of_their_own() -> None:
    names = [kind_of(kind) for kind in get_args(f.Fact)]
    assert len(set(names)) == len(names)
    assert kind_of(f.AlertChanged) == "alert-changed"


@pytest.mark.parametrize(
    "line",
    ["", "{", "[]", "{}", '{"kind": "nonsense", "fact": {}}', '{"seq": 1, "kind": "ended", "fact": {}}'],
)
def test_a_line_that_is_no_event_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode(line, source="log.jsonl", number=7)
    assert str(caught.value).startswith("log.jsonl:7:1: not an event")


def test_a_log_counts_from_one_and_never_runs_backwards() -> None:
    log = EventLog()
    log.append(1.0, "engine", f.NoteTaken("a"))
    second = log.append(1.0, "engine", f.NoteTaken("b"), cause=1, to=HIDDEN)
    assert (second.seq, len(log), log[1]) == (2, 2, second)
    assert list(log.since(1)) == [second]
    with pytest.raises(ValueError, match="cannot follow"):
        log.append(0.5, "engine", f.NoteTaken("c"))


def test_a_log_read_back_is_the_same_to_the_byte() -> None:
    log = EventLog()
    log.append(0, "engine", f.NoteTaken("ünïcode \x1b[31m"))
    log.append(2.5, "pager", f.PageChanged("P1", "triggered"), cause=1)
    text = dump(log)
    assert dump(load(text.splitlines())) == text
