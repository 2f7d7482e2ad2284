"""How long requests take: a mixture that survives a chain of calls.

The latency of admitted requests is quick (lognormal around m0), delayed (m0 + d1) or slow (m0 + d2 plus an
exponential tail h2 that is cut off at c2). Seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from drillbook.world.queueing import Floats, lognormal_tail, normal_cdf, normal_cdf_at

ENDLESS = 1e9
LEAST, MOST, HALVINGS = math.log(1e-4), math.log(1e4), 30
"""Where quantiles are looked for: logarithms of seconds, and how often that range is halved."""


class Latency(NamedTuple):
    """The mixture; weights w1 and w2, the rest is quick."""

    m0: float
    w1: float = 0.0
    d1: float = 0.0
    w2: float = 0.0
    d2: float = 0.0
    h2: float = 1.0
    c2: float = ENDLESS


def within(of: tuple[float, ...], spread: float, mean: float, timeout: float) -> tuple[float, float]:
    """P(latency > timeout) and E[min(latency, timeout)] of a mixture; `mean` is exp(spread² / 2)."""
    m0, w1, d1, w2, d2, h2, c2 = of
    rest, usual = 1.0 - w1 - w2, m0 * mean
    late, stay = rest * lognormal_tail(timeout, m0, spread), rest * min(usual, timeout)
    if w1 > 0.0:
        late += w1 * lognormal_tail(timeout - d1, m0, spread)
        stay += w1 * min(d1 + usual, timeout)
    if w2 > 0.0:
        over, start = timeout - d2 - m0, d2 + usual
        late += w2 * (1.0 if over <= 0.0 else 0.0 if over >= c2 else math.exp(-over / h2))
        over = min(timeout - start, c2)
        stay += w2 * (timeout if over <= 0.0 else start + h2 * (1.0 - math.exp(-over / h2)))
    return late, stay


def drawn(of: Latency, spread: float, u: float, usual: float, tail: float) -> float:
    """The latency of one request; `u` and `tail` are uniform on [0, 1), `usual` is standard normal."""
    m0, w1, d1, w2, d2, h2, c2 = of
    if u < w2:
        return m0 + d2 + min(-h2 * math.log1p(-tail), c2)
    quick = m0 * math.exp(spread * usual)
    return d1 + quick if u < w2 + w1 else quick


@lru_cache(maxsize=256)
def quantile(of: Latency, spread: float, q: float) -> float:
    """The latency that a part `q` stays below: as `Mixture.quantile`, for one moment."""
    m0, w1, d1, w2, d2, h2, c2 = of
    quick, delayed, spread = max(1 - w1 - w2, 0.0), min(w1, 1 - w2), max(spread, 1e-3)
    middle = math.log(m0) if m0 > 0 else -math.inf
    low, high = LEAST, MOST
    for _ in range(HALVINGS):
        at = (low + high) / 2
        x = math.exp(at)
        chance = quick * normal_cdf_at((at - middle) / spread)
        if delayed > 0 and x > d1:
            chance += delayed * normal_cdf_at((math.log(x - d1) - middle) / spread)
        over = x - d2 - m0
        if w2 > 0 and over > 0:
            chance += w2 * (1.0 if over >= c2 else 1 - math.exp(-over / h2))
        if chance < q:
            low = at
        else:
            high = at
    return math.exp((low + high) / 2)


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The quantiles of a mixture at one moment, each worked out when it is asked for."""

    of: Latency
    spread: float

    def __call__(self, q: float) -> float:
        """The latency that a part `q` stays below."""
        return quantile(self.of, self.spread, q)


class Mixture:
    """The mixture at many times: each parameter is an array of that length."""

    def __init__(self, parameters: Floats, spread: float) -> None:
        """`parameters` has the shape (7, times), in the order of `Latency`."""
        self._p = parameters
        self._spread = max(spread, 1e-3)

    def cdf(self, x: Floats | float, *, slow: Floats | float | None = None) -> Floats:
        """P(latency <= x) at each time; `slow` replaces the weight of the slow part."""
        m0, w1, d1, w2, d2, h2, c2 = self._p
        w2 = w2 if slow is None else np.asarray(slow)
        chance = np.maximum(1 - w1 - w2, 0.0) * self._quick(x)
        if w1.any():
            chance = chance + np.minimum(w1, 1 - w2) * self._quick(x - d1)
        if not w2.any():
            return np.asarray(chance)
        over = x - d2 - m0
        tail = np.where(over < c2, np.exp(-np.maximum(over, 0.0) / h2), 0.0)
        return np.asarray(chance + w2 * np.where(over > 0, 1 - tail, 0.0))

    def _quick(self, x: Floats | float) -> Floats:
        """The lognormal part."""
        positive = np.maximum(x, 1e-12)
        return np.where(np.greater(x, 0), normal_cdf(np.log(positive / self._p[0]) / self._spread), 0.0)

    def quantile(self, q: float) -> Floats:
        """The latency that a part `q` stays below, by bisection on a logarithmic scale."""
        low = np.full(self._p.shape[1], LEAST)
        high = np.full(self._p.shape[1], MOST)
        below = self._below()
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            under = below(np.exp(middle)) < q
            np.copyto(low, middle, where=under)
            np.copyto(high, middle, where=~under)
        return np.asarray(np.exp((low + high) / 2))

    def _below(self) -> Callable[[Floats], Floats]:
        """`cdf` for one positive x at each time, with all that is the same for every x worked out before."""
        m0, w1, d1, w2 = self._p[:4]
        quick, delayed = np.maximum(1 - w1 - w2, 0.0), np.minimum(w1, 1 - w2)
        late, slow = bool(w1.any()), np.flatnonzero(w2)
        middle, _, _, part, begin, length, cut = self._p[:, slow]

        def below(x: Floats) -> Floats:
            chance: Floats = quick * normal_cdf(np.log(x / m0) / self._spread)
            if late:
                chance += delayed * self._quick(x - d1)
            if slow.size:
                over = x[slow] - begin - middle
                tail = np.where(over < cut, np.exp(-np.maximum(over, 0.0) / length), 0.0)
                chance[slow] += part * np.where(over > 0, 1 - tail, 0.0)
            return chance

        return below
