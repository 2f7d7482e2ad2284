"""What can be done to a PgBouncer pool and to the PostgreSQL server behind it."""

from __future__ import annotations

import math
from typing import cast

from drillbook.world import law as laws
from drillbook.world.crash import crash
from drillbook.world.outcome import Begin, ends, fails, hidden, whole
from drillbook.world.parts.kind import Ground
from drillbook.world.parts.table import used
from drillbook.world.plant import Held, Plant
from drillbook.world.selection import Selection
from drillbook.world.sessions import Seated, older, seated
from drillbook.world.state import Action, Happening

_STOPS = "stopping; waiting for the server to shut down"
_REFUSED = 5.0
"""Seconds until a server that cannot start says so (assumption)."""


def _pool_size(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    size = whole(action.value, 1)
    if size is None:
        return fails(id, f"ERROR:  SET failed: invalid value {action.value!r} for default_pool_size")
    pool = plant.law.pools[action.target]
    plant.set(t, laws.with_pool(plant.law, pool._replace(size=size)))
    return [hidden(f"pool-size {action.target} {size}"), *ends(id, f"default_pool_size = {size}")]


def _pool_reload(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    """The file says what is in force (assumption: who sets a value writes it down)."""
    return ends(id, "RELOAD")


def server_of(plant: Plant, target: str) -> str:
    """The PostgreSQL server that a target means: itself, or the one behind a pool."""
    return plant.law.pools[target].server if target in plant.law.pools else target


def chosen(plant: Plant, t: float, action: Action, states: frozenset[str]) -> list[tuple[Seated, float]]:
    """Sessions that a kill is meant for, and how many of each group; ValueError for a bad selection."""
    server = server_of(plant, action.target)
    selection = Selection.parse(action.value)
    second = float(math.floor(t))
    row = plant.trajectory.at(second)
    groups = seated(server, plant.law, plant.network, row, second, plant.draws)
    found = [one for one in groups if one.backend.state in states and selection.covers(one.backend)]
    found.sort(key=lambda one: -one.backend.oldest)
    left = float(selection.count) if selection.count else math.inf
    out = []
    for one in found:
        count = min(left, older(one.backend, one.exact, selection.older))
        left -= count
        if count > 0:
            out.append((one, count))
    return out


def _kill(plant: Plant, t: float, action: Action, id: str, states: frozenset[str]) -> list[Happening]:  # noqa: A002
    server = plant.law.postgres[server_of(plant, action.target)]
    if not server.up:
        return fails(
            id, "psql: error: connection to server failed: FATAL:  the database system is shutting down"
        )
    try:
        victims = chosen(plant, t, action, states)
    except ValueError as error:
        return fails(id, f"ERROR:  {error}")
    gone = {one.session: round(count) for one, count in victims if one.session >= 0}
    sessions = tuple(
        (session if k not in gone else session.model_copy(update={"count": session.count - gone[k]}), began)
        for k, (session, began) in enumerate(server.sessions)
        if gone.get(k, 0) < session.count
    )
    plant.set(t, laws.with_postgres(plant.law, server._replace(sessions=sessions)))
    held = [
        Held(one.held.service, one.held.column, one.held.part * count / one.exact)
        for one, count in victims
        if one.held
    ]
    if held:
        plant.kill(t, held)
    total = round(sum(count for _, count in victims))
    return [hidden(f"{action.kind} {server.spec.name} {total}"), *ends(id, f"({total} rows)")]


def _kill_active(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    return _kill(plant, t, action, id, frozenset({"active"}))


def _kill_idle(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    return _kill(plant, t, action, id, frozenset({"idle", "idle in transaction"}))


def _statement_timeout(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    server = plant.law.postgres[server_of(plant, action.target)]
    try:
        limit = float(action.value)
    except ValueError:
        limit = math.nan
    if not 0 <= limit < math.inf:
        return fails(id, f'ERROR:  invalid value for parameter "statement_timeout": "{action.value}"')
    if not server.up:
        return fails(id, "psql: error: connection to server failed: Connection refused")
    plant.set(t, laws.with_postgres(plant.law, server._replace(statement_timeout=limit)))
    return [hidden(f"statement-timeout {server.spec.name} {limit:g}s"), *ends(id, "ALTER ROLE")]


def _max_connections(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    server = plant.law.postgres[server_of(plant, action.target)]
    count = whole(action.value, 1)
    if count is None:
        return fails(id, f'ERROR:  invalid value for parameter "max_connections": "{action.value}"')
    if not server.up:
        return fails(id, "psql: error: connection to server failed: Connection refused")
    plant.set(t, laws.with_postgres(plant.law, server._replace(written_connections=count)))
    return ends(
        id, f"ALTER SYSTEM\nNOTICE:  max_connections = {count} takes effect after a restart of the server"
    )


def _db_restart(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name = server_of(plant, action.target)
    server = plant.law.postgres[name]
    if not server.up and not server.fault:
        return fails(id, "Job for postgresql.service is already running.")
    crash(plant, t, name)
    took = _REFUSED if _barred(plant, name, t) else math.ceil(server.spec.restart)
    plant.later(float(math.ceil(t) + took), lambda now: _up(plant, now, name, id))
    return [
        hidden(f"db-restart {name} down"),
        Happening("advanced", f"postgresql.service: {_STOPS if server.up else 'starting'}", id, done=0, of=1),
    ]


def _barred(plant: Plant, name: str, t: float) -> str:
    """Why a server cannot start, as the components say that it rests on; empty where nothing hinders."""
    bound = [(kind, spec) for kind, specs in used(plant.system) for spec in specs if spec.binds]
    reasons = [cast("Ground", kind).bars(plant, spec, name, t) for kind, spec in bound]
    return next(filter(None, reasons), "")


def _up(plant: Plant, t: float, name: str, id: str) -> list[Happening]:  # noqa: A002
    server = plant.law.postgres[name]
    fault = _barred(plant, name, t)
    if fault:
        plant.set(t, laws.with_postgres(plant.law, server._replace(fault=fault)))
        return [
            hidden(f"db-restart {name} fails"),
            *fails(id, f"Job for postgresql.service failed.\n{fault}"),
        ]
    sessions = tuple((session, t) for session, _ in server.sessions if session.state == "idle")
    most, second = server.written_connections, float(math.floor(t))
    back = server._replace(up=True, started_at=second, max_connections=most, sessions=sessions)
    plant.set(t, laws.with_postgres(plant.law, back))
    return [
        hidden(f"db-restart {name} up"),
        *ends(id, "postgresql.service: database system is ready to accept connections"),
    ]


POOLS: dict[str, Begin] = {"pool-size": _pool_size, "pool-reload": _pool_reload}
SERVERS: dict[str, Begin] = {
    "kill-active": _kill_active, "kill-idle": _kill_idle, "statement-timeout": _statement_timeout,
    "max-connections": _max_connections, "db-restart": _db_restart,
}  # fmt: skip
