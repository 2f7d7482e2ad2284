"""Reading a piecewise linear solution at many times at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from drillbook.world.pool import Row
from drillbook.world.queueing import Floats

_KEPT = 256
"""Results that follow from a solution, of all metrics; few are larger than a hundred numbers."""
_Found = TypeVar("_Found")


class Sampler:
    """A solution at given times, whole seconds in rising order; it may be shared by many runs.

    `aims` says of knots whose line was cut short where it led: end and row. Columns are worked out once; they
    are not to be written to.
    """

    def __init__(
        self,
        starts: Sequence[float],
        rows: Sequence[Row],
        aims: Mapping[int, tuple[float, Row]],
        times: Floats,
    ) -> None:
        begins = np.array(starts)
        place = np.maximum(np.searchsorted(begins, times, side="right") - 1, 0)
        last = int(place[-1])
        self._rows = rows[: last + 1]
        ends, leads = [*starts[1 : last + 2]], [*rows[1 : last + 2]]
        if len(ends) == last:  # nothing is known beyond the last knot
            ends.append(starts[-1] + 1)
            leads.append(rows[-1])
        for knot, (end, aim) in aims.items():
            if knot <= last:
                ends[knot], leads[knot] = end, aim
        first = int(place[0])
        few = last - first < len(place)  # a knot leads to several times; else several knots to a time
        self._at: NDArray[np.intp] | slice = place - first if few else slice(None)
        knots = range(first, last + 1) if few else place.tolist()
        self._from, self._to = [rows[knot] for knot in knots], [leads[knot] for knot in knots]
        self._place, self._steps = place, begins[1 : last + 1] - begins[:last]
        self._since = times - begins[place]
        self._part = self._since / (np.array(ends)[place] - begins[place])
        self._columns: dict[int, Floats] = {}
        self._sums: dict[int, Floats] = {}
        self._worked_out: dict[Hashable, Any] = {}

    def once(self, key: Hashable, work_out: Callable[[], _Found]) -> _Found:
        """What follows from the solution at the times and the key alone, worked out once for all who ask."""
        found: _Found | None = self._worked_out.get(key)
        if found is None:
            if len(self._worked_out) >= _KEPT:
                self._worked_out.clear()
            found = self._worked_out[key] = work_out()
        return found

    def _read(self, rows: Sequence[Row], k: int) -> Floats:
        """A column of some rows; those before a column's first one have 0."""
        if k < len(self._rows[0]):
            return np.fromiter(map(itemgetter(k), rows), np.float64, len(rows))
        return np.array([row[k] if k < len(row) else 0.0 for row in rows])

    def column(self, k: int) -> Floats:
        """One column at the times."""
        found = self._columns.get(k)
        if found is None:
            start, end = self._read(self._from, k)[self._at], self._read(self._to, k)[self._at]
            found = self._columns[k] = start + (end - start) * self._part
            found.flags.writeable = False
        return found

    def sums(self, k: int) -> Floats:
        """Sums of one column over the whole seconds from the first knot, not included, up to each time.

        A second's value counts for the second that ends there. Exact for the piecewise linear column.
        """
        found = self._sums.get(k)
        if found is None:
            values, here = self._read(self._rows, k), self.column(k)
            start, before, after = values[self._place], values[:-1], values[1:]
            totals = np.zeros(len(values))
            np.cumsum(self._steps * (before + after) / 2 + (after - before) / 2, out=totals[1:])
            found = totals[self._place] + (self._since * (start + here) / 2 + (here - start) / 2)
            found.flags.writeable = False
            self._sums[k] = found
        return found
