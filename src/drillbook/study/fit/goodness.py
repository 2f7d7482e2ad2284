"""Whether a fitted lognormal describes the times: Kolmogorov-Smirnov with a parametric bootstrap.

With censored times the measured distribution is that of Kaplan and Meier (1958), and bootstrap samples are
censored as the reverse Kaplan-Meier estimate says. Parameters are fitted anew to each of them (Stute 1993):
tables for known parameters would accept too much.
"""

from __future__ import annotations

import math

import numpy as np

from drillbook.engine.randomness import Randomness
from drillbook.study.fit.lognormal import Flags, Lognormal, estimates
from drillbook.study.fit.special import normal_cdf
from drillbook.study.table import Floats
from drillbook.world.noise import uniform

REPLICATES = 499
_CELLS = 2_000_000
"""Times over all replicates at most, so that large exports stay quick: fewer replicates then."""
_TABLE = np.linspace(-8.0, 8.0, 32_001)


def goodness(times: Floats, seen: Flags, law: Lognormal, draws: Randomness, key: str) -> tuple[float, float]:
    """The largest distance between measured and fitted distribution, and its p-value."""
    y = np.log(times)
    found = _distances(y[None, :], seen[None, :], np.array([law.mu]), np.array([law.sigma]))[0]
    count = max(49, min(REPLICATES, _CELLS // len(y)))
    shape = (count, len(y))
    drawn = law.mu + law.sigma * _normals(_uniforms(draws, shape, key, "time"))
    happened = np.ones(shape, bool)
    if not seen.all():
        ends = _censoring(y, seen, _uniforms(draws, shape, key, "end"))
        happened = drawn <= ends
        drawn = np.minimum(drawn, ends)
        enough = happened.sum(axis=1) >= 2
        drawn, happened = drawn[enough], happened[enough]
    distances = _distances(drawn, happened, *estimates(drawn, happened))
    return float(found), float((1 + (distances >= found).sum()) / (len(distances) + 1))


def _uniforms(draws: Randomness, shape: tuple[int, int], *key: str) -> Floats:
    bits = draws.many(shape[0] * shape[1], "fit", *key)
    return uniform(np.array(bits, np.uint64)).reshape(shape)


def _normals(u: Floats) -> Floats:
    """Quantiles of the standard normal, from a table of its distribution; exact to 1e-7 within ±5."""
    return np.interp(u, normal_cdf(_TABLE), _TABLE)


def _distances(y: Floats, seen: Flags, mu: Floats, sigma: Floats) -> Floats:
    """The largest distance of each row's Kaplan-Meier estimate from its lognormal, at the times seen."""
    order = np.argsort(y, axis=1, kind="stable")
    ordered = np.take_along_axis(y, order, axis=1)
    happened = np.take_along_axis(seen, order, axis=1)
    fitted = normal_cdf((ordered - mu[:, None]) / sigma[:, None])
    left = y.shape[1] - np.arange(y.shape[1])
    after = 1 - np.cumprod(np.where(happened, 1 - 1 / left, 1.0), axis=1)
    before = np.concatenate([np.zeros((len(y), 1)), after[:, :-1]], axis=1)
    apart = np.maximum(np.abs(after - fitted), np.abs(before - fitted))
    return np.asarray(np.where(happened, apart, 0.0).max(axis=1))


def _censoring(y: Floats, seen: Flags, u: Floats) -> Floats:
    """When observation ends, drawn from the reverse Kaplan-Meier estimate; never beyond its last step."""
    order = np.lexsort((~seen, y))
    ordered, ended = y[order], ~seen[order]
    left = len(y) - np.arange(len(y))
    gone = 1 - np.cumprod(np.where(ended, 1 - 1 / left, 1.0))
    place = np.searchsorted(gone, u, side="left")
    ends = np.append(ordered, math.inf)
    return np.asarray(ends[place])
