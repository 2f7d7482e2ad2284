"""Times to answer are lognormal, slower at night, and sometimes nobody answers."""

import math
from statistics import fmean, median, stdev

import pytest

from drillbook.engine.randomness import Randomness
from drillbook.model.people import Answer
from drillbook.people import delays


@pytest.mark.parametrize(
    ("hour", "factor"), [(8.0, 1.0), (14.0, 1.0), (21.99, 1.0), (22.0, 1.25), (3.0, 1.25), (7.99, 1.25)]
)
def test_the_night_lasts_from_ten_to_eight(hour: float, factor: float) -> None:
    assert delays.night_factor(hour) == factor


def test_answers_follow_the_persons_own_distribution() -> None:
    """The default is evidence.md §2's: median 2 min, sigma 1.1, mean 3.7 min, 5 % never."""
    drawn = [delays.answer(Randomness(seed), "dba", Answer(), 1) for seed in range(4000)]
    times = [each for each in drawn if each is not None]
    assert 1 - len(times) / len(drawn) == pytest.approx(0.05, abs=0.015)
    assert median(times) == pytest.approx(120, rel=0.08)
    assert stdev(math.log(each) for each in times) == pytest.approx(1.1, rel=0.05)
    assert fmean(times) == pytest.approx(3.7 * 60, rel=0.1)


def test_each_call_is_a_draw_of_its_own() -> None:
    draws = Randomness(1)
    first, second = (delays.answer(draws, "dba", Answer(never=0.0), n) for n in (1, 2))
    assert first != second
