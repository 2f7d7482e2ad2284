"""Vector selectors: which series, and their last sample at each tick."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from drillbook.model.labels import get
from drillbook.telemetry.evaluation import Evaluation, Places, Shift
from drillbook.telemetry.nodes import Node, renamed
from drillbook.telemetry.patterns import compiled
from drillbook.telemetry.source import Floats, Ints, is_missing, is_stale
from drillbook.telemetry.storage import Block
from drillbook.telemetry.vectors import NAME, Index, Result, Vector, empty, remembered, stacked

LOOKBACK = 300_000
"""Milliseconds for which a sample stays the current one."""


class Matcher(NamedTuple):
    """A condition on one label; an absent label has the empty value; patterns match the whole value."""

    name: str
    kind: Literal["=", "!=", "=~", "!~"]
    value: str

    def matches(self, value: str) -> bool:
        """Whether a label value meets the condition."""
        if self.kind in ("=", "!="):
            return (value == self.value) == (self.kind == "=")
        return _fits(self.value, value) == (self.kind == "=~")


@lru_cache(maxsize=8192)
def _fits(pattern: str, value: str) -> bool:
    """Whether a pattern matches the whole of a label value; the same few come again and again."""
    return compiled(f"(?s:{pattern})").fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Part:
    """The selected rows of one metric; `rows` of None means all of them."""

    block: Block
    rows: Ints | None
    index: Index
    places: Places

    def plain(self) -> Floats:
        """The samples at the ticks, where every one exists."""
        cut = self.read(self.places.first, self.places.last)
        stride = self.places.stride
        return cut[:, ::stride] if stride else cut[:, self.places.numbers - self.places.first]

    def read(self, first: int, last: int) -> Floats:
        """The rows' samples numbered `first` to `last`; they must be in the block."""
        cut = self.block.values[:, first - self.block.first : last - self.block.first + 1]
        return cut if self.rows is None else cut[self.rows]


class Selector(Node):
    """`name{matchers} offset … @ …`; as a node it is the instant vector."""

    def __init__(
        self, name: str | None, matchers: tuple[Matcher, ...], shift: Shift, *, closed: bool
    ) -> None:
        super().__init__()
        self.name = name
        self.matchers = tuple(matcher for matcher in matchers if matcher.name != NAME)
        self.name_matchers = tuple(matcher for matcher in matchers if matcher.name == NAME)
        self.shift = shift
        self.closed = closed
        jobs = [matcher.value for matcher in matchers if (matcher.name, matcher.kind) == ("job", "=")]
        self.job = jobs[0] if jobs else ""
        """The only job whose rows can be selected; empty where there may be several."""

    def takes(self, name: str) -> bool:
        """Whether a metric of this name can be selected."""
        if self.name is not None and name != self.name:
            return False
        return all(matcher.matches(name) for matcher in self.name_matchers)

    def barren(self, names: Collection[str]) -> bool:
        """Whether no metric of such a name exists."""
        if self.name is not None and not self.name_matchers:
            return self.name not in names
        return not any(self.takes(name) for name in names)

    def parts(self, ev: Evaluation, back: int = LOOKBACK) -> list[Part]:
        """The selected rows, metric by metric, with samples read from `back` ms before the first tick on."""
        if self.name is not None and not self.name_matchers:
            names: tuple[str, ...] = (self.name,)
        else:
            names = tuple(name for name in ev.storage.names if self.takes(name))
        found = (self._part(ev, name, back) for name in names)
        return [part for part in found if part is not None]

    def _part(self, ev: Evaluation, name: str, back: int) -> Part | None:
        block = ev.storage.block(name, self.job)
        if block is None:
            return None
        places = ev.places(block.step, block.phase, self.shift)
        ev.storage.ensure(block, places.first - back // block.step - 1, places.last)
        rows, index = self._select(block)
        return Part(block, rows, index, places) if len(index) else None

    def _select(self, block: Block) -> tuple[Ints | None, Index]:
        return remembered(block.index, self.matchers, lambda: self._choose(block.index))

    def _choose(self, index: Index) -> tuple[Ints | None, Index]:
        rows = list(range(len(index)))
        for matcher in self.matchers:
            values = [get(index.rows[row], matcher.name) for row in rows]
            good = {value: matcher.matches(value) for value in dict.fromkeys(values)}
            rows = [row for row, value in zip(rows, values, strict=True) if good[value]]
        if len(rows) == len(index):
            return None, index
        return np.array(rows, np.int64), index.some(rows)

    def compute(self, ev: Evaluation) -> Result:
        """The last sample within the lookback at each tick."""
        return stacked([self._instant(part)[0] for part in self.parts(ev)], len(ev.ticks))

    def times(self, ev: Evaluation) -> Vector:
        """The Unix times in seconds of the samples that `compute` gives."""
        found = []
        for part in self.parts(ev):
            vector, numbers = self._instant(part)
            times = (numbers * part.block.step + part.block.phase + ev.storage.epoch) / 1000.0
            found.append(Vector(vector.index, np.broadcast_to(times, vector.values.shape), vector.mask))
        return stacked(found, len(ev.ticks))

    def _instant(self, part: Part) -> tuple[Vector, Ints]:
        if self._plain(part.block, part.places):
            return Vector(part.index, part.plain()), part.places.numbers
        return self._search(part)

    def _plain(self, block: Block, places: Places) -> bool:
        if places.first < max(block.ragged, block.first) or places.last >= block.end:
            return False
        return block.step < LOOKBACK or bool((places.ages < LOOKBACK + self.closed).all())

    def _search(self, part: Part) -> tuple[Vector, Ints]:
        block, places = part.block, part.places
        first = max(block.first, places.first - LOOKBACK // block.step - 1)
        last = min(places.last, block.end - 1)
        if last < first:
            return empty(len(places.numbers)), places.numbers
        region = part.read(first, last)
        columns = np.minimum(places.numbers, last) - first
        found = np.where(is_missing(region), -1, np.arange(last - first + 1))
        found = np.maximum.accumulate(found, axis=1)[:, np.maximum(columns, 0)]
        values = np.take_along_axis(region, np.maximum(found, 0), axis=1)
        age = (places.numbers - first - found) * block.step + places.ages
        fresh = age <= LOOKBACK if self.closed else age < LOOKBACK
        mask = (columns >= 0) & (found >= 0) & fresh & ~is_stale(values)
        return Vector(part.index, values, mask), found + first


class Timestamps(Node):
    """`timestamp(v)`: when the samples were taken, in Unix seconds; of anything calculated, the tick."""

    def compute(self, ev: Evaluation) -> Result:
        """The rows of the argument without their names."""
        inner = self.children[0]
        if isinstance(inner, Selector):
            return renamed(self, ev, inner.times(ev))
        vector = inner.vector(ev)
        times = (ev.ticks.ms + ev.storage.epoch) / 1000.0
        return renamed(
            self, ev, Vector(vector.index, np.broadcast_to(times, vector.values.shape), vector.mask)
        )

    def barren(self, names: Collection[str]) -> bool:
        """As its argument."""
        return self.children[0].barren(names)
