"""What an estimate is, and what a comparison is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, and the bounds between which the true one lies with probability `level`.

    Infinite: later than any time observed (value), or not bounded on that side (bounds).
    """

    value: float
    low: float
    high: float
    level: float
    n: int
    """Replications that it rests on."""

    @property
    def half_width(self) -> float:
        """From the value to the farther bound: infinite where a side is not bounded."""
        if np.isinf(self.value) or np.isnan(self.value):
            return float("inf")
        return max(self.value - self.low, self.high - self.value)

    @property
    def excludes_zero(self) -> bool:
        """Whether both bounds lie on the same side of zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A difference (or ratio) with its interval, and the p-value of there being none."""

    interval: Interval
    p: float
    """Two-sided."""
