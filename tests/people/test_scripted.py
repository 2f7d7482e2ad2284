"""A script types its lines at their times; a wait moves what follows."""

import pytest

from drillbook.errors import InvalidInput
from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, Event
from drillbook.people.scripted import scripted


def test_lines_are_typed_at_their_times() -> None:
    script = scripted([(130.0, "/ack"), (10.0, "kubectl get pods"), (130.0, "/note a")], "primary")
    assert script.next_time() == 10
    assert script.take(9.0) == []
    assert script.take(10.0) == ["kubectl get pods"]
    assert script.take(130.0) == ["/ack", "/note a"]
    assert script.next_time() is None


def test_a_wait_moves_all_later_lines_and_is_not_typed() -> None:
    script = scripted([(10.0, "/ack"), (10.0, "/wait 2m"), (10.0, "/note b"), (20.0, "/note c")], "primary")
    assert script.take(10.0) == ["/ack"]
    assert script.take(130.0) == ["/note b"]
    assert script.next_time() == 140


def test_a_wait_without_a_duration_is_invalid_and_every_such_line_is_named() -> None:
    with pytest.raises(InvalidInput) as error:
        scripted([(1.0, "/wait"), (2.0, "/ack"), (3.0, "/wait soon")], "primary")
    assert [problem.message for problem in error.value.problems] == [
        "entry 1: '/wait'",
        "entry 3: '/wait soon'",
    ]


def test_nothing_is_typed_after_the_end() -> None:
    script = scripted([(10.0, "/ack")], "primary")
    script.see(Event(1, 5.0, "engine", None, EVERYONE, f.Ended("stopped")))
    assert script.next_time() is None
