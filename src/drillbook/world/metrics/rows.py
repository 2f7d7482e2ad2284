"""Rows of metrics that exist once or several times per pod, and the keys of their noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from drillbook.model.draws import Draws
from drillbook.model.labels import Labels
from drillbook.world.fleet import PodRecord
from drillbook.world.noise import Bits, key
from drillbook.world.plant import Plant


class Crew:
    """The pods of some services, in the order in which they were created."""

    def __init__(self, plant: Plant, services: Sequence[str]) -> None:
        self.plant, self.services = plant, tuple(services)
        self._places: list[int] = []
        self._seen = 0

    @property
    def pods(self) -> list[PodRecord]:
        """Every one that ever was."""
        every = self.plant.pods
        if self._seen < len(every):
            fresh = range(self._seen, len(every))
            self._places += [place for place in fresh if every[place].service in self.services]
            self._seen = len(every)
        return [every[place] for place in self._places]


class PodRows:
    """Label sets in the order in which pods were created; `pod` and `kind` say what each row is of."""

    def __init__(self, crew: Crew, of: Callable[[PodRecord], Sequence[tuple[Labels, int]]]) -> None:
        self._crew, self._of = crew, of
        self._labels: list[Labels] = []
        self._done = 0
        self.pod: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self.kind: NDArray[np.intp] = np.empty(0, dtype=np.intp)

    def labels(self) -> Sequence[Labels]:
        """All label sets so far."""
        pods = self._crew.pods
        if self._done < len(pods):
            fresh = [(index, row) for index in range(self._done, len(pods)) for row in self._of(pods[index])]
            self._labels += [row[0] for _, row in fresh]
            self.pod = np.concatenate([self.pod, np.array([index for index, _ in fresh], dtype=np.intp)])
            self.kind = np.concatenate([self.kind, np.array([row[1] for _, row in fresh], dtype=np.intp)])
            self._done = len(pods)
        return self._labels


class Keys:
    """64 bits for each series, from the run's draws."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._metrics: dict[str, int] = {}
        self._rows: dict[str, Bits] = {}

    def of_pods(self, name: str, rows: PodRows, own: Bits) -> Bits:
        """Of a metric with rows per pod; `own` are the pods' bits."""
        if name not in self._metrics:
            self._metrics[name] = self._draws.bits("metric", name)
        return key(own[rows.pod], self._metrics[name], rows.kind)

    def of(self, name: str, rows: Sequence[Labels]) -> Bits:
        """Of a metric with few rows, hashed by their labels."""
        known = self._rows.get(name)
        if known is None or len(known) < len(rows):
            fresh = [
                self._draws.bits("series", name, *(part for pair in row for part in pair)) for row in rows
            ]
            known = self._rows[name] = np.array(fresh, dtype=np.uint64)
        return known
