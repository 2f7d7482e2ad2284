"""Series in memory, whose samples may be changed from some time on, for the telemetry tests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from drillbook.model.labels import Labels
from drillbook.telemetry.source import MISSING, Floats


class MemorySource:
    """Samples given as lists; scrape `first` is the first of each list, beyond the end nothing is scraped."""

    def __init__(
        self,
        metrics: Mapping[str, Sequence[tuple[Labels, Sequence[float]]]],
        *,
        interval: float = 15.0,
        first: int = 0,
    ) -> None:
        self.metrics = {
            name: [(labels, np.array(samples, np.float64)) for labels, samples in rows]
            for name, rows in metrics.items()
        }
        self._interval, self._first = interval, first
        self._versions = dict.fromkeys(self.metrics, 0)

    @property
    def interval(self) -> float:
        return self._interval

    @property
    def first(self) -> int:
        return self._first

    def names(self) -> Sequence[str]:
        return list(self.metrics)

    def matrix(self, name: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        rows = self.metrics[name]
        found = np.full((len(rows), max(0, last - first + 1)), MISSING)
        for row, (_, samples) in enumerate(rows):
            lo, hi = max(first, self._first), min(last + 1, self._first + len(samples))
            if lo < hi:
                found[row, lo - first : hi - first] = samples[lo - self._first : hi - self._first]
        return tuple(labels for labels, _ in rows), found

    def version(self, name: str) -> int:
        return self._versions[name]

    def replace(self, name: str, row: int, t: float, samples: Sequence[float]) -> None:
        """From t on the row's samples are these."""
        labels, old = self.metrics[name][row]
        start = math.ceil(t / self._interval) - self._first
        self.metrics[name][row] = (labels, np.concatenate([old[:start], np.array(samples, np.float64)]))
        self._versions[name] += 1

    def append(self, name: str, labels: Labels, t: float, samples: Sequence[float]) -> None:
        """A new series of a metric, beginning at t."""
        start = math.ceil(t / self._interval) - self._first
        missing = np.full(max(0, start), MISSING)
        self.metrics[name].append((labels, np.concatenate([missing, np.array(samples, np.float64)])))
        self._versions[name] += 1
