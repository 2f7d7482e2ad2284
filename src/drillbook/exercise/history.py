"""A drill's whole history as OpenMetrics with timestamps, as `promtool tsdb create-blocks-from` takes it.

One family after the other, and within it one target after the other, each in order of time; lines are made
while they are written, so that no more than one family is in memory. OpenMetrics has no staleness markers: a
series that ends simply has no more samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from drillbook.model.labels import Labels, without
from drillbook.telemetry.exposition import END, Head, heading, label_text, number
from drillbook.telemetry.source import Bools, Floats, is_sample
from drillbook.telemetry.storage import Block, Storage
from drillbook.world.metrics.meaning import PARTS, meaning

_ALWAYS: Final = -(10**9)
"""A scrape before all others."""


class _Part:
    """The samples of one metric: texts of its times, and values with what there is of them."""

    def __init__(self, block: Block, stamps: list[str]) -> None:
        self.name, self.rows, self.stamps = block.name, block.rows, stamps
        self.values: Floats = block.values[: len(block.rows), : block.end - block.first]
        self.there: Bools = is_sample(self.values)

    def lines(self, row: int) -> list[str]:
        """A series by its times; an empty text where it has no sample."""
        start = f"{self.name}{label_text(self.rows[row])} "
        cells = zip(self.values[row].tolist(), self.there[row].tolist(), self.stamps, strict=True)
        return [f"{start}{number(value)} {stamp}\n" if there else "" for value, there, stamp in cells]


def openmetrics(storage: Storage, now: float) -> Iterator[str]:
    """The lines of everything up to simulated second `now`, the same each time."""
    families: dict[Head, list[str]] = {}
    for name in storage.names:
        what = meaning(name)
        families.setdefault(Head(what.family, what.kind, what.help), []).append(name)
    for head, names in families.items():
        parts = [part for name in names if (part := _part(storage, name, now)) and part.there.any()]
        if parts:
            yield from heading(head, "openmetrics")
            yield from _histogram(parts) if head.kind == "histogram" else _plain(parts)
    yield END


def _part(storage: Storage, name: str, now: float) -> _Part | None:
    block = storage.block(name)
    if block is None:
        return None
    until = round(now * 1000)
    storage.ensure(block, _ALWAYS, (until - block.phase) // block.step)
    if not block.rows or block.end <= block.first:
        return None
    times = [storage.epoch + block.phase + sample * block.step for sample in range(block.first, block.end)]
    return _Part(block, [f"{time // 1000}.{time % 1000:03}" for time in times])


def _plain(parts: list[_Part]) -> Iterator[str]:
    for part in parts:
        for row in range(len(part.rows)):
            yield from filter(None, part.lines(row))


def _histogram(parts: list[_Part]) -> Iterator[str]:
    """Target by target and time by time: buckets, count and sum together."""
    order = {suffix: place for place, suffix in enumerate(PARTS)}
    parts = sorted(parts, key=lambda part: order[part.name[part.name.rindex("_") :]])
    targets: dict[Labels, list[tuple[_Part, int]]] = {}
    for part in parts:
        for row, of in enumerate(part.rows):
            targets.setdefault(without(of, "le"), []).append((part, row))
    for series in targets.values():
        for together in zip(*(part.lines(row) for part, row in series), strict=True):
            yield from filter(None, together)
