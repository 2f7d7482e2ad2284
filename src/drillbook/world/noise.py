"""Scrape noise: chance as a function of a series' key and the scrape's number, for whole matrices at once.

SplitMix64 (Steele, Lea and Flood 2014) of the key plus the scrape number times the golden gamma gives 64
bits for every (series, scrape), so that any sample can be read at any time, in any order, with the same
value.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from drillbook.world.queueing import Floats

Bits = NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_KINDS = np.uint64(0xD1B54A32D192ED03)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TABLE_SHIFT = np.uint64(52)
_SMALL = 8.0
_MOST = 64
_FEW = 24
"""So many or fewer are summed up one by one."""


def bits(keys: Bits, numbers: NDArray[np.int64]) -> Bits:
    """64 bits for each key (rows) and number (columns; may be negative)."""
    return _mix(np.add.outer(keys, numbers.astype(np.uint64) * _GAMMA))


def key(own: Bits, metric: int, kinds: NDArray[np.intp]) -> Bits:
    """Keys of a metric's rows: bits of what each row belongs to, of the metric, and the row's kind."""
    return _mix(own + np.uint64(metric) + (kinds + 1).astype(np.uint64) * _KINDS)


def _mix(x: Bits) -> Bits:
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


def poisson(mean: Floats, keys: Bits, numbers: NDArray[np.int64]) -> Floats:
    """Poisson counts for each key (rows) and scrape number (columns); `mean` has that shape.

    Exact inversion for means up to 8, Cornish-Fisher (normal with the skewness term) above. Where the mean
    is 0 nothing is drawn.
    """
    count = np.zeros(mean.size)
    place = np.flatnonzero(mean > 1e-9)
    if place.size == 0:
        return count.reshape(mean.shape)
    row = place // mean.shape[1]
    level = mean.ravel()[place]
    drawn = _mix(keys[row] + (numbers.astype(np.uint64) * _GAMMA)[place - row * mean.shape[1]])
    z = normal(drawn)
    # mean + sqrt(mean) z + (z² − 1)/6, rounded to the nearest count
    out = np.maximum(np.floor(level + np.sqrt(level) * z + (z * z - 1) / 6 + 0.5), 0.0)
    small = np.flatnonzero(level <= _SMALL)
    if small.size:
        out[small] = _invert(level[small], uniform(drawn[small]))
    count[place] = out
    return count.reshape(mean.shape)


def _invert(mean: Floats, u: Floats) -> Floats:
    """The smallest k with P(X <= k) >= u, by summing the terms."""
    count = np.zeros_like(mean)
    total = np.exp(-mean)
    left = np.flatnonzero(u > total)
    if left.size == 0:
        return count
    mean, u, total = mean[left], u[left], total[left]
    term, steps = total.copy(), np.ones(left.size)
    for k in range(1, _MOST - 1):
        if left.size <= _FEW:
            each = zip(left.tolist(), mean.tolist(), u.tolist(), term.tolist(), total.tolist(), strict=True)
            for place, *of in each:
                count[place] = _sum_up(k, *of)
            return count
        term *= mean
        term /= k
        total += term
        more = u > total
        steps += more
        if np.count_nonzero(more) < left.size // 2:  # go on with those only that have not got there
            count[left] = steps
            left, mean, u, steps = left[more], mean[more], u[more], steps[more]
            term, total = term[more], total[more]
    count[left] = steps
    return count


def _sum_up(k: int, mean: float, u: float, term: float, total: float) -> int:
    """The same for one of them, the terms before the k-th being summed up."""
    while u > total and k < _MOST:
        term = term * mean / k
        total += term
        k += 1
    return k - 1
