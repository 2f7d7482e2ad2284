"""Selecting the best by elimination: procedure KN (Kim and Nelson, ACM TOMACS 11, 2001).

With probability 1 - alpha at least, the selected alternative is the best one, or its mean lies less than
the indifference zone from it. Observations are taken as normal; common random numbers are allowed, and
shorten it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from drillbook.study.statistics.interval import Floats


@dataclass(frozen=True, slots=True)
class Zone:
    """What is asked of the selection."""

    width: float
    """Indifference zone, in the objective's unit, above 0: a smaller difference does not matter."""
    alpha: float = 0.05
    first: int = 20
    """Replications before the first elimination; three at least."""


@dataclass(frozen=True, slots=True)
class Selection:
    """How far the selection has got."""

    eliminated: dict[int, int]
    """After how many replications, of each alternative that is out."""
    left: tuple[int, ...]
    """Alternatives still in, which need every replication from here on."""
    selected: int | None
    n: int
    """Replications looked at; of the selection where it is made."""
    most: int
    """Replications that it takes at the very most, as far as known."""


def kn(rows: Floats, zone: Zone) -> Selection:
    """Judge the replications so far (rows) of each alternative (columns); the smallest mean is the best.

    The same rows give the same selection however they came in: rows of an alternative after its elimination
    are not looked at, and may be NaN. Fewer than `zone.first` rows select nothing.
    """
    n, alternatives = rows.shape
    everybody = tuple(range(alternatives))
    if alternatives == 1:
        return Selection({}, everybody, 0, n, n)
    if n < zone.first:
        return Selection({}, everybody, None, n, zone.first)
    reach = _reach(rows[: zone.first], zone)
    sums = np.cumsum(rows, axis=0)[zone.first - 1 :]
    out = _eliminated(sums, reach, zone)
    left = tuple(which for which in everybody if which not in out)
    if len(left) == 1:
        return Selection(out, left, left[0], max(out.values()), n)
    most = 1 + max(math.floor(reach[i, j] / zone.width) for i in left for j in left if i != j)
    most = max(most, zone.first)
    if n >= most:
        return Selection(
            out, left, min(left, key=lambda which: float(sums[most - zone.first, which])), most, most
        )
    return Selection(out, left, None, n, most)


def _reach(first: Floats, zone: Zone) -> Floats:
    """h² S²_ij / δ for each pair: how far a sum of differences may fall behind at the start."""
    n0, alternatives = first.shape
    eta = ((2 * zone.alpha / (alternatives - 1)) ** (-2 / (n0 - 1)) - 1) / 2
    off = first[:, :, None] - first[:, None, :]
    return np.asarray(2 * eta * (n0 - 1) * off.var(axis=0, ddof=1) / zone.width)


def _eliminated(sums: Floats, reach: Floats, zone: Zone) -> dict[int, int]:
    """Who falls behind whom beyond the shrinking boundary, in the order of the replications.

    An alternative that is out eliminates nobody any more.
    """
    n, alternatives = sums.shape
    counts = np.arange(zone.first, zone.first + n, dtype=np.float64)
    events = []
    for i in range(alternatives):
        for j in range(alternatives):
            if i == j:
                continue
            boundary = np.maximum(0.0, (reach[i, j] - counts * zone.width) / 2)
            behind = np.flatnonzero(sums[:, i] - sums[:, j] > boundary)
            if behind.size:
                events.append((int(behind[0]) + zone.first, i, j))
    out: dict[int, int] = {}
    for at, loser, winner in sorted(events):
        if loser not in out and out.get(winner, at) >= at:
            out[loser] = at
    return out
