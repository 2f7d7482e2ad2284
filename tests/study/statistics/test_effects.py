"""Effects of factors come out of the design that made them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest

from drillbook.study.statistics import bootstrap, effects
from drillbook.study.statistics.chance import uniforms
from drillbook.study.statistics.interval import Floats

FULL = list(product(range(3), range(2), range(2)))


def rows(design: Sequence[tuple[int, ...]], n: int = 60) -> Floats:
    """5 and 9 for the levels of the first factor, -2 for the second, 3 more for both of the last two."""
    truth = np.array([(0, 5, 9)[a] - 2 * b + 3 * b * c for a, b, c in design])
    hardness = 50 * uniforms(n, 1, "hard")[:, None]
    return truth + hardness + uniforms(n * len(design), 1, "own").reshape(n, len(design))


def test_main_effects_are_averages_over_the_other_factors() -> None:
    found = {
        (each.factor, each.level): each.found.interval
        for each in effects.main(effects.of_means(rows(FULL)), FULL)
    }
    for name, truth in {(0, 1): 5, (0, 2): 9, (1, 1): -0.5, (2, 1): 1.5}.items():
        assert found[name].low < truth < found[name].high
        assert found[name].half_width < 0.2  # the shared hardness of a replication drops out


def test_an_interaction_is_what_both_give_beyond_each() -> None:
    found = {
        (each.factors, each.levels): each.found
        for each in effects.interactions(effects.of_means(rows(FULL)), FULL)
    }
    assert len(found) == 5
    assert found[(1, 2), (1, 1)].interval.value == pytest.approx(3, abs=0.3)
    assert found[(1, 2), (1, 1)].p < 1e-6
    assert found[(0, 1), (2, 1)].interval.value == pytest.approx(0, abs=0.3)


def test_one_factor_at_a_time_tells_effects_and_no_interactions() -> None:
    design = [(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (0, 0, 1)]
    values = rows(design)
    found = effects.main(effects.of_means(values), design)
    assert len(found) == 4
    assert found[0].found.interval.value == pytest.approx((values[:, 1] - values[:, 0]).mean())
    assert effects.interactions(effects.of_means(values), design) == []


def test_what_always_changes_together_has_no_effect_of_its_own() -> None:
    design = [(0, 0, 0), (1, 1, 0), (0, 0, 1), (1, 1, 1)]
    assert [each.factor for each in effects.main(effects.of_means(rows(design)), design)] == [2]


def test_effects_on_a_quantile_are_those_of_the_alternatives_quantiles() -> None:
    """Rows are resampled whole: what makes a replication hard drops out, as it does of means."""
    values = rows(FULL)
    judge = bootstrap.Quantiles.of(values, 0.5, 1, 400).sum
    medians = np.median(values, axis=0)
    found = {(each.factor, each.level): each.found.interval for each in effects.main(judge, FULL)}
    chosen = [[row for row in range(len(FULL)) if FULL[row][0] == level] for level in (0, 2)]
    assert found[0, 2].value == pytest.approx(medians[chosen[1]].mean() - medians[chosen[0]].mean(), abs=0.2)
    assert found[0, 2].low < 9 < found[0, 2].high
    assert found[0, 2].half_width < 3  # the median of one alternative alone: some 13
    joint = {(each.factors, each.levels): each.found for each in effects.interactions(judge, FULL)}
    assert joint[(1, 2), (1, 1)].interval.low < 3 < joint[(1, 2), (1, 1)].interval.high


def test_an_alternative_that_is_never_over_leaves_the_effects_without_it_defined() -> None:
    design = [(0, 0), (1, 0), (0, 1)]
    values = rows([(a, b, 0) for a, b in design])
    values[:, 2] = np.nan
    judge = bootstrap.Quantiles.of(values, 0.9, 1, 100).sum
    first, second = effects.main(judge, design)
    assert np.isfinite(first.found.interval.half_width)
    assert second.found.interval.value == np.inf
