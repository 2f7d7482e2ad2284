"""Quantiles take what never happened as later than all."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.study.statistics import bootstrap, censoring, quantiles
from drillbook.study.statistics.chance import resamples, uniforms


def test_a_median_has_order_statistics_as_bounds() -> None:
    found = quantiles.quantile(np.arange(1.0, 21.0), 0.5)
    assert (found.value, found.low, found.high) == (10.5, 6.0, 15.0)


def test_the_median_is_never_where_most_runs_never_get_there() -> None:
    found = quantiles.quantile(np.array([*range(9), *[math.nan] * 11], dtype=float), 0.5)
    assert (found.value, found.low, found.high) == (math.inf, 5.0, math.inf)


def test_too_few_values_leave_a_side_open() -> None:
    found = quantiles.quantile(np.arange(10.0), 0.95)
    assert found.high == math.inf
    assert found.half_width == math.inf


@given(st.lists(st.integers(0, 9) | st.just(math.nan), min_size=1, max_size=40), st.floats(0.01, 0.99))
def test_at_most_that_part_lies_below_a_quantile(values: list[float], part: float) -> None:
    late = censoring.late(np.array(values, dtype=float))
    value = quantiles.quantile(np.array(values, dtype=float), part).value
    assert np.count_nonzero(late < value) <= part * len(values) + 1e-6
    assert np.count_nonzero(late > value) <= (1 - part) * len(values) + 1e-6


def test_two_medians_on_the_same_runs_are_told_apart_where_either_alone_is_vague() -> None:
    shared = 100 * uniforms(200, 1, "hardness")
    values, baseline = shared - 2 + uniforms(200, 2, "own"), shared
    found = bootstrap.quantile_difference(values, baseline, 0.5, seed=3)
    alone = quantiles.quantile(values, 0.5)
    assert found.p < 0.01
    assert found.interval.high < 0
    assert alone.high - alone.low > 10


def test_where_both_may_be_never_no_difference_is_claimed() -> None:
    never = np.array([math.nan] * 60 + [1.0] * 40)
    found = bootstrap.quantile_difference(never, never[::-1].copy(), 0.5, seed=1)
    assert math.isnan(found.interval.value)
    assert (found.interval.low, found.interval.high, found.p) == (-math.inf, math.inf, 1.0)


def test_never_against_some_time_is_later() -> None:
    found = bootstrap.quantile_difference(np.full(50, math.nan), np.arange(50.0), 0.5, seed=1)
    assert found.interval.low == math.inf
    assert found.p < 0.01


def test_bca_is_scipys_up_to_chance() -> None:
    """scipy.stats.bootstrap, BCa, 20,000 resamples: the mean 3.75 to 6.4875, the deviation 1.116 to 3.162."""
    rows = np.array([3.1, 4.7, 2.2, 8.9, 5.5, 6.1, 4.4, 3.9])[:, None]
    mean = bootstrap.bca(rows, lambda sample: sample.mean(axis=(1, 2)), seed=1, times=20_000)
    deviation = bootstrap.bca(rows, lambda sample: sample[..., 0].std(axis=1, ddof=1), seed=1, times=20_000)
    assert (mean.low, mean.high) == pytest.approx((3.75, 6.4875), abs=0.05)
    assert (deviation.low, deviation.high) == pytest.approx((1.116, 3.162), abs=0.05)


def test_resamples_do_not_depend_on_how_they_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(resamples(7, 50, 1, "a")))
    monkeypatch.setattr("drillbook.study.statistics.chance._AT_ONCE", 40)
    cut = list(resamples(7, 50, 1, "a"))
    assert len(cut) == 10
    assert (np.concatenate(cut) == whole).all()
    assert set(np.unique(whole)) == set(range(7))
