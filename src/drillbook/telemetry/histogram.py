"""histogram_quantile over classic buckets. Source: Prometheus, promql/quantile.go (`BucketQuantile`)."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from drillbook.model.labels import Labels, get, without
from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.nodes import Node
from drillbook.telemetry.source import Bools, Floats, Ints
from drillbook.telemetry.vectors import NAME, Index, Result, Vector, empty, remembered

_TOLERANCE = 1e-12
"""Relative differences between neighbouring buckets below this are taken for rounding errors."""
_FLOAT = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|infinity|nan)", re.IGNORECASE)


class Layout(NamedTuple):
    """The histograms among some rows: each one's bucket rows in order of their bounds."""

    index: Index
    rows: tuple[Ints, ...]
    bounds: tuple[Floats, ...]


def _bound(series: Labels) -> float | None:
    text = get(series, "le")
    return float(text) if _FLOAT.fullmatch(text) else None


def _layout(index: Index) -> Layout:
    histograms: dict[Labels, list[tuple[float, int]]] = {}
    for row, series in enumerate(index.labels):
        bound = _bound(series)
        if bound is not None:
            histograms.setdefault(without(series, "le", NAME), []).append((bound, row))
    ordered = [sorted(buckets) for buckets in histograms.values()]
    return Layout(
        Index(tuple(histograms)),
        tuple(np.array([row for _, row in buckets], np.int64) for buckets in ordered),
        tuple(np.array([bound for bound, _ in buckets]) for buckets in ordered),
    )


class HistogramQuantile(Node):
    """`histogram_quantile(q, buckets)`; `old` forgoes the tolerance that Prometheus 2.42 did not have."""

    def __init__(self, q: Node, buckets: Node, old: bool) -> None:
        super().__init__(q, buckets)
        self.tolerance = 0.0 if old else _TOLERANCE

    def barren(self, names: Collection[str]) -> bool:
        """As the buckets."""
        return self.children[1].barren(names)

    def compute(self, ev: Evaluation) -> Result:
        """One row per histogram."""
        vector, ticks = self.children[1].vector(ev), len(ev.ticks)
        q = np.broadcast_to(np.asarray(self.children[0].number(ev), np.float64), (ticks,))
        layout = remembered(vector.index, "buckets", lambda: _layout(vector.index))
        if not len(layout.index):
            return empty(ticks)
        rows, masks = [], []
        for histogram, bounds in zip(layout.rows, layout.bounds, strict=True):
            there = None if vector.mask is None else vector.mask[histogram]
            rows.append(self._each(q, bounds, vector.values[histogram], there))
            masks.append(None if there is None else there.any(axis=0))
        mask = None if vector.mask is None else np.stack([m for m in masks if m is not None])
        return Vector(layout.index, np.stack(rows), mask)

    def _each(self, q: Floats, bounds: Floats, counts: Floats, there: Bools | None) -> Floats:
        """One histogram over all ticks; ticks at which the same buckets exist are computed together."""
        if there is None or there.all():
            return self._quantile(q, bounds, counts)
        result = np.full(counts.shape[1], np.nan)
        patterns, which = np.unique(there, axis=1, return_inverse=True)
        for number in range(patterns.shape[1]):
            ticks, buckets = np.flatnonzero(which.ravel() == number), patterns[:, number]
            if buckets.any():
                result[ticks] = self._quantile(q[ticks], bounds[buckets], counts[buckets][:, ticks])
        return result

    def _quantile(self, q: Floats, bounds: Floats, counts: Floats) -> Floats:
        bounds, counts = _coalesced(bounds, counts)
        result = np.full(len(q), np.nan)
        if bounds[-1] == math.inf and len(bounds) > 1:
            counts = self._monotonic(counts)
            result = np.where(counts[-1] == 0, np.nan, _interpolated(q, bounds, counts))
        return np.where(np.isnan(q), np.nan, np.where(q < 0, -np.inf, np.where(q > 1, np.inf, result)))

    def _monotonic(self, counts: Floats) -> Floats:
        steps = np.diff(counts, axis=0)
        slack = self.tolerance * (np.abs(counts[1:]) + np.abs(counts[:-1]))
        if ((steps == 0) | (steps > slack)).all():
            return counts
        fixed = counts.copy()
        for bucket in range(1, len(fixed)):
            before, now = fixed[bucket - 1], counts[bucket]
            close = np.abs(now - before) < self.tolerance * (np.abs(now) + np.abs(before))
            fixed[bucket] = np.where(close | (now < before), before, now)
        return fixed


def _coalesced(bounds: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Buckets with equal bounds, such as le="1" and le="1.0", are added."""
    distinct, starts = np.unique(bounds, return_index=True)
    if len(distinct) == len(bounds):
        return bounds, counts
    return distinct, np.add.reduceat(counts, starts, axis=0)


def _interpolated(q: Floats, bounds: Floats, counts: Floats) -> Floats:
    rank = q * counts[-1]
    last = len(bounds) - 1
    bucket = np.minimum((~(counts[:-1] >= rank)).sum(axis=0), last)
    ticks = np.arange(counts.shape[1])
    below = np.maximum(bucket - 1, 0)
    start = np.where(bucket > 0, bounds[below], 0.0)
    under = np.where(bucket > 0, counts[below, ticks], 0.0)
    within = (rank - under) / (counts[bucket, ticks] - under)
    result = start + (bounds[bucket] - start) * within
    result = np.where((bucket == 0) & (bounds[0] <= 0), bounds[0], result)
    return np.where(bucket == last, bounds[last - 1], result)
