"""Student's t and order statistics have their textbook values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.batch import student
from drillbook.batch.bounds import ranks, wilson


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [
        (1, 12.706205),
        (2, 4.302653),
        (3, 3.182446),
        (9, 2.262157),
        (10, 2.228139),
        (29, 2.045230),
        (120, 1.979930),
        (99_999, 1.959988),
    ],
)
def test_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student.quantile(0.95, freedom) == pytest.approx(quantile, abs=2e-6)


@pytest.mark.parametrize(
    ("t", "freedom", "p"),
    [
        # scipy.stats.t.sf(t, freedom) * 2, 1.17.1
        (0.0, 5, 1.0),
        (1e-4, 7.5, 0.99992281985303),
        (2.0, 7.5, 0.08289699529817),
        (-2.0, 7.5, 0.08289699529817),
        (12.0, 3, 0.00124501580079),
        (40.0, 1000, 1.04788521553e-209),
    ],
)
def test_tails_are_those_of_scipy(t: float, freedom: float, p: float) -> None:
    assert student.tail(t, freedom) == pytest.approx(p, rel=1e-9)


def test_what_is_infinitely_far_off_has_no_chance() -> None:
    assert student.tail(math.inf, 4) == 0.0


@given(st.floats(0.01, 0.9999), st.floats(1, 1e5))
def test_the_quantile_is_where_the_tail_begins(level: float, freedom: float) -> None:
    assert student.tail(student.quantile(level, freedom), freedom) == pytest.approx(1 - level, rel=1e-6)


@pytest.mark.parametrize(
    ("count", "part", "expected"),
    [
        (20, 0.5, (5, 14)),  # Conover, table A6: the 6th and the 15th
        (5, 0.5, (None, None)),
        (6, 0.5, (0, 5)),
        (30, 0.95, (25, None)),
        (10_000, 0.5, (4901, 5098)),
    ],
)
def test_ranks_leave_at_most_half_of_the_rest_on_each_side(
    count: int, part: float, expected: tuple[int | None, int | None]
) -> None:
    assert ranks(count, part) == expected


@given(st.integers(1, 200), st.integers(0, 200), st.floats(0.5, 0.999))
def test_a_share_lies_within_its_interval(of: int, count: int, level: float) -> None:
    low, high = wilson(min(count, of), of, level)
    assert 0 <= low <= min(count, of) / of <= high <= 1
