"""Sums as Prometheus adds them up: compensated where digits would cancel out.

Source: Prometheus, util/kahansum (Neumaier's variant).
"""

from __future__ import annotations

import numpy as np

from drillbook.telemetry.source import Floats


def compensated(values: Floats) -> Floats:
    """The sums along the last axis; sums that overflow stay infinite."""
    total = np.zeros(values.shape[:-1])
    lost = np.zeros(total.shape)
    for place in range(values.shape[-1]):
        value = values[..., place]
        longer = total + value
        big = np.abs(total) >= np.abs(value)
        rest = np.where(big, (total - longer) + value, (value - longer) + total)
        lost = np.where(np.isinf(longer), 0.0, lost + rest)
        total = longer
    found: Floats = total + lost
    return found


def cancels(values: Floats) -> bool:
    """Whether sums may lose digits: some values are negative and some positive."""
    return values.size > 0 and bool(np.fmin.reduce(values, axis=None) < 0 < np.fmax.reduce(values, axis=None))
