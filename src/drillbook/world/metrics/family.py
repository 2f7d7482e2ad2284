"""A metric's series over a run: what exists, computed in blocks, remembered until the law changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from drillbook.model.labels import Labels
from drillbook.world.metrics.scrapes import Bools, Scrapes
from drillbook.world.queueing import Floats

Ints = NDArray[np.intp]
STALE: Final = np.int64(0x7FF0000000000002)
"""Prometheus's marker: the series ended."""
MISSING: Final = np.int64(0x7FF800006D697373)
"""No sample at this scrape; telemetry knows the same pattern."""


@dataclass(frozen=True, slots=True)
class Block:
    """Samples of all rows for some scrapes; `alive` has one scrape more at the front, None means always."""

    values: Floats
    alive: Bools | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """A metric. `rows` only ever grows; `block` gives values, or for a counter what each scrape adds."""

    name: str
    rows: Callable[[], Sequence[Labels]]
    block: Callable[[Scrapes], Block]
    counter: bool = False
    base: Callable[[], Floats] | None = None
    """Values of a counter's rows when they begin; 0 where left out."""


class Record:
    """A family's samples, as far as they are known; those after a change of the law are forgotten."""

    def __init__(self, family: Family, first: int, last: int) -> None:
        self.family = family
        self._first = first
        self._known = first - 1
        self._size = last - first + 1
        self._values = np.empty((0, 0))
        self._counts = np.empty((0, 0))

    def forget(self, known: int) -> None:
        """Samples of scrapes later than `known` may have changed."""
        self._known = min(self._known, known)

    def read(
        self, scrapes: Callable[[int, int], Scrapes], first: int, last: int
    ) -> tuple[tuple[Labels, ...], Floats]:
        """Label sets and samples of the scrapes `first` to `last`."""
        labels = tuple(self.family.rows())
        self._grow(len(labels), last)
        if last > self._known and labels:
            self._compute(scrapes(self._known + 1, last), self._known + 1, last)
        start, stop = first - self._first, last - self._first + 1
        if start >= 0:
            return labels, self._values[: len(labels), start:stop].copy()
        before = np.full((len(labels), min(-start, stop - start)), MISSING.view(np.float64))
        return labels, np.hstack([before, self._values[: len(labels), 0 : max(0, stop)]])

    def _grow(self, rows: int, last: int) -> None:
        have, size = self._values.shape
        wide = last - self._first + 1
        if rows <= have and wide <= size:
            return
        high, known = max(rows, have), max(0, self._known - self._first + 1)
        if wide > size:
            wide = min(max(2 * size, wide), max(self._size, wide))
        self._values = _larger(self._values, (high, max(wide, size)), known)
        self._values[have:, :known] = MISSING.view(np.float64)
        if self.family.counter:
            self._counts = _larger(self._counts, (high, max(wide, size)), known)
            base = self.family.base() if self.family.base is not None else np.zeros(rows)
            self._counts[have:rows, : max(known, 1)] = base[have:rows, None]

    def _compute(self, scrapes: Scrapes, first: int, last: int) -> None:
        block = self.family.block(scrapes)
        start, stop = first - self._first, last - self._first + 1
        rows: slice | Ints = slice(block.values.shape[0])
        if block.alive is not None:
            rows = np.flatnonzero(block.alive.any(axis=1))
            block = Block(block.values[rows], block.alive[rows])
            self._values[:, start:stop] = MISSING.view(np.float64)
        values = self._counted(block, rows, start, stop) if self.family.counter else block.values
        if block.alive is not None:
            alive = block.alive[:, 1:]
            ended = block.alive[:, :-1] & ~alive
            values = np.where(alive, values, MISSING.view(np.float64))
            values[ended] = STALE.view(np.float64)
        self._values[rows, start:stop] = values
        self._known = last

    def _counted(self, block: Block, rows: slice | Ints, start: int, stop: int) -> Floats:
        """A counter's values, from what each scrape adds."""
        before = self._counts[:, max(start - 1, 0)]
        added = (
            block.values.copy() if block.alive is None else np.where(block.alive[:, 1:], block.values, 0.0)
        )
        added[:, 0] += before[rows]
        values = np.cumsum(added, axis=1)
        self._counts[:, start:stop] = before[:, None]
        self._counts[rows, start:stop] = values
        return values


def _larger(values: Floats, shape: tuple[int, int], known: int) -> Floats:
    """Room for more rows and columns; of the old ones only the `known` columns matter."""
    room = np.empty(shape)
    room[: len(values), :known] = values[:, :known]
    return room
