"""Results of PromQL over many ticks at once: rows of series, columns of ticks, and what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np

from drillbook.model.labels import Labels, without
from drillbook.telemetry.source import Bools, Floats

NAME = "__name__"


class Index:
    """The label sets of a result's rows, told apart by identity, so that plans made for them can be kept.

    Rows of a metric are only ever appended, so the same few indexes come back at every evaluation. `memo`
    holds what was worked out from the labels alone: which rows a selector takes, how they group or match.
    Rows of a metric come without its name, which is put in when somebody asks for the whole label sets: most
    functions drop it.
    """

    __slots__ = ("_labels", "memo", "metric", "rows")

    def __init__(self, rows: tuple[Labels, ...], metric: str = "") -> None:
        """`metric` is the name to put in; the rows then have none, and differ from each other."""
        self.rows = rows
        self.metric = metric
        self._labels = None if metric else rows
        self.memo: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def labels(self) -> tuple[Labels, ...]:
        """The label sets, with the metric's name."""
        if self._labels is None:
            own = (NAME, self.metric)
            self._labels = tuple([(own, *row) for row in self.rows])
        return self._labels

    def some(self, rows: Iterable[int]) -> Index:
        """The index of some of the rows."""
        return Index(tuple([self.rows[row] for row in rows]), self.metric)


_KEPT = 64
_Plan = TypeVar("_Plan")


def remembered(index: Index, key: Any, plan: Callable[[], _Plan]) -> _Plan:
    """The plan kept under a key of an index, made if need be; few are kept, so that memory stays bounded."""
    found: _Plan | None = index.memo.get(key)
    if found is None:
        if len(index.memo) >= _KEPT:
            index.memo.clear()
        found = index.memo[key] = plan()
    return found


@dataclass(frozen=True, slots=True)
class Vector:
    """An instant vector at each tick: `values` has the shape (rows, ticks); a mask of None means all present.

    Values where nothing is present mean nothing. NaN where something is present is a value.
    """

    index: Index
    values: Floats
    mask: Bools | None = None

    @property
    def labels(self) -> tuple[Labels, ...]:
        """Label sets of the rows."""
        return self.index.labels

    @property
    def present(self) -> Bools:
        """Which rows exist at which tick, shape (rows, ticks)."""
        return np.ones(self.values.shape, np.bool_) if self.mask is None else self.mask

    def any(self) -> bool:
        """Whether any row exists at any tick."""
        if self.mask is None:
            return bool(self.values.size)
        return bool(self.mask.any())


Result: TypeAlias = Vector | Floats | float
"""What a node gives: a vector, or a scalar as one number or one number per tick."""

NOTHING = Index(())
ONE = Index(((),))


def empty(ticks: int) -> Vector:
    """No rows at all."""
    return Vector(NOTHING, np.empty((0, ticks)))


def both(left: Bools | None, right: Bools | None) -> Bools | None:
    """The mask of what is in both."""
    if left is None:
        return right
    return left if right is None else left & right


@dataclass(frozen=True, slots=True)
class Relabelled:
    """New label sets for the same rows; `clashes` are groups of rows that became equal."""

    index: Index
    clashes: tuple[tuple[int, ...], ...]


def relabelled(of: tuple[Labels, ...]) -> Relabelled:
    """The label sets and which rows share one."""
    groups: dict[Labels, list[int]] = {}
    for row, labels in enumerate(of):
        groups.setdefault(labels, []).append(row)
    clashes = tuple(tuple(rows) for rows in groups.values() if len(rows) > 1)
    return Relabelled(Index(of), clashes)


def nameless(index: Index) -> Relabelled:
    """The rows less their metric names."""
    return remembered(index, NAME, lambda: _nameless(index))


def _nameless(index: Index) -> Relabelled:
    if index.metric:
        return Relabelled(Index(index.rows), ())
    return relabelled(tuple([without(labels, NAME) for labels in index.labels]))


def joined(indexes: tuple[Index, ...]) -> Index:
    """The rows of several results after each other."""
    if len(indexes) == 1:
        return indexes[0]
    first, rest = indexes[0], indexes[1:]
    return remembered(first, rest, lambda: Index(tuple(row for index in indexes for row in index.labels)))


def stacked(parts: list[Vector], ticks: int) -> Vector:
    """Several vectors as one."""
    parts = [part for part in parts if len(part.index)]
    if not parts:
        return empty(ticks)
    if len(parts) == 1:
        return parts[0]
    index = joined(tuple(part.index for part in parts))
    values = np.concatenate([part.values for part in parts])
    if all(part.mask is None for part in parts):
        return Vector(index, values)
    return Vector(index, values, np.concatenate([part.present for part in parts]))


def distinct(vector: Vector) -> Vector:
    """The vector with one row per label set; rows that share one are there at different ticks."""
    plan = remembered(vector.index, "distinct", lambda: _distinct(vector.index))
    if not plan:
        return vector
    values = np.zeros((len(plan.index), vector.values.shape[1]))
    mask = np.zeros(values.shape, np.bool_)
    for row, target in enumerate(plan.targets):
        there = vector.present[row]
        values[target] = np.where(there, vector.values[row], values[target])
        mask[target] |= there
    return Vector(plan.index, values, mask)


@dataclass(frozen=True, slots=True)
class _Distinct:
    index: Index
    targets: tuple[int, ...]


def _distinct(index: Index) -> _Distinct | Literal[False]:
    places = {labels: place for place, labels in enumerate(dict.fromkeys(index.labels))}
    if len(places) == len(index):
        return False
    return _Distinct(Index(tuple(places)), tuple(places[labels] for labels in index.labels))
