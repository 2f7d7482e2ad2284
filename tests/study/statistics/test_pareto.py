"""Dominated for sure, perhaps, or on the front."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drillbook.study.statistics import means, pareto
from drillbook.study.statistics.chance import uniforms
from drillbook.study.statistics.interval import Floats


def rows(*means: tuple[float, float], n: int = 100) -> Floats:
    noise = uniforms(n * len(means) * 2, 1, "noise").reshape(n, len(means), 2)
    return np.array(means) + noise - 0.5


def places(values: Floats) -> list[pareto.Place]:
    """By paired intervals of means."""

    def worse(one: int, other: int, level: float) -> bool:
        pairs = [(values[:, one, k], values[:, other, k]) for k in range(2)]
        return all(means.paired(*pair, level).interval.low > 0 for pair in pairs)

    return pareto.places(values.mean(axis=0), worse)


def test_the_front_is_what_nothing_beats() -> None:
    assert pareto.front(np.array([[1.0, 4], [2, 2], [4, 1], [3, 3], [2, 2]])).tolist() == [
        True, True, True, False, True
    ]  # fmt: skip


def test_clearly_worse_in_all_is_dominated_for_sure_and_a_little_worse_perhaps() -> None:
    clear, close = places(rows((1, 1), (3, 3)))[1], places(rows((1, 1), (1.02, 1.08)))[1]
    assert (clear.standing, clear.by) == ("dominated", (0,))
    assert (close.standing, close.by) == ("perhaps", (0,))


def test_better_in_one_is_on_the_front() -> None:
    assert [each.standing for each in places(rows((1, 3), (3, 1)))] == ["front", "front"]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8))
def test_somebody_is_always_on_the_front(means: list[tuple[float, float]]) -> None:
    assert pareto.front(np.array(means, dtype=float)).any()
