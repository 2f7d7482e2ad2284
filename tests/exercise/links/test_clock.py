"""Simulated seconds on the wall clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.exercise.links.clock import WallClock


def test_at_speed_1_seconds_are_seconds() -> None:
    clock = WallClock(0.0, 1000.0, 1.0)
    clock.note(60.0, 1060.2, 1.0)
    assert clock.at(45.0) == 1045.0
    assert clock.at(60.0) == 1060.0


def test_what_was_before_the_program_began_is_as_long_ago_as_it_seems() -> None:
    assert WallClock(500.0, 1000.0, 1.0).at(100.0) == 600.0


def test_a_pause_moves_what_comes_and_not_what_was() -> None:
    clock = WallClock(0.0, 1000.0, 1.0)
    clock.note(100.0, 1100.0, 1.0)
    clock.note(100.0, 1400.0, 1.0)
    clock.note(150.0, 1450.0, 1.0)
    assert clock.at(100.0) == 1100.0
    assert clock.at(150.0) == 1450.0


def test_what_was_jumped_over_happened_at_the_jump() -> None:
    clock = WallClock(0.0, 1000.0, 1.0)
    clock.note(10.0, 1010.0, 1.0)
    clock.note(610.0, 1010.1, 1.0)
    assert clock.at(300.0) == pytest.approx(1010.1)
    assert clock.at(620.0) == pytest.approx(1020.1)


def test_at_another_speed_seconds_are_shorter() -> None:
    clock = WallClock(0.0, 1000.0, 2.0)
    assert clock.at(60.0) == 1030.0


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100), st.sampled_from([0.5, 1.0, 10.0])), max_size=8)
)
def test_later_seconds_are_never_earlier_and_the_past_stands(steps: list[tuple[float, float, float]]) -> None:
    clock = WallClock(0.0, 0.0, 1.0)
    t, wall, told = 0.0, 0.0, list[tuple[float, float]]()
    for more, elapsed, speed in steps:
        t, wall = t + more, wall + elapsed
        clock.note(t, wall, speed)
        told.append((t, clock.at(t)))
    assert [clock.at(moment) for moment, _ in told] == [instant for _, instant in told]
    instants = [clock.at(moment / 4) for moment in range(round(4 * t) + 1)]
    assert instants == sorted(instants)
