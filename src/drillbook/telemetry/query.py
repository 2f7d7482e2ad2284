"""A compiled PromQL expression and its evaluation over a source, at many times or at one."""

from __future__ import annotations

from typing import Any

import numpy as np
import promql_parser as promql

from drillbook.telemetry.compiler import Compat, Compiler
from drillbook.telemetry.evaluation import Evaluation, EvaluationError, Ticks
from drillbook.telemetry.nodes import Node
from drillbook.telemetry.parsing import Place, parse
from drillbook.telemetry.source import Floats, SeriesSource
from drillbook.telemetry.storage import Storage
from drillbook.telemetry.vectors import ONE, Result, Vector, distinct

_ORDERED = {"sort": 1, "sort_desc": -1, "topk": -1, "bottomk": 1}


class Query:
    """An expression ready to be evaluated, any number of times, over any source."""

    def __init__(self, text: str, node: Node, direction: int = 0) -> None:
        self.text = text
        self.node = node
        self._direction = direction

    @property
    def scalar(self) -> bool:
        """Whether the result is a plain number per tick (given as one row without labels)."""
        return self.node.scalar

    def range(self, source: SeriesSource | Storage, times: Floats, *, epoch: float = 0.0) -> Vector:
        """The instant vectors at each of `times` (seconds), shape (rows, times).

        Each time is a query of its own, as a rule's evaluations are: `start()` and `end()` are that time.
        `epoch` is the Unix time of second 0. EvaluationError where the expression has no answer.
        """
        return self._at(source, Ticks(np.round(np.asarray(times) * 1000).astype(np.int64)), epoch)

    def _at(self, source: SeriesSource | Storage, ticks: Ticks, epoch: float) -> Vector:
        storage = source if isinstance(source, Storage) else Storage(source, epoch=round(epoch * 1000))
        ev = Evaluation(storage, ticks)
        if not len(ev.ticks):
            return Vector(ONE, np.empty((1, 0)))
        with np.errstate(all="ignore"):
            result = distinct(as_vector(self.node.evaluate(ev), len(ev.ticks)))
        failed = ev.failed(self.node)
        if failed is not None:
            raise EvaluationError(f"{failed[1]}: {self.text}")
        return result

    def instant(self, source: SeriesSource | Storage, t: float, *, epoch: float = 0.0) -> Vector:
        """The elements that exist at t, as a vector with one column.

        In order of labels, or of values where the expression ends in sort, sort_desc, topk or bottomk.
        """
        result = self._at(source, Ticks(np.array([round(t * 1000)], np.int64)), epoch)
        if len(result.index) == 1 and result.mask is None:
            return result
        rows = [row for row in range(len(result.index)) if result.mask is None or result.mask[row, 0]]
        rows.sort(key=lambda row: result.labels[row])
        if self._direction:
            rows.sort(key=lambda row: _rank(result.values[row, 0], self._direction))
        chosen = tuple(result.labels[row] for row in rows)
        return Vector(type(result.index)(chosen), result.values[rows])


def _rank(value: float, direction: int) -> tuple[bool, float]:
    return (True, 0.0) if np.isnan(value) else (False, direction * float(value))


def as_vector(result: Result, ticks: int) -> Vector:
    """A vector as it is, a scalar as one row without labels."""
    if isinstance(result, Vector):
        return result
    return Vector(ONE, np.broadcast_to(np.asarray(result, np.float64), (1, ticks)))


def compile_query(
    text: str,
    place: Place | None = None,
    *,
    compat: Compat = "3",
    step: float = 15.0,
) -> Query:
    """Compile an expression once; InvalidInput with file, line and column where it cannot be.

    `compat="2.42"` selects that version's closed ranges and extrapolation; `step` is the default resolution
    of subqueries in seconds.
    """
    place = place or Place()
    node = Compiler(compat, step).compile(text, place)
    return Query(text, node, _direction(parse(text, place)))


def _direction(tree: Any) -> int:
    while isinstance(tree, promql.ParenExpr):
        tree = tree.expr
    if isinstance(tree, promql.Call):
        return _ORDERED.get(tree.func.name, 0)
    if isinstance(tree, promql.AggregateExpr):
        return _ORDERED.get(str(tree.op), 0)
    return 0
