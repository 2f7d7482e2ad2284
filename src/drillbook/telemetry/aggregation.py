"""Aggregations over rows: sum, avg, count, min, max, quantile, topk, count_values and the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from drillbook.model.labels import Labels
from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.label_functions import with_label
from drillbook.telemetry.nodes import Node
from drillbook.telemetry.numbers import plain
from drillbook.telemetry.over_time import quantiles
from drillbook.telemetry.source import Bools, Floats, Ints
from drillbook.telemetry.summation import cancels, compensated
from drillbook.telemetry.vectors import NAME, Index, Result, Vector, empty, remembered


class Grouping(NamedTuple):
    """`by` or `without` some labels."""

    labels: tuple[str, ...] = ()
    without: bool = False

    def of(self, series: Labels) -> Labels:
        """The labels that name a series' group."""
        if not (self.labels or self.without):
            return ()
        if self.without:
            return tuple([pair for pair in series if pair[0] not in self.labels and pair[0] != NAME])
        return tuple([pair for pair in series if pair[0] in self.labels])


@dataclass(frozen=True, slots=True)
class Groups:
    """Which rows belong together: `order` sorts rows by group (None: they are), `starts` divides them."""

    index: Index
    order: Ints | None
    starts: Ints
    numbers: Ints

    def sorted(self, rows: Floats) -> Floats:
        """Rows in the order of their groups."""
        return rows if self.order is None else rows[self.order]

    def members(self) -> list[Ints]:
        """The rows of each group, in order."""
        return [np.flatnonzero(self.numbers == group) for group in range(len(self.starts))]


def grouped(index: Index, grouping: Grouping) -> Groups:
    """The groups of an index's rows."""
    return remembered(index, grouping, lambda: _group(index, grouping))


def _group(index: Index, grouping: Grouping) -> Groups:
    keys = [grouping.of(series) for series in index.labels]
    if len(set(keys)) == 1:
        return Groups(Index((keys[0],)), None, np.zeros(1, np.int64), np.zeros(len(keys), np.int64))
    names = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    numbers = np.array([names[key] for key in keys], np.int64)
    order = np.argsort(numbers, kind="stable")
    starts = np.searchsorted(numbers[order], np.arange(len(names)))
    in_order = bool((numbers[:-1] <= numbers[1:]).all())
    return Groups(Index(tuple(names)), None if in_order else order, starts, numbers)


def _over(operation: np.ufunc, groups: Groups, rows: Floats) -> Floats:
    if len(groups.starts) == len(rows):
        return groups.sorted(rows)
    if len(groups.starts) == 1:
        total: Floats = operation.reduce(rows, axis=0, keepdims=True)
        return total
    divided: Floats = operation.reduceat(groups.sorted(rows), groups.starts, axis=0)
    return divided


def _counted(vector: Vector, groups: Groups) -> Floats:
    if vector.mask is None:
        return np.bincount(groups.numbers).astype(np.float64)[:, None]
    return _over(np.add, groups, vector.mask.astype(np.float64))


def _plain_sum(vector: Vector, groups: Groups) -> Floats:
    values = vector.values if vector.mask is None else np.where(vector.mask, vector.values, 0.0)
    return _over(np.add, groups, values)


def _sum(vector: Vector, groups: Groups) -> Floats:
    values = vector.values if vector.mask is None else np.where(vector.mask, vector.values, 0.0)
    if len(groups.starts) < len(values) and cancels(values):
        return np.stack([compensated(values[rows].T) for rows in groups.members()])
    return _over(np.add, groups, values)


def _avg(vector: Vector, groups: Groups) -> Floats:
    count = _counted(vector, groups)
    mean: Floats = _sum(vector, groups) / count
    if np.isinf(mean).any():  # perhaps only the sum is too large
        parts = Vector(vector.index, vector.values / count[groups.numbers], vector.mask)
        mean = np.where(np.isinf(mean), _plain_sum(parts, groups), mean)
    return mean


def _extreme(operation: np.ufunc, vector: Vector, groups: Groups) -> Floats:
    values = vector.values if vector.mask is None else np.where(vector.mask, vector.values, np.nan)
    return _over(operation, groups, values)


def _variance(vector: Vector, groups: Groups) -> Floats:
    # Values are seen from the least one, so that equal ones have exactly no variance.
    values = vector.values - _extreme(np.fmin, vector, groups)[groups.numbers]
    apart = values - _avg(Vector(vector.index, values, vector.mask), groups)[groups.numbers]
    return _avg(Vector(vector.index, apart * apart, vector.mask), groups)


def _old_variance(vector: Vector, groups: Groups) -> Floats:
    """As Prometheus 2.42 had it: 0 for a single element, whatever that is."""
    return np.where(_counted(vector, groups) == 1, 0.0, _variance(vector, groups))


def _one(vector: Vector, groups: Groups) -> Floats:
    return np.ones((1, 1))


