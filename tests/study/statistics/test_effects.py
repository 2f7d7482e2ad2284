"""Effects of factors come out of the design that made them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest

from drillbook.study.statistics import effects
from drillbook.study.statistics.chance import uniforms
from drillbook.study.statistics.interval import Floats

FULL = list(product(range(3), range(2), range(2)))


def rows(design: Sequence[tuple[int, ...]], n: int = 60) -> Floats:
    """5 and 9 for the levels of the first factor, -2 for the second, 3 more for both of the last two."""
    truth = np.array([(0, 5, 9)[a] - 2 * b + 3 * b * c for a, b, c in design])
    hardness = 50 * uniforms(n, 1, "hard")[:, None]
    return truth + hardness + uniforms(n * len(design), 1, "own").reshape(n, len(design))


def test_main_effects_are_averages_over_the_other_factors() -> None:
    found = {(each.factor, each.level): each.found.interval for each in effects.main(rows(FULL), FULL)}
    for name, truth in {(0, 1): 5, (0, 2): 9, (1, 1): -0.5, (2, 1): 1.5}.items():
        assert found[name].low < truth < found[name].high
        assert found[name].half_width < 0.2  # the shared hardness of a replication drops out


def test_an_interaction_is_what_both_give_beyond_each() -> None:
    found = {(each.factors, each.levels): each.found for each in effects.interactions(rows(FULL), FULL)}
    assert len(found) == 5
    assert found[(1, 2), (1, 1)].interval.value == pytest.approx(3, abs=0.3)
    assert found[(1, 2), (1, 1)].p < 1e-6
    assert found[(0, 1), (2, 1)].interval.value == pytest.approx(0, abs=0.3)


def test_one_factor_at_a_time_tells_effects_and_no_interactions() -> None:
    design = [(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (0, 0, 1)]
    values = rows(design)
    found = effects.main(values, design)
    assert len(found) == 4
    assert found[0].found.interval.value == pytest.approx((values[:, 1] - values[:, 0]).mean())
    assert effects.interactions(values, design) == []


def test_what_always_changes_together_has_no_effect_of_its_own() -> None:
    design = [(0, 0, 0), (1, 1, 0), (0, 0, 1), (1, 1, 1)]
    assert [each.factor for each in effects.main(rows(design), design)] == [2]
