"""Samples as the evaluator reads them: one growing buffer per metric, read from the source only once.

When the world changes its laws at some moment, only samples from that moment on are read again.
Times are whole milliseconds here, as in Prometheus.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.labels import Labels
from drillbook.telemetry.source import MISSING, DividedSource, Floats, GriddedSource, SeriesSource
from drillbook.telemetry.vectors import NAME, Index


class Interner:
    """Gives the same `Index` for equal label sets, so that plans survive from window to window of a run."""

    _LIMIT = 128

    def __init__(self) -> None:
        self._known: dict[tuple[str, tuple[Labels, ...]], Index] = {}

    def index(self, name: str, of: tuple[Labels, ...]) -> Index:
        """The index of a metric's rows, with the metric's name among the labels."""
        found = self._known.get((name, of))
        if found is None:
            if len(self._known) >= self._LIMIT:
                self._known.clear()
            found = self._known[name, of] = _index(name, of)
        return found

    def clear(self) -> None:
        """Forget all of them, and so their plans."""
        self._known.clear()


def _index(name: str, of: tuple[Labels, ...]) -> Index:
    if all(not labels or labels[0][0] > NAME for labels in of):  # none has a name, and it comes first
        return Index(of, name)
    return Index(tuple([_named(name, labels) for labels in of]))


def _named(name: str, of: Labels) -> Labels:
    if any(key == NAME for key, _ in of):
        return of
    own = (NAME, name)
    return (own, *of) if not of or own < of[0] else tuple(sorted((*of, own)))


class Block:
    """The samples of one metric: column c is sample number `first + c`, taken at phase + number * step."""

    __slots__ = (
        "end", "first", "index", "job", "name", "phase", "ragged", "rows", "step", "values", "version"
    )  # fmt: skip

    def __init__(self, name: str, step: int, phase: int, first: int, job: str = "") -> None:
        """`job` says that only rows of this job are wanted; empty for all."""
        self.name, self.step, self.phase, self.first, self.job = name, step, phase, first, job
        self.rows: tuple[Labels, ...] = ()
        self.index = Index(())
        self.values: Floats = np.empty((0, 0))
        self.end = first
        self.ragged = first
        self.version = 0

    def write(self, rows: tuple[Labels, ...], samples: Floats, interner: Interner) -> None:
        """Append columns at `end`; rows that are new get `MISSING` before."""
        if rows is not self.rows and rows != self.rows:
            grown = bool(self.rows)
            self._reserve(len(rows), self.end - self.first + samples.shape[1])
            self.rows, self.index = rows, interner.index(self.name, rows)
            if grown:
                self.ragged = self.end
        elif samples.shape[1] > self.values.shape[1] - (self.end - self.first):
            self._reserve(len(rows), self.end - self.first + samples.shape[1])
        at = self.end - self.first
        self.values[:, at : at + samples.shape[1]] = samples
        self.end += samples.shape[1]
        finite = np.isfinite(samples)
        if not finite.all():
            ragged = np.flatnonzero(~finite.all(axis=0))
            self.ragged = at + self.first + int(ragged[-1]) + 1

    def cut(self, time: int) -> None:
        """Forget samples at or after the time."""
        self.end = max(self.first, min(self.end, -((self.phase - time) // self.step)))
        self.ragged = min(self.ragged, self.end)

    def _reserve(self, rows: int, columns: int) -> None:
        used = self.end - self.first
        bigger = np.empty((rows, max(columns, 2 * used, 64)))
        bigger[: len(self.values), :used] = self.values[:, :used]
        bigger[len(self.values) :, :used] = MISSING
        self.values = bigger


class Storage:
    """Blocks of a source by metric name. Times are milliseconds.

    `epoch` is the Unix time of second 0. `history` is how much older samples may be asked for later.
    """

    def __init__(
        self,
        source: SeriesSource,
        *,
        epoch: int = 0,
        history: int = 0,
        interner: Interner | None = None,
    ) -> None:
        self.epoch = epoch
        self._source = source
        self._grids = source if isinstance(source, GriddedSource) else None
        self._history = history
        self._interner = interner or Interner()
        self._jobs = source if isinstance(source, DividedSource) else None
        self._blocks: dict[tuple[str, str], Block] = {}
        self._provided: dict[str, Callable[[], Block]] = {}
        self.scraped: tuple[str, ...] = ()
        self.names: tuple[str, ...] = ()
        self._known: frozenset[str] = frozenset()
        self._learn(source.names())

    def provide(self, name: str, block: Callable[[], Block]) -> None:
        """Let a metric's samples come ready-made instead of from the source."""
        self._provided[name] = block
        self.names = (*self.scraped, *self._provided)

    def _learn(self, names: Sequence[str]) -> None:
        if len(names) != len(self._known):
            self._known = frozenset(names)
            self.scraped = tuple(names)
            self.names = (*names, *self._provided)

    def block(self, name: str, job: str = "") -> Block | None:
        """The block of a metric, perhaps without samples yet; None where there is no such metric.

        It need not have rows of other jobs than `job`, which is empty where all are wanted.
        """
        if name in self._provided:
            return self._provided[name]()
        if job and (self._jobs is None or not self._jobs.divided(name)):
            job = ""
        found = self._blocks.get((name, job))
        if found is None and name in self._known:
            step, phase = self._grids.grid(name) if self._grids else (self._source.interval, 0.0)
            found = Block(name, round(step * 1000), round(phase * 1000), 0, job)
            found.version = self._source.version(name)
            self._blocks[name, job] = found
        return found

    def ensure(self, block: Block, first: int, last: int) -> None:
        """Make sure that the samples numbered `first` to `last` are in the block, as far as they exist."""
        if (first >= block.first and last < block.end) or block.name in self._provided:
            return
        oldest = -(-round(self._source.first * self._source.interval * 1000) - block.phase) // block.step
        first = max(first, oldest)
        if block.end == block.first or first < block.first:
            last = max(last, block.end - 1)
            start = max(oldest, first - self._history // block.step)
            block.first = block.end = block.ragged = start
            block.values = np.empty((0, 0))  # windows of the same evaluation still look at the old samples
        if last >= block.end:
            block.write(*self._read(block, last), self._interner)

    def _read(self, block: Block, last: int) -> tuple[tuple[Labels, ...], Floats]:
        if block.job and self._jobs is not None:
            return self._jobs.matrix_of(block.name, block.job, block.end, last)
        return self._source.matrix(block.name, block.end, last)

    def change(self, time: int) -> list[str]:
        """The world's laws changed at this time: forget what moved; the names of the metrics that did."""
        self._learn(self._source.names())
        moved = []
        for (name, _), block in self._blocks.items():
            version = self._source.version(name)
            if version != block.version:
                block.version = version
                block.cut(time)
                moved.append(name)
        return moved


class Snapshot(Storage):
    """What another storage knows at a time: later samples do not exist yet. To be used at once."""

    def __init__(self, base: Storage, until: int) -> None:
        self.epoch = base.epoch
        self.names = self.scraped = base.scraped
        self._base = base
        self._until = until
        self._provided = {}
        self._blocks = {}

    def block(self, name: str, job: str = "") -> Block | None:
        """The block of a metric as it was."""
        if name in self._provided:
            return self._provided[name]()
        base = self._base.block(name, job)
        if base is None:
            return None
        found = self._blocks.get((name, base.job))
        if found is None:
            found = Block(name, base.step, base.phase, base.first, base.job)
            self._blocks[name, base.job] = found
        return found

    def ensure(self, block: Block, first: int, last: int) -> None:
        """Make sure that the samples are there, as far as they exist by then."""
        base = None if block.name in self._provided else self._base.block(block.name, block.job)
        if base is None:
            return
        newest = (self._until - block.phase) // block.step
        self._base.ensure(base, first, min(last, newest))
        block.values, block.rows, block.index = base.values, base.rows, base.index
        block.first, block.end = base.first, max(base.first, min(base.end, newest + 1))
        block.ragged = min(base.ragged, block.end)
