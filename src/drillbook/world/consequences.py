"""What a careful colleague would say before a risky action, from what anybody could know now."""

from __future__ import annotations

import math
from collections.abc import Callable

from drillbook.model.quantities import duration_text
from drillbook.world.parts.table import kind_of
from drillbook.world.plant import Plant
from drillbook.world.remedies.servers import chosen, server_of
from drillbook.world.state import Action

Warn = Callable[[Plant, Action, float], str | None]


def of(plant: Plant, action: Action, t: float) -> str | None:
    """The warning for an action, or None where it needs none or means nothing."""
    law = plant.law
    kind = kind_of(plant.system, action.target)
    if kind is not None:
        return kind.warn(plant, action, t)
    if action.target not in {*law.fleets, *law.pools, *law.postgres}:
        return None
    warn = _WARNINGS.get(action.kind)
    try:
        return warn(plant, action, t) if warn is not None else None
    except (KeyError, ValueError):
        return None  # it makes no sense, and the tool will say so


def _rolling(plant: Plant, action: Action, verb: str) -> str:
    fleet = plant.fleet(action.target)
    rollout = fleet.spec.rollout
    size, pods = rollout.max_unavailable, len(fleet.pods)
    batches = math.ceil(pods / size)
    took = duration_text(batches * rollout.ready_after)
    out = "all of them at once" if size >= pods else f"{size} at a time"
    text = f"{verb} {pods} of {pods} pods of {action.target}, {out}; about {took}"
    text += f", {min(size, pods) / max(1, pods):.0%} of its capacity missing meanwhile."
    return text + (" A rollout is under way and will be superseded." if fleet.rolling else "")


def _restart(plant: Plant, action: Action, t: float) -> str:
    if action.value:
        count = len(plant.fleet(action.target).pods)
        left = f"{max(0, count - 1)} of {count} pods"
        return f"Deletes pod {action.value}; {action.target} runs with {left} meanwhile."
    return _rolling(plant, action, "Restarts")


def _set_env(plant: Plant, action: Action, t: float) -> str:
    name = action.value.partition("=")[0]
    if any(setting.live and setting.name == name for setting in plant.fleet(action.target).spec.settings):
        return f"Every pod of {action.target} works with {action.value} within half a minute; none restarts."
    return _rolling(plant, action, "Replaces")


def _rollback(plant: Plant, action: Action, t: float) -> str | None:
    fleet = plant.fleet(action.target)
    past = [r for r in fleet.revisions[:-1] if not action.value or str(r.number) == action.value]
    if not past:
        return None
    text = _rolling(plant, action, "Replaces")
    return f"{text} Goes back from {fleet.template.version} to {past[-1].template.version}."


def _scale(plant: Plant, action: Action, t: float) -> str | None:
    fleet, wanted = plant.fleet(action.target), int(action.value)
    if wanted < len(fleet.pods):
        return f"Stops {len(fleet.pods) - wanted} of {len(fleet.pods)} pods of {action.target} at once."
    if fleet.spec.uses is None or wanted == len(fleet.pods):
        return None
    pool = plant.law.pools[fleet.spec.uses.pool].spec
    clients = wanted * pool.client_connections_per_replica
    most = f"max_client_conn {pool.max_client_conn}"
    return f"{wanted} pods keep {clients} client connections to {pool.name} open ({most})."


def _pool_size(plant: Plant, action: Action, t: float) -> str | None:
    pool, size = plant.law.pools[action.target], int(action.value)
    server = plant.law.postgres[pool.server]
    ordinary = server.max_connections - server.spec.superuser_reserved_connections - server.others
    if size > ordinary:
        limit, kept = server.max_connections, server.spec.superuser_reserved_connections
        return (
            f"Pool {size} exceeds what {server.spec.name} has left for it: max_connections {limit} less "
            f"{kept} reserved and {server.others} of others is {ordinary}. "
            "PostgreSQL refuses the surplus, and those clients fail."
        )
    if size < pool.size:
        return f"Shrinks the pool from {pool.size} to {size} connections; what is in use finishes first."
    return None


def _kill(states: frozenset[str]) -> Warn:
    def warn(plant: Plant, action: Action, t: float) -> str | None:
        victims = chosen(plant, t, action, states)
        count = round(sum(number for _, number in victims))
        if count == 0:
            return None
        users = sorted({one.backend.user for one, _ in victims})
        what = (
            "Their requests fail." if "active" in states else "Open transactions among them are rolled back."
        )
        return f"Terminates {count} sessions of {', '.join(users)}. {what}"

    return warn


def _statement_timeout(plant: Plant, action: Action, t: float) -> str | None:
    limit = float(action.value)
    if limit <= 0:
        return None
    return (
        f"Every statement of the role that runs longer than {duration_text(limit)} fails, whoever started it."
    )


def _max_connections(plant: Plant, action: Action, t: float) -> str | None:
    return "Takes effect only after a restart of PostgreSQL."


def _db_restart(plant: Plant, action: Action, t: float) -> str | None:
    name = server_of(plant, action.target)
    server = plant.law.postgres[name]
    if not server.up:
        return None
    specs = [fleet.spec for fleet in plant.law.fleets.values()]
    users = [s.name for s in specs if s.uses and plant.law.pools[s.uses.pool].server == name]
    took = duration_text(server.spec.restart)
    text = f"PostgreSQL {name} will be down for about {took}; every connection is dropped"
    return f"{text} and {', '.join(users)} cannot work meanwhile." if users else f"{text}."


def _rate_limit(plant: Plant, action: Action, t: float) -> str | None:
    limit = float(action.value)
    if limit <= 0:
        return None
    row = plant.trajectory.at(math.floor(t))
    rate = row[plant.network.services[action.target].column]
    if limit >= rate:
        return None
    part = f"{1 - limit / rate:.0%} of its requests"
    return f"{action.target} receives {rate:.0f}/s now: {part} will be turned away with 429."


def _deploy(plant: Plant, action: Action, t: float) -> str | None:
    text = _rolling(plant, action, "Replaces")
    return f"{text} Goes from {plant.fleet(action.target).template.version} to {action.value}."


_WARNINGS: dict[str, Warn] = {
    "restart": _restart, "set-env": _set_env, "rollback": _rollback, "deploy": _deploy, "scale": _scale,
    "pool-size": _pool_size, "kill-active": _kill(frozenset({"active"})),
    "kill-idle": _kill(frozenset({"idle", "idle in transaction"})), "statement-timeout": _statement_timeout,
    "memory-limit": _set_env, "requests": _set_env, "max-connections": _max_connections,
    "db-restart": _db_restart, "rate-limit": _rate_limit,
}  # fmt: skip
