"""SPAR-H: products, the composite formula from three negative factors on, and dependence."""

import pytest

from drillbook.people.error import Shaping, dependent, error_probability


def test_nominal_probabilities_hold_without_shaping() -> None:
    assert error_probability("diagnosis", Shaping()) == 0.01
    assert error_probability("action", Shaping()) == 0.001


def test_the_composite_formula_gives_the_published_check_value() -> None:
    """evidence.md §3: 0.001 with a product of 12 from three negative factors is 0.01187."""
    shaping = Shaping(stress=2, complexity=2, experience=3)
    assert error_probability("action", shaping) == pytest.approx(0.01187, abs=1e-5)


def test_two_negative_factors_simply_multiply() -> None:
    assert error_probability("diagnosis", Shaping(stress=2, experience=10)) == pytest.approx(0.2)


def test_no_probability_exceeds_one() -> None:
    assert error_probability("diagnosis", Shaping(procedures=50, experience=10)) == 1.0
    assert error_probability("diagnosis", Shaping(50, 5, 5, 10, 50, 50, 5, 2)) < 1.0


def test_an_error_makes_the_next_one_likelier() -> None:
    assert dependent(0.0, "low") == 0.05
    assert dependent(0.1, "moderate") == pytest.approx(1.6 / 7)
