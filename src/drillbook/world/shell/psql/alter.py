"""ALTER SYSTEM, ALTER ROLE, ALTER DATABASE and SET: settings that are remediations."""

from __future__ import annotations

import re

from drillbook.world.shell.answer import Answer, Output, Proposal
from drillbook.world.shell.psql import standby
from drillbook.world.shell.psql.lexer import Reader, SqlError
from drillbook.world.shell.psql.relations import Session
from drillbook.world.shell.psql.server import databases, settings
from drillbook.world.shell.psql.values import milliseconds

TOOK = 3.0
_MOST = 100_000


def alter(session: Session, sql: str) -> Answer:
    """ALTER SYSTEM SET, ALTER ROLE … SET and ALTER DATABASE … SET."""
    reader = Reader(sql)
    reader.expect("alter")
    what = reader.accept("system", "role", "user", "database")
    if not what:
        raise SqlError(
            f"must be owner of {reader.token.text or 'the object'}", hint="Settings can be altered here."
        )
    if what != "system":
        _check_name(session, what, reader)
    reset = reader.accept("set", "reset") == "reset"
    name = reader.take()
    if name.kind != "word":
        raise reader.error()
    value = "0" if reset else _value(reader)
    tag = {"system": "ALTER SYSTEM", "database": "ALTER DATABASE"}.get(what, "ALTER ROLE")
    return _set(session, name.text, value, tag)


def _check_name(session: Session, what: str, reader: Reader) -> None:
    name = reader.take().text
    look, server = session.look, session.server
    users = {b.user for b in server.backends} | {p.spec.user for p in look.pools} | {"postgres", "all"}
    if what == "database" and name not in databases(look, server):
        raise SqlError(f'database "{name}" does not exist')
    if what != "database" and name not in users:
        raise SqlError(f'role "{name}" does not exist')
    if reader.accept("in"):
        reader.expect("database")
        reader.take()


def _value(reader: Reader) -> str:
    if not reader.accept("=", "to"):
        raise reader.error()
    token = reader.take()
    if token.kind == "end":
        raise reader.error()
    text = token.text
    if token.kind == "number" and reader.token.kind == "word":
        text += reader.take().text
    return text


def _set(session: Session, name: str, value: str, tag: str) -> Proposal:
    look, server = session.look, session.server.spec.name
    if name == "statement_timeout":
        seconds = milliseconds(value)
        if seconds is None:
            raise SqlError(f'invalid value for parameter "statement_timeout": "{value}"')
        return look.propose("statement-timeout", server, f"{seconds:g}", tag, TOOK)
    if name == "max_connections":
        if not re.fullmatch(r"\d{1,7}", value) or not 10 <= int(value) <= _MOST:
            raise SqlError(f'invalid value for parameter "max_connections": "{value}"')
        return look.propose("max-connections", server, str(int(value)), tag, TOOK)
    if name in {"synchronous_commit", "synchronous_standby_names"} and tag == "ALTER SYSTEM":
        return standby.synchronous(session, value)
    if name not in settings(session.server):
        raise SqlError(f'unrecognized configuration parameter "{name}"')
    raise SqlError(
        f'permission denied to set parameter "{name}"',
        hint="statement_timeout and max_connections can be altered here.",
    )


def set_(session: Session, sql: str) -> Output:
    """SET: for this session only, so that nothing changes for anybody else."""
    reader = Reader(sql)
    reader.expect("set")
    reader.accept("session", "local")
    name = reader.take()
    if name.kind != "word" or name.text not in settings(session.server):
        raise SqlError(f'unrecognized configuration parameter "{name.raw}"')
    _value(reader)
    return Output("SET", TOOK)
