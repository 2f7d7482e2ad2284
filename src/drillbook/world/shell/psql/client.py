"""`psql` and SQL typed by itself: to which server it goes, and in which format it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from drillbook.world.shell import pgbouncer
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.psql.relations import Session
from drillbook.world.shell.psql.server import databases
from drillbook.world.shell.psql.statements import Client, run
from drillbook.world.shell.table import Render, Table, aligned, expanded, tuples, unaligned
from drillbook.world.shell.words import Flags, Line, read
from drillbook.world.state import PoolState, PostgresState

_PSQL = Flags(
    values={
        "-c": "command", "--command": "command", "-h": "host", "--host": "host", "-d": "database",
        "--dbname": "database", "-U": "user", "--username": "user", "-p": "port", "--port": "port",
        "-P": "format",
        "--pset": "format", "-v": "variable", "--set": "variable", "-f": "file", "--file": "file",
        "-F": "separator",
    },
    switches={
        "-x": "expanded", "--expanded": "expanded", "-t": "tuples", "--tuples-only": "tuples",
        "-A": "unaligned",
        "--no-align": "unaligned", "-q": "quiet", "-X": "norc", "-w": "password", "-W": "password",
        "-l": "list",
        "--list": "list", "-1": "single", "-a": "echo", "-e": "echo",
    },
)  # fmt: skip
_URL = re.compile(r"postgres(?:ql)?://(?:([^@/]*)@)?([^:/]*)(?::(\d+))?(?:/([^?]*))?(?:\?.*)?")
_CONSOLE = "pgbouncer"
TOOK = 3.0
_PATIENCE = 15.0
"""Longest time that somebody waits for a connection before giving up."""


def psql(look: Look, words: tuple[str, ...]) -> Answer:
    """A psql command line without its first word. Raises Complaint in psql's words."""
    line = _address(read(words, _PSQL, "psql"))
    if line.has("file"):
        raise Complaint(f"psql: error: {line.get('file')}: No such file or directory")
    command = "\\l" if line.has("list") else line.get("command")
    if not command:
        raise Complaint(
            'psql: there is no terminal behind this line: give the statement with -c "SELECT …;"', 0.0
        )
    pool = _pool(look, line)
    if pool is not None and line.get("database") == _CONSOLE:
        return pgbouncer.console(look, pool, command, _render(look, line))
    server = _server(look, line, pool)
    waited = _through(look, pool) if pool else 0.0
    connect(look, server)
    answer = _execute(look, server, line, command)
    return Output(answer.text, answer.took + waited) if isinstance(answer, Output) and waited else answer


def bare(look: Look, sql: str) -> Answer:
    """SQL typed without psql: to the pools' console where it is theirs, else to the first server."""
    line = Line((), {})
    if pgbouncer.speaks(sql):
        pool = _pool(look, Line((), {"database": _CONSOLE}))
        if pool is not None:
            return pgbouncer.console(look, pool, sql, _render(look, line))
    server = _server(look, line, None)
    connect(look, server)
    return _execute(look, server, line, sql)


def connect(look: Look, server: PostgresState) -> None:
    """A superuser's direct connection. Raises Complaint where the server does not take it."""
    where = f'psql: error: connection to server at "{server.spec.name}", port 5432 failed: '
    if not server.up:
        hint = "\n\tIs the server running on that host and accepting TCP/IP connections?"
        raise Complaint(f"{where}Connection refused{hint}", TOOK)
    if round(server.connections) >= server.max_connections:
        raise Complaint(f"{where}FATAL:  sorry, too many clients already", TOOK)


def _execute(look: Look, server: PostgresState, line: Line, command: str) -> Answer:
    database = line.get("database") or databases(look, server)[0]
    if database not in databases(look, server):
        raise Complaint(
            f'psql: error: connection to server at "{server.spec.name}", port 5432 failed: FATAL:  database '
            f'"{database}" does not exist',
            TOOK,
        )
    session = Session(look, server, database)
    if command.lstrip().startswith("\\"):
        return _backslash(session, line, command.strip())
    return run(Client(session, _render(look, line)), command)


