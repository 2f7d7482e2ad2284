"""Numbers that are worked out when they are first read."""

from __future__ import annotations

import copy
import pickle

from drillbook.events import facts as f
from drillbook.events.codec import decode, encode
from drillbook.events.event import HIDDEN, Event
from drillbook.events.series import Series, series


def test_nothing_is_worked_out_before_it_is_read_and_then_once() -> None:
    calls: list[int] = []

    def make() -> list[float]:
        calls.append(1)
        return [1.0, 2.0]

    numbers = Series(make)
    assert not calls
    assert list(numbers) == [1.0, 2.0]
    assert numbers[-1] == 2.0
    assert len(calls) == 1


def test_it_stands_for_the_tuple() -> None:
    numbers = Series(lambda: [1.0, 2.5, 3.0])
    assert numbers == (1.0, 2.5, 3.0)
    assert numbers != (1.0,)
    assert numbers == Series(lambda: (1.0, 2.5, 3.0))
    assert hash(numbers) == hash((1.0, 2.5, 3.0))
    assert repr(numbers) == "(1.0, 2.5, 3.0)"
    assert numbers[1:] == (2.5, 3.0)
    assert len(numbers) == 3
    kept: object = pickle.loads(pickle.dumps(numbers))
    assert type(kept) is tuple
    copied: object = copy.deepcopy(numbers)
    assert type(copied) is tuple


def test_a_fact_with_it_is_written_as_with_the_tuple() -> None:
    plain = f.TruthRecorded(15.0, (1.0,), (0.5,), (0.1,), 1.0, 2.0, 3.0, 4.0)
    lazy = f.TruthRecorded(
        15.0, series(lambda: [1.0]), series(lambda: [0.5]), series(lambda: [0.1]), 1.0, 2.0, 3.0, 4.0
    )
    one, two = (Event(1, 0.0, "world", None, HIDDEN, fact) for fact in (plain, lazy))
    assert encode(one) == encode(two)
    assert decode(encode(two)) == two
