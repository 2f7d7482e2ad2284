"""Shares of the same runs are compared by Tango's score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.study.statistics import shares
from drillbook.study.statistics.interval import Flags


def pair(gained: int, lost: int, both: int, neither: int) -> tuple[Flags, Flags]:
    new = [True] * gained + [False] * lost + [True] * both + [False] * neither
    old = [False] * gained + [True] * lost + [True] * both + [False] * neither
    return np.array(new), np.array(old)


@pytest.mark.parametrize(
    ("gained", "lost", "n", "low", "high"),
    [
        # The score with the likeliest nuisance share searched for by scipy.optimize.
        (0, 1, 44, -0.118077, 0.059393),
        (9, 2, 44, 0.013177, 0.311607),
        (12, 3, 50, 0.031386, 0.329888),
        (5, 5, 30, -0.215472, 0.215472),
    ],
)
def test_the_interval_is_tangos(gained: int, lost: int, n: int, low: float, high: float) -> None:
    found = shares.paired(*pair(gained, lost, n - gained - lost, 0)).interval
    assert (found.low, found.high) == pytest.approx((low, high), abs=2e-6)


def test_alike_in_every_run_is_within_a_few_per_cent_and_no_evidence() -> None:
    found = shares.paired(*pair(0, 0, 100, 0))
    assert found.p == 1.0
    assert -0.04 < found.interval.low < 0 < found.interval.high < 0.04


def test_the_p_value_is_mcnemars() -> None:
    """(9 - 2)² / (9 + 2) = 4.4545: p = 0.0348."""
    assert shares.paired(*pair(9, 2, 20, 13)).p == pytest.approx(0.0348, abs=5e-5)


@given(*[st.integers(0, 30)] * 4)
def test_the_interval_holds_the_difference_and_stays_within_one(a: int, b: int, c: int, d: int) -> None:
    if a + b + c + d:
        found = shares.paired(*pair(a, b, c, d)).interval
        assert -1 <= found.low <= found.value <= found.high <= 1
