"""What a line of SQL is: a question, a remediation, or something that is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from drillbook.world.shell.answer import Answer, Output, Proposal
from drillbook.world.shell.psql import alter as alterations
from drillbook.world.shell.psql import standby
from drillbook.world.shell.psql.explain import explain
from drillbook.world.shell.psql.kill import kill, kills
from drillbook.world.shell.psql.lexer import Reader, SqlError
from drillbook.world.shell.psql.reading import parse
from drillbook.world.shell.psql.relations import Session
from drillbook.world.shell.psql.server import setting, settings
from drillbook.world.shell.psql.sessions import blocked, table_of
from drillbook.world.shell.table import Render, Table

TOOK = 3.0


@dataclass(frozen=True, slots=True)
class Client:
    """A session and the format in which it prints."""

    session: Session
    render: Render


def run(client: Client, sql: str) -> Answer:
    """The answer to one or several statements. Raises SqlError in PostgreSQL's words."""
    answers = [_run_one(client, word, statement) for word, statement in split(sql)]
    if not answers:
        return Output("", 1.0)
    text = "\n".join(answer.text for answer in answers if answer.text)
    proposals = [answer for answer in answers if isinstance(answer, Proposal)]
    if len(proposals) > 1:
        raise SqlError("one change at a time: run the statements by themselves")
    if proposals:
        return replace(proposals[0], text=text)
    return Output(text, max(a.took for a in answers if isinstance(a, Output)))


@lru_cache(maxsize=512)
def split(sql: str) -> tuple[tuple[str, str], ...]:
    """The statements of a text, apart at semicolons outside of quotes, each with its first word.

    Raises SqlError as the lexer does.
    """
    reader = Reader(sql)
    found, start, word = [], 0, ""
    while reader.token.kind != "end":
        token = reader.take()
        word = word or token.text
        if token.kind == "sign" and token.text == ";":
            found.append((word, sql[start : token.at].strip()))
            start, word = token.at + 1, ""
    found.append((word, sql[start:].strip()))
    return tuple((word, statement) for word, statement in found if statement)


def _run_one(client: Client, word: str, sql: str) -> Answer:
    handler = _STATEMENTS.get(word)
    if handler is None:
        raise SqlError(f'syntax error at or near "{sql.split(maxsplit=1)[0]}"', sql, 0)
    try:
        return handler(client, sql)
    except (TypeError, ValueError, OverflowError) as error:
        raise SqlError("the values of the statement do not go together or are out of range") from error


def _select(client: Client, sql: str) -> Answer:
    lowered = sql.lower()
    if "pg_locks" in lowered and ("join" in lowered or lowered.count("pg_locks") > 1):
        names = (
            "blocked_pid",
            "blocked_user",
            "blocking_pid",
            "blocking_user",
            "blocked_statement",
            "blocking_statement",
        )
        rows = blocked(client.session)
        return Output(client.render(Table(names, rows, [True, False, True, False, False, False])), TOOK)
    changed = standby.change(client.session, sql)
    if changed is not None:
        return changed
    try:
        select = parse(sql)
    except SqlError as error:
        raise _private(client.session, sql) or error from error
    if kills(select):
        return kill(client.session, select, client.render)
    return Output(client.render(select.run(client.session)), TOOK)


def _private(session: Session, sql: str) -> SqlError | None:
    """The application's own tables exist but may not be read."""
    table = table_of(sql)
    known = {table_of(b.query) for b in session.server.backends}
    for service in session.look.services:
        known |= {table_of(q.sql) for q in service.spec.uses.queries} if service.spec.uses else set()
    if table is None or table not in known:
        return None
    return SqlError(f"permission denied for table {table}", hint="Customers' data is not for on-call eyes.")


def _show(client: Client, sql: str) -> Output:
    words = sql.split()
    name = " ".join(words[1:]).lower()
    if name == "all":
        rows = [(key, value) for key, value in settings(client.session.server).items()]
        return Output(client.render(Table(["name", "setting"], rows, [False, False])), TOOK)
    if not name:
        raise SqlError("syntax error at end of input", sql, len(sql))
    name = name.replace("time zone", "timezone")
    return Output(client.render(Table([name], [[setting(client.session.server, name)]], [False])), TOOK)


def _explain(client: Client, sql: str) -> Output:
    return Output(client.render(explain(client.session, sql)), TOOK)


def _refused(client: Client, sql: str) -> Answer:
    word = sql.split(maxsplit=1)[0].upper()
    raise SqlError(
        f"permission denied: {word} is not for the on-call role",
        hint="Sessions can be ended with pg_terminate_backend, settings changed with ALTER SYSTEM SET.",
    )


def _nothing(client: Client, sql: str) -> Output:
    return Output(sql.split(maxsplit=1)[0].upper(), 1.0)


_STATEMENTS: dict[str, Callable[[Client, str], Answer]] = {
    "select": _select,
    "show": _show,
    "explain": _explain,
    "alter": lambda client, sql: alterations.alter(client.session, sql),
    "set": lambda client, sql: alterations.set_(client.session, sql),
    "begin": _nothing,
    "commit": _nothing,
    "rollback": _nothing,
    **dict.fromkeys(
        ("insert", "update", "delete", "drop", "truncate", "create", "grant", "revoke", "vacuum",
        "analyze", "reindex",
         "cluster", "copy", "lock", "call", "do", "with", "table", "values", "reset", "kill"),
        _refused,
    ),
}  # fmt: skip

KEYWORDS = frozenset(_STATEMENTS)
"""First words by which a line is known to be SQL."""
