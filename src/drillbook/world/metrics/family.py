"""A metric's series over a run: what exists, computed in blocks, remembered until the law changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from drillbook.model.labels import Labels
from drillbook.world.metrics.scrapes import Bools, Scrapes
from drillbook.world.metrics.shared import MISSING, Piece, Shared
from drillbook.world.queueing import Floats

STALE: Final = np.int64(0x7FF0000000000002)
"""Prometheus's marker: the series ended."""


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

    def __init__(self, family: Family, first: int, shared: Shared | None = None) -> None:
        """`shared` is what other runs with the same seed drew."""
        self.family = family
        self._shared = shared
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
        parts = [] if self._shared is None else list(self._shared.values(labels, start, last))
        start += sum([part.shape[1] for part in parts])
        if start <= last:
            parts.append(self._drawn(scrapes, labels, start, last))
        if first < self._first:
            before = min(self._first, last + 1) - first
            parts.insert(0, np.full((len(labels), before), MISSING.view(np.float64)))
        return labels, parts[0] if len(parts) == 1 else np.hstack([np.empty((len(labels), 0)), *parts])

    def _drawn(
        self, scrapes: Callable[[int, int], Scrapes], labels: tuple[Labels, ...], first: int, last: int
    ) -> Floats:
        """Samples that no other run has drawn."""
        start = first
        if self.family.counter:
            if self._shared is not None:
                for begin, counted, known in self._shared.counts(labels, self._known):
                    self._counts.append((begin, counted))
                    self._known = known
            start = min(start, self._known + 1)
        block = self.family.block(scrapes(start, last))
        lives = None if block.alive is None or block.alive.all() else block.alive
        values = block.values
        counts: Floats | None = None
        if self.family.counter:
            added = values if lives is None else np.where(lives[:, 1:], values, 0.0)
            values = counts = self._counted(added, start, last)
        if lives is not None:
            values = _living(values, lives)
        if self._shared is not None:
            self._shared.add(Piece(start, last, labels, values, counts))
        return values[:, first - start :]

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


def _living(values: Floats, lives: Bools) -> Floats:
    """The samples where there are any."""
    alive = lives[:, 1:]
    values = np.where(alive, values, MISSING.view(np.float64))
    ended = lives[:, :-1] > alive
    if ended.any():
        values[ended] = STALE.view(np.float64)
    return values
