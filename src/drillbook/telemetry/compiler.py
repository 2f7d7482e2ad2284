"""From the parser's tree to nodes. Equal sub-expressions become the same node."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal, TypeAlias

import promql_parser as promql
import re2

from drillbook.errors import InvalidInput
from drillbook.telemetry import calls
from drillbook.telemetry.aggregation import (
    OLD_REDUCTIONS,
    REDUCTIONS,
    CountValues,
    Grouping,
    QuantileOf,
    Ranking,
    Reduction,
)
from drillbook.telemetry.binary import Scalars, Sets, Vectors, WithScalar
from drillbook.telemetry.evaluation import Shift
from drillbook.telemetry.matching import Matching
from drillbook.telemetry.nodes import Negated, Node, Number
from drillbook.telemetry.operators import ARITHMETIC, COMPARISON, SETS
from drillbook.telemetry.parsing import Place, parse, refused
from drillbook.telemetry.patterns import compiled
from drillbook.telemetry.range_functions import range_functions
from drillbook.telemetry.selectors import Matcher, Selector
from drillbook.telemetry.subqueries import Subquery
from drillbook.telemetry.windows import Range

Compat: TypeAlias = Literal["3", "2.42"]
_KINDS: dict[str, Literal["=", "!=", "=~", "!~"]] = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}
_SIDES: dict[str, Literal["", "left", "right"]] = {
    "VectorMatchCardinality.ManyToOne": "left",
    "VectorMatchCardinality.OneToMany": "right",
}


def milliseconds(duration: timedelta) -> int:
    """Whole milliseconds of a parsed duration."""
    return duration // timedelta(milliseconds=1)


class Compiler:
    """Compiles expressions that share nodes.

    `compat` selects the semantics of Prometheus 3.x or of 2.42; `step` is the subqueries' default in seconds.
    """

    def __init__(self, compat: Compat = "3", step: float = 15.0) -> None:
        self.old = compat == "2.42"
        self.step = round(step * 1000)
        self.range_functions = range_functions(old=self.old)
        self._nodes: dict[tuple[Any, ...], Any] = {}

    def compile(self, text: str, place: Place) -> Node:
        """The root node of an expression; InvalidInput with its place where that cannot be."""
        tree = parse(text, place, calls.function_names(self.range_functions))
        return Expression(self, text, place).node(tree)

    def make(self, kind: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """A node of a kind, the same one for the same arguments."""
        key = (kind, *(repr(a) if isinstance(a, float) else a for a in arguments), *sorted(options.items()))
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = kind(*arguments, **options)
        return found


class Expression:
    """One expression on its way to nodes."""

    def __init__(self, compiler: Compiler, text: str, place: Place) -> None:
        self.compiler = compiler
        self.make = compiler.make
        self.old = compiler.old
        self.range_functions = compiler.range_functions
        self.text = text
        self.place = place
        self._depth = 0

    def refuse(self, construct: str, hint: str = "") -> InvalidInput:
        """The error that names a construct outside the supported set."""
        return refused(self.text, self.place, construct, hint)

    def wrong(self, message: str) -> InvalidInput:
        """The error that says what is wrong with the expression."""
        return InvalidInput([self.place.problem(self.text, message)])

    def node(self, tree: Any) -> Node:
        """The node of any expression that gives a vector or a scalar."""
        builders: dict[type, Callable[[Any], Node]] = {
            promql.NumberLiteral: lambda t: self.make(Number, t.val),
            promql.ParenExpr: lambda t: self.node(t.expr),
            promql.UnaryExpr: lambda t: self.make(Negated, self.node(t.expr)),
            promql.VectorSelector: self.selector,
            promql.AggregateExpr: self._aggregate,
            promql.BinaryExpr: self._binary,
            promql.Call: lambda t: calls.call(self, t),
        }
        builder = builders.get(type(tree))
        if builder is None:
            raise self.wrong("the expression must give an instant vector or a scalar")
        return builder(tree)

    def over(self, tree: Any) -> Range | Subquery:
        """The node of a range vector."""
        while isinstance(tree, promql.ParenExpr):
            tree = tree.expr
        if isinstance(tree, promql.MatrixSelector):
            selector = self.selector(tree.vector_selector)
            return self.make(Range, selector, milliseconds(tree.range))  # type: ignore[no-any-return]
        step = milliseconds(tree.step) if tree.step is not None else self.compiler.step
        self._depth += 1
        inner = self.node(tree.expr)
        self._depth -= 1
        return self.make(  # type: ignore[no-any-return]
            Subquery,
            inner,
            milliseconds(tree.range),
            step,
            self._shift(tree),
            closed=self.old,
        )

    def selector(self, tree: Any) -> Selector:
        """The node of an instant vector selector."""
        if tree.matchers.or_matchers:
            raise self.refuse("or", "alternatives inside braces are not PromQL of Prometheus")
        matchers = tuple(Matcher(m.name, _KINDS[str(m.op)], m.value) for m in tree.matchers.matchers)
        for matcher in matchers:
            if matcher.kind in ("=~", "!~"):
                self.pattern(matcher.value)
        name = tree.name
        return self.make(  # type: ignore[no-any-return]
            Selector, name, matchers, self._shift(tree), closed=self.old
        )

    def pattern(self, text: str) -> None:
        """Check a regular expression."""
        try:
            compiled(f"^(?s:{text})$")
        except re2.error as error:
            at = max(0, self.text.find(text))
            message = f"not a regular expression (RE2): {text}: {error}"
            raise InvalidInput([self.place.problem(self.text, message, at=at)]) from None

    def _shift(self, tree: Any) -> Shift:
        offset = milliseconds(tree.offset) if tree.offset is not None else 0
        if tree.at is None:
            return Shift(offset)
        if tree.at.type == promql.AtModifierType.At:
            return Shift(offset, round(tree.at.at.timestamp() * 1000))
        if self._depth:
            raise self.refuse(
                "start" if tree.at.type == promql.AtModifierType.Start else "end", "in a subquery"
            )
        return Shift(offset)

    def _aggregate(self, tree: Any) -> Node:
        name = str(tree.op)
        grouping = Grouping()
        if tree.modifier is not None:
            without = tree.modifier.type == promql.AggModifierType.Without
            grouping = Grouping(tuple(sorted(tree.modifier.labels)), without)
        of = self.node(tree.expr)
        if name in REDUCTIONS:
            reductions = OLD_REDUCTIONS if self.old else REDUCTIONS
            return self.make(Reduction, reductions[name], grouping, of)  # type: ignore[no-any-return]
        if name == "count_values":
            return self.make(CountValues, calls.texts(self, name, [tree.param])[0], grouping, of)  # type: ignore[no-any-return]
        if name == "quantile":
            return self.make(QuantileOf, grouping, of, self.node(tree.param))  # type: ignore[no-any-return]
        if name in ("topk", "bottomk"):
            return self.make(  # type: ignore[no-any-return]
                Ranking, grouping, of, self.node(tree.param), largest=name == "topk"
            )
        raise self.refuse(name)

    def _binary(self, tree: Any) -> Node:
        operator = str(tree.op)
        if operator not in ARITHMETIC and operator not in COMPARISON and operator not in SETS:
            raise self.refuse(operator)
        left, right = self.node(tree.lhs), self.node(tree.rhs)
        as_bool = tree.modifier is not None and tree.modifier.return_bool
        if left.scalar and right.scalar:
            return self.make(Scalars, operator, left, right)  # type: ignore[no-any-return]
        if right.scalar:
            return self.make(WithScalar, operator, left, right, swapped=False, as_bool=as_bool)  # type: ignore[no-any-return]
        if left.scalar:
            return self.make(WithScalar, operator, right, left, swapped=True, as_bool=as_bool)  # type: ignore[no-any-return]
        matching = self._matching(tree.modifier)
        if operator in SETS:
            return self.make(Sets, operator, left, right, matching)  # type: ignore[no-any-return]
        return self.make(Vectors, operator, left, right, matching, as_bool=as_bool)  # type: ignore[no-any-return]

    def _matching(self, modifier: Any) -> Matching:
        if modifier is None:
            return Matching()
        fill = modifier.fill_values
        if fill is not None and (fill.lhs is not None or fill.rhs is not None):
            raise self.refuse("fill")
        on = modifier.matching is not None and modifier.matching.type == promql.LabelModifierType.Include
        names = tuple(sorted(modifier.matching.labels)) if modifier.matching is not None else ()
        side = _SIDES.get(str(modifier.card), "")
        return Matching(on, names, side, tuple(modifier.group_labels or ()))
