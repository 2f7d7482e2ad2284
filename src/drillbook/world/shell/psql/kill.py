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
from drillbook.world.shell.table import Table, aligned

TOOK = 3.0
_FIELDS = {
    "user": "usename", "application": "application_name", "database": "datname", "state": "state",
    "query": "query",
}  # fmt: skip
_IDLE = ("idle", "idle in transaction")


def kills(select: Select) -> str:
    """The killing function that a statement calls; empty where it calls none."""
    return next((name for name in select.functions if name in KILLS), "")


def kill(session: Session, select: Select) -> Answer:
    """The remediation that a killing statement is, or what it prints where it hits nobody."""
    name = kills(select)
    everybody = [row for bunch in ACTIVITY.bunches(session) for row in bunch.rows()]
    hit = _hit(session, select, everybody)
    shown = Table([name], [["t"]] * len(hit), [False])
    if not hit and select.relation is None:
        text = aligned(Table([name], [["f"]], [False]))
        return Output(f"WARNING:  PID is not a PostgreSQL server process\n{text}", TOOK)
    if not hit:
        return Output(aligned(shown), TOOK)
    idle = all(row["state"] in _IDLE for row in hit)
    text = aligned(shown, session.look.page)
    if idle and name == "pg_cancel_backend":
        return Output(text, TOOK)  # nothing runs there that could be cancelled
    family = [row for row in everybody if (row["state"] in _IDLE) == idle]
    chosen = [row for row in hit if (row["state"] in _IDLE) == idle]
    value = selection(session, chosen, family).text()
    return session.look.propose(
        "kill-idle" if idle else "kill-active", session.server.spec.name, value, text, TOOK
    )


def _hit(session: Session, select: Select, everybody: Sequence[Row]) -> list[Row]:
    if select.relation is None:
        wanted = {item.parts[0].evaluate({}, session) for _, item in select.items if item.parts}
        return [row for row in everybody if row["pid"] in wanted]
    if select.relation is not ACTIVITY:
        raise SqlError("sessions are picked from pg_stat_activity here")
    parts = [part for part in (select.shared, select.where) if part]
    found = [row for row in everybody if all(part.evaluate(row, session) for part in parts)]
    return found[: select.limit]


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
