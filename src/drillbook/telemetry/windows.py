"""Range vectors: for each tick a window of samples, over a grid that all rows share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple, TypeVar, cast

import numpy as np
from numpy.lib.stride_tricks import as_strided

from drillbook.telemetry.evaluation import Evaluation, Places
from drillbook.telemetry.nodes import Node
from drillbook.telemetry.selectors import Part, Selector
from drillbook.telemetry.source import Bools, Floats, Ints, is_sample
from drillbook.telemetry.storage import Block
from drillbook.telemetry.vectors import Index, remembered

_PIECE = 2_000_000
"""Most numbers that a function over whole windows lays out at once."""

_Cells = TypeVar("_Cells", Floats, Bools)


class Grid(NamedTuple):
    """Column c of some samples is at `phase + c * step` ms."""

    step: int
    phase: int


class Regular(NamedTuple):
    """All windows are alike: they begin at column `start`, `stride` columns apart, and are `width` wide."""

    start: int
    stride: int
    width: int


def _single(lo: Ints, hi: Ints) -> Regular | None:
    return Regular(int(lo[0]), 1, int(hi[0] - lo[0])) if len(lo) == 1 else None


class Lives(NamedTuple):
    """Rows that have a sample in every column from their first one to their last, by kind.

    `which` says of each row which of the `begins` and (excluded) `ends` are its own; `continued` are the same
    windows with the first and last samples repeated to both sides, so that there are no gaps.
    """

    begins: Ints
    ends: Ints
    which: Ints
    continued: Windows


class Windows:
    """Samples of some rows in columns, and for each tick the columns lo (included) to hi (excluded).

    `ends` are the windows' ends in ms, which `offset` and `@` move away from the `ticks`; `length` is their
    length in ms. A mask of None says that every sample exists and is finite.
    """

    def __init__(
        self,
        samples: tuple[Index, Floats, Bools | None],
        columns: tuple[Ints, Ints] | Regular,
        times: tuple[Ints, Ints],
        grid: Grid,
        length: int,
    ) -> None:
        self.index, self.values, self.mask = samples
        self.ends, self.ticks = times
        self.step, self.phase = grid
        self.length = length
        self.regular = columns if isinstance(columns, Regular) else None
        self._columns = None if isinstance(columns, Regular) else columns
        self.alike = columns if isinstance(columns, Regular) else _single(*columns)
        """How the windows lie where all are alike, as a single one always is."""
        self._count: Ints | None = None
        self._lasts: Ints | None = None

    @cached_property
    def lives(self) -> Lives | None:
        """How long each row lives; None without gaps, with gaps within a life, or where windows differ."""
        if self.mask is None or self.alike is None or self.alike.width < 2:
            return None
        width = self.mask.shape[1]
        begins, ends = self.mask.argmax(axis=1), width - self.mask[:, ::-1].argmax(axis=1)
        if not np.array_equal(np.count_nonzero(self.mask, axis=1), ends - begins):
            return None
        kinds, which = np.unique(begins * (width + 1) + ends, return_inverse=True)
        columns, rows = np.arange(width), np.arange(len(begins))
        first, last = self.values[rows, begins, None], self.values[rows, ends - 1, None]
        values = np.where(columns < begins[:, None], first, self.values)
        values = np.where(columns < ends[:, None], values, last)
        samples, grid = (self.index, values, None), Grid(self.step, self.phase)
        whole = Windows(samples, self.regular or self.columns, (self.ends, self.ticks), grid, self.length)
        return Lives(kinds // (width + 1), kinds % (width + 1), which, whole)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and ticks."""
        return len(self.values), len(self.ticks)

    @property
    def columns(self) -> tuple[Ints, Ints]:
        """First column of each window, and the one after its last."""
        if self._columns is None:
            start, stride, width = self.regular or Regular(0, 0, 0)
            lo = start + stride * np.arange(len(self.ticks), dtype=np.int64)
            self._columns = (lo, lo + width)
        return self._columns

    def even(self, column: int) -> slice:
        """The columns that lie `column` after each window's start, where all windows are alike."""
        start, stride, _ = self.alike or Regular(0, 0, 0)
        return slice(start + column, start + column + (len(self.ticks) - 1) * stride + 1, stride)

    @property
    def count(self) -> Ints | int:
        """How many samples are in the windows: one number, per tick, or per row and tick."""
        if self.mask is None and self.regular is not None:
            return self.regular.width
        if self._count is None:
            self._count = self._counted(*self.columns)
        return self._count

    def _counted(self, lo: Ints, hi: Ints) -> Ints:
        if self.mask is None:
            return cast("Ints", np.maximum(hi - lo, 0))
        total = np.zeros((len(self.values), self.values.shape[1] + 1), np.int64)
        np.cumsum(self.mask, axis=1, out=total[:, 1:])
        counts: Ints = total[:, np.maximum(hi, lo)] - total[:, lo]
        return counts

    @property
    def last_columns(self) -> Ints:
        """For each row and column the last column at or before it that has a sample, else -1."""
        if self._lasts is None:
            columns = np.arange(self.values.shape[1])
            where = columns if self.mask is None else np.where(self.mask, columns, -1)
            spread = np.broadcast_to(where, self.values.shape)
            self._lasts = cast("Ints", np.maximum.accumulate(spread, axis=1))
        return self._lasts

    @property
    def firsts(self) -> Ints:
        """Column of the first sample in each window, per tick or per row and tick."""
        lo, last = self.columns[0], self.values.shape[1] - 1
        if self.mask is None:
            return cast("Ints", np.minimum(lo, last))
        columns = np.where(self.mask, np.arange(last + 1), last)
        following = np.minimum.accumulate(columns[:, ::-1], axis=1)[:, ::-1]
        found: Ints = following[:, np.minimum(lo, last)]
        return found

    @property
    def lasts(self) -> Ints:
        """Column of the last sample in each window, likewise."""
        before = np.maximum(self.columns[1] - 1, 0)
        if self.mask is None:
            return cast("Ints", before)
        return cast("Ints", np.maximum(self.last_columns[:, before], 0))

    def at(self, columns: Ints) -> Floats:
        """The samples in the columns given per tick or per row and tick."""
        return pick(self.values, columns)

    def enough(self, least: int) -> Bools | None:
        """Where the windows have at least so many samples; None where all have."""
        count = self.count
        if isinstance(count, int):
            return None if count >= least else np.zeros(self.shape, np.bool_)
        wide = count >= least
        if wide.all():
            return None
        return np.broadcast_to(wide, self.shape)

    def pieces(self) -> Iterator[Windows]:
        """The same windows in pieces of some ticks, so that laying them out fits into memory."""
        rows, ticks = self.shape
        lo, hi = self.columns
        widest = self.regular.width if self.regular else int(np.max(hi - lo, initial=1))
        count = max(1, -(-rows * ticks * max(widest, 1) // _PIECE))
        if count == 1:
            yield self
            return
        for span in np.array_split(np.arange(ticks), min(count, ticks)):
            columns: tuple[Ints, Ints] | Regular = (lo[span], hi[span])
            if self.regular is not None:
                columns = self.regular._replace(start=int(lo[span[0]]))
            samples, grid = (self.index, self.values, self.mask), Grid(self.step, self.phase)
            yield Windows(samples, columns, (self.ends[span], self.ticks[span]), grid, self.length)

    def laid_out(self) -> tuple[Floats, Bools | None]:
        """All windows side by side, shape (rows, ticks, samples), and which of these are samples."""
        if self.regular is not None:
            wide = self._sliding(self.values)
            return wide, None if self.mask is None else self._sliding(self.mask)
        lo, hi = self.columns
        columns = lo[:, None] + np.arange(max(1, int(np.max(hi - lo, initial=1))))
        inside = columns < hi[:, None]
        columns = np.minimum(columns, self.values.shape[1] - 1)
        if self.mask is not None:
            return self.values[:, columns], inside & self.mask[:, columns]
        return self.values[:, columns], np.broadcast_to(inside, (len(self.values), *inside.shape))

    def _sliding(self, of: _Cells) -> _Cells:
        start, stride, width = self.regular or Regular(0, 0, 0)
        row, column = of.strides
        shape = (len(of), len(self.ticks), width)
        found: _Cells = as_strided(of[:, start:], shape, (row, column * stride, column), writeable=False)
        return found

    def folded(self, values: Floats, operation: np.ufunc) -> Floats:
        """An operation over each window's columns, where all windows are alike; takes log2(width) steps."""
        start, stride, width = self.regular or Regular(0, 0, 1)
        columns = (len(self.ticks) - 1) * stride + 1
        block, size, result = values[:, start : start + columns + width - 1], 1, None
        while True:
            if width & size:
                part = block[:, width & (size - 1) :][:, :columns:stride]
                result = part if result is None else operation(result, part)
            if 2 * size > width:
                break
            block = operation(block[:, :-size], block[:, size:])
            size *= 2
        return values[:, :0] if result is None else result


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
        last = min(places.last, block.end - 1)
        columns: tuple[Ints, Ints] | Regular
        if places.stride and places.last == last and self._lowest(block, places) >= block.first:
            first = self._lowest(block, places)
            columns = Regular(0, places.stride, places.first - first + 1)
            region = part.read(first, last)
        elif len(ev.ticks) == 1:
            lowest = self._lowest(block, places)
            first = max(lowest, block.first)
            region = part.read(first, max(last, first - 1))
            width = region.shape[1]
            hi, lo = max(places.first + 1 - first, 0), lowest - first
            columns = (np.array([min(max(lo, 0), width)]), np.array([min(hi, width)]))
        else:
            back = self.length - places.ages
            lows = places.numbers - (back if closed else back - 1) // block.step
            first = max(int(lows.min()), block.first)
            region = part.read(first, max(last, first - 1))
            width = region.shape[1]
            highs = np.minimum(np.maximum(places.numbers + 1 - first, 0), width)
            columns = (np.minimum(np.maximum(lows - first, 0), width), highs)
        samples: tuple[Index, Floats, Bools | None] = (part.index, region, None)
        if first < block.ragged:
            mask = _gaps(region)
            # one tick is as soon computed with all rows, and added up in the same order as ever
            samples = _given(part.index, region, mask) if len(ev.ticks) > 1 else (part.index, region, mask)
        times, grid = (ev.moved(shift), ev.ticks.ms), Grid(block.step, block.phase + first * block.step)
        return Windows(samples, columns, times, grid, self.length)

    def _lowest(self, block: Block, places: Places) -> int:
        """The number of the first sample in the first tick's window."""
        back = self.length - int(places.ages[0])
        return places.first - (back if self.selector.closed else back - 1) // block.step


def _gaps(region: Floats) -> Bools | None:
    """Which samples exist; None where all do and are finite."""
    return None if np.isfinite(region).all() else is_sample(region)


def _given(index: Index, region: Floats, mask: Bools | None) -> tuple[Index, Floats, Bools | None]:
    """Only the rows that have samples: not those of pods that are gone, or not yet there."""
    there = np.True_ if mask is None else mask.any(axis=1)
    if mask is None or there.all():
        return index, region, mask
    rows = np.flatnonzero(there)
    few = remembered(index, rows.tobytes(), lambda: index.some(rows.tolist()))
    return few, region[rows], _gaps(region[rows])
