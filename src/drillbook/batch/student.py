"""Student's t: its tail and its quantiles, for any real number of degrees of freedom."""

from __future__ import annotations

import math
from functools import lru_cache

from drillbook.batch.bounds import normal

_TINY = 1e-300
_CLOSE = 1e-14
_TERMS = 500
_STEPS = 200


def tail(t: float, freedom: float) -> float:
    """P(|T| > |t|): the two-sided p-value of a t statistic."""
    if math.isinf(t):
        return 0.0
    square = t * t
    return _incomplete_beta(freedom / (freedom + square), square / (freedom + square), freedom / 2)


@lru_cache(maxsize=4096)
def quantile(level: float, freedom: float) -> float:
    """The t with P(|T| <= t) = level, by Newton's method.

    The tail is convex, and the normal quantile lies before Student's: the steps go one way only.
    """
    t = normal(level)
    scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - math.log(freedom * math.pi) / 2
    for _ in range(_STEPS):
        density = math.exp(scale - (freedom + 1) / 2 * math.log1p(t * t / freedom))
        step = (tail(t, freedom) - (1 - level)) / (2 * density)
        t += step
        if step < _CLOSE * t:
            break
    return t


def _incomplete_beta(x: float, rest: float, a: float) -> float:
    """The regularised incomplete beta function I_x(a, 1/2); `rest` is 1 - x, without its rounding error."""
    if x <= 0.0:
        return 0.0
    if rest <= 0.0:
        return 1.0
    b = 0.5
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    front = math.exp(a * math.log(x) + b * math.log(rest) - log_beta)
    # The fraction converges quickly on that side of the mean only.
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(rest, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _not_zero(1 + term * d)
            c = _not_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _CLOSE:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
