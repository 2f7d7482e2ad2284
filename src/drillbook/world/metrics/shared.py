"""Samples of a metric that runs with one seed share, as far as nobody had intervened in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np

from drillbook.model.labels import Labels
from drillbook.world.queueing import Floats

MISSING: Final = np.int64(0x7FF800006D697373)
"""No sample at this scrape; telemetry knows the same pattern."""


class Piece(NamedTuple):
    """Samples of the scrapes `first` to `last` as some run drew them; of counters what they had counted."""

    first: int
    last: int
    labels: tuple[Labels, ...]
    values: Floats
    counts: Floats | None


class Shared:
    """The pieces of one metric, as one run sees them; `sure` is the last scrape before its interventions."""

    def __init__(self, pieces: list[Piece], sure: Callable[[], float]) -> None:
        self._pieces = pieces
        self._sure = sure

    def add(self, piece: Piece) -> None:
        """Keep what was drawn, unless somebody has intervened."""
        if self._sure() == np.inf:
            self._pieces.append(piece)

    def values(self, labels: tuple[Labels, ...], first: int, last: int) -> Iterator[Floats]:
        """Samples of these rows from `first` on, piece after piece, as far as they are known."""
        last = int(min(last, self._sure()))
        while first <= last:
            found = self._next(labels, first, last)
            if found is None:
                return
            yield found
            first += found.shape[1]

    def _next(self, labels: tuple[Labels, ...], first: int, last: int) -> Floats | None:
        """The samples of a piece from `first` on."""
        for piece in self._pieces:
            if piece.first <= first <= piece.last:
                found = _fitted(piece, labels, first, min(piece.last, last))
                if found is not None:
                    return found
        return None

    def counts(self, labels: tuple[Labels, ...], known: int) -> Iterator[tuple[int, Floats, int]]:
        """What counters had counted, if more than up to `known`: pieces with first and last sure scrape."""
        sure = self._sure()
        for piece in self._pieces:
            last = int(min(piece.last, sure))
            if piece.counts is not None and piece.first <= known + 1 <= last:
                same = _alike(piece, labels, known + 1, last)
                if same is not None:
                    yield piece.first, piece.counts[:same], last
                    known = last


def _alike(piece: Piece, labels: tuple[Labels, ...], first: int, last: int) -> int | None:
    """How many rows have the same labels; None where further rows of the piece have samples.

    Runs come to know rows in the same order, but one that looked further ahead knows more of them.
    """
    if piece.labels == labels:
        return len(labels)
    pairs = enumerate(zip(piece.labels, labels, strict=False))
    same = next((row for row, (one, other) in pairs if one != other), min(len(labels), len(piece.labels)))
    further = np.ascontiguousarray(piece.values[same:, first - piece.first : last + 1 - piece.first])
    return same if (further.view(np.int64) == MISSING).all() else None


def _fitted(piece: Piece, labels: tuple[Labels, ...], first: int, last: int) -> Floats | None:
    """The piece's samples for these rows; those that the piece does not know have none yet."""
    same = _alike(piece, labels, first, last)
    if same is None:
        return None
    values = piece.values[:same, first - piece.first : last + 1 - piece.first]
    if same == len(labels):
        return values
    rest = np.full((len(labels) - same, values.shape[1]), MISSING.view(np.float64))
    return np.vstack([values, rest])
