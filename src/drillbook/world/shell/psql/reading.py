"""SELECT statements as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from drillbook.world.shell.psql.catalog import RELATIONS
from drillbook.world.shell.psql.expressions import Expression, both, column
from drillbook.world.shell.psql.lexer import Reader, SqlError
from drillbook.world.shell.psql.parser import Parser, Scope
from drillbook.world.shell.psql.relations import Relation
from drillbook.world.shell.psql.select import Order, Select

_AFTER = ("where", "group", "order", "having", "limit", "offset", "fetch")


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
            _source(reader)
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
            self._scope.relation, tuple(self._items), shared, rest, groups, tuple(self._scope.aggregates),
            having,
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
    """The relation of a statement and the name it goes by. Raises SqlError for what is not to be had."""
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
