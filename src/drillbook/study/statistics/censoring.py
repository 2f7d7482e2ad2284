"""What never happened within the horizon: NaN in the rows.

Quantiles take it as later than every time (so a median may be "never"); means take it as the horizon, which
makes them restricted means: the mean time spent waiting until the horizon. A mean over the runs in which it
did happen would call an alternative fast that fails whenever it is hard.
"""

from __future__ import annotations

import numpy as np

from drillbook.study.statistics.interval import Flags, Floats


def never(values: Floats) -> Flags:
    """Where it did not happen."""
    return np.isnan(values)


def restricted(values: Floats, horizon: float) -> Floats:
    """Times of which the mean is the restricted mean up to the horizon (Irwin 1949)."""
    return np.asarray(np.where(np.isnan(values), horizon, np.minimum(values, horizon)))


def late(values: Floats) -> Floats:
    """Never as later than every time."""
    return np.asarray(np.where(np.isnan(values), np.inf, values))
