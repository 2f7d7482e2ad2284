"""Which elements of two vectors belong together: on, ignoring, group_left, group_right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from drillbook.model.labels import Labels, get
from drillbook.telemetry.label_functions import with_label
from drillbook.telemetry.source import Bools, Ints
from drillbook.telemetry.vectors import NAME, Index, relabelled, remembered


class Matching(NamedTuple):
    """How a binary operator matches elements; `include` are labels copied from the "one" side."""

    on: bool = False
    labels: tuple[str, ...] = ()
    group: Literal["", "left", "right"] = ""
    include: tuple[str, ...] = ()

    def signature(self, series: Labels) -> Labels:
        """The labels that must be equal on both sides."""
        if self.on:
            return tuple(pair for pair in series if pair[0] in self.labels)
        return tuple(pair for pair in series if pair[0] != NAME and pair[0] not in self.labels)

    def result(self, many: Labels, one: Labels, *, drop_name: bool) -> Labels:
        """The labels of a matched pair's result."""
        found = tuple(pair for pair in many if not (drop_name and pair[0] == NAME))
        if not self.group:
            if self.on:
                return tuple(pair for pair in found if pair[0] in self.labels)
            return tuple(pair for pair in found if pair[0] not in self.labels)
        for name in self.include:
            found = with_label(found, name, get(one, name))
        return found


@dataclass(frozen=True, slots=True)
class Pairs:
    """Matched rows of the "many" and the "one" side. Row arrays of None mean all rows in order.

    `twins` are groups of rows of the "one" side that match the same elements: at most one may be present.
    `rivals` are groups of pairs of which at most one may have a result; `clashes` have equal result labels.
    """

    index: Index
    many: Ints | None
    one: Ints | None
    twins: tuple[tuple[int, ...], ...]
    rivals: tuple[tuple[int, ...], ...]
    clashes: tuple[tuple[int, ...], ...]


def _groups(keys: Sequence[tuple[Labels, ...]]) -> tuple[tuple[int, ...], ...]:
    found: dict[tuple[Labels, ...], list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return tuple(tuple(places) for places in found.values() if len(places) > 1)


def _rows(rows: list[int], count: int) -> Ints | None:
    return None if rows == list(range(count)) else np.array(rows, np.int64)


def pairs(many: Index, one: Index, matching: Matching, *, drop_name: bool) -> Pairs:
    """The plan for one-to-one, many-to-one and (with sides swapped) one-to-many matching."""
    return remembered(
        many,
        (one, matching, drop_name),
        lambda: _pair(many.labels, one.labels, matching, drop_name=drop_name),
    )


def _pair(many: tuple[Labels, ...], one: tuple[Labels, ...], matching: Matching, *, drop_name: bool) -> Pairs:
    by_signature: dict[Labels, list[int]] = {}
    for row, series in enumerate(one):
        by_signature.setdefault(matching.signature(series), []).append(row)
    signatures = [matching.signature(series) for series in many]
    matched = [(row, other) for row, key in enumerate(signatures) for other in by_signature.get(key, ())]
    results = [matching.result(many[row], one[other], drop_name=drop_name) for row, other in matched]
    rivals: list[tuple[Labels, ...]]
    if matching.group:
        rivals = [(signatures[row], result) for (row, _), result in zip(matched, results, strict=True)]
    else:
        rivals = [(signatures[row],) for row, _ in matched]
    return Pairs(
        Index(tuple(results)),
        _rows([row for row, _ in matched], len(many)),
        _rows([other for _, other in matched], len(one)),
        tuple(tuple(rows) for rows in by_signature.values() if len(rows) > 1),
        _groups(rivals),
        relabelled(tuple(results)).clashes,
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """For set operators: the signature number of each left and right row."""

    left: Ints
    right: Ints
    count: int


def shared(left: Index, right: Index, matching: Matching) -> Shared:
    """The plan for and, or and unless."""
    return remembered(left, (right, matching), lambda: _share(left.labels, right.labels, matching))


def _share(left: tuple[Labels, ...], right: tuple[Labels, ...], matching: Matching) -> Shared:
    numbers: dict[Labels, int] = {}
    for series in (*left, *right):
        numbers.setdefault(matching.signature(series), len(numbers))
    return Shared(
        np.array([numbers[matching.signature(series)] for series in left], np.int64),
        np.array([numbers[matching.signature(series)] for series in right], np.int64),
        len(numbers),
    )


def presence(numbers: Ints, present: Bools, count: int) -> Bools:
    """At which ticks any row with a signature is present, shape (signatures, ticks)."""
    found = np.zeros((count, present.shape[1]), np.bool_)
    np.logical_or.at(found, numbers, present)
    return found
