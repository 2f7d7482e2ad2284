"""Means and ratios have the values that scipy gives, and hold what they say about no difference."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.study.statistics import means, ratios
from drillbook.study.statistics.chance import uniforms
from drillbook.study.statistics.interval import Floats

X = np.array([3.1, 4.7, 2.2, 8.9, 5.5, 6.1, 4.4, 3.9])
Y = np.array([2.9, 4.1, 2.8, 7.0, 5.0, 5.2, 4.6, 3.0])
numbers = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=40).map(np.array)


def test_independent_runs_are_compared_as_scipy_does() -> None:
    """scipy.stats.ttest_ind(X, Y, equal_var=False), 1.17.1."""
    found = means.welch(X, Y)
    assert (found.interval.low, found.interval.high) == pytest.approx((-1.4015321229, 2.4515321229))
    assert found.p == pytest.approx(0.5651118917)


def test_logarithms_of_independent_runs_give_the_ratio_of_geometric_means() -> None:
    found = ratios.geometric_apart(X, Y)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.7215178297, 1.6407819035), rel=1e-6)
    assert found.p == pytest.approx(0.6647750568)


def test_of_symmetric_differences_the_interval_is_students() -> None:
    found = means.paired(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 0.0)
    half = 2.776445 * math.sqrt(2.5 / 5)
    assert (found.interval.low, found.interval.high) == pytest.approx((3 - half, 3 + half))


def test_a_long_upper_tail_moves_the_interval_up() -> None:
    values = np.array([1.0, 1, 1, 2, 2, 3, 4, 30])
    found = means.mean(values)
    assert found.high - found.value > found.value - found.low


@given(numbers, st.floats(0.5, 0.999))
def test_p_and_interval_agree(values: Floats, level: float) -> None:
    found = means.paired(values, 0.0, level)
    assert found.interval.low <= found.interval.value <= found.interval.high
    if abs(found.p - (1 - level)) > 1e-6:
        assert (found.p < 1 - level) == found.interval.excludes_zero


@given(numbers)
def test_a_comparison_turned_round_is_the_same(values: Floats) -> None:
    one, other = means.paired(values, 0.0), means.paired(0.0 * values, values)
    assert one.p == pytest.approx(other.p, abs=1e-9)
    assert one.interval.low == pytest.approx(-other.interval.high, rel=1e-6, abs=1e-6)


def test_alike_in_every_run_is_no_evidence_of_a_difference() -> None:
    assert means.paired(X, X).p == 1.0
    assert means.paired(X, X - 1.0).p == pytest.approx(0.0)


def test_one_run_says_nothing() -> None:
    found = means.paired(X[:1], Y[:1])
    assert (found.interval.low, found.interval.high, found.p) == (-math.inf, math.inf, 1.0)


def test_fieller_holds_where_the_ratio_is_known() -> None:
    values = 10 + uniforms(400, 1, "values")
    found = ratios.fieller(1.3 * values, values)
    assert (found.low, found.value, found.high) == pytest.approx((1.3, 1.3, 1.3))
    noisy = ratios.fieller(1.3 * values + uniforms(400, 2, "noise") - 0.5, values)
    assert noisy.low < 1.3 < noisy.high
    assert noisy.high - noisy.low < 0.01


def test_a_baseline_that_may_be_zero_bounds_no_ratio() -> None:
    found = ratios.fieller(X, np.array([-1.0, 1, -1, 1, -1, 1, -1, 2]))
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert math.isnan(ratios.fieller(X, 0 * X).value)
