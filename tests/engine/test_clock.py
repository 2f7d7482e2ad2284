"""Simulated time."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from drillbook.engine.clock import Clock, Rank, Wheel, milliseconds


def test_what_is_due_at_the_end_of_a_stretch_waits_for_the_next() -> None:
    clock, seen = Clock(), []
    clock.at(10, Rank.PAGER, lambda: seen.append(clock.now))
    clock.run(10)
    assert seen == []
    assert clock.now == 10
    clock.run(10.001)
    assert seen == [10]


def test_at_one_moment_causes_go_before_people() -> None:
    clock = Clock()
    seen: list[Rank] = []
    for rank in (Rank.PEOPLE, Rank.PAGER, Rank.WORLD, Rank.RULES, Rank.PEOPLE):
        clock.at(0.1 + 0.2, rank, partial(seen.append, rank))
    clock.at(0.3, Rank.ROUTING, lambda: seen.append(Rank.ROUTING))
    clock.run(1)
    assert seen == [Rank.WORLD, Rank.RULES, Rank.ROUTING, Rank.PAGER, Rank.PEOPLE, Rank.PEOPLE]


def test_what_is_overdue_happens_now() -> None:
    clock, seen = Clock(), []
    clock.run(5)
    clock.at(3, Rank.WORLD, lambda: seen.append(clock.now))
    clock.run(6)
    assert seen == [5]


@given(st.floats(0, 10_000))
def test_a_time_becomes_the_first_millisecond_that_is_not_before_it(t: float) -> None:
    assert t - 1e-6 <= milliseconds(t) / 1000 < t + 0.001 + 1e-6


@given(st.lists(st.floats(0, 100), max_size=20), st.lists(st.floats(0, 120), max_size=8))
def test_how_time_is_cut_into_stretches_changes_nothing(due: list[float], cuts: list[float]) -> None:
    def play(stretches: list[float]) -> list[tuple[float, int]]:
        clock = Clock()
        seen: list[tuple[float, int]] = []

        def tell(number: int) -> None:
            seen.append((clock.now, number))

        for number, t in enumerate(due):
            clock.at(t, Rank(1 + number % 5), partial(tell, number))
        for end in stretches:
            clock.run(end)
        return seen

    assert play([*sorted(cuts), 200]) == play([200])


def test_a_part_that_changes_its_mind_is_woken_at_the_new_time_only() -> None:
    clock = Clock()
    seen: list[float] = []
    due: list[float | None] = [5.0]
    wheel = Wheel(clock, Rank.WORLD, lambda: due[0], seen.append)
    wheel.arm()
    due[0] = 8.0
    wheel.arm()
    clock.run(20)
    assert seen == [8.0]
    due[0] = None
    wheel.arm()
    clock.run(40)
    assert seen == [8.0]
