"""SQL expressions, compiled to functions of a row."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import re2

from drillbook.world.shell.psql.lexer import Reader, SqlError
from drillbook.world.shell.psql.relations import Row, Session
from drillbook.world.shell.psql.values import Type, Value, is_number, seconds

Evaluate: TypeAlias = Callable[[Row, Session], Value]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression."""

    type: Type
    evaluate: Evaluate
    columns: frozenset[str] = frozenset()
    """Columns that it reads outside of aggregates."""
    name: str = "?column?"
    """The name of its column in a result."""
    key: str = ""
    """Canonical text, to tell whether two expressions are the same."""
    literal: Value = None
    """The value of a literal."""
    parts: tuple[Expression, ...] = ()
    """The two sides of an AND, the argument of a killing function."""


def constant(value: Value, type_: Type) -> Expression:
    """A literal."""

    def evaluate(row: Row, session: Session) -> Value:
        return value

    return Expression(type_, evaluate, key=repr(value), literal=value)


def column(name: str, type_: Type) -> Expression:
    """A column."""

    def evaluate(row: Row, session: Session) -> Value:
        return row[name]

    return Expression(type_, evaluate, frozenset({name}), name, name)


def combine(
    type_: Type, apply: Callable[..., Value], parts: tuple[Expression, ...], name: str, key: str = ""
) -> Expression:
    """A strict function of the parts: NULL when one of them is."""
    first = parts[0].evaluate
    rest = tuple(part.evaluate for part in parts[1:])

    def evaluate(row: Row, session: Session) -> Value:
        value = first(row, session)
        if value is None:
            return None
        others = [part(row, session) for part in rest]
        return None if None in others else apply(value, *others)

    columns = frozenset[str]().union(*(part.columns for part in parts))
    return Expression(type_, evaluate, columns, name, f"{key or name}({','.join(p.key for p in parts)})")


def coerce(part: Expression, type_: Type, sql: str = "") -> Expression:
    """A literal of unknown type as a value of `type_`; anything else as it is.

    Raises SqlError where the literal is no such value.
    """
    if part.type != "unknown" or type_ in {"unknown", "text"}:
        return part
    text = str(part.literal)
    value: Value = text
    if type_ == "interval":
        value = seconds(text)
    elif is_number(type_):
        value = _number(text)
    elif type_ == "bool":
        value = {"t": True, "true": True, "on": True, "f": False, "false": False, "off": False}.get(
            text.lower()
        )
    elif type_ == "timestamp":
        raise SqlError(
            "timestamps are compared with now() here, such as query_start < now() - interval '1 minute'"
        )
    if value is None:
        names: Mapping[Type, str] = {"bool": "boolean", "int": "integer", "float": "double precision"}
        raise SqlError(f'invalid input syntax for type {names.get(type_, type_)}: "{text}"')
    return constant(value, type_)


def _number(text: str) -> float | int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() and "." not in text else value


