"""Intervals have their textbook values, and never stand on the wrong side of what they are about."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.batch import intervals


def test_a_mean_has_students_interval() -> None:
    found = intervals.mean([1.0, 2.0, 3.0])
    half = 4.302653 / math.sqrt(3)
    assert (found.value, found.low, found.high) == (2.0, round(2 - half, 4), round(2 + half, 4))


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 30, 0.0, 0.1135), (30, 30, 0.8865, 1.0), (5, 20, 0.1119, 0.4687)]
)
def test_a_part_has_wilsons_interval(count: int, of: int, low: float, high: float) -> None:
    found = intervals.share(count, of)
    assert (found.low, found.high) == (low, high)


def test_a_medians_interval_are_order_statistics() -> None:
    """With 20 values the 6th and the 15th: 95.86 % (Conover, table A6)."""
    found = intervals.middle([float(each) for each in range(1, 21)])
    assert (found.value, found.low, found.high) == (10.5, 6.0, 15.0)


def test_what_mostly_never_happens_has_no_median_but_a_lower_bound() -> None:
    found = intervals.middle([float(each) for each in range(9)] + [None] * 11)
    assert found.value is None
    assert found.low == 5.0
    assert found.high is None


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1, max_size=60))
def test_a_median_lies_within_its_interval(values: list[float | None]) -> None:
    found = intervals.middle(values)
    low, value, high = (math.inf if each is None else each for each in (found.low, found.value, found.high))
    assert low <= value <= high


def test_three_of_four_do_not_exceed_the_third_quartile() -> None:
    assert intervals.third_quartile([1.0, 2.0, 3.0, 4.0]) == 3.0
    assert intervals.third_quartile([1.0, 2.0, None, None]) is None
