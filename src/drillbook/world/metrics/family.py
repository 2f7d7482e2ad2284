"""A metric's series over a run: what exists, computed in blocks, remembered until the law changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from drillbook.model.labels import Labels
from drillbook.world.metrics.scrapes import Bools, Scrapes
from drillbook.world.queueing import Floats

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
    """A family's samples, worked out when they are read.

    What is remembered is what counters had counted, as far as that is known; what they counted after a change
    of the law is forgotten.
    """

    def __init__(self, family: Family, first: int) -> None:
        self.family = family
        self._first = first
        self._known = first - 1
        self._counts: list[tuple[int, Floats]] = []
        """Counts of all rows, piece by piece, with the first scrape of each piece."""

    def forget(self, known: int) -> None:
        """Samples of scrapes later than `known` may have changed."""
        self._known = min(self._known, known)
        while self._counts and self._counts[-1][0] > known:
            self._counts.pop()

    def read(
        self, scrapes: Callable[[int, int], Scrapes], first: int, last: int
    ) -> tuple[tuple[Labels, ...], Floats]:
        """Label sets and samples of the scrapes `first` to `last`; these are not to be written to."""
        labels = tuple(self.family.rows())
        if not labels:
            return labels, np.empty((0, max(last - first + 1, 0)))
        start = max(first, self._first)
        if self.family.counter:
            start = min(start, self._known + 1)
        values = np.empty((len(labels), 0))
        if last >= start:
            values = self._compute(scrapes(start, last), start, last)[:, max(first - start, 0) :]
        if first >= self._first:
            return labels, values
        before = np.full((len(labels), last - first + 1 - values.shape[1]), MISSING.view(np.float64))
        return labels, np.hstack([before, values])

    def _compute(self, scrapes: Scrapes, first: int, last: int) -> Floats:
        block = self.family.block(scrapes)
        lives = None if block.alive is None or block.alive.all() else block.alive
        values = block.values
        if self.family.counter:
            added = values if lives is None else np.where(lives[:, 1:], values, 0.0)
            values = self._counted(added, first, last)
        if lives is None:
            return values
        alive = lives[:, 1:]
        values = np.where(alive, values, MISSING.view(np.float64))
        ended = lives[:, :-1] > alive
        if ended.any():
            values[ended] = STALE.view(np.float64)
        return values

    def _counted(self, added: Floats, first: int, last: int) -> Floats:
        """A counter's values, from what each scrape adds."""
        whole = np.empty((len(added), added.shape[1] + 1))
        whole[:, 0], whole[:, 1:] = self._before(first, len(added)), added
        counts = np.cumsum(whole, axis=1, out=whole)[:, 1:]
        if last > self._known:
            self.forget(first - 1)
            self._counts.append((first, counts))
            self._known = last
        return counts

    def _before(self, first: int, rows: int) -> Floats:
        """What every row had counted at the scrape before `first`."""
        begin, counts = next(
            ((begin, counts) for begin, counts in reversed(self._counts) if begin < first),
            (first, np.empty((0, 0))),
        )
        have = len(counts)
        before = np.zeros(rows)
        if have:
            before[:have] = counts[:, first - 1 - begin]
        if have < rows and self.family.base is not None:
            before[have:] = self.family.base()[have:rows]
        return before
