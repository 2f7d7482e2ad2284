"""SELECT over one relation of statistics: filtered, grouped, ordered, limited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from drillbook.world.shell.psql.aggregates import Aggregate, Weighted
from drillbook.world.shell.psql.expressions import Expression
from drillbook.world.shell.psql.relations import OwnRow, Relation, Row, Session
from drillbook.world.shell.psql.values import Value, is_number, presenter
from drillbook.world.shell.table import Table

Found: TypeAlias = tuple[Row, Session]
"""A row and the session, with the aggregates of its group, in which it is evaluated."""


@dataclass(frozen=True, slots=True)
class Order:
    """A key to sort by."""

    by: Expression
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class Select:
    """A compiled SELECT."""

    relation: Relation | None
    items: tuple[tuple[str, Expression], ...]
    shared: Expression | None
    """The part of WHERE that whole bunches of rows share."""
    where: Expression | None
    """The rest of it."""
    groups: tuple[Expression, ...]
    aggregates: tuple[Aggregate, ...]
    having: Expression | None
    orders: tuple[Order, ...]
    limit: int | None
    offset: int
    distinct: bool
    functions: tuple[str, ...]

    @property
    def grouped(self) -> bool:
        """Whether a row of the result stands for many rows."""
        return bool(self.groups or self.aggregates)

    def rows(self, session: Session) -> list[Weighted]:
        """The rows that WHERE lets pass, as bunches where nothing looks at single rows."""
        if self.relation is None:
            return [(1, {})]
        bunches = self.relation.bunches(session)
        if self.shared:
            bunches = [b for b in bunches if self.shared.evaluate(b.shared, session)]
        if not self._needs_single_rows():
            return [(b.weight, b.shared) for b in bunches]
        accepts = self.where
        return [
            (1, row) for b in bunches for row in b.rows() if accepts is None or accepts.evaluate(row, session)
        ]

    @property
    def _own(self) -> frozenset[str]:
        """Columns in which the rows of a bunch differ."""
        return self.relation.own if self.relation else frozenset[str]()

    def _needs_single_rows(self) -> bool:
        read = [expression for _, expression in self.items]
        read += [*self.groups, *(order.by for order in self.orders)]
        read += [part for part in (self.where, self.having) if part]
        own = self._own
        columns = frozenset[str]().union(*(e.columns for e in read), *(a.columns for a in self.aggregates))
        return bool(columns & own)

    def found(self, session: Session) -> list[Found]:
        """The rows of the result, in order, before their columns are worked out."""
        found = self._groups(session) if self.grouped else self._singles(session)
        if self.distinct:
            found = list({tuple(self._values(f)): f for f in reversed(found)}.values())[::-1]
        for order in reversed(self.orders):
            found.sort(key=_by(order), reverse=order.descending)
        end = None if self.limit is None else self.offset + self.limit
        return found[self.offset : end]

    def run(self, session: Session) -> Table:
        """The result as psql's cells, of which only those are worked out that are shown."""
        found = self.found(session)
        cells = self._cells(found[: session.look.page], session.look.instant(0.0))
        names = [name for name, _ in self.items]
        return Table(names, cells, [is_number(e.type) for _, e in self.items], len(found))

    def _cells(self, found: list[Found], start: datetime) -> list[list[str]]:
        """The rows as text; what the rows of a bunch share is put into words once."""
        present_as = {type_: presenter(type_, start) for type_ in {e.type: None for _, e in self.items}}
        every = [(k, e.evaluate, present_as[e.type]) for k, (_, e) in enumerate(self.items)]
        own = [column for column, (_, e) in zip(every, self.items, strict=True) if e.columns & self._own]
        shared: dict[int, list[str]] = {}
        cells: list[list[str]] = []
        for row, within in found:
            bunch = id(row.shared) if isinstance(row, OwnRow) and not self.grouped else 0
            texts = shared.get(bunch)
            if texts is None:
                texts = [present(evaluate(row, within)) for _, evaluate, present in every]
                if bunch:
                    shared[bunch] = texts
            else:
                texts = texts.copy()
                for k, evaluate, present in own:
                    texts[k] = present(evaluate(row, within))
            cells.append(texts)
        return cells

    def _values(self, found: Found) -> list[Value]:
        row, session = found
        return [expression.evaluate(row, session) for _, expression in self.items]

    def _singles(self, session: Session) -> list[Found]:
        return [found for weight, row in self.rows(session) for found in ((row, session),) * weight]

    def _groups(self, session: Session) -> list[Found]:
        members: dict[tuple[Value, ...], list[Weighted]] = {} if self.groups else {(): []}
        for weight, row in self.rows(session):
            key = tuple(group.evaluate(row, session) for group in self.groups)
            members.setdefault(key, []).append((weight, row))
        found: list[Found] = []
        for rows in members.values():
            within = session.within([aggregate.over(rows, session) for aggregate in self.aggregates])
            first: Row = rows[0][1] if rows else {}
            if self.having is None or self.having.evaluate(first, within):
                found.append((first, within))
        return found


def _by(order: Order) -> Callable[[Found], tuple[int, float, str]]:
    evaluate = order.by.evaluate
    null = 0 if order.nulls_first != order.descending else 2

    def key(found: Found) -> tuple[int, float, str]:
        value = evaluate(*found)
        if isinstance(value, int | float):
            return (1, value, "")
        return (null, 0.0, "") if value is None else (1, 0.0, value)

    return key
