"""The lognormal law of times, some of them censored: estimate, intervals, bootstrap replicates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drillbook.batch import student
from drillbook.batch.bounds import LEVEL
from drillbook.study.fit.special import hazard, log_normal_tail
from drillbook.study.table import Floats

Flags: TypeAlias = NDArray[np.bool_]

_MOST = 500
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A fitted lognormal with 95 % intervals."""

    mu: float
    """Mean of the logarithm of seconds."""
    sigma: float
    """Standard deviation of the logarithm."""
    mu_interval: tuple[float, float]
    sigma_interval: tuple[float, float]
    log_likelihood: float

    @property
    def median(self) -> float:
        """Seconds."""
        return math.exp(self.mu)


def fit_lognormal(times: Floats, seen: Flags) -> Lognormal:
    """The lognormal of greatest likelihood; at least two different times that were seen."""
    y = np.log(times)
    mus, sigmas = estimates(y[None, :], seen[None, :])
    mu, sigma = float(mus[0]), max(float(sigmas[0]), 1e-6)
    errors = _errors(y, seen, mu, sigma)
    events = int(seen.sum())
    # Likelihood leaves the spread too small by a degree of freedom; intervals put it back.
    wider = math.sqrt(events / (events - 1))
    reach = student.quantile(LEVEL, events - 1)
    half_mu, half_log = reach * wider * errors[0], reach * errors[1]
    middle = sigma * wider
    return Lognormal(
        mu,
        sigma,
        (mu - half_mu, mu + half_mu),
        (middle * math.exp(-half_log), middle * math.exp(half_log)),
        likelihood(y, seen, mu, sigma),
    )


def estimates(y: Floats, seen: Flags) -> tuple[Floats, Floats]:
    """μ and σ of each row of logarithms, by the EM algorithm (Aitkin 1981); exact where all were seen."""
    mu, sigma = y.mean(axis=1), np.maximum(y.std(axis=1), 1e-6)
    if bool(seen.all()):
        return mu, sigma
    row, column = np.nonzero(~seen)
    known = np.where(seen, y, 0.0)
    for _ in range(_MOST):
        scale = sigma[row]
        z = (y[row, column] - mu[row]) / scale
        h = hazard(z)
        expected = known.copy()
        expected[row, column] = mu[row] + scale * h
        rest = np.zeros_like(known)
        rest[row, column] = np.maximum(scale * scale * (1 + h * (z - h)), 0.0)
        new_mu = expected.mean(axis=1)
        spread = (expected - new_mu[:, None]) ** 2 + rest
        new_sigma = np.maximum(np.sqrt(spread.mean(axis=1)), 1e-6)
        moved = max(float(np.abs(new_mu - mu).max()), float(np.abs(new_sigma - sigma).max()))
        mu, sigma = new_mu, new_sigma
        if moved < _CLOSE:
            break
    return mu, sigma


def likelihood(y: Floats, seen: Flags, mu: float, sigma: float) -> float:
    """Logarithm of the likelihood of the times (not of their logarithms)."""
    z = (y - mu) / sigma
    density = -0.5 * z[seen] ** 2 - math.log(sigma) - 0.5 * math.log(2 * math.pi) - y[seen]
    return float(density.sum() + log_normal_tail(z[~seen]).sum())


def _errors(y: Floats, seen: Flags, mu: float, sigma: float) -> tuple[float, float]:
    """Standard errors of μ and of log σ, from the observed information."""
    z = (y - mu) / sigma
    h = np.where(seen, 0.0, hazard(z))
    slope = h * (h - z)
    a = np.where(seen, 1.0, slope)
    b = np.where(seen, 2 * z, h + z * slope)
    c = np.where(seen, 2 * z * z, z * (h + z * slope))
    first, mixed, second = float(a.sum()) / sigma**2, float(b.sum()) / sigma, float(c.sum())
    determinant = first * second - mixed**2
    return math.sqrt(second / determinant), math.sqrt(first / determinant)
