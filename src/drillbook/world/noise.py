"""Scrape noise: chance as a function of a series' key and the scrape's number, for whole matrices at once.

SplitMix64 (Steele, Lea and Flood 2014) of the key plus the scrape number times the golden gamma gives 64 bits for every
(series, scrape), so that any sample can be read at any time, in any order, with the same value.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from drillbook.world.queueing import Floats

Bits = NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TABLE_SHIFT = np.uint64(52)
_SMALL = 12.0
_MOST = 64


def bits(keys: Bits, numbers: NDArray[np.int64]) -> Bits:
    """64 bits for each key (rows) and number (columns; may be negative)."""
    x: Bits = np.add.outer(keys, numbers.astype(np.uint64) * _GAMMA)
    x ^= x >> _S30
    x *= _MIX1
    x ^= x >> _S27
    x *= _MIX2
    x ^= x >> _S31
    return x


def uniform(of: Bits) -> Floats:
    """Uniform on (0, 1)."""
    return np.asarray(((of >> _S11).astype(np.float64) + 0.5) * 2.0**-53)


@lru_cache(maxsize=1)
def _normals() -> Floats:
    distribution = NormalDist()
    return np.array([distribution.inv_cdf((i + 0.5) / 4096) for i in range(4096)])


def normal(of: Bits) -> Floats:
    """Standard normal by a table of 4096 quantiles: ±3.7 at most."""
    return np.asarray(_normals()[(of >> _TABLE_SHIFT).astype(np.intp)])


def poisson(mean: Floats, of: Bits) -> Floats:
    """Poisson quantiles at the bits' uniforms; means in an array of the same shape.

    Exact inversion for means up to 12, Cornish-Fisher (normal with the skewness term) above.
    """
    z = normal(of)
    # mean + sqrt(mean) z + (z² − 1)/6, rounded to the nearest count
    count = np.maximum(np.floor(mean + np.sqrt(mean) * z + (z * z - 1) / 6 + 0.5), 0.0)
    small = mean <= _SMALL
    if small.any():
        count[small] = _invert(mean[small], uniform(of[small]))
    return count


def _invert(mean: Floats, u: Floats) -> Floats:
    """The smallest k with P(X <= k) >= u, by summing the terms."""
    term = np.exp(-mean)
    total = term.copy()
    count = np.zeros_like(mean)
    for k in range(1, _MOST):
        more = u > total
        if not more.any():
            break
        count += more
        term *= mean / k
        total += term
    return count
