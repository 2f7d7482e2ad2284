"""The fitted laws are those of greatest likelihood, and the test of fit keeps its level."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drillbook.engine.randomness import Randomness
from drillbook.study.fit.goodness import goodness
from drillbook.study.fit.laws import information_criteria
from drillbook.study.fit.lognormal import Flags, fit_lognormal, likelihood
from drillbook.study.fit.minimum import minimum
from drillbook.study.fit.special import gamma_tail, hazard, log_normal_tail
from drillbook.study.table import Floats


def lognormal(count: int, mu: float = 5.0, sigma: float = 1.1, seed: int = 1) -> Floats:
    draws = Randomness(seed)
    return np.array([draws.lognormal(math.exp(mu), sigma, "time", n) for n in range(count)])


def censored(times: Floats, at: float) -> tuple[Floats, Flags]:
    return np.minimum(times, at), times <= at


def test_without_censoring_the_estimates_are_mean_and_spread_of_the_logarithms() -> None:
    times = lognormal(50)
    law = fit_lognormal(times, np.ones(50, bool))
    assert law.mu == pytest.approx(np.log(times).mean())
    assert law.sigma == pytest.approx(np.log(times).std())


def test_with_censoring_no_other_parameters_are_likelier() -> None:
    times, seen = censored(lognormal(200), 300.0)
    law, y = fit_lognormal(times, seen), np.log(times)
    best, value = minimum(lambda p: -likelihood(y, seen, p[0], math.exp(p[1])), np.array([5.0, 0.0]))
    assert (law.mu, math.log(law.sigma)) == pytest.approx(best.tolist(), abs=1e-4)
    assert -law.log_likelihood == pytest.approx(value, abs=1e-6)


def test_leaving_open_incidents_out_would_make_a_team_look_faster() -> None:
    times, seen = censored(lognormal(400), 150.0)
    left_out = fit_lognormal(times[seen], np.ones(int(seen.sum()), bool))
    law = fit_lognormal(times, seen)
    assert law.mu_interval[0] < 5.0 < law.mu_interval[1]
    assert left_out.mu_interval[1] < 5.0


def test_the_incomplete_gamma_function_has_its_exact_values() -> None:
    x = np.array([0.01, 0.5, 1.0, 3.0, 20.0, 100.0])
    assert gamma_tail(1.0, x) == pytest.approx(np.exp(-x), rel=1e-11)
    assert gamma_tail(0.5, x) == pytest.approx([math.erfc(math.sqrt(each)) for each in x], rel=1e-10)
    erlang = np.exp(-x) * sum(x**k / math.factorial(k) for k in range(4))
    assert gamma_tail(4.0, x) == pytest.approx(erlang, rel=1e-10)


def test_far_tails_of_the_normal_stay_finite() -> None:
    z = np.array([-40.0, 0.0, 24.99, 25.01, 200.0])
    assert hazard(z)[1] == pytest.approx(math.sqrt(2 / math.pi))
    assert np.isfinite(hazard(z)).all()
    assert np.isfinite(log_normal_tail(z)).all()
    assert hazard(z)[3] == pytest.approx(hazard(z)[2], rel=2e-3)
    assert log_normal_tail(z)[3] == pytest.approx(log_normal_tail(z)[2], rel=3e-3)


def test_the_law_that_times_follow_has_the_least_criterion() -> None:
    draws = Randomness(3)
    exponential = np.array([-math.log(draws.uniform("e", n)) * 100 for n in range(300)])
    weibull = 100 * (exponential / 100) ** 2
    for name, times in (("exponential", exponential), ("lognormal", lognormal(300)), ("Weibull", weibull)):
        some, seen = censored(times, float(np.quantile(times, 0.9)))
        criteria = information_criteria(some, seen, fit_lognormal(some, seen))
        assert min(criteria, key=criteria.__getitem__) == name
    # A Weibull and a gamma law of shape 1 are the exponential: they cost the two of one parameter more.
    criteria = information_criteria(
        exponential, np.ones(300, bool), fit_lognormal(exponential, np.ones(300, bool))
    )
    assert criteria["gamma"] <= criteria["exponential"] + 2 + 1e-6
    assert criteria["Weibull"] <= criteria["exponential"] + 2 + 1e-6


def test_the_test_of_fit_accepts_lognormal_times_and_finds_two_kinds_in_one() -> None:
    two = np.concatenate([lognormal(80, 3.0, 0.2), lognormal(80, 7.0, 0.2, seed=2)])
    for times, low, high in ((lognormal(160), 0.05, 1.0), (two, 0.0, 0.01)):
        seen = np.ones(160, bool)
        distance, p_value = goodness(times, seen, fit_lognormal(times, seen), Randomness(1), "a")
        assert low < p_value <= high
        assert 0 < distance < 1
        assert goodness(times, seen, fit_lognormal(times, seen), Randomness(1), "a") == (distance, p_value)
