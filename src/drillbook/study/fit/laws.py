"""Other laws that times may follow, to compare the lognormal with: gamma, Weibull, exponential."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from drillbook.study.fit.lognormal import Flags, Lognormal
from drillbook.study.fit.minimum import minimum
from drillbook.study.fit.special import gamma_tail
from drillbook.study.table import Floats

_LOWEST, _HIGHEST = 0.02, 50.0


def information_criteria(times: Floats, seen: Flags, lognormal: Lognormal) -> dict[str, float]:
    """Akaike's criterion of each law, the least being the best."""
    # In units of the mean, which keeps the search well scaled; the likelihood is that of seconds.
    unit = float(times.mean())
    x, back = times / unit, float(seen.sum()) * math.log(unit)
    return {
        "lognormal": 4 - 2 * lognormal.log_likelihood,
        "gamma": 4 + 2 * (_least(x, seen, _gamma) + back),
        "Weibull": 4 + 2 * (_least(x, seen, _weibull) + back),
        "exponential": 2 + 2 * (_exponential(x, seen) + back),
    }


def _exponential(x: Floats, seen: Flags) -> float:
    events = float(seen.sum())
    return events * (1 + math.log(float(x.sum()) / events))


def _least(x: Floats, seen: Flags, cost: Callable[[float, float, Floats, Flags], float]) -> float:
    """The least cost over shape and scale, searched in their logarithms."""

    def of(logs: Floats) -> float:
        shape, scale = np.exp(np.clip(logs, -20, 20))
        if not _LOWEST <= shape <= _HIGHEST:
            return math.inf
        return cost(float(shape), float(scale), x, seen)

    return minimum(of, np.zeros(2))[1]


def _gamma(shape: float, scale: float, x: Floats, seen: Flags) -> float:
    z = x / scale
    density = (shape - 1) * np.log(z[seen]) - z[seen] - math.lgamma(shape) - math.log(scale)
    tail = np.log(np.maximum(gamma_tail(shape, z[~seen]), 1e-300))
    return -float(density.sum() + tail.sum())


def _weibull(shape: float, scale: float, x: Floats, seen: Flags) -> float:
    z = x / scale
    power = z**shape
    density = math.log(shape / scale) + (shape - 1) * np.log(z[seen]) - power[seen]
    return -float(density.sum() - power[~seen].sum())
