"""What never happened before a run ended: NaN in the rows.

Quantiles take it as later than every time (so a median may be "never"); means are given the end of the run in
its place (`study.table`), which makes them restricted means: of the time spent waiting. A mean over the runs
in which it did happen would call an alternative fast that fails whenever it is hard.
"""

from __future__ import annotations

import numpy as np

from drillbook.study.statistics.interval import Flags, Floats


def never(values: Floats) -> Flags:
    """Where it did not happen."""
    return np.isnan(values)


def late(values: Floats) -> Floats:
    """Never as later than every time."""
    return np.asarray(np.where(np.isnan(values), np.inf, values))
