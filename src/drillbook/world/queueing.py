"""Closed forms of queueing theory that the components share. Times in seconds, rates per second.

Sources: Erlang C by the recursion of Erlang B; Kingman's and Little's laws as in any textbook of queueing
theory.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ROOT2 = math.sqrt(2.0)
_GRID = np.linspace(-8.0, 8.0, 3201)
_PHI = np.array([0.5 * math.erfc(-z / _ROOT2) for z in _GRID])
_TABLE: list[float] = _PHI.tolist()
_FIRST, _LAST = _TABLE[0], _TABLE[-1]
_POINTS = 512


def lognormal_tail(x: float, median: float, sigma: float) -> float:
    """P(X > x) of a lognormal; a step at the median where sigma is 0."""
    if x <= 0.0:
        return 1.0
    if sigma <= 0.0:
        return 1.0 if x < median else 0.0
    return 0.5 * math.erfc(math.log(x / median) / (sigma * _ROOT2))


def normal_cdf(z: Floats) -> Floats:
    """The standard normal distribution function, by a table (absolute error below 1e-6)."""
    return np.asarray(np.interp(z, _GRID, _PHI))


def normal_cdf_at(z: float) -> float:
    """The same at one place."""
    place = (z + 8.0) * 200.0
    if place <= 0:
        return _FIRST
    if place >= 3200:
        return _LAST
    k = int(place)
    low = _TABLE[k]
    return low + (_TABLE[k + 1] - low) * (place - k)


def erlang_c(servers: int, load: float) -> float:
    """P(wait > 0) in M/M/c with `load` = λh; 1 when the load reaches the servers."""
    if load >= servers:
        return 1.0
    blocking = 1.0
    for k in range(1, servers + 1):
        blocking = load * blocking / (k + load * blocking)
    return blocking / (1 - load / servers * (1 - blocking))


@lru_cache(maxsize=64)
def _waiting(servers: int) -> tuple[float, ...]:
    load = np.linspace(0.0, servers, _POINTS + 1)
    blocking = np.ones(_POINTS + 1)
    for k in range(1, servers + 1):
        blocking = load * blocking / (k + load * blocking)
    return tuple((blocking / (1 - load / servers * (1 - blocking))).tolist())


def erlang_wait(servers: int, busy: float, departures: float) -> float:
    """Mean wait in the stable regime with `busy` servers of `servers` in use.

    P(wait) / (μ − λ), where λ = `departures` of the busy ones and μ what all servers together would finish.
    `busy` below 60 % of the servers gives 0 when there are 20 or more: the chance is below 1e-3 then.
    """
    if busy <= 0.0 or departures <= 0.0 or (servers >= 20 and busy < 0.6 * servers):
        return 0.0
    free = servers - busy
    if free <= 0.0:
        return math.inf
    return erlang_chance(servers, busy) * busy / (free * departures)


def erlang_chance(servers: int, load: float) -> float:
    """P(wait > 0) in M/M/c, by a table; `load` is below the number of servers."""
    place = load / servers * _POINTS
    index = min(int(place), _POINTS - 1)
    table = _waiting(servers)
    return table[index] + (place - index) * (table[index + 1] - table[index])


def draining_wait(servers: int, busy: float, load: float, starts: float) -> float:
    """The same while work is left over that nothing replaces: only `load` of the `busy` servers fluctuates.

    The chance to wait is that of as many free servers, counted in standard deviations of `load`.
    """
    free = servers - busy
    if load <= 0.0 or starts <= 0.0 or free <= 0.0:
        return math.inf if free <= 0.0 else 0.0
    beta = free / math.sqrt(load)
    alike = ((math.sqrt(beta * beta + 4.0 * servers) - beta) / 2.0) ** 2
    if servers >= 20 and alike < 0.6 * servers:
        return 0.0
    return erlang_chance(servers, alike) * load / (free * starts)


def attempts(failure: float, retries: float) -> float:
    """Mean number of attempts of a call that fails with probability `failure` and is tried again."""
    tries = retries + 1
    return float(tries) if failure >= 1.0 else (1.0 - failure**tries) / (1.0 - failure)
