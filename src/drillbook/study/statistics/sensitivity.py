"""Which of many numeric factors matter: Morris' screening and Sobol's indices, by SALib.

SALib (MIT) is an optional extra: it brings scipy, pandas and matplotlib, some 250 MB, and takes seconds to
import, so it is imported here only, and only when asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from drillbook.batch.bounds import LEVEL
from drillbook.errors import DrillbookError
from drillbook.study.statistics.interval import Floats, Interval

Ranges = Mapping[str, tuple[float, float]]
"""Of each factor: its name, its lowest and its highest value."""

GRID = 4
"""Levels that Morris' trajectories step between."""
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Screened:
    """A factor after Morris' screening, in the unit of the measure over the factor's whole range."""

    factor: str
    strength: Interval
    """Mean of the absolute elementary effects, mu* (Campolongo 2007): how much it matters."""
    direction: float
    """Mean of the effects with their signs, mu: near 0 beside a large strength it works both ways."""
    bent: float
    """Standard deviation of the effects, sigma: large where it is not linear, or acts with others."""


@dataclass(frozen=True, slots=True)
class Apportioned:
    """A factor's parts of the variance that the factors make."""

    factor: str
    alone: Interval
    """First-order index."""
    total: Interval
    """With all that it does together with others."""


def morris_points(ranges: Ranges, trajectories: int, seed: int) -> Floats:
    """Points (rows) of factors (columns): trajectories × (factors + 1) of them."""
    sample = _library("sample.morris").sample
    return np.asarray(sample(_problem(ranges), trajectories, num_levels=GRID, seed=_small(seed)))


def morris(ranges: Ranges, points: Floats, values: Floats, seed: int, level: float = LEVEL) -> list[Screened]:
    """Judge the measure's value at each of `morris_points`, the strongest factor first."""
    found = _library("analyze.morris").analyze(
        _problem(ranges), points, values, num_resamples=_RESAMPLES, conf_level=level, num_levels=GRID,
        seed=_small(seed),
    )  # fmt: skip
    n = len(points) // (len(ranges) + 1)
    screened = [
        Screened(name, _within(found["mu_star"][k], found["mu_star_conf"][k], level, n),
                 float(found["mu"][k]), float(found["sigma"][k]))
        for k, name in enumerate(ranges)
    ]  # fmt: skip
    return sorted(screened, key=lambda each: -each.strength.value)


def sobol_points(ranges: Ranges, samples: int, seed: int) -> Floats:
    """Points (rows) of factors (columns): samples × (factors + 2); `samples` must be a power of 2."""
    sample = _library("sample.sobol").sample
    return np.asarray(sample(_problem(ranges), samples, calc_second_order=False, seed=_small(seed)))


def sobol(ranges: Ranges, values: Floats, seed: int, level: float = LEVEL) -> list[Apportioned]:
    """Judge the measure's value at each of `sobol_points`, the largest total first."""
    found = _library("analyze.sobol").analyze(
        _problem(ranges), values, calc_second_order=False, num_resamples=_RESAMPLES, conf_level=level,
        seed=_small(seed),
    )  # fmt: skip
    n = len(values) // (len(ranges) + 2)
    apportioned = [
        Apportioned(name, _within(found["S1"][k], found["S1_conf"][k], level, n),
                    _within(found["ST"][k], found["ST_conf"][k], level, n))
        for k, name in enumerate(ranges)
    ]  # fmt: skip
    return sorted(apportioned, key=lambda each: -each.total.value)


def _within(value: float, half: float, level: float, n: int) -> Interval:
    return Interval(float(value), float(value - half), float(value + half), level, n)


def _problem(ranges: Ranges) -> dict[str, Any]:
    return {
        "num_vars": len(ranges),
        "names": list(ranges),
        "bounds": [list(ends) for ends in ranges.values()],
    }


def _small(seed: int) -> int:
    return seed % 2**32


def _library(module: str) -> Any:
    try:
        return import_module(f"SALib.{module}")
    except ModuleNotFoundError as error:
        raise DrillbookError(
            "Screening and Sobol's indices need SALib, which is not installed: "
            "pip install 'drillbook[sensitivity]'"
        ) from error
