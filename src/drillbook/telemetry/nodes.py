"""The nodes of a compiled expression: what all share, and those without arguments to speak of."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.source import Bools, Floats
from drillbook.telemetry.vectors import ONE, Relabelled, Result, Vector, empty, nameless


class Node:
    """Part of an expression. Equal parts are the same object, so results are kept by identity."""

    scalar = False
    """Whether it gives one number per tick instead of a vector."""

    def __init__(self, *children: Node) -> None:
        self.children = children
        self._subtree: tuple[Node, ...] | None = None

    def evaluate(self, ev: Evaluation) -> Result:
        """The result at all ticks of the evaluation, computed once."""
        found: Result | None = ev.results.get(self)
        if found is None:
            found = ev.results[self] = self.compute(ev)
        return found

    def vector(self, ev: Evaluation) -> Vector:
        """The result of a node that gives a vector."""
        found = self.evaluate(ev)
        if not isinstance(found, Vector):
            raise TypeError(f"{type(self).__name__} gives a scalar")
        return found

    def number(self, ev: Evaluation) -> Floats | float:
        """The result of a node that gives a scalar."""
        found = self.evaluate(ev)
        if isinstance(found, Vector):
            raise TypeError(f"{type(self).__name__} gives a vector")
        return found

    def compute(self, ev: Evaluation) -> Result:
        """Evaluate without looking whether that was done already."""
        raise NotImplementedError

    def barren(self, names: Collection[str]) -> bool:
        """Whether nothing can come out as long as only these metrics exist."""
        return False

    def subtree(self) -> tuple[Node, ...]:
        """The node and everything below it, deepest first."""
        if self._subtree is None:
            below: Iterator[Node] = (node for child in self.children for node in child.subtree())
            self._subtree = tuple(dict.fromkeys((*below, self)))
        return self._subtree


class Number(Node):
    """A number literal."""

    scalar = True

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def compute(self, ev: Evaluation) -> Result:
        """The number."""
        return self.value


class Time(Node):
    """`time()`: Unix time of the tick in seconds."""

    scalar = True

    def compute(self, ev: Evaluation) -> Result:
        """One number per tick."""
        return (ev.ticks.ms + ev.storage.epoch) / 1000.0


class ToVector(Node):
    """`vector(s)`."""

    def compute(self, ev: Evaluation) -> Result:
        """One row without labels."""
        values = np.empty((1, len(ev.ticks)))
        values[0] = self.children[0].number(ev)
        return Vector(ONE, values)


class ToScalar(Node):
    """`scalar(v)`: the value of the only element, else NaN."""

    scalar = True

    def compute(self, ev: Evaluation) -> Result:
        """One number per tick."""
        inner = self.children[0].vector(ev)
        if not len(inner.index):
            return np.full(len(ev.ticks), np.nan)
        if inner.mask is None:
            return inner.values[0] if len(inner.index) == 1 else np.full(len(ev.ticks), np.nan)
        rows = inner.mask.argmax(axis=0)
        values = inner.values[rows, np.arange(len(ev.ticks))]
        found: Floats = np.where(inner.mask.sum(axis=0) == 1, values, np.nan)
        return found


class Negated(Node):
    """Unary minus; like every calculation it drops the metric name."""

    def __init__(self, inner: Node) -> None:
        super().__init__(inner)
        self.scalar = inner.scalar

    def compute(self, ev: Evaluation) -> Result:
        """The same rows with the other sign."""
        inner = self.children[0].evaluate(ev)
        if not isinstance(inner, Vector):
            return -inner
        return renamed(self, ev, Vector(inner.index, -inner.values, inner.mask))

    def barren(self, names: Collection[str]) -> bool:
        """As its argument."""
        return self.children[0].barren(names)


SAME_LABELS = "vector cannot contain metrics with the same labelset"


def renamed(node: Node, ev: Evaluation, vector: Vector, plan: Relabelled | None = None) -> Vector:
    """The vector without metric names, or with a plan's labels; ticks at which two rows become one fail."""
    if not len(vector.index):
        return empty(len(ev.ticks))
    if plan is None:
        plan = nameless(vector.index)
    if plan.clashes:
        check_clashes(node, ev, vector.present, plan.clashes)
    return Vector(plan.index, vector.values, vector.mask)


def check_clashes(node: Node, ev: Evaluation, present: Bools, clashes: tuple[tuple[int, ...], ...]) -> None:
    """Fail at ticks at which more than one row of a group is there."""
    for rows in clashes:
        ev.fail(node, present[list(rows)].sum(axis=0) > 1, SAME_LABELS)
