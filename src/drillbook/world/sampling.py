"""Reading a piecewise linear solution at many times at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from drillbook.world.network import Row
from drillbook.world.queueing import Floats


class Sampler:
    """A solution at given times, whole seconds in rising order; it may be shared by many runs.

    `aims` says of knots whose line was cut short where it led: end and row. Columns are worked out once, and
    only for the knots around the times; they are not to be written to.
    """

    def __init__(
        self,
        starts: Sequence[float],
        rows: Sequence[Row],
        aims: Mapping[int, tuple[float, Row]],
        times: Floats,
    ) -> None:
        all_starts = np.array(starts)
        place = np.maximum(np.searchsorted(all_starts, times, side="right") - 1, 0)
        first, last = int(place[0]), int(place[-1])
        self._rows = rows[: last + 2]
        self._starts = all_starts[: last + 2]
        self._first = first
        self._aims = {knot: aim for knot, aim in aims.items() if first <= knot <= last}
        ends = np.append(self._starts[1:], self._starts[-1] + 1)
        for knot, (end, _) in self._aims.items():
            ends[knot] = end
        start = self._starts[place]
        self._place, self._since = place, times - start
        self._part = self._since / (ends[place] - start)
        self._near = place - first
        self._columns: dict[int, Floats] = {}
        self._sums: dict[int, Floats] = {}

    def _knots(self, k: int, first: int) -> Floats:
        """A column at the knots from `first` on; rows before a column's first one have 0."""
        rows = self._rows
        if k < len(rows[0]):
            return np.array([row[k] for row in rows[first:]])
        return np.array([row[k] if k < len(row) else 0.0 for row in rows[first:]])

    def column(self, k: int) -> Floats:
        """One column at the times."""
        found = self._columns.get(k)
        if found is None:
            values = self._knots(k, self._first)
            aims = np.append(values[1:], values[-1])
            for knot, (_, aim) in self._aims.items():
                aims[knot - self._first] = aim[k] if k < len(aim) else 0.0
            start = values[self._near]
            found = self._columns[k] = start + (aims[self._near] - start) * self._part
            found.flags.writeable = False
        return found

    def sums(self, k: int) -> Floats:
        """Sums of one column over the whole seconds from the first knot, not included, up to each time.

        A second's value counts for the second that ends there. Exact for the piecewise linear column.
        """
        found = self._sums.get(k)
        if found is None:
            values, here = self._knots(k, 0), self.column(k)
            start, steps = values[self._place], self._starts[1:] - self._starts[:-1]
            totals = np.zeros(len(values))
            before, after = values[:-1], values[1:]
            np.cumsum(steps * (before + after) / 2 + (after - before) / 2, out=totals[1:])
            found = totals[self._place] + (self._since * (start + here) / 2 + (here - start) / 2)
            self._sums[k] = found
            found.flags.writeable = False
        return found
