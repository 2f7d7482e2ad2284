"""Many comparisons, the runs that a precision takes, and when it is reached."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.study.statistics import holm, means, precision, stopping
from drillbook.study.statistics.interval import Interval
from drillbook.study.statistics.pairing import pairing


def test_holm_steps_down() -> None:
    """Holm 1979: 0.01 × 4, 0.02 × 3, then 0.03 × 2, and the last one not below the one before."""
    assert holm.adjusted([0.03, 0.01, 0.02, 0.04]) == pytest.approx([0.06, 0.04, 0.06, 0.06])


@given(st.lists(st.floats(0, 1), max_size=12))
def test_adjusted_values_keep_their_order_and_never_fall(ps: list[float]) -> None:
    found = holm.adjusted(ps)
    assert all(p <= q <= min(1, len(ps) * p) for p, q in zip(ps, found, strict=True))
    assert sorted(found) == [found[k] for k in sorted(range(len(ps)), key=ps.__getitem__)]


@pytest.mark.parametrize(("asked", "deviation", "n"), [(1.0, 5.0, 99), (0.5, 5.0, 387), (3.0, 1.0, 3)])
def test_runs_for_a_precision_are_the_fewest(asked: float, deviation: float, n: int) -> None:
    """Counted up with scipy.stats.t.ppf."""
    assert precision.runs_for(asked, deviation) == n
    assert precision.half_width(deviation, n) <= asked < precision.half_width(deviation, n - 1)


@pytest.mark.parametrize(
    ("n", "difference", "power"),
    [(10, 0.5, 0.2932), (30, 0.5, 0.7540), (100, 0.3, 0.8439), (20, 1.0, 0.9886)],
)
def test_power_is_near_the_noncentral_t(n: int, difference: float, power: float) -> None:
    """scipy.stats.nct."""
    assert precision.power(difference, 1.0, n) == pytest.approx(power, abs=0.012)


def test_what_is_detectable_is_detected_with_the_asked_power() -> None:
    assert precision.power(precision.detectable(2.0, 50), 2.0, 50) == pytest.approx(0.8, abs=0.01)


def test_a_precision_is_held_by_the_wider_side() -> None:
    skewed = Interval(10.0, 9.0, 13.0, 0.95, 30)
    assert not stopping.Asked(2.0).held(skewed)
    assert stopping.Asked(3.0).held(skewed)
    assert stopping.Asked(0.3, relative=True).held(skewed)
    assert not stopping.Asked(5.0).held(Interval(math.inf, 9.0, math.inf, 0.95, 30))


def test_a_look_at_which_it_held_is_followed_by_a_second_stage() -> None:
    assert stopping.following(50, held=False) == 75
    assert stopping.following(50, held=True) == 60


def test_what_pairing_saves_is_the_ratio_of_variances() -> None:
    shared, own = np.array([0.0, 10, 20, 30, 40]), np.array([1.0, -1, 1, -1, 0])
    found = pairing(shared + own, shared)
    assert found.correlation > 0.99
    assert found.factor == pytest.approx(found.independent / own.var(ddof=1))
    n = own.size
    assert means.paired(shared + own, shared).interval.n == n
    assert pairing(shared, shared).factor == math.inf
    assert pairing(0 * shared, 0 * shared).factor == 1.0
