"""The three-process model gives the published check values, and sleepiness turns into a multiplier."""

import pytest

from drillbook.people import fatigue


def test_a_rested_person_at_two_in_the_afternoon() -> None:
    """evidence.md §3: KSS 3.2."""
    assert fatigue.on_call(14.0, 0.0) == pytest.approx(3.2, abs=0.05)


@pytest.mark.parametrize(("since", "kss"), [(0.0, 8.6), (0.5, 6.9)])
def test_woken_at_three_after_four_hours_of_sleep(since: float, kss: float) -> None:
    """evidence.md §3: 8.6 at waking, 6.9 half an hour later."""
    assert fatigue.on_call(3.0, since) == pytest.approx(kss, abs=0.05)


def test_fitness_is_degraded_from_seven_on() -> None:
    assert fatigue.fitness(6.99) == 1.0
    assert fatigue.fitness(7.0) == 5.0


def test_a_full_night_restores_what_the_day_took() -> None:
    tired = fatigue.awake(fatigue.RESTED, 16)
    assert tired < 10
    assert fatigue.asleep(tired, 8) == pytest.approx(fatigue.RESTED, abs=0.4)
