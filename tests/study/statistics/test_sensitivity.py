"""Screening and Sobol's indices find what matters; without SALib a message says what to install."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from drillbook.engine.randomness import Randomness
from drillbook.errors import DrillbookError
from drillbook.study import designs
from drillbook.study.statistics import sensitivity

FACTORS = ["a", "b", "idle"]


def test_morris_ranks_the_factors_and_shows_what_is_not_linear() -> None:
    pytest.importorskip("SALib.analyze.morris", reason="the extra `sensitivity` is not installed")
    points = np.array(designs.morris(20, 4, 3, Randomness(1)))
    found = sensitivity.morris(FACTORS, points, 10 * points[:, 0] + 4 * points[:, 1] ** 2, 4, seed=1)
    assert [each.factor for each in found] == ["a", "b", "idle"]
    strength, bent = [each.strength.value for each in found], [each.bent for each in found]
    assert strength[0] == pytest.approx(10)
    assert strength[2] == pytest.approx(0)
    assert bent[0] == pytest.approx(0, abs=1e-9)
    assert bent[1] > 0.5


def test_sobol_indices_are_those_of_ishigami_and_homma() -> None:
    """Ishigami and Homma 1990, a = 7, b = 0.1: alone 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437."""
    pytest.importorskip("SALib.analyze.sobol", reason="the extra `sensitivity` is not installed")
    points = np.array(designs.saltelli(2048, 3, Randomness(1)))
    x1, x2, x3 = (2 * points.T - 1) * np.pi
    values = np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    found = {each.factor: each for each in sensitivity.sobol(FACTORS, values, seed=1)}
    alone = [found[name].alone.value for name in FACTORS]
    total = [found[name].total.value for name in FACTORS]
    assert alone == pytest.approx([0.3139, 0.4424, 0], abs=0.05)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.05)


def test_a_measure_that_never_changes_is_not_apportioned() -> None:
    assert sensitivity.sobol(FACTORS, np.ones(50), seed=1) == []


def test_without_the_library_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.setitem(sys.modules, "SALib.analyze.morris", None)
    with pytest.raises(DrillbookError, match=r"drillbook\[sensitivity\]"):
        sensitivity.morris(FACTORS, np.zeros((4, 3)), np.zeros(4), 4, seed=1)
