"""Function calls: which node each function of PromQL becomes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import promql_parser as promql

from drillbook.errors import InvalidInput
from drillbook.telemetry.functions import CALENDAR, VALUE_FUNCTIONS, Calendar, Sorted, ValueCall
from drillbook.telemetry.histogram import HistogramQuantile
from drillbook.telemetry.label_functions import Absent, LabelJoin, LabelReplace
from drillbook.telemetry.nodes import Node, Number, Time, ToScalar, ToVector
from drillbook.telemetry.range_functions import RangeCall, RangeFunction
from drillbook.telemetry.selectors import Timestamps
from drillbook.telemetry.subqueries import Subquery
from drillbook.telemetry.windows import Range

_SIMPLE: dict[str, type[Node]] = {
    "vector": ToVector,
    "scalar": ToScalar,
    "sort": Sorted,
    "sort_desc": Sorted,
    "absent": Absent,
    "timestamp": Timestamps,
}
_SPECIAL = (
    "time", "pi", "absent_over_time", "histogram_quantile", "label_replace", "label_join",
)  # fmt: skip


def function_names(range_functions: Iterable[str]) -> list[str]:
    """All functions there are."""
    return sorted([*range_functions, *VALUE_FUNCTIONS, *CALENDAR, *_SIMPLE, *_SPECIAL])


class Site(Protocol):
    """The expression that a call stands in, as far as calls are concerned."""

    @property
    def old(self) -> bool:
        """Whether it means what Prometheus 2.42 means."""
        ...

    @property
    def range_functions(self) -> Mapping[str, RangeFunction]:
        """Functions of range vectors by name."""
        ...

    def make(self, kind: type[Node], /, *arguments: Any, **options: Any) -> Any:
        """A node, the same one for the same arguments."""
        ...

    def node(self, tree: Any) -> Node:
        """The node of an expression that gives a vector or a scalar."""
        ...

    def over(self, tree: Any) -> Range | Subquery:
        """The node of a range vector."""
        ...

    def pattern(self, text: str) -> None:
        """Check a regular expression."""
        ...

    def refuse(self, construct: str, hint: str = "") -> InvalidInput:
        """The error that names a construct outside the supported set."""
        ...

    def wrong(self, message: str) -> InvalidInput:
        """The error that says what is wrong with the expression."""
        ...


def call(at: Site, tree: Any) -> Node:
    """The node of a call; InvalidInput that names the function where it is not supported."""
    name, arguments = tree.func.name, list(tree.args)
    if name in at.range_functions:
        return _over_range(at, name, arguments)
    if name in VALUE_FUNCTIONS:
        function, *_ = VALUE_FUNCTIONS[name]
        return _made(at, ValueCall, function, *map(at.node, arguments))
    if name in CALENDAR:
        if not arguments:
            return _made(at, Calendar, CALENDAR[name])
        return _made(at, ValueCall, CALENDAR[name], at.node(arguments[0]))
    if name in _SIMPLE:
        return _made(at, _SIMPLE[name], at.node(arguments[0]))
    return _special(at, name, arguments)


def _special(at: Site, name: str, arguments: list[Any]) -> Node:
    if name == "time":
        return _made(at, Time)
    if name == "pi":
        return _made(at, Number, math.pi)
    if name == "absent_over_time":
        return _made(at, Absent, at.over(arguments[0]))
    if name == "histogram_quantile":
        return _made(at, HistogramQuantile, *map(at.node, arguments), old=at.old)
    if name == "label_replace":
        words = texts(at, name, arguments[1:])
        at.pattern(words[3])
        return _made(at, LabelReplace, at.node(arguments[0]), *words)
    if name == "label_join":
        return _made(at, LabelJoin, at.node(arguments[0]), *texts(at, name, arguments[1:]))
    raise at.refuse(name)


def _over_range(at: Site, name: str, arguments: list[Any]) -> Node:
    function = at.range_functions[name]
    ranges = [tree for tree in arguments if _is_range(tree)]
    scalars = [at.node(tree) for tree in arguments if not _is_range(tree)]
    return _made(at, RangeCall, function, at.over(ranges[0]), *scalars)


def _is_range(tree: Any) -> bool:
    return isinstance(_unwrapped(tree), promql.MatrixSelector | promql.SubqueryExpr)


def _unwrapped(tree: Any) -> Any:
    while isinstance(tree, promql.ParenExpr):
        tree = tree.expr
    return tree


def texts(at: Site, name: str, arguments: list[Any]) -> list[str]:
    """Arguments that must be string literals."""
    found = []
    for argument in arguments:
        tree = _unwrapped(argument)
        if not isinstance(tree, promql.StringLiteral):
            raise at.wrong(f"`{name}` needs string literals here")
        found.append(tree.val)
    return found


def _made(at: Site, kind: type[Node], *arguments: Any, **options: Any) -> Node:
    node: Node = at.make(kind, *arguments, **options)
    return node
