"""SQL functions that people use on the statistics views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from drillbook.world.shell.psql import standby
from drillbook.world.shell.psql.expressions import Expression, coerce, combine, constant
from drillbook.world.shell.psql.lexer import SqlError
from drillbook.world.shell.psql.relations import Row, Session
from drillbook.world.shell.psql.server import setting, version
from drillbook.world.shell.psql.values import Type, Value

Arguments = tuple[Expression, ...]

KILLS = ("pg_terminate_backend", "pg_cancel_backend")
"""Functions that change something: a statement that calls one is a remediation."""


def call(name: str, arguments: Arguments) -> Expression:
    """The call of a function that is no aggregate. Raises SqlError where there is none of that name."""
    make = _FUNCTIONS.get(name)
    if make is None:
        kinds = ", ".join({"unknown": "unknown", "int": "integer"}.get(a.type, a.type) for a in arguments)
        raise SqlError(
            f"function {name}({kinds}) does not exist",
            hint="No function matches the given name and argument types.",
        )
    try:
        return make(*arguments)
    except TypeError:
        raise SqlError(f"function {name} does not take {len(arguments)} arguments") from None


def _session(type_: Type, name: str, of: Callable[[Session], Value]) -> Callable[[], Expression]:
    def evaluate(row: Row, session: Session) -> Value:
        return of(session)

    return lambda: Expression(type_, evaluate, name=name, key=name)


def _always(type_: Type, name: str, value: Value) -> Callable[[], Expression]:
    return lambda: replace(constant(value, type_), name=name)


def now(name: str = "now") -> Expression:
    """The present instant."""
    return _session("timestamp", name, lambda session: session.look.t)()


def _age(first: Expression, second: Expression | None = None) -> Expression:
    """One argument counts from now here; PostgreSQL counts from midnight, which nobody wants."""
    start, end = (second, first) if second else (first, now())
    for part in (start, end):
        if part.type != "timestamp":
            raise SqlError(f"function age({part.type}) does not exist")
    return combine("interval", lambda a, b: b - a, (start, end), "age")


def _left(text: Expression, count: Expression) -> Expression:
    return combine("text", lambda t, n: str(t)[: int(n)], (text, coerce(count, "int")), "left")


def _right(text: Expression, count: Expression) -> Expression:
    return combine("text", lambda t, n: str(t)[-int(n) :] if n else "", (text, coerce(count, "int")), "right")


def _substring(text: Expression, start: Expression, count: Expression | None = None) -> Expression:
    length = count or constant(10**6, "int")
    return combine(
        "text",
        lambda t, s, n: str(t)[max(int(s) - 1, 0) : max(int(s) - 1 + int(n), 0)],
        (text, coerce(start, "int"), coerce(length, "int")),
        "substring",
    )


def _round(number: Expression, digits: Expression | None = None) -> Expression:
    places = digits or constant(0, "int")
    type_: Type = "numeric" if digits else number.type

    def rounded(value: float, count: int) -> Value:
        return f"{float(value):.{max(min(int(count), 15), 0)}f}" if digits else float(round(value))

    return combine(type_, rounded, (number, coerce(places, "int")), "round")


def _coalesce(*parts: Expression) -> Expression:
    type_: Type = next((p.type for p in parts if p.type != "unknown"), "text")
    typed = [coerce(p, type_) for p in parts]

    def evaluate(row: Row, session: Session) -> Value:
        return next((v for p in typed if (v := p.evaluate(row, session)) is not None), None)

    columns = frozenset[str]().union(*(p.columns for p in parts))
    return Expression(type_, evaluate, columns, "coalesce", f"coalesce({','.join(p.key for p in typed)})")


def _current_setting(name: Expression) -> Expression:
    wanted = str(name.literal).lower()
    return _session("text", "current_setting", lambda s: setting(s.server, wanted))()


def _kill(name: str) -> Callable[[Expression], Expression]:
    def make(pid: Expression) -> Expression:
        pid = coerce(pid, "int")
        return replace(combine("bool", lambda number: number is not None, (pid,), name), parts=(pid,))

    return make


def _blocking(pid: Expression) -> Expression:
    """The sessions that hold the lock for which this one waits, as an array."""
    if pid.columns != {"pid"}:
        raise SqlError("pg_blocking_pids takes the column pid here")
    return replace(
        combine(
            "text",
            lambda of: of,
            (Expression("text", _blocker, frozenset({"pid", "blocking"}), key="b"),),
            "b",
        ),
        name="pg_blocking_pids",
    )


def _blocker(row: Row, session: Session) -> Value:
    return row["blocking"]


def _size(*of: Expression) -> Expression:
    raise SqlError("permission denied: sizes of databases and tables are not part of this system")


_FUNCTIONS: dict[str, Callable[..., Expression]] = {
    "now": lambda: now("now"),
    "clock_timestamp": lambda: now("clock_timestamp"),
    "statement_timestamp": lambda: now("statement_timestamp"),
    "transaction_timestamp": lambda: now("transaction_timestamp"),
    "version": _session("text", "version", lambda s: version(s.server)),
    "current_database": _session("text", "current_database", lambda s: s.database),
    "pg_is_in_recovery": _session("bool", "pg_is_in_recovery", standby.in_recovery),
    "pg_current_wal_lsn": _session("text", "pg_current_wal_lsn", standby.current),
    "pg_last_wal_receive_lsn": _session("text", "pg_last_wal_receive_lsn", standby.received),
    "pg_last_wal_replay_lsn": _session("text", "pg_last_wal_replay_lsn", standby.replayed),
    "pg_last_xact_replay_timestamp": _session(
        "timestamp", "pg_last_xact_replay_timestamp", standby.replayed_at
    ),
    "pg_wal_lsn_diff": lambda first, second: combine(
        "int", lambda a, b: standby.lsn(str(a)) - standby.lsn(str(b)), (first, second), "pg_wal_lsn_diff"
    ),
    "pg_reload_conf": _always("bool", "pg_reload_conf", True),
    "pg_stat_statements_reset": _always("text", "pg_stat_statements_reset", ""),
    "pg_backend_pid": _always("int", "pg_backend_pid", 999),
    "pg_postmaster_start_time": _session(
        "timestamp", "pg_postmaster_start_time", lambda s: s.server.started_at
    ),
    "current_setting": _current_setting,
    "age": _age,
    "left": _left,
    "right": _right,
    "substring": _substring,
    "substr": _substring,
    "length": lambda text: combine("int", lambda t: len(str(t)), (text,), "length"),
    "upper": lambda text: combine("text", lambda t: str(t).upper(), (text,), "upper"),
    "lower": lambda text: combine("text", lambda t: str(t).lower(), (text,), "lower"),
    "trim": lambda text: combine("text", lambda t: str(t).strip(), (text,), "btrim"),
    "host": lambda text: combine("text", str, (text,), "host"),
    "abs": lambda number: combine(number.type, abs, (number,), "abs"),
    "round": _round,
    "coalesce": _coalesce,
    "pg_blocking_pids": _blocking,
    "cardinality": lambda array: combine("int", lambda a: 0 if a == "{}" else 1, (array,), "cardinality"),
    "pg_database_size": _size,
    "pg_size_pretty": lambda size: combine("text", standby.size_text, (size,), "pg_size_pretty"),
    "pg_total_relation_size": _size,
    **{name: _kill(name) for name in KILLS},
}
