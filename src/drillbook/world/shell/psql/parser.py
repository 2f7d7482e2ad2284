"""SQL expressions as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from drillbook.world.shell.psql import expressions as x
from drillbook.world.shell.psql.aggregates import AGGREGATES, Aggregate
from drillbook.world.shell.psql.expressions import Expression
from drillbook.world.shell.psql.functions import call, now
from drillbook.world.shell.psql.lexer import Reader, SqlError
from drillbook.world.shell.psql.relations import Relation
from drillbook.world.shell.psql.values import Type, Value

_RESERVED = (
    "select", "from", "where", "group", "order", "having", "limit", "offset", "union", "join", "on", "as",
    "and",
    "or", "asc", "desc", "then", "else", "end", "in", "is", "like",
)  # fmt: skip
_COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")
_MATCHES = ("~", "~*", "!~", "!~*")


@dataclass
class Scope:
    """What names mean in a statement, and the aggregates and functions that it turned out to use."""

    relation: Relation | None
    alias: str = ""
    aggregates: list[Aggregate] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)

    @property
    def types(self) -> Mapping[str, Type]:
        """Columns by name."""
        return self.relation.columns if self.relation else {}


class Parser:
    """Reads expressions from tokens. Raises SqlError in PostgreSQL's words."""

    def __init__(self, reader: Reader, scope: Scope) -> None:
        self.reader = reader
        self.scope = scope

    def expression(self) -> Expression:
        """An expression, down to OR."""
        self.reader.enter()
        left = self._and()
        while self.reader.accept("or"):
            left = x.either(left, self._and())
        self.reader.depth -= 1
        return left

    def _and(self) -> Expression:
        left = self._not()
        while self.reader.accept("and"):
            left = x.both(left, self._not())
        return left

    def _not(self) -> Expression:
        wanted = True
        while self.reader.accept("not"):
            wanted = not wanted
        part = self._comparison()
        if wanted:
            return part
        return x.combine("bool", lambda value: not value, (x.coerce(part, "bool"),), "?column?", "not")

    def _comparison(self) -> Expression:
        left = self._additive()
        reader = self.reader
        if sign := reader.accept(*_COMPARISONS):
            if reader.at("any") or reader.at("all"):
                raise SqlError("= ANY (...) is not available here: use IN ('a', 'b')")
            return x.compare(sign, left, self._additive())
        if sign := reader.accept(*_MATCHES):
            return x.matches(sign, left, self._additive())
        if reader.accept("is"):
            return self._is(left)
        wanted = not reader.accept("not")
        if sign := reader.accept("like", "ilike"):
            return x.like(left, self._additive(), cased=sign == "like", wanted=wanted)
        if reader.accept("in"):
            return x.within(left, self._arguments(), wanted=wanted)
        if reader.accept("between"):
            low = self._additive()
            reader.expect("and")
            return x.between(left, low, self._additive(), wanted=wanted)
        if not wanted:
            raise reader.error()
        return left

    def _is(self, left: Expression) -> Expression:
        wanted = not self.reader.accept("not")
        if self.reader.accept("null"):
            return x.is_null(left, wanted=wanted)
        if self.reader.accept("distinct"):
            self.reader.expect("from")
            return x.compare("<>" if wanted else "=", left, self._additive())
        truth = self.reader.accept("true", "false")
        if not truth:
            raise self.reader.error()
        return x.compare("=" if wanted else "<>", left, x.constant(truth == "true", "bool"))

    def _additive(self) -> Expression:
        left = self._multiplicative()
        while sign := self.reader.accept("+", "-", "||"):
            left = x.arithmetic(sign, left, self._multiplicative())
        return left

    def _multiplicative(self) -> Expression:
        left = self._unary()
        while sign := self.reader.accept("*", "/", "%"):
            left = x.arithmetic(sign, left, self._unary())
        return left

    def _unary(self) -> Expression:
        negative = False
        while sign := self.reader.accept("-", "+"):
            negative ^= sign == "-"
        part = self._primary()
        while self.reader.accept("::"):
            part = self._cast(part)
        if not negative:
            return part
        return x.combine(part.type, lambda value: -value, (x.coerce(part, "numeric"),), "?column?", "-")

    def _cast(self, part: Expression) -> Expression:
        type_ = self.reader.take().text
        if type_ == "double":
            self.reader.accept("precision")
        if self.reader.accept("("):  # a precision, such as numeric(10,2)
            while not self.reader.accept(")"):
                if self.reader.take().kind == "end":
                    raise self.reader.error()
        return x.cast(part, type_, self.reader)

    def _primary(self) -> Expression:
        reader = self.reader
        token = reader.token
        if token.kind == "number":
            reader.take()
            return x.constant(float(token.text) if "." in token.text else int(token.text), _type(token.text))
        if token.kind == "string":
            reader.take()
            return x.constant(token.text, "unknown")
        if reader.accept("("):
            if reader.at("select"):
                raise SqlError("subqueries are not available here: run them by themselves")
            part = self.expression()
            reader.expect(")")
            return part
        if token.kind == "word":
            return self._word()
        raise reader.error()

    def _word(self) -> Expression:
        reader = self.reader
        token = reader.token
        if token.text in _RESERVED and token.raw[:1] != '"':
            raise reader.error()
        reader.take()
        if special := _SPECIAL.get(token.text):
            return special(self)
        if reader.at("(") or (token.text == "pg_catalog" and reader.at(".")):
            if reader.accept("."):
                token = reader.take()
            return self._call(token.text)
        if reader.accept("."):
            if token.text not in {self.scope.alias, self.scope.relation.name if self.scope.relation else ""}:
                raise SqlError(f'missing FROM-clause entry for table "{token.text}"', reader.sql, token.at)
            token = reader.take()
        type_ = self.scope.types.get(token.text)
        if type_ is None or token.text == "blocking":
            raise SqlError(f'column "{token.text}" does not exist', reader.sql, token.at)
        return x.column(token.text, type_)

    def _arguments(self) -> list[Expression]:
        self.reader.expect("(")
        found: list[Expression] = []
        while not self.reader.accept(")"):
            if found:
                self.reader.expect(",")
            if self.reader.at("select"):
                raise SqlError("subqueries are not available here: run them by themselves")
            found.append(self.expression())
        return found

    def _call(self, name: str) -> Expression:
        if name in AGGREGATES:
            return self._aggregate(name)
        if name == "extract":
            return self._extract()
        if name == "substring" and self.reader.peek(2).text == "from":
            return self._substring()
        self.scope.functions.append(name)
        return call(name, tuple(self._arguments()))

    def _aggregate(self, name: str) -> Expression:
        reader = self.reader
        reader.expect("(")
        argument, distinct = None, False
        if not reader.accept("*"):
            distinct = bool(reader.accept("distinct"))
            argument = self.expression()
        elif name != "count":
            raise SqlError(f"function {name}() does not exist")
        reader.expect(")")
        if argument is not None and "slot:" in argument.key:
            raise SqlError("aggregate function calls cannot be nested")
        condition = None
        if reader.accept("filter"):
            reader.expect("(")
            reader.expect("where")
            condition = self.expression()
            reader.expect(")")
        aggregate = Aggregate(name, argument, condition, distinct=distinct)
        self.scope.aggregates.append(aggregate)
        return aggregate.slot(len(self.scope.aggregates) - 1)

    def _extract(self) -> Expression:
        reader = self.reader
        reader.expect("(")
        part = reader.take().text
        reader.expect("from")
        of = self.expression()
        reader.expect(")")
        sizes = {"epoch": 1.0, "second": 1.0, "seconds": 1.0, "minute": 60.0, "hour": 3600.0}
        if part not in sizes or of.type != "interval":
            raise SqlError(
                f'extract("{part}" from {of.type}) is not available here: use extract(epoch from interval)'
            )
        return x.combine("numeric", lambda value: value / sizes[part], (of,), "extract", part)

    def _substring(self) -> Expression:
        reader = self.reader
        reader.expect("(")
        parts = [self.expression()]
        reader.expect("from")
        parts.append(self.expression())
        if reader.accept("for"):
            parts.append(self.expression())
        reader.expect(")")
        return call("substring", tuple(parts))

    def interval(self) -> Expression:
        """`INTERVAL '5 minutes'`, after its first word."""
        if self.reader.token.kind != "string":
            raise self.reader.error()
        value = x.constant(self.reader.take().text, "unknown")
        unit = self.reader.accept("second", "minute", "hour", "day")
        if unit:
            value = x.constant(f"{value.literal} {unit}", "unknown")
        return replace(x.coerce(value, "interval"), name="interval")


def _type(number: str) -> Type:
    return "numeric" if "." in number else "int"


def _literal(value: Value, type_: Type) -> Callable[[Parser], Expression]:
    def make(parser: Parser) -> Expression:
        return x.constant(value, type_)

    return make


def _now(name: str) -> Callable[[Parser], Expression]:
    def make(parser: Parser) -> Expression:
        return now(name)

    return make


_SPECIAL: dict[str, Callable[[Parser], Expression]] = {
    "interval": Parser.interval,
    "null": _literal(None, "text"),
    "true": _literal(value=True, type_="bool"),
    "false": _literal(value=False, type_="bool"),
    "current_timestamp": _now("current_timestamp"),
    "localtimestamp": _now("localtimestamp"),
    "current_user": _literal("postgres", "text"),
    "session_user": _literal("postgres", "text"),
}
