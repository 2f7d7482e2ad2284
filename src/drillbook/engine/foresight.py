"""Whether the queries of conditions hold, for many looks at once: it stays true until somebody intervenes."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from drillbook.engine.injects import LOOKS
from drillbook.telemetry.evaluation import EvaluationError
from drillbook.telemetry.nodes import Node
from drillbook.telemetry.query import Query
from drillbook.telemetry.rules import CompiledRules
from drillbook.telemetry.selectors import Selector
from drillbook.telemetry.storage import Storage
from drillbook.telemetry.subqueries import Subquery

FIRST, MOST = 20, 160
"""Looks answered at once at first, and at most; each time without an intervention doubles them."""


class Foresight:
    """Answers queries at times in rising order, a multiple of `LOOKS` apart."""

    def __init__(
        self,
        source: Callable[[float], Storage],
        compiled: Callable[[str], Query],
        rules: CompiledRules,
        horizon: float,
    ) -> None:
        """`source` gives the series up to a time that may lie ahead; nobody looks after the horizon."""
        self._source = source
        self._compiled = compiled
        self._horizon = horizon
        self._stepwise = rules.stepwise
        self._written = frozenset(name for rule in rules.rules for name in rule.writes)
        self._known: dict[str, tuple[float, list[bool]]] = {}
        self._failing: set[str] = set()
        """Queries without an answer at some look ahead: they are asked at each look from then on."""
        self._count = FIRST

    def changed(self) -> None:
        """Somebody intervened: what was answered ahead is void."""
        self._known.clear()
        self._count = FIRST

    def holds(self, expr: str, t: float) -> bool:
        """Whether a query gives anything at t; no for one that has no answer."""
        since, found = self._known.get(expr, (t, []))
        place = round((t - since) / LOOKS)
        if place < len(found):
            return found[place]
        if found:
            self._count = min(2 * self._count, MOST)
        found = self._ahead(self._compiled(expr), t)
        self._known[expr] = t, found
        return found[0]

    def _ahead(self, query: Query, t: float) -> list[bool]:
        """The answers at t and at the looks after it, as many as are sure."""
        count = min(self._count, int((self._horizon - t) // LOOKS) + 1)
        sure = not self._stepwise and query.text not in self._failing and _plain(query.node, self._written)
        if count > 1 and sure:
            times = t + LOOKS * np.arange(count, dtype=np.float64)
            try:
                vector = query.range(self._source(float(times[-1])), times)
            except EvaluationError:
                self._failing.add(query.text)
                return [self._now(query, t)]
            if vector.mask is None:
                return [len(vector.labels) > 0] * count
            answers: list[bool] = np.asarray(vector.mask.any(axis=0)).tolist()
            return answers
        return [self._now(query, t)]

    def _now(self, query: Query, t: float) -> bool:
        try:
            return len(query.instant(self._source(t), t).labels) > 0
        except EvaluationError:
            return False


def _plain(node: Node, written: Collection[str]) -> bool:
    """Whether nothing is read but samples of the system up to the moment of the look."""
    shifted = [part for part in node.subtree() if isinstance(part, Selector | Subquery)]
    return all(part.shift.at is None and part.shift.offset >= 0 for part in shifted) and all(
        _plain(part.inner, written) if isinstance(part, Subquery) else not any(map(part.takes, written))
        for part in shifted
    )