_COMPARE: dict[str, Callable[..., bool]] = {
    "=": operator.eq, "<>": operator.ne, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_MATCH = {"~": (True, True), "~*": (True, False), "!~": (False, True), "!~*": (False, False)}


def compare(sign: str, left: Expression, right: Expression) -> Expression:
    """A comparison. Raises SqlError where the types do not go together."""
    left, right = coerce(left, right.type), coerce(right, left.type)
    pair = {left.type, right.type} - {"unknown"}
    if len(pair) > 1 and not all(is_number(t) for t in pair):
        raise _mismatch(sign, left, right)
    return combine("bool", _COMPARE[sign], (left, right), "?column?", sign)


def between(value: Expression, low: Expression, high: Expression, *, wanted: bool) -> Expression:
    """BETWEEN and NOT BETWEEN. Raises SqlError where the types do not go together."""
    for bound in (low, high):
        compare("<=", bound, value)
    parts = (value, coerce(low, value.type), coerce(high, value.type))
    return combine("bool", lambda v, a, b: (a <= v <= b) == wanted, parts, "?column?", f"between{wanted}")


def _mismatch(sign: str, left: Expression, right: Expression) -> SqlError:
    names = {
        "timestamp": "timestamp with time zone", "float": "double precision", "int": "integer",
        "bool": "boolean",
    }  # fmt: skip
    one, two = (names.get(t, t) for t in (left.type, right.type))
    return SqlError(
        f"operator does not exist: {one} {sign} {two}",
        hint="No operator matches the given name and argument types.",
    )


def matches(sign: str, left: Expression, pattern: Expression) -> Expression:
    """A regular-expression match, by RE2."""
    wanted, cased = _MATCH[sign]
    search = _compiled(_pattern(pattern), cased=cased)
    return combine(
        "bool", lambda text: bool(search(str(text))) == wanted, (left,), "?column?", sign + pattern.key
    )


def like(left: Expression, pattern: Expression, *, cased: bool, wanted: bool) -> Expression:
    """LIKE and ILIKE."""
    escaped = "".join({"%": ".*", "_": "."}.get(char) or re2.escape(char) for char in _pattern(pattern))
    search = _compiled(f"(?s)^{escaped}$", cased=cased)
    return combine(
        "bool",
        lambda text: bool(search(str(text))) == wanted,
        (left,),
        "?column?",
        f"like{cased}{wanted}{pattern.key}",
    )


def _pattern(pattern: Expression) -> str:
    if not isinstance(pattern.literal, str):
        raise SqlError("a pattern is a string here, such as 'SELECT%'")
    return pattern.literal


def _compiled(pattern: str, *, cased: bool) -> Callable[[str], object]:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    options.case_sensitive = cased
    try:
        search: Callable[[str], object] = re2.compile(pattern, options=options).search
    except re2.error as error:
        raise SqlError(f"invalid regular expression: {pattern}") from error
    return search


def within(left: Expression, choices: list[Expression], *, wanted: bool) -> Expression:
    """IN and NOT IN a list."""
    typed = [coerce(choice, left.type) for choice in choices]

    def evaluate(row: Row, session: Session) -> Value:
        value = left.evaluate(row, session)
        return None if value is None else any(value == c.evaluate(row, session) for c in typed) == wanted

    key = f"in{wanted}({left.key},{','.join(c.key for c in typed)})"
    return Expression("bool", evaluate, left.columns.union(*(c.columns for c in typed)), key=key)


def is_null(part: Expression, *, wanted: bool) -> Expression:
    """IS NULL and IS NOT NULL."""
    return Expression(
        "bool",
        lambda row, session: (part.evaluate(row, session) is None) == wanted,
        part.columns,
        key=f"null{wanted}({part.key})",
    )


def both(left: Expression, right: Expression) -> Expression:
    """AND."""
    return Expression(
        "bool",
        lambda row, session: bool(left.evaluate(row, session)) and bool(right.evaluate(row, session)),
        left.columns | right.columns,
        key=f"and({left.key},{right.key})",
        parts=(left, right),
    )


def either(left: Expression, right: Expression) -> Expression:
    """OR."""
    return Expression(
        "bool",
        lambda row, session: bool(left.evaluate(row, session)) or bool(right.evaluate(row, session)),
        left.columns | right.columns,
        key=f"or({left.key},{right.key})",
    )


_RESULT: dict[tuple[str, str, str], Type] = {
    ("timestamp", "-", "timestamp"): "interval",
    ("timestamp", "-", "interval"): "timestamp",
    ("timestamp", "+", "interval"): "timestamp",
    ("interval", "+", "timestamp"): "timestamp",
    ("interval", "+", "interval"): "interval",
    ("interval", "-", "interval"): "interval",
}


def arithmetic(sign: str, left: Expression, right: Expression) -> Expression:
    """`+ - * / %` and `||`. Raises SqlError where the types do not go together."""
    if sign == "||":
        return combine("text", lambda a, b: f"{a}{b}", (left, right), "?column?", sign)
    if sign in "+-":
        wish: dict[str, Type] = {"timestamp": "interval", "interval": "interval"}
        left = coerce(left, wish.get(right.type, right.type))
        right = coerce(right, wish.get(left.type, left.type))
    else:
        left, right = coerce(left, "numeric"), coerce(right, "numeric")
    type_ = _RESULT.get((left.type, sign, right.type))
    if type_ is None and is_number(left.type) and is_number(right.type):
        type_ = (
            "int"
            if left.type == right.type == "int"
            else "float"
            if "float" in (left.type, right.type)
            else "numeric"
        )
    if type_ is None and sign in "*/" and left.type == "interval" and is_number(right.type):
        type_ = "interval"
    if type_ is None:
        raise _mismatch(sign, left, right)
    return combine(type_, _operation(sign, type_), (left, right), "?column?", sign)


def _operation(sign: str, type_: Type) -> Callable[..., Value]:
    simple: dict[str, Callable[..., Value]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
    if sign in simple:
        return simple[sign]

    def divide(a: float, b: float) -> Value:
        if not b:
            raise SqlError("division by zero")
        if sign == "%":
            return a % b
        return int(a / b) if type_ == "int" else a / b

    return divide


def cast(part: Expression, type_: str, reader: Reader) -> Expression:
    """`expression::type`. Raises SqlError for a type that is not known here."""
    types: dict[str, Type] = {
        "int": "int", "integer": "int", "bigint": "int", "int4": "int", "int8": "int", "smallint": "int",
        "float": "float", "float8": "float", "double": "float", "real": "float", "numeric": "numeric",
        "decimal": "numeric", "text": "text", "varchar": "text", "name": "text", "inet": "text",
        "interval": "interval", "timestamptz": "timestamp", "timestamp": "timestamp", "bool": "bool",
        "boolean": "bool", "regclass": "text", "oid": "int",
    }  # fmt: skip
    wanted = types.get(type_)
    if wanted is None:
        raise SqlError(f'type "{type_}" does not exist', reader.sql, reader.token.at)
    if part.type == "unknown":
        return replace(coerce(part, wanted), type=wanted, name=type_)
    if wanted in (part.type, "text") or {wanted, part.type} <= {"int", "float", "numeric"}:
        if wanted == "int":
            return replace(
                combine("int", lambda v: round(float(v)), (part,), part.name, "int"), name=part.name
            )
        return replace(part, type=part.type if wanted == "text" else wanted)
    raise SqlError(f"cannot cast type {part.type} to {type_}", reader.sql, reader.token.at)
