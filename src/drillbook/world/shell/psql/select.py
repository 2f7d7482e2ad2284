"""SELECT over one relation of statistics: filtered, grouped, ordered, limited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from drillbook.world.shell.psql.aggregates import Aggregate, Weighted
from drillbook.world.shell.psql.catalog import RELATIONS
from drillbook.world.shell.psql.expressions import Expression, both, column
from drillbook.world.shell.psql.lexer import Reader, SqlError
from drillbook.world.shell.psql.parser import Parser, Scope
from drillbook.world.shell.psql.relations import Relation, Row, Session
from drillbook.world.shell.psql.values import Value, is_number, presenter
from drillbook.world.shell.table import Table

Found: TypeAlias = tuple[Row, Session]
"""A row and the session, with the aggregates of its group, in which it is evaluated."""

_AFTER = ("where", "group", "order", "having", "limit", "offset", "fetch")


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

    def _needs_single_rows(self) -> bool:
        read = [expression for _, expression in self.items]
        read += [*self.groups, *(order.by for order in self.orders)]
        read += [part for part in (self.where, self.having) if part]
        own = self.relation.own if self.relation else frozenset[str]()
        columns = frozenset[str]().union(*(e.columns for e in read), *(a.columns for a in self.aggregates))
        return bool(columns & own)

    def run(self, session: Session) -> Table:
        """The result as psql's cells, of which only those are worked out that are shown."""
        found = self._groups(session) if self.grouped else self._singles(session)
        if self.distinct:
            found = list({tuple(self._values(f)): f for f in reversed(found)}.values())[::-1]
        for order in reversed(self.orders):
            found.sort(key=_by(order), reverse=order.descending)
        end = None if self.limit is None else self.offset + self.limit
        found = found[self.offset : end]
        start = session.look.instant(0.0)
        columns = [(e.evaluate, presenter(e.type, start)) for _, e in self.items]
        cells = [
            [present(evaluate(row, within)) for evaluate, present in columns]
            for row, within in found[: session.look.page]
        ]
        names = [name for name, _ in self.items]
        return Table(names, cells, [is_number(e.type) for _, e in self.items], len(found))

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


@lru_cache(maxsize=512)
def parse(sql: str) -> Select:
    """A SELECT statement. Raises SqlError."""
    return _Statement(sql).read()


