"""Reading a piecewise linear solution at many times at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from drillbook.world.network import Row
from drillbook.world.queueing import Floats


class Knots:
    """The rows of a solution as a matrix that grows with it; later rows may have more columns, 0 before."""

    def __init__(self) -> None:
        self._matrix = np.zeros((64, 64))
        self._filled = 0

    def forget(self, knots: int) -> None:
        """Only the first `knots` rows are still what they were."""
        self._filled = min(self._filled, knots)

    def matrix(self, rows: Sequence[Row]) -> Floats:
        """All rows; shape (knots, columns)."""
        count, width = len(rows), len(rows[-1])
        high, wide = self._matrix.shape
        if count > high or width > wide:
            larger = np.zeros((max(high, 2 * count), max(wide, width + 8)))
            larger[: self._filled, :wide] = self._matrix[: self._filled]
            self._matrix = larger
        for k in range(self._filled, count):
            row = rows[k]
            self._matrix[k, : len(row)] = row
            self._matrix[k, len(row) :] = 0.0
        self._filled = count
        return self._matrix[:count]


class Sampler:
    """A solution at given times, whole seconds in rising order.

    `aims` says of knots whose line was cut short where it led: end and row.
    """

    def __init__(
        self, starts: Sequence[float], matrix: Floats, aims: Mapping[int, tuple[float, Row]], times: Floats
    ) -> None:
        self._matrix, self._aims = matrix, aims
        self._starts = np.array(starts)
        ends = np.append(self._starts[1:], self._starts[-1] + 1)
        for knot, (end, _) in aims.items():
            ends[knot] = end
        self._place = np.maximum(np.searchsorted(self._starts, times, side="right") - 1, 0)
        self._since = times - self._starts[self._place]
        self._part = self._since / (ends[self._place] - self._starts[self._place])

    def _values(self, k: int) -> tuple[Floats, Floats, Floats]:
        """A column at the knots, at the knot before each time, and at each time."""
        known = k < self._matrix.shape[1]
        values = self._matrix[:, k] if known else np.zeros(len(self._starts))
        aims = np.append(values[1:], values[-1])
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
