"""`pg_terminate_backend` and `pg_cancel_backend`: from the rows that a statement picks to a remediation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from drillbook.world.selection import Selection
from drillbook.world.shell.answer import Answer, Output
from drillbook.world.shell.psql.functions import KILLS
from drillbook.world.shell.psql.lexer import SqlError
from drillbook.world.shell.psql.relations import Row, Session
from drillbook.world.shell.psql.select import Select
from drillbook.world.shell.psql.sessions import ACTIVITY
from drillbook.world.shell.table import Render, Table

TOOK = 3.0
_FIELDS = {
    "user": "usename", "application": "application_name", "database": "datname", "state": "state",
    "query": "query",
}  # fmt: skip
_IDLE = ("idle", "idle in transaction")


def kills(select: Select) -> bool:
    """Whether a statement calls a killing function."""
    return any(name in KILLS for name in select.functions)


def kill(session: Session, select: Select, render: Render) -> Answer:
    """The remediation that a killing statement is, or what it prints where it hits nobody."""
    called = next((e for _, e in select.items if e.name in KILLS and e.parts), None)
    if called is None or select.grouped:
        raise SqlError("pg_terminate_backend(pid) stands by itself in the select list here")
    everybody = [row for bunch in ACTIVITY.bunches(session) for row in bunch.rows()]
    wanted = {called.parts[0].evaluate(row, within) for row, within in select.found(session)}
    hit = [row for row in everybody if row["pid"] in wanted]
    if wanted and not hit:
        failed = render(Table((called.name,), [["f"]] * len(wanted), [False]))
        return Output(f"WARNING:  PID is not a PostgreSQL server process\n{failed}", TOOK)
    text = render(select.run(session))
    if not hit:
        return Output(text, TOOK)
    idle = all(row["state"] in _IDLE for row in hit)
    if idle and called.name == "pg_cancel_backend":
        return Output(text, TOOK)  # nothing runs there that could be cancelled
    family = [row for row in everybody if (row["state"] in _IDLE) == idle]
    chosen = [row for row in hit if (row["state"] in _IDLE) == idle]
    found = selection(session, chosen, family)
    if select.limit is not None and len(chosen) < len(family):
        found = replace(found, count=len(chosen))
    value = found.text()
    return session.look.propose(
        "kill-idle" if idle else "kill-active", session.server.spec.name, value, text, TOOK
    )


def selection(session: Session, chosen: Sequence[Row], family: Sequence[Row]) -> Selection:
    """The narrowest selection by what the chosen sessions have in common; empty for the whole family."""
    given: dict[str, str] = {}
    rest = list(family)
    if len(chosen) < len(rest):
        for field, column in _FIELDS.items():
            values = {row[column] for row in chosen}
            if len(values) == 1 and any(row[column] not in values for row in rest):
                (value,) = values
                given[field] = str(value)
                rest = [row for row in rest if row[column] == value]
            if len(rest) == len(chosen):
                break
    found = Selection(
        state=given.get("state", ""),
        user=given.get("user", ""),
        application=given.get("application", ""),
        database=given.get("database", ""),
        query=given.get("query", ""),
    )
    if len(rest) == len(chosen):
        return found
    youngest = min(_age(session, row) for row in chosen)
    older = math.floor(youngest)
    within = [row for row in rest if _age(session, row) >= older]
    count = len(chosen) if len(within) > len(chosen) or not older else 0
    return replace(found, older=float(older), count=count)


def _age(session: Session, row: Row) -> float:
    started = row["query_start"]
    return session.look.t - started if isinstance(started, int | float) else 0.0