class _Statement:
    def __init__(self, sql: str) -> None:
        self._reader = Reader(sql)
        relation, alias = _relation(sql)
        self._scope = Scope(relation, alias)
        self._parser = Parser(self._reader, self._scope)
        self._items: list[tuple[str, Expression]] = []

    def read(self) -> Select:
        reader = self._reader
        reader.expect("select")
        distinct = bool(reader.accept("distinct"))
        self._read_items()
        if reader.accept("from"):
            _skip_source(reader)
        where = self._read_where()
        groups = self._read_groups()
        having = self._parser.expression() if reader.accept("having") else None
        orders = self._read_orders()
        limit, offset = self._read_limits()
        reader.accept(";")
        if reader.token.kind != "end":
            raise reader.error()
        if self._scope.aggregates or groups:
            self._check_grouped(groups, having)
        shared, rest = _split(where, self._scope.relation)
        return Select(
            self._scope.relation, tuple(self._items), shared, rest, groups, tuple(self._scope.aggregates), having,
            orders, limit, offset, distinct, tuple(self._scope.functions),
        )  # fmt: skip

    def _read_where(self) -> Expression | None:
        if not self._reader.accept("where"):
            return None
        before = len(self._scope.aggregates)
        where = self._parser.expression()
        if len(self._scope.aggregates) > before:
            raise SqlError("aggregate functions are not allowed in WHERE")
        return where

    def _read_items(self) -> None:
        reader = self._reader
        while True:
            star = (
                reader.peek(2).text == "*"
                and reader.peek(1).text == "."
                and reader.token.text == self._scope.alias
            )
            if reader.at("*") or star:
                for _ in range(3 if star else 1):
                    reader.take()
                self._add_all()
            else:
                expression = self._parser.expression()
                self._items.append((self._alias() or expression.name, expression))
            if not reader.accept(","):
                return

    def _add_all(self) -> None:
        if self._scope.relation is None:
            raise SqlError("SELECT * with no tables specified is not valid", self._reader.sql, 7)
        for name, type_ in self._scope.relation.columns.items():
            if name != "blocking":
                self._items.append((name, column(name, type_)))

    def _alias(self) -> str:
        reader = self._reader
        if reader.accept("as"):
            token = reader.take()
            if token.kind != "word":
                raise reader.error()
            return token.text
        if reader.token.kind == "word" and not reader.at(
            "from", "order", "limit", "group", "where", "having"
        ):
            return reader.take().text
        return ""

    def _read_groups(self) -> tuple[Expression, ...]:
        reader = self._reader
        if not reader.accept("group"):
            return ()
        reader.expect("by")
        groups = [self._key("GROUP BY")]
        while reader.accept(","):
            groups.append(self._key("GROUP BY"))
        if any("slot:" in group.key for group in groups):
            raise SqlError("aggregate functions are not allowed in GROUP BY")
        return tuple(groups)

    def _key(self, clause: str) -> Expression:
        """A position, the name of a result column, or an expression."""
        reader = self._reader
        token = reader.token
        if token.kind == "number" and token.text.isdecimal():
            reader.take()
            position = int(token.text)
            if not 1 <= position <= len(self._items):
                raise SqlError(f"{clause} position {position} is not in select list", reader.sql, token.at)
            return self._items[position - 1][1]
        named = dict(self._items).get(token.text)
        follows = reader.peek()
        if (
            token.kind == "word"
            and named is not None
            and follows.text not in {"(", ".", "::", "-", "+", "*", "/"}
        ):
            reader.take()
            return named
        return self._parser.expression()

    def _read_orders(self) -> tuple[Order, ...]:
        reader = self._reader
        orders: list[Order] = []
        if not reader.accept("order"):
            return ()
        reader.expect("by")
        while True:
            by = self._key("ORDER BY")
            descending = reader.accept("asc", "desc") == "desc"
            nulls_first = descending
            if reader.accept("nulls"):
                nulls_first = reader.accept("first", "last") == "first"
            orders.append(Order(by, descending, nulls_first))
            if not reader.accept(","):
                return tuple(orders)

    def _read_limits(self) -> tuple[int | None, int]:
        reader = self._reader
        limits = {"limit": -1, "offset": 0}
        while word := reader.accept("limit", "offset"):
            token = reader.take()
            if token.kind != "number" or not token.text.isdecimal():
                raise reader.error()
            limits[word] = min(int(token.text), 10**6)
        return (limits["limit"] if limits["limit"] >= 0 else None), limits["offset"]

    def _check_grouped(self, groups: tuple[Expression, ...], having: Expression | None) -> None:
        keys = {group.key for group in groups}
        grouped = frozenset[str]().union(*(g.columns for g in groups if g.key in g.columns))
        for expression in [e for _, e in self._items] + ([having] if having else []):
            loose = sorted(expression.columns - grouped)
            if loose and expression.key not in keys:
                name = f"{self._scope.alias}.{loose[0]}"
                raise SqlError(
                    f'column "{name}" must appear in the GROUP BY clause or be used in an aggregate function'
                )


def _relation(sql: str) -> tuple[Relation | None, str]:
    """The relation of a statement and the name it goes by there. Raises SqlError for what is not to be had."""
    reader = Reader(sql)
    depth = 0
    while reader.token.kind != "end":
        depth += reader.at("(") - reader.at(")")
        if depth == 0 and reader.at("from") and reader.peek(-1).text != "distinct":
            reader.take()
            return _source(reader)
        reader.take()
    return None, ""


def _source(reader: Reader) -> tuple[Relation, str]:
    if reader.at("("):
        raise SqlError("subqueries are not available here: run them by themselves")
    token = reader.take()
    if token.kind != "word":
        raise reader.error()
    if reader.at("."):
        reader.take()
        token = reader.take()
    relation = RELATIONS.get(token.text)
    if relation is None:
        raise missing(token.text, reader.sql, token.at)
    alias = token.text
    reader.accept("as")
    if reader.token.kind == "word" and not reader.at(*_AFTER, "join", "left", "inner", "cross"):
        alias = reader.take().text
    if reader.at(",", "join", "left", "inner", "cross"):
        raise SqlError("joins are not available here: look at one view at a time, such as pg_stat_activity")
    return relation, alias


def missing(name: str, sql: str, at: int) -> SqlError:
    """A relation that is not to be had: the statistics views are all that this system shows."""
    hint = f"What can be read here: {', '.join(RELATIONS)}."
    return SqlError(f'relation "{name}" does not exist', sql, at, hint)


def _skip_source(reader: Reader) -> None:
    while reader.token.kind != "end" and not reader.at(*_AFTER, ";"):
        reader.take()


def _split(
    where: Expression | None, relation: Relation | None
) -> tuple[Expression | None, Expression | None]:
    """The conjuncts that read no column of single rows, and the others."""
    shared: Expression | None = None
    rest: Expression | None = None
    for part in _conjuncts(where):
        if relation and not part.columns & relation.own:
            shared = part if shared is None else both(shared, part)
        else:
            rest = part if rest is None else both(rest, part)
    return shared, rest


def _conjuncts(where: Expression | None) -> Iterator[Expression]:
    if where is None:
        return
    if where.key.startswith("and("):
        for part in where.parts:
            yield from _conjuncts(part)
    else:
        yield where
