"""count, sum, avg, min and max."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drillbook.world.shell.psql.expressions import Expression
from drillbook.world.shell.psql.lexer import SqlError
from drillbook.world.shell.psql.relations import Row, Session
from drillbook.world.shell.psql.values import Type, Value, is_number

Weighted = tuple[int, Row]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate of a statement. `argument` is None for `count(*)`."""

    name: str
    argument: Expression | None
    condition: Expression | None
    distinct: bool

    @property
    def columns(self) -> frozenset[str]:
        """Columns that it reads."""
        parts = [part.columns for part in (self.argument, self.condition) if part]
        return frozenset[str]().union(*parts)

    def slot(self, index: int) -> Expression:
        """An expression for its value. Raises SqlError where the type cannot be aggregated so."""

        def evaluate(row: Row, session: Session) -> Value:
            return session.slots[index]

        of = self.argument.key if self.argument else "*"
        key = f"slot:{self.name}({of},{self.condition.key if self.condition else ''},{self.distinct})"
        return Expression(self._type(), evaluate, name=self.name, key=key)

    def _type(self) -> Type:
        if self.argument is None or self.name == "count":
            return "int"
        type_ = self.argument.type
        if self.name in {"avg", "sum"} and not (is_number(type_) or type_ == "interval"):
            raise SqlError(f"function {self.name}({type_}) does not exist")
        return "numeric" if self.name == "avg" and type_ == "int" else type_

    def over(self, rows: Sequence[Weighted], session: Session) -> Value:
        """Its value over rows with their weights."""
        if self.condition:
            accepts = self.condition.evaluate
            rows = [(weight, row) for weight, row in rows if accepts(row, session)]
        if self.argument is None:
            return sum(weight for weight, _ in rows)
        evaluate = self.argument.evaluate
        values: list[tuple[int, Value]] = [
            (weight, value) for weight, row in rows if (value := evaluate(row, session)) is not None
        ]
        if self.distinct:
            values = [(1, value) for value in dict.fromkeys(value for _, value in values)]
        return AGGREGATES[self.name](values)


def _count(values: list[tuple[int, Value]]) -> Value:
    return sum(weight for weight, _ in values)


def _sum(values: list[tuple[int, Value]]) -> Value:
    return (
        sum(weight * value for weight, value in values if isinstance(value, int | float)) if values else None
    )


def _avg(values: list[tuple[int, Value]]) -> Value:
    total = _sum(values)
    return total / sum(weight for weight, _ in values) if isinstance(total, int | float) else None


def _least(values: list[tuple[int, Value]]) -> Value:
    return min((value for _, value in values), key=_order, default=None)


def _most(values: list[tuple[int, Value]]) -> Value:
    return max((value for _, value in values), key=_order, default=None)


def _order(value: Value) -> tuple[float, str]:
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))


AGGREGATES: dict[str, Callable[[list[tuple[int, Value]]], Value]] = {
    "count": _count,
    "sum": _sum,
    "avg": _avg,
    "min": _least,
    "max": _most,
}
