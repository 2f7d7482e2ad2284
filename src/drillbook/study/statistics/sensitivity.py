"""Which of many numeric factors matter: Morris' screening and Sobol's indices, by SALib.

SALib (MIT) is an optional extra: it brings scipy, pandas and matplotlib, some 250 MB, and takes seconds to
import, so it is imported here only, and only when asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from drillbook.batch.bounds import LEVEL
from drillbook.errors import DrillbookError
from drillbook.study.statistics.interval import Floats, Interval

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


def morris(
    factors: Sequence[str], points: Floats, values: Floats, grid: int, seed: int, level: float = LEVEL
) -> list[Screened]:
    """Judge the measure at points of trajectories over the unit cube, the strongest factor first.

    Points are shaped (trajectories x (factors + 1), factors) and step on a grid of so many levels.
    """
    found = _library("analyze.morris").analyze(
        _problem(factors), points, values, num_resamples=_RESAMPLES, conf_level=level, num_levels=grid,
        seed=_small(seed),
    )  # fmt: skip
    n = len(points) // (len(factors) + 1)
    screened = [
        Screened(name, _within(found["mu_star"][k], found["mu_star_conf"][k], level, n),
                 float(found["mu"][k]), float(found["sigma"][k]))
        for k, name in enumerate(factors)
    ]  # fmt: skip
    return sorted(screened, key=lambda each: -each.strength.value)


def sobol(factors: Sequence[str], values: Floats, seed: int, level: float = LEVEL) -> list[Apportioned]:
    """Judge the measure at points of Saltelli's sample, the factor with the largest total first.

    The values are of matrix A, of B, then for each factor of A with that factor's column of B. A measure that
    never changes has no variance to apportion: nothing comes back.
    """
    if float(values.std()) == 0:
        return []
    n = len(values) // (len(factors) + 2)
    blocks = values.reshape(len(factors) + 2, n)
    ordered = np.concatenate([blocks[:1], blocks[2:], blocks[1:2]]).T.ravel()  # as SALib has them: A, AB, B
    found = _library("analyze.sobol").analyze(
        _problem(factors), ordered, calc_second_order=False, num_resamples=_RESAMPLES, conf_level=level,
        seed=_small(seed),
    )  # fmt: skip
    apportioned = [
        Apportioned(name, _within(found["S1"][k], found["S1_conf"][k], level, n),
                    _within(found["ST"][k], found["ST_conf"][k], level, n))
        for k, name in enumerate(factors)
    ]  # fmt: skip
    return sorted(apportioned, key=lambda each: -each.total.value)


def _within(value: float, half: float, level: float, n: int) -> Interval:
    return Interval(float(value), float(value - half), float(value + half), level, n)


def _problem(factors: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(factors), "names": list(factors), "bounds": [[0.0, 1.0]] * len(factors)}


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
