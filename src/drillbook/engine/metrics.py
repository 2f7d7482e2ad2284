"""PromQL for people: what the shell prints and what charts draw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from drillbook.errors import DrillbookError
from drillbook.model.labels import Labels
from drillbook.telemetry import query as promql
from drillbook.telemetry.format import format_instant, format_range
from drillbook.telemetry.source import Floats
from drillbook.telemetry.storage import Storage

MOST_POINTS = 2000
"""Points of a chart; a finer step is widened."""


class Metrics:
    """Queries over the series of a run, each expression compiled once."""

    def __init__(
        self, source: Callable[[float], Storage], queries: dict[str, promql.Query], epoch: float
    ) -> None:
        """`epoch` is the Unix time of t = 0."""
        self._source = source
        self._queries = queries
        self._epoch = epoch

    def instant(self, expr: str, t: float) -> str:
        """What `promtool query instant` prints; DrillbookError for what is not PromQL."""
        query = self.compiled(expr)
        return format_instant(query.instant(self._source(t), t), self._epoch + t)

    def range(self, expr: str, start: float, end: float) -> str:
        """What `promtool query range` prints."""
        times = _times(start, end, 60.0)
        vector = self.compiled(expr).range(self._source(end), times)
        return format_range(vector, times + self._epoch)

    def series(
        self, expr: str, start: float, end: float, step: float
    ) -> list[tuple[Labels, list[float], list[float]]]:
        """Labels, times and values of each series, without the times at which it has none."""
        times = _times(start, end, step)
        vector = self.compiled(expr).range(self._source(end), times)
        drawn = []
        for row, labels in enumerate(vector.labels):
            values = vector.values[row]
            shown = np.isfinite(values) if vector.mask is None else vector.mask[row] & np.isfinite(values)
            drawn.append((labels, times[shown].tolist(), values[shown].tolist()))
        return drawn

    def compiled(self, expr: str) -> promql.Query:
        """An expression ready to be evaluated; DrillbookError for what is not PromQL."""
        query = self._queries.get(expr)
        if query is None:
            query = promql.compile_query(expr)
            if len(self._queries) < 1000:
                self._queries[expr] = query
        return query


def _times(start: float, end: float, step: float) -> Floats:
    if not step > 0:
        raise DrillbookError(f"the step of a chart is longer than nothing, not {step:g} s")
    count = min(max(int((end - start) / step), 0) + 1, MOST_POINTS)
    return end - step * np.arange(count - 1, -1, -1.0)
