"""Dominated for sure, perhaps, or on the front."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drillbook.study.statistics import pareto
from drillbook.study.statistics.chance import uniforms
from drillbook.study.statistics.interval import Floats


def rows(*means: tuple[float, float], n: int = 100) -> Floats:
    noise = uniforms(n * len(means) * 2, 1, "noise").reshape(n, len(means), 2)
    return np.array(means) + noise - 0.5


def test_the_front_is_what_nothing_beats() -> None:
    assert pareto.front(np.array([[1.0, 4], [2, 2], [4, 1], [3, 3], [2, 2]])).tolist() == [
        True, True, True, False, True
    ]  # fmt: skip


def test_clearly_worse_in_all_is_dominated_for_sure_and_a_little_worse_perhaps() -> None:
    clear, close = pareto.places(rows((1, 1), (3, 3)))[1], pareto.places(rows((1, 1), (1.02, 1.08)))[1]
    assert (clear.standing, clear.by) == ("dominated", (0,))
    assert (close.standing, close.by) == ("perhaps", (0,))


def test_better_in_one_is_on_the_front() -> None:
    assert [each.standing for each in pareto.places(rows((1, 3), (3, 1)))] == ["front", "front"]


def test_an_objective_that_never_differs_does_not_count() -> None:
    both = rows((1, 0), (3, 0))
    both[..., 1] = 7.0
    assert pareto.places(both)[1].standing == "dominated"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8))
def test_somebody_is_always_on_the_front(means: list[tuple[float, float]]) -> None:
    assert pareto.front(np.array(means, dtype=float)).any()
