"""histogram_quantile over classic buckets. Source: Prometheus, promql/quantile.go (`BucketQuantile`)."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from drillbook.model.labels import Labels, get, without
from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.nodes import Node
from drillbook.telemetry.source import Bools, Floats, Ints
from drillbook.telemetry.vectors import NAME, Index, Result, Vector, empty, remembered

_TOLERANCE = 1e-12
"""Relative differences between neighbouring buckets below this are taken for rounding errors."""
_FLOAT = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|infinity|nan)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Family:
    """Histograms with the same bounds: their numbers, and their bucket rows, shape (buckets, histograms)."""

    numbers: Ints
    rows: Ints
    bounds: Floats


@dataclass(frozen=True, slots=True)
class Layout:
    """The histograms among some rows, in families."""

    index: Index
    families: tuple[Family, ...]


def _bound(series: Labels) -> float | None:
    text = get(series, "le")
    return float(text) if _FLOAT.fullmatch(text) else None


def _layout(index: Index) -> Layout:
    histograms: dict[Labels, list[tuple[float, int]]] = {}
    for row, series in enumerate(index.labels):
        bound = _bound(series)
        if bound is not None:
            histograms.setdefault(without(series, "le", NAME), []).append((bound, row))
    families: dict[tuple[float, ...], list[tuple[int, list[int]]]] = {}
    for number, buckets in enumerate(histograms.values()):
        bounds, rows = zip(*sorted(buckets), strict=True)
        families.setdefault(bounds, []).append((number, list(rows)))
    return Layout(
        Index(tuple(histograms)),
        tuple(
            Family(
                np.array([number for number, _ in members], np.int64),
                np.array([rows for _, rows in members], np.int64).T,
                np.array(bounds),
            )
            for bounds, members in families.items()
        ),
    )


class HistogramQuantile(Node):
    """`histogram_quantile(q, buckets)`; `old` mends falling counts as Prometheus 2.42 did."""

    def __init__(self, q: Node, buckets: Node, *, old: bool) -> None:
        super().__init__(q, buckets)
        self.monotonic = _running_maximum if old else _monotonic

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
        values = np.empty((len(layout.index), ticks))
        mask = None if vector.mask is None else np.empty(values.shape, np.bool_)
        for family in layout.families:
            there = None if vector.mask is None else vector.mask[family.rows]
            values[family.numbers] = self._family(q, family.bounds, vector.values[family.rows], there)
            if mask is not None and there is not None:
                mask[family.numbers] = there.any(axis=0)
        return Vector(layout.index, values, mask)

    def _family(self, q: Floats, bounds: Floats, counts: Floats, there: Bools | None) -> Floats:
        """Histograms over all ticks; where the same buckets exist they are computed together."""
        buckets, *shape = counts.shape
        q = np.broadcast_to(q, shape).ravel()
        counts = counts.reshape(buckets, -1)
        if there is None or there.all():
            return self._quantile(q, bounds, counts).reshape(shape)
        result = np.full(len(q), np.nan)
        patterns, which = np.unique(there.reshape(buckets, -1), axis=1, return_inverse=True)
        for number in range(patterns.shape[1]):
            cells, chosen = np.flatnonzero(which.ravel() == number), patterns[:, number]
            if chosen.any():
                result[cells] = self._quantile(q[cells], bounds[chosen], counts[chosen][:, cells])
        return result.reshape(shape)

    def _quantile(self, q: Floats, bounds: Floats, counts: Floats) -> Floats:
        bounds, counts = _coalesced(bounds, counts)
        result = np.full(len(q), np.nan)
        if bounds[-1] == math.inf and len(bounds) > 1:
            counts = self.monotonic(counts)
            result = np.where(counts[-1] == 0, np.nan, _interpolated(q, bounds, counts))
        return np.where(np.isnan(q), np.nan, np.where(q < 0, -np.inf, np.where(q > 1, np.inf, result)))


def _monotonic(counts: Floats) -> Floats:
    """Counts that never fall from bucket to bucket; differences that can only be rounding errors vanish."""
    steps = np.diff(counts, axis=0)
    slack = _TOLERANCE * (np.abs(counts[1:]) + np.abs(counts[:-1]))
    if ((steps == 0) | (steps > slack)).all():
        return counts
    fixed = counts.copy()
    for bucket in range(1, len(fixed)):
        before, now = fixed[bucket - 1], counts[bucket]
        close = np.abs(now - before) < _TOLERANCE * (np.abs(now) + np.abs(before))
        fixed[bucket] = np.where(close | (now < before), before, now)
    return fixed


def _running_maximum(counts: Floats) -> Floats:
    """The same as Prometheus 2.42 did it."""
    highest: Floats = np.fmax.accumulate(counts, axis=0)
    return np.where(np.isnan(counts), counts, highest)


def _coalesced(bounds: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Buckets with equal bounds, such as le="1" and le="1.0", are added."""
    if (bounds[1:] > bounds[:-1]).all():
        return bounds, counts
    distinct, starts = np.unique(bounds, return_index=True)
    return distinct, np.add.reduceat(counts, starts, axis=0)


def _interpolated(q: Floats, bounds: Floats, counts: Floats) -> Floats:
    rank = q * counts[-1]
    last = len(bounds) - 1
    reached = counts[:-1] >= rank
    bucket = np.where(reached.any(axis=0), reached.argmax(axis=0), last)
    ticks = np.arange(counts.shape[1])
    below = np.maximum(bucket - 1, 0)
    start = np.where(bucket > 0, bounds[below], 0.0)
    under = np.where(bucket > 0, counts[below, ticks], 0.0)
    within = (rank - under) / (counts[bucket, ticks] - under)
    result = start + (bounds[bucket] - start) * within
    result = np.where((bucket == 0) & (bounds[0] <= 0), bounds[0], result)
    found: Floats = np.where(bucket == last, bounds[last - 1], result)
    return found
