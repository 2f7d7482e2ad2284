"""The metrics as exporters show them at one second, for somebody who scrapes them when they like.

The drill's own scrapes are `scrape_interval` apart. Here the same families are read second by second: gauges
are those of the second, counters add up what each second brought. Noise is drawn for each second, so that
counters differ from the drill's own by as much as chance does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from drillbook.model.labels import Labels
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Crew
from drillbook.world.metrics.scrapes import Pods, Scrapes
from drillbook.world.queueing import Floats

_AT_ONCE = 120
"""Seconds worked out together; more would only cost memory."""


class Reading(NamedTuple):
    """The series of one metric that exist at a moment."""

    name: str
    labels: tuple[Labels, ...]
    values: Floats


class Present:
    """Goes forward only; what it has read is never void, as nothing changes the past."""

    def __init__(self, crew: Crew, families: Sequence[Family]) -> None:
        self._crew = crew
        self._families = tuple(families)
        self._counts: dict[str, Floats] = {}
        self._second = int(crew.plant.first)
        self._read: tuple[Reading, ...] = ()

    def at(self, second: int) -> tuple[Reading, ...]:
        """Every series at a whole second, or at the last one read where that is later."""
        while self._second < second:
            last = min(second, self._second + _AT_ONCE)
            plant = self._crew.plant
            scrapes = Scrapes(plant, Pods(self._crew), self._second + 1, last, 1.0)
            self._read = tuple(self._reading(family, scrapes) for family in self._families)
            self._second = last
        return self._read

    def _reading(self, family: Family, scrapes: Scrapes) -> Reading:
        rows = family.rows()
        block = family.block(scrapes) if rows else Block(np.empty((0, 1)))
        values = self._counted(family, len(rows), block) if family.counter else block.values[:, -1]
        there = np.arange(len(rows)) if block.alive is None else np.flatnonzero(block.alive[:, -1])
        return Reading(family.name, tuple(rows[place] for place in there.tolist()), values[there].copy())

    def _counted(self, family: Family, rows: int, block: Block) -> Floats:
        before = self._counts.get(family.name, np.empty(0))
        if len(before) < rows:
            base = np.zeros(rows) if family.base is None else family.base()
            before = np.concatenate([before, base[len(before) : rows]])
        added = block.values if block.alive is None else np.where(block.alive[:, 1:], block.values, 0.0)
        self._counts[family.name] = before + added.sum(axis=1)
        # The last bits depend on how many seconds were added at once, and a counter must never fall.
        return np.round(self._counts[family.name], 6)