def _address(line: Line) -> Line:
    """Positional words: a URL, or database and user."""
    flags = dict(line.flags)
    for word, name in zip(line.words, ("database", "user"), strict=False):
        match = _URL.fullmatch(word)
        if match:
            named = zip(("user", "host", "port", "database"), match.groups(), strict=True)
            flags.update({key: value for key, value in named if value})
        else:
            flags.setdefault(name, word)
    return Line((), flags)


def _host(look: Look, line: Line) -> str:
    host = line.get("host") or look.host
    return "" if host in {"localhost", "127.0.0.1", "/var/run/postgresql"} else host.partition(".")[0]


def _pool(look: Look, line: Line) -> PoolState | None:
    """The pool that the command goes to; None where it goes to a server."""
    host = _host(look, line)
    for pool in look.pools:
        if pool.spec.name == host:
            return pool
    if line.get("port") == "6432" or line.get("database") == _CONSOLE:
        same = [p for p in look.pools if p.server == host] or [] if host else list(look.pools)
        return same[0] if same else None
    return None


def _server(look: Look, line: Line, pool: PoolState | None) -> PostgresState:
    if not look.servers:
        raise Complaint("psql: error: there is no PostgreSQL server in this system")
    host = pool.server if pool else _host(look, line)
    for server in look.servers:
        if server.spec.name == host:
            return server
    if host:
        raise Complaint(
            f'psql: error: could not translate host name "{host}" to address: Name or service not known\n'
            f"(servers here: {', '.join(s.spec.name for s in look.servers)})"
        )
    wanted = line.get("database")
    holders = [s for s in look.servers if wanted in databases(look, s)]
    return (holders or look.servers)[0]


def _through(look: Look, pool: PoolState) -> float:
    """The wait for a server connection. Raises Complaint where the pool gives none."""
    where = f'psql: error: connection to server at "{pool.spec.name}", port 6432 failed: '
    if not pool.up:
        raise Complaint(f"{where}Connection refused", TOOK)
    if pool.client_active + pool.client_waiting >= pool.max_client_conn:
        raise Complaint(f"{where}FATAL:  no more connections allowed (max_client_conn)", TOOK)
    if pool.client_waiting < 1.0:
        return 0.0
    if pool.maxwait >= 0.98 * pool.query_wait_timeout <= _PATIENCE:
        raise Complaint(f"{where}FATAL:  query_wait_timeout", pool.query_wait_timeout)
    if pool.maxwait > _PATIENCE:
        raise Complaint(
            f"(no answer within {_PATIENCE:.0f} s: the pool has no free server connection)\n^C", _PATIENCE
        )
    return pool.maxwait


def _render(look: Look, line: Line) -> Render:
    tuples_only = line.has("tuples")
    if line.has("expanded"):
        return partial(expanded, limit=look.page)
    if line.has("unaligned"):
        return partial(unaligned, limit=look.page, tuples_only=tuples_only)
    return partial(tuples if tuples_only else aligned, limit=look.page)


def _backslash(session: Session, line: Line, command: str) -> Output:
    word = command.split(maxsplit=1)[0].rstrip("+").rstrip(";")
    handler = _BACKSLASH.get(word)
    if handler is None:
        known = ", ".join(_BACKSLASH)
        raise Complaint(
            f"invalid command {word}\nWhat works here is {known}, and SQL over the pg_stat_… views."
        )
    return Output(handler(session, _render(session.look, line)), TOOK)


def _list(session: Session, render: Render) -> str:
    names = ("Name", "Owner", "Encoding", "Collate", "Ctype")
    rows = [
        (name, "postgres", "UTF8", "C.UTF-8", "C.UTF-8") for name in databases(session.look, session.server)
    ]
    return " " * 14 + "List of databases\n" + render(Table(names, rows, [False] * 5))


def _info(session: Session, render: Render) -> str:
    return (
        f'You are connected to database "{session.database}" as user "{session.user}" on host '
        f'"{session.server.spec.name}" at port "5432".'
    )


def _roles(session: Session, render: Render) -> str:
    users = dict.fromkeys(["postgres", *(b.user for b in session.server.backends)])
    rows = [(user, "Superuser" if user == "postgres" else "") for user in users]
    return " " * 10 + "List of roles\n" + render(Table(("Role name", "Attributes"), rows, [False, False]))


_BACKSLASH: dict[str, Callable[[Session, Render], str]] = {"\\l": _list, "\\conninfo": _info, "\\du": _roles}
