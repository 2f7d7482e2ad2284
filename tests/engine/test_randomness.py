"""Keyed draws."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness

KEYS = st.lists(st.one_of(st.text(max_size=8), st.integers(-5, 5)), min_size=1, max_size=4)


@given(st.integers(0, 2**40), KEYS)
def test_a_draw_depends_on_seed_and_key_alone(seed: int, key: list[str | int]) -> None:
    one, other = Randomness(seed), Randomness(seed)
    other.uniform("something", "else")
    assert one.bits(*key) == other.bits(*key)
    assert 0 < one.uniform(*key) < 1


@given(KEYS)
def test_many_draws_are_those_of_their_numbers(key: list[str | int]) -> None:
    assert Randomness(3).many(12, *key) == [Randomness(3).bits(*key, number) for number in range(12)]


def test_keys_and_seeds_give_draws_of_their_own() -> None:
    draws = {Randomness(seed).bits("a", number) for seed in range(20) for number in range(50)}
    assert len(draws) == 1000


def test_normal_draws_are_standard() -> None:
    values = [Randomness(1).normal("z", number) for number in range(4000)]
    assert fmean(values) == pytest.approx(0, abs=0.06)
    assert stdev(values) == pytest.approx(1, abs=0.05)


def test_the_median_of_lognormal_draws_is_the_one_asked_for() -> None:
    values = sorted(Randomness(2).lognormal(120, 1.1, "ack", number) for number in range(4001))
    assert values[2000] == pytest.approx(120, rel=0.08)


def test_another_hash_seed_gives_the_same_draws() -> None:
    program = "from drillbook.engine.randomness import Randomness; print(Randomness(7).bits('a', 1))"
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(told) == 1
