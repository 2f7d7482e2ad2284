"""Families of one name from several sources as one family."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drillbook.model.labels import Labels
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.scrapes import Scrapes


def joined(families: Sequence[Family]) -> list[Family]:
    """The families, those of the same name put together, in the order in which names first come."""
    by_name: dict[str, list[Family]] = {}
    for family in families:
        by_name.setdefault(family.name, []).append(family)
    return [of[0] if len(of) == 1 else _Joined(of).family() for of in by_name.values()]


class _Joined:
    """Rows of several families in the order in which they came, so that there are only ever more."""

    def __init__(self, families: Sequence[Family]) -> None:
        self._families = families
        self._labels: list[Labels] = []
        self._places: list[tuple[int, int]] = []
        self._counts = [0] * len(families)

    def family(self) -> Family:
        """All of them as one."""
        first = self._families[0]
        return Family(first.name, self._rows, self._block, counter=first.counter)

    def _rows(self) -> Sequence[Labels]:
        for k, family in enumerate(self._families):
            rows, known = family.rows(), self._counts[k]
            self._labels += rows[known:]
            self._places += [(k, place) for place in range(known, len(rows))]
            self._counts[k] = len(rows)
        return self._labels

    def _block(self, scrapes: Scrapes) -> Block:
        width = len(scrapes.times)
        values = np.zeros((len(self._places), width))
        alive = np.ones((len(self._places), width + 1), dtype=np.bool_)
        for k, family in enumerate(self._families):
            if not self._counts[k]:
                continue
            block = family.block(scrapes)
            here = np.array([at for at, (of, _) in enumerate(self._places) if of == k], dtype=np.intp)
            values[here] = block.values[: len(here)]
            if block.alive is not None:
                alive[here] = block.alive[: len(here)]
        return Block(values, alive)
