"""Binary operators between scalars and vectors."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.matching import Matching, Pairs, pairs, presence, shared
from drillbook.telemetry.nodes import Node, check_clashes, renamed
from drillbook.telemetry.operators import ARITHMETIC, COMPARISON
from drillbook.telemetry.source import Bools, Floats, Ints
from drillbook.telemetry.vectors import Result, Vector, both, empty, stacked


class Scalars(Node):
    """An operator between two scalars."""

    scalar = True

    def __init__(self, operator: str, left: Node, right: Node) -> None:
        super().__init__(left, right)
        self.apply = ARITHMETIC.get(operator) or COMPARISON[operator]

    def compute(self, ev: Evaluation) -> Result:
        """One number per tick; comparisons give 0 or 1."""
        left, right = (child.number(ev) for child in self.children)
        found: Floats = np.asarray(self.apply(left, right), np.float64)
        return found if found.ndim else float(found)


class WithScalar(Node):
    """An operator between a vector and a scalar, which may be on the left (`swapped`)."""

    def __init__(self, operator: str, vector: Node, scalar: Node, *, swapped: bool, as_bool: bool) -> None:
        super().__init__(vector, scalar)
        self.calculate: Callable[[Any, Any], Any] | None = ARITHMETIC.get(operator)
        self.compare = COMPARISON.get(operator)
        self.swapped = swapped
        self.as_bool = as_bool

    def barren(self, names: Collection[str]) -> bool:
        """As the vector."""
        return self.children[0].barren(names)

    def compute(self, ev: Evaluation) -> Result:
        """The vector's rows."""
        vector = self.children[0].vector(ev)
        if not len(vector.index):
            return vector
        number = self.children[1].number(ev)
        left, right = (number, vector.values) if self.swapped else (vector.values, number)
        if self.calculate is not None:
            return renamed(self, ev, Vector(vector.index, self.calculate(left, right), vector.mask))
        kept = self.compare(left, right)  # type: ignore[misc]
        if self.as_bool:
            return renamed(self, ev, Vector(vector.index, kept.astype(np.float64), vector.mask))
        return Vector(vector.index, vector.values, both(vector.mask, kept))


class Vectors(Node):
    """An operator that calculates with or compares matched elements of two vectors."""

    def __init__(self, operator: str, left: Node, right: Node, matching: Matching, *, as_bool: bool) -> None:
        super().__init__(left, right)
        self.calculate: Callable[[Any, Any], Any] | None = ARITHMETIC.get(operator)
        self.compare = COMPARISON.get(operator)
        self.matching = matching
        self.as_bool = as_bool

    def barren(self, names: Collection[str]) -> bool:
        """If either side is."""
        return any(child.barren(names) for child in self.children)

    def compute(self, ev: Evaluation) -> Result:
        """One row per matched pair."""
        left = self.children[0].vector(ev)
        right = self.children[1].vector(ev)
        if not len(left.index) or not len(right.index):
            return empty(len(ev.ticks))
        swapped = self.matching.group == "right"
        many, one = (right, left) if swapped else (left, right)
        drop_name = self.calculate is not None or self.as_bool
        plan = pairs(many.index, one.index, self.matching, drop_name=drop_name)
        a, b = _taken(many, plan.many), _taken(one, plan.one)
        mask = both(a.mask, b.mask)
        values, kept = self._combined(*((b.values, a.values) if swapped else (a.values, b.values)))
        if kept is not None:
            mask = both(mask, kept)
        result = Vector(plan.index, values, mask)
        self._check(ev, plan, (many, one), result)
        return result

    def _combined(self, left: Floats, right: Floats) -> tuple[Floats, Bools | None]:
        if self.calculate is not None:
            return self.calculate(left, right), None
        kept = self.compare(left, right)  # type: ignore[misc]
        return (kept.astype(np.float64), None) if self.as_bool else (left, kept)

    def _check(self, ev: Evaluation, plan: Pairs, sides: tuple[Vector, Vector], result: Vector) -> None:
        many, one = sides
        for rows in plan.twins:
            double = one.present[list(rows)].sum(axis=0) > 1
            ev.fail(self, double & many.present.any(axis=0), _TWINS)
        for rows in plan.rivals:
            message = _RIVALS if self.matching.group else _MANY
            ev.fail(self, result.present[list(rows)].sum(axis=0) > 1, message)
        if plan.clashes:
            check_clashes(self, ev, result.present, plan.clashes)


_TWINS = "found duplicate series for the match group: many-to-many matching is not allowed"
_MANY = "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
_RIVALS = "multiple matches for labels: grouping labels must ensure unique matches"


def _taken(vector: Vector, rows: Ints | None) -> Vector:
    if rows is None:
        return vector
    return Vector(vector.index, vector.values[rows], None if vector.mask is None else vector.mask[rows])


class Sets(Node):
    """`and`, `or`, `unless`."""

    def __init__(self, operator: str, left: Node, right: Node, matching: Matching) -> None:
        super().__init__(left, right)
        self.operator = operator
        self.matching = matching

    def barren(self, names: Collection[str]) -> bool:
        """`and` if either side is, `or` if both are, `unless` if the left one is."""
        left, right = (child.barren(names) for child in self.children)
        return {"and": left or right, "or": left and right, "unless": left}[self.operator]

    def compute(self, ev: Evaluation) -> Result:
        """Rows of the left side, for `or` followed by those of the right."""
        left = self.children[0].vector(ev)
        right = self.children[1].vector(ev)
        if not len(left.index) or not len(right.index):
            return self._one_sided(left, right)
        plan = shared(left.index, right.index, self.matching)
        if self.operator == "or":
            taken = presence(plan.left, left.present, plan.count)[plan.right]
            rest = Vector(right.index, right.values, right.present & ~taken)
            return stacked([left, rest], len(ev.ticks))
        found = presence(plan.right, right.present, plan.count)[plan.left]
        keep = found if self.operator == "and" else ~found
        return Vector(left.index, left.values, both(left.mask, keep))

    def _one_sided(self, left: Vector, right: Vector) -> Vector:
        if self.operator == "or":
            return left if len(left.index) else right
        if self.operator == "and":
            return right if len(left.index) else left
        return left
