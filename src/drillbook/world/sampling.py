"""Reading a piecewise linear solution at many times at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from drillbook.world.pool import Row
from drillbook.world.queueing import Floats


class Sampler:
    """A solution at given times, whole seconds in rising order.

    `aims` says of knots whose line was cut short where it led: end and row.
    """

    def __init__(
        self,
        starts: Sequence[float],
        rows: Sequence[Row],
        aims: Mapping[int, tuple[float, Row]],
        times: Floats,
    ) -> None:
        self._rows, self._aims = rows, aims
        self._starts = np.array(starts)
        ends = np.append(self._starts[1:], self._starts[-1] + 1)
        for knot, (end, _) in aims.items():
            ends[knot] = end
        self._place = np.maximum(np.searchsorted(self._starts, times, side="right") - 1, 0)
        self._since = times - self._starts[self._place]
        self._part = self._since / (ends[self._place] - self._starts[self._place])

    def _values(self, k: int) -> tuple[Floats, Floats, Floats]:
        """A column at the knots, at the knot before each time, and at each time."""
        if k < len(self._rows[0]):
            values = np.array([row[k] for row in self._rows])
        else:  # later rows may have more columns; 0 before
            values = np.array([row[k] if k < len(row) else 0.0 for row in self._rows])
        aims = np.empty_like(values)
        aims[:-1], aims[-1] = values[1:], values[-1]
        for knot, (_, aim) in self._aims.items():
            aims[knot] = aim[k] if k < len(aim) else 0.0
        start = values[self._place]
        return values, start, start + (aims[self._place] - start) * self._part

    def column(self, k: int) -> Floats:
        """One column at the times."""
        return self._values(k)[2]

    def sums(self, k: int) -> Floats:
        """Sums of one column over the whole seconds from the first knot, not included, up to each time.

        A second's value counts for the second that ends there. Exact for the piecewise linear column.
        """
        values, start, here = self._values(k)
        steps = self._starts[1:] - self._starts[:-1]
        totals = np.zeros(len(values))
        np.cumsum(steps * (values[:-1] + values[1:]) / 2 + (values[1:] - values[:-1]) / 2, out=totals[1:])
        return np.asarray(totals[self._place] + (self._since * (start + here) / 2 + (here - start) / 2))
