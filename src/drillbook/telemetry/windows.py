"""Range vectors: for each tick a window of samples, over a grid that all rows share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.nodes import Node
from drillbook.telemetry.selectors import Part, Selector
from drillbook.telemetry.source import Bools, Floats, Ints, is_sample
from drillbook.telemetry.vectors import Index

_PIECE = 2_000_000
"""Most numbers that a function over whole windows lays out at once."""

Columns: TypeAlias = Ints | slice


@dataclass(frozen=True)
class Windows:
    """Samples of some rows in columns, and for each tick the columns lo (included) to hi (excluded).

    Column c is at `phase + c * step` ms; `ends` are the windows' ends in ms, which `offset` and `@` move away
    from the `ticks`. A mask of None says that every sample exists and is finite. `width` is the number of
    columns where that is the same for all ticks (0 otherwise), `stride` then the distance between the windows
    of neighbouring ticks.
    """

    index: Index
    values: Floats
    mask: Bools | None
    lo: Ints
    hi: Ints
    ends: Ints
    ticks: Ints
    length: int
    step: int
    phase: int
    width: int
    stride: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and ticks."""
        return len(self.values), len(self.lo)

    def even(self, column: int) -> slice:
        """The columns that lie `column` after each window's start, where all windows are alike."""
        start = int(self.lo[0]) + column
        return slice(start, start + (len(self.lo) - 1) * self.stride + 1, self.stride)

    @cached_property
    def count(self) -> Ints | int:
        """How many samples are in the windows: one number, per tick, or per row and tick."""
        if self.mask is None:
            return self.width or np.maximum(self.hi - self.lo, 0)
        total = np.zeros((len(self.values), self.values.shape[1] + 1), np.int64)
        np.cumsum(self.mask, axis=1, out=total[:, 1:])
        counts: Ints = total[:, np.maximum(self.hi, self.lo)] - total[:, self.lo]
        return counts

    @cached_property
    def last_columns(self) -> Ints:
        """For each row and column the last column at or before it that has a sample, else -1."""
        columns = np.arange(self.values.shape[1])
        if self.mask is None:
            return np.broadcast_to(columns, self.values.shape)
        found: Ints = np.maximum.accumulate(np.where(self.mask, columns, -1), axis=1)
        return found

    @cached_property
    def firsts(self) -> Ints:
        """Column of the first sample in each window, per tick or per row and tick."""
        last = self.values.shape[1] - 1
        if self.mask is None:
            return np.minimum(self.lo, last)
        columns = np.where(self.mask, np.arange(last + 1), last)
        following = np.minimum.accumulate(columns[:, ::-1], axis=1)[:, ::-1]
        found: Ints = following[:, np.minimum(self.lo, last)]
        return found

    @cached_property
    def lasts(self) -> Ints:
        """Column of the last sample in each window, likewise."""
        if self.mask is None:
            return np.maximum(self.hi - 1, 0)
        return np.maximum(self.last_columns[:, np.maximum(self.hi - 1, 0)], 0)

    def at(self, columns: Ints) -> Floats:
        """The samples in the columns given per tick or per row and tick."""
        return pick(self.values, columns)

    def enough(self, least: int) -> Bools | None:
        """Where the windows have at least so many samples; None where all have."""
        if isinstance(self.count, int):
            return None if self.count >= least else np.zeros(self.shape, np.bool_)
        wide = self.count >= least
        if wide.all():
            return None
        return np.broadcast_to(wide, self.shape)

    def pieces(self) -> Iterator[Windows]:
        """The same windows in pieces of some ticks, so that laying them out fits into memory."""
        rows, ticks = self.shape
        widest = self.width or int(np.max(self.hi - self.lo, initial=1))
        count = max(1, -(-rows * ticks * max(widest, 1) // _PIECE))
        if count == 1:
            yield self
            return
        for span in np.array_split(np.arange(ticks), min(count, ticks)):
            lo, hi, ends, times = self.lo[span], self.hi[span], self.ends[span], self.ticks[span]
            yield replace(self, lo=lo, hi=hi, ends=ends, ticks=times)

    def laid_out(self) -> tuple[Floats, Bools | None]:
        """All windows side by side, shape (rows, ticks, samples), and which of these are samples."""
        if self.width:
            where = self.even(0)
            wide = sliding_window_view(self.values, self.width, axis=1)[:, where]
            if self.mask is None:
                return wide, None
            return wide, sliding_window_view(self.mask, self.width, axis=1)[:, where]
        widest = max(1, int(np.max(self.hi - self.lo, initial=1)))
        columns = self.lo[:, None] + np.arange(widest)
        inside = columns < self.hi[:, None]
        columns = np.minimum(columns, self.values.shape[1] - 1)
        if self.mask is not None:
            return self.values[:, columns], inside & self.mask[:, columns]
        return self.values[:, columns], np.broadcast_to(inside, (len(self.values), *inside.shape))


def pick(values: Floats, columns: Ints) -> Floats:
    """Values in columns given once for all rows, or row by row."""
    return values[:, columns] if columns.ndim == 1 else np.take_along_axis(values, columns, axis=1)


class Range(Node):
    """`selector[range]`: windows over a metric's samples."""

    def __init__(self, selector: Selector, length: int) -> None:
        super().__init__(selector)
        self.selector = selector
        self.length = length

    def barren(self, names: Collection[str]) -> bool:
        """As its selector."""
        return self.selector.barren(names)

    def windows(self, ev: Evaluation) -> list[Windows]:
        """The windows, metric by metric."""
        found: list[Windows] | None = ev.results.get(self)
        if found is None:
            every = [self._over(ev, part) for part in self.selector.parts(ev, self.length)]
            found = ev.results[self] = [windows for windows in every if windows.values.size]
        return found

    def _over(self, ev: Evaluation, part: Part) -> Windows:
        block, places = part.block, part.places
        closed, shift = self.selector.closed, self.selector.shift
        back = self.length - places.ages
        lo = places.numbers - (back if closed else back - 1) // block.step
        first = max(int(lo.min()), block.first)
        last = min(places.last, block.end - 1)
        region = part.read(first, max(last, first - 1))
        hi = places.numbers + 1
        regular = bool(places.stride) and int(lo[0]) >= first and places.last <= last
        width = int(hi[0] - lo[0]) if regular else 0
        whole = first >= block.ragged
        mask = None if whole else is_sample(region)
        if mask is not None and bool(np.isfinite(region).all()):
            mask = None
        return Windows(
            part.index, region, mask, np.clip(lo - first, 0, region.shape[1]),
            np.clip(hi - first, 0, region.shape[1]), ev.moved(shift), ev.ticks.ms, self.length,
            block.step, block.phase + first * block.step, width, places.stride if regular else 0,
        )  # fmt: skip
