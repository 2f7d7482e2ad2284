"""Series that rules produce: recorded ones, ALERTS and ALERTS_FOR_STATE, on the grid of their evaluations."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from drillbook.model.labels import Labels
from drillbook.telemetry.source import MISSING, STALE, Bools, Floats, is_missing, is_sample
from drillbook.telemetry.storage import Block, Interner


class Recording:
    """The samples that one rule writes under one name; evaluation n is sample n."""

    def __init__(self, name: str, step: int, phase: int, interner: Interner) -> None:
        self.block = Block(name, step, phase, 0)
        self._interner = interner
        self._rows: dict[Labels, int] = {}

    def rows(self, of: Sequence[Labels]) -> list[int]:
        """The rows of some label sets, new ones appended."""
        return [self._rows.setdefault(series, len(self._rows)) for series in of]

    def __len__(self) -> int:
        return len(self._rows)

    def write(self, first: int, samples: Floats, there: Bools, good: Bools) -> None:
        """Append evaluations from `first` on: what is `there`, and the ends of series that no longer are.

        Evaluations that are not `good` failed: nothing was written then. Shape (rows so far, evaluations).
        """
        rows, gap = tuple(self._rows), first - self.block.end
        if gap > 0:
            self.block.write(rows, np.full((len(rows), gap), MISSING), self._interner)
        kept = np.flatnonzero(good)
        there = there[:, kept]
        earlier = np.concatenate([self._given(len(rows))[:, None], there[:, :-1]], axis=1)
        part = np.where(there, samples[:, kept], MISSING)
        part[earlier & ~there] = STALE
        written = np.full(samples.shape, MISSING)
        written[:, kept] = part
        self.block.write(rows, written, self._interner)

    def _given(self, rows: int) -> Bools:
        """Which series the last evaluation that succeeded wrote."""
        found = np.zeros(rows, np.bool_)
        past = self.block.values[:, : self.block.end - self.block.first]
        for row, samples in enumerate(past):
            written = samples[~is_missing(samples)]
            found[row] = bool(len(written)) and bool(is_sample(written[-1:])[0])
        return found

    def cut(self, number: int) -> None:
        """Forget evaluations from a number on."""
        self.block.cut(self.block.phase + number * self.block.step)


def merged(name: str, parts: Sequence[Block], interner: Interner, until: int | None = None) -> Block:
    """One block of what several rules write under a name, up to a time; the first writer of a sample wins."""
    if len(parts) == 1 and until is None:
        return parts[0]
    step = math.gcd(*(part.step for part in parts), *(part.phase - parts[0].phase for part in parts))
    block = Block(name, step, parts[0].phase % step, 0)
    rows = {series: row for row, series in enumerate(dict.fromkeys(s for part in parts for s in part.rows))}
    written = [part for part in parts if part.rows and part.end > part.first]
    if not written:
        return block
    lowest = min(_number(block, part, part.first) for part in written)
    highest = max(_number(block, part, part.end - 1) for part in written)
    if until is not None:
        highest = min(highest, (until - block.phase) // step)
    samples = np.full((len(rows), max(0, highest - lowest + 1)), MISSING)
    for part in written:
        _lay(
            samples,
            _number(block, part, part.first) - lowest,
            part,
            [rows[series] for series in part.rows],
            step,
        )
    block.first = block.end = block.ragged = lowest
    block.write(tuple(rows), samples, interner)
    return block


def _number(block: Block, part: Block, number: int) -> int:
    return (part.phase + number * part.step - block.phase) // block.step


def _lay(samples: Floats, start: int, part: Block, rows: list[int], step: int) -> None:
    columns = np.arange(start, samples.shape[1], part.step // step)[: part.end - part.first]
    where = np.ix_(np.array(rows, np.int64), columns)
    samples[where] = np.where(is_missing(samples[where]), part.values[:, : len(columns)], samples[where])
