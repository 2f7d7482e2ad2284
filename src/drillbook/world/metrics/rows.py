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

    def __init__(
        self,
        crew: Crew,
        of: Callable[[PodRecord], Sequence[tuple[Labels, int]]],
        *,
        by_node: bool = False,
    ) -> None:
        """`by_node` where the labels name the pod's node: pods that wait for one get further rows then."""
        self._crew, self._of = crew, of
        self.moves = by_node and bool(crew.plant.controllers)
        self._nodes: list[str] = []
        self._named: list[dict[str, None]] = []
        self._labels: list[Labels] = []
        self._done = 0
        self.pod: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self.kind: NDArray[np.intp] = np.empty(0, dtype=np.intp)

    def labels(self) -> Sequence[Labels]:
        """All label sets so far."""
        pods = self._crew.pods
        if self.moves:
            self._follow(pods)
        elif self._done < len(pods):
            fresh = [(index, row) for index in range(self._done, len(pods)) for row in self._of(pods[index])]
            self._labels += [row[0] for _, row in fresh]
            self.pod = np.concatenate([self.pod, np.array([index for index, _ in fresh], dtype=np.intp)])
            self.kind = np.concatenate([self.kind, np.array([row[1] for _, row in fresh], dtype=np.intp)])
            self._done = len(pods)
        return self._labels

    def _follow(self, pods: list[PodRecord]) -> None:
        """Rows for pods on nodes on which they have none."""
        for index, pod in enumerate(pods):
            if index == len(self._named):
                self._named.append({})
            for node in ("", pod.node) if pod.scheduled > pod.created else (pod.node,):
                if node in self._named[index]:
                    continue
                self._named[index][node] = None
                fresh = self._of(pod._replace(node=node))
                self._labels += [row for row, _ in fresh]
                self._nodes += [node] * len(fresh)
                self.pod = np.append(self.pod, [index] * len(fresh)).astype(np.intp)
                self.kind = np.append(self.kind, [kind for _, kind in fresh]).astype(np.intp)

    def here(self, at: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether the pods of the rows are on the rows' nodes at some times."""
        pods = [self._crew.pods[place] for place in self.pod.tolist()]
        out = np.zeros((len(pods), len(at)), dtype=np.bool_)
        for row, (pod, node) in enumerate(zip(pods, self._nodes, strict=True)):
            if node == pod.node:
                out[row] = at > pod.scheduled if node else True
            elif not node:
                out[row] = at <= pod.scheduled
        return out


class Keys:
    """64 bits for each series, from the run's draws."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._metrics: dict[str, int] = {}
        self._rows: dict[tuple[str, tuple[Labels, ...]], Bits] = {}

    def of_pods(self, name: str, rows: PodRows, own: Bits) -> Bits:
        """Of a metric with rows per pod; `own` are the pods' bits."""
        if name not in self._metrics:
            self._metrics[name] = self._draws.bits("metric", name)
        return key(own[rows.pod], self._metrics[name], rows.kind)

    def of(self, name: str, rows: Sequence[Labels]) -> Bits:
        """Of a metric with few rows, hashed by their labels.

        Kept by the first row as well: two servers have rows of one metric each, and not as many.
        """
        kept = (name, tuple(rows[:1]))
        known = self._rows.get(kept)
        if known is None or len(known) < len(rows):
            fresh = [
                self._draws.bits("series", name, *(part for pair in row for part in pair)) for row in rows
            ]
            known = self._rows[kept] = np.array(fresh, dtype=np.uint64)
        return known