REDUCTIONS: dict[str, Callable[[Vector, Groups], Floats]] = {
    "sum": _sum,
    "avg": _avg,
    "count": _counted,
    "min": lambda vector, groups: _extreme(np.fmin, vector, groups),
    "max": lambda vector, groups: _extreme(np.fmax, vector, groups),
    "group": _one,
    "stdvar": _variance,
    "stddev": lambda vector, groups: np.sqrt(_variance(vector, groups)),
}
OLD_REDUCTIONS: dict[str, Callable[[Vector, Groups], Floats]] = {
    **REDUCTIONS,
    "sum": _plain_sum,
    "stdvar": _old_variance,
    "stddev": lambda vector, groups: np.sqrt(_old_variance(vector, groups)),
}
"""Those of Prometheus 2.42."""


class Aggregation(Node):
    """Any aggregation; `of` is its vector, the other child its parameter."""

    def __init__(self, grouping: Grouping, of: Node, *parameter: Node) -> None:
        super().__init__(of, *parameter)
        self.grouping = grouping

    def barren(self, names: Collection[str]) -> bool:
        """As the vector."""
        return self.children[0].barren(names)

    def compute(self, ev: Evaluation) -> Result:
        """One row per group, or for topk, bottomk and count_values per element or value."""
        vector = self.children[0].vector(ev)
        if not len(vector.index):
            return empty(len(ev.ticks))
        return self.aggregate(ev, vector, grouped(vector.index, self.grouping))

    def aggregate(self, ev: Evaluation, vector: Vector, groups: Groups) -> Vector:
        """The aggregation of a vector that has rows."""
        raise NotImplementedError

    def parameter(self, ev: Evaluation) -> Floats:
        """The scalar parameter at each tick."""
        return np.broadcast_to(np.asarray(self.children[1].number(ev), np.float64), (len(ev.ticks),))


class Reduction(Aggregation):
    """An aggregation to one number per group."""

    def __init__(self, reduce: Callable[[Vector, Groups], Floats], grouping: Grouping, of: Node) -> None:
        super().__init__(grouping, of)
        self.reduce = reduce

    def aggregate(self, ev: Evaluation, vector: Vector, groups: Groups) -> Vector:
        """One row per group."""
        values = self.reduce(vector, groups)
        shape = (len(groups.index), len(ev.ticks))
        if values.shape != shape:
            values = np.broadcast_to(values, shape)
        return Vector(groups.index, values, _present(vector, groups))


def _present(vector: Vector, groups: Groups) -> Bools | None:
    if vector.mask is None:
        return None
    return _over(np.logical_or, groups, vector.mask.view(np.uint8)).astype(np.bool_)


class QuantileOf(Aggregation):
    """`quantile(q, v)`."""

    def aggregate(self, ev: Evaluation, vector: Vector, groups: Groups) -> Vector:
        """One row per group."""
        q, rows = self.parameter(ev), []
        for members in groups.members():
            there = None if vector.mask is None else vector.mask[members].T
            rows.append(quantiles(vector.values[members].T, there, q))
        return Vector(groups.index, np.stack(rows), _present(vector, groups))


_MOST = 2.0**63


class Ranking(Aggregation):
    """`topk` and `bottomk`: keeps elements; NaN comes last, of equal ones the earlier row is kept."""

    def __init__(self, grouping: Grouping, of: Node, parameter: Node, *, largest: bool) -> None:
        super().__init__(grouping, of, parameter)
        self.largest = largest

    def compute(self, ev: Evaluation) -> Result:
        """Fails where there is no telling how many to keep, even of nothing."""
        ev.fail(self, ~(np.abs(self.parameter(ev)) < _MOST), "the parameter is no whole number")
        return super().compute(ev)

    def aggregate(self, ev: Evaluation, vector: Vector, groups: Groups) -> Vector:
        """The same rows, of which fewer are present."""
        k, present = np.nan_to_num(self.parameter(ev)), vector.present
        keys = -vector.values if self.largest else vector.values
        kept = np.zeros(vector.values.shape, np.bool_)
        for members in groups.members():
            classes = np.where(present[members], np.isnan(keys[members]).astype(np.int64), 2)
            order = np.lexsort((keys[members], classes), axis=0)
            ranks = np.argsort(order, axis=0, kind="stable")
            kept[members] = ranks < np.floor(k)
        return Vector(vector.index, vector.values, kept & present)


class CountValues(Aggregation):
    """`count_values(label, v)`: how many elements have each value."""

    def __init__(self, label: str, grouping: Grouping, of: Node) -> None:
        super().__init__(grouping, of)
        self.label = label

    def aggregate(self, ev: Evaluation, vector: Vector, groups: Groups) -> Vector:
        """One row per group and value, in order of first appearance."""
        rows: dict[Labels, Floats] = {}
        present = vector.present
        for row, tick in zip(*np.nonzero(present), strict=True):
            series = with_label(vector.labels[row], self.label, plain(float(vector.values[row, tick])))
            key = self._key(series)
            if key not in rows:
                rows[key] = np.zeros(len(ev.ticks))
            rows[key][tick] += 1
        if not rows:
            return empty(len(ev.ticks))
        values = np.stack(list(rows.values()))
        return Vector(Index(tuple(rows)), values, values > 0)

    def _key(self, series: Labels) -> Labels:
        if self.grouping.without or self.label in self.grouping.labels:
            return self.grouping.of(series)
        return Grouping((*self.grouping.labels, self.label)).of(series)
