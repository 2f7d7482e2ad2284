"""What common random numbers are worth: the variance of a difference, paired against independent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drillbook.study.statistics.interval import Floats


@dataclass(frozen=True, slots=True)
class Pairing:
    """How alike two alternatives fare on the same seeds."""

    correlation: float
    independent: float
    """Variance of the difference of one run each, were the runs independent."""
    paired: float
    """Variance of the difference on the same seed."""

    @property
    def factor(self) -> float:
        """How many times as many runs independent draws would need for the same half-width."""
        if self.paired > 0:
            return self.independent / self.paired
        return float("inf") if self.independent > 0 else 1.0


def pairing(values: Floats, baseline: Floats) -> Pairing:
    """Measured on two rows or more."""
    covariance = np.cov(values, baseline)
    independent = float(covariance[0, 0] + covariance[1, 1])
    scale = float(np.sqrt(covariance[0, 0] * covariance[1, 1]))
    correlation = float(covariance[0, 1]) / scale if scale > 0 else 0.0
    return Pairing(correlation, independent, float((values - baseline).var(ddof=1)))
