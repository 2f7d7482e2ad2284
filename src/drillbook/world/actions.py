"""What can be done to the system: one function per kind of remediation.

Each takes the plant, the moment, the action and its id, and returns what happens at once; phases and side
effects come later through the plant's agenda. What makes no sense in the present state ends with `ok=False`
and the tool's words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import cast

from drillbook.model.system import Autoscale
from drillbook.world import fleet as fleets
from drillbook.world import law as laws
from drillbook.world import rollout
from drillbook.world.crash import crash
from drillbook.world.parts.kind import Ground
from drillbook.world.parts.table import kind_of, used
from drillbook.world.plant import Held, Plant
from drillbook.world.selection import Selection
from drillbook.world.sessions import Seated, older, seated
from drillbook.world.state import Action, Happening

RELOAD = 3.0
"""Seconds until an ingress controller or PgBouncer works with a new configuration (assumption)."""

_STOPS = "stopping; waiting for the server to shut down"
REREAD = 20.0
"""Seconds until pods work with a changed ConfigMap (assumption; the kubelet syncs within a minute)."""

_REFUSED = 5.0
"""Seconds until a server that cannot start says so (assumption)."""

Begin = Callable[[Plant, float, Action, str], list[Happening]]


def begin(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    """Begin a remediation."""
    kind_of_its_own = kind_of(plant.system, action.target)
    if kind_of_its_own is not None and action.kind in plant.system.component(action.target).actions:
        return kind_of_its_own.act(plant, t, action, id)
    law = plant.law
    known: Mapping[str, object]
    if action.kind in _SERVICES:
        known, kind = law.fleets, "deployments.apps"
    elif action.kind in _POOLS:
        known, kind = law.pools, "pool"
    else:
        known, kind = {**law.postgres, **law.pools}, "server"
    if action.target not in known:
        return _fails(id, f'Error from server (NotFound): {kind} "{action.target}" not found')
    begun = (_SERVICES | _POOLS | _SERVERS).get(action.kind)
    if begun is None:
        return _fails(id, f"{action.target} has no {action.kind}")
    return begun(plant, t, action, id)


def _fails(id: str, text: str) -> list[Happening]:  # noqa: A002
    return [Happening("finished", text, id, ok=False)]


def _ends(id: str, text: str) -> list[Happening]:  # noqa: A002
    return [Happening("finished", text, id)]


def _law(text: str) -> Happening:
    return Happening("law", text, hidden=True)


def whole(text: str, least: int = 0) -> int | None:
    """A whole number of at least `least`, or nothing."""
    return int(text) if text.isdecimal() and int(text) >= least else None


# --- deployments ------------------------------------------------------------------------------------------


def _rollback(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    past = fleet.revisions[:-1]
    if action.value:
        number = whole(action.value)
        found = [revision for revision in fleet.revisions if revision.number == number]
        if not found:
            return _fails(id, f"error: unable to find specified revision {action.value} in history")
        if found[0] is fleet.current:
            return _ends(
                id,
                f"deployment.apps/{action.target} skipped rollback "
                f"(current template already matches revision {action.value})",
            )
        past = (found[0],)
    if not past:
        return _fails(id, f'error: no rollout history found for deployment "{action.target}"')
    target = past[-1]
    return rollout.begin(plant, t, action.target, target.template, target.cause, id)


def leads_to(plant: Plant, action: Action) -> str:
    """The version that a roll-back goes to; the action's own value for everything else."""
    if action.kind != "rollback" or action.target not in plant.law.fleets:
        return action.value
    revisions = plant.fleet(action.target).revisions
    wanted = whole(action.value) if action.value else None
    found = [each for each in revisions if each.number == wanted] or list(revisions[:-1][-1:])
    return found[0].template.version if found else action.value


def _restart(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    if action.value:
        return rollout.replace_pod(plant, t, action.target, action.value, id)
    if fleet.paused:
        return _fails(
            id,
            f'error: deployments.apps "{action.target}" can\'t restart paused deployment '
            "(run rollout resume first)",
        )
    template = fleet.template._replace(restarted=fleet.template.restarted + 1)
    return rollout.begin(plant, t, action.target, template, fleet.current.cause, id)


def _scale(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    replicas = whole(action.value)
    if replicas is None:
        return _fails(id, f"error: invalid replica count {action.value!r}")
    most = fleet.spec.max_replicas
    if replicas > most:
        return _fails(
            id,
            f'Error from server (Forbidden): exceeded quota: pods of "{action.target}", '
            f"requested: {replicas}, limited: {most}",
        )
    return rollout.scale(plant, t, action.target, replicas, id)


def _autoscale(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, fleet = action.target, plant.fleet(action.target)
    if action.value == "off":
        plant.set_fleet(t, fleet._replace(autoscale=None))
        text = f'horizontalpodautoscaler.autoscaling "{name}" deleted'
        return [_law(f"autoscale {name} off"), *_ends(id, text)]
    numbers = [whole(word, 1) for word in action.value.split()]
    if len(numbers) != 3 or None in numbers:
        return _fails(id, f"error: invalid bounds or target {action.value!r}")
    least, most, percent = (number or 0 for number in numbers)
    if not least <= most <= fleet.spec.max_replicas:
        text = f"error: {least} <= {most} <= {fleet.spec.max_replicas} (quota) does not hold"
        return _fails(id, text)
    spec = Autoscale(min=least, max=most, target_cpu=percent / 100)
    plant.set_fleet(t, fleet._replace(autoscale=spec))
    text = f"horizontalpodautoscaler.autoscaling/{name}: {least} to {most} pods, {percent}% CPU"
    return [_law(f"autoscale {name} {action.value}"), *_ends(id, text)]


def _set_env(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, found, value = action.value.partition("=")
    if not found or not name:
        return _fails(
            id, f"error: environment variables must be of the form NAME=value, not {action.value!r}"
        )
    fleet = plant.fleet(action.target)
    if any(setting.live and setting.name == name for setting in fleet.spec.settings):
        return _configure(plant, t, action.target, (name, value), id)
    settings = {**dict(fleet.template.settings), name: value}
    template = fleet.template._replace(settings=tuple(settings.items()))
    if template == fleet.template:
        return _ends(id, f"deployment.apps/{action.target} env unchanged")
    return rollout.begin(plant, t, action.target, template, f"env {action.value}", id)


def _configure(
    plant: Plant,
    t: float,
    service: str,
    change: tuple[str, str],
    id: str,  # noqa: A002
) -> list[Happening]:
    """A live setting: every pod reads it again."""

    def apply(now: float) -> list[Happening]:
        plant.set_fleet(now, fleets.configure(plant.fleet(service), *change, float(math.floor(t))))
        text = f"configmap/{service}: every pod of {service} has {'='.join(change)}"
        return [_law(f"configure {service} {'='.join(change)}"), *_ends(id, text)]

    plant.later(math.ceil(t) + REREAD, apply)
    return []


def _memory_limit(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet, size = plant.fleet(action.target), whole(action.value, 1)
    if size is None:
        return _fails(id, f"error: invalid memory limit {action.value!r}")
    template = fleet.template._replace(memory_limit=float(size))
    if size == (fleet.template.memory_limit or fleet.spec.memory_limit):
        return _ends(id, f"deployment.apps/{action.target} resource requirements unchanged")
    cause = f"memory limit {size // 2**20}Mi"
    return rollout.begin(plant, t, action.target, template, cause, id)


def _requests(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    wanted = dict(part.partition("=")[::2] for part in action.value.split())
    try:
        cpu, memory = float(wanted.get("cpu", 0)), float(wanted.get("memory", 0))
    except ValueError:
        return _fails(id, f"error: invalid requests {action.value!r}")
    if memory > (fleet.template.memory_limit or fleet.spec.memory_limit) or cpu > fleet.spec.cpu_limit:
        text = (
            f'The Deployment "{action.target}" is invalid: requests: must be less than or equal to the limit'
        )
        return _fails(id, text)
    template = fleet.template
    template = template._replace(
        cpu_request=cpu or template.cpu_request, memory_request=memory or template.memory_request
    )
    if template == fleet.template:
        return _ends(id, f"deployment.apps/{action.target} resource requirements unchanged")
    return rollout.begin(plant, t, action.target, template, f"requests {action.value}", id)


def _deploy(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    notes = {release.version: release.notes for release in fleet.spec.releases}
    if action.value not in notes:
        return _fails(id, f'error: failed to pull image "{action.target}:{action.value}": not found')
    template = fleet.template._replace(version=action.value)
    if template == fleet.template and not fleet.outdated():
        return _ends(id, f"deployment.apps/{action.target} image unchanged")
    return rollout.begin(plant, t, action.target, template, notes[action.value], id)


def _pause(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    paused = plant.fleet(action.target).paused
    if action.value == "off":
        if not paused:
            return _fails(id, f'error: deployments.apps "{action.target}" is not paused')
        return rollout.resume(plant, t, action.target, id)
    if paused:
        return _fails(id, f'error: deployments.apps "{action.target}" is already paused')
    return rollout.pause(plant, t, action.target, id)


def _rate_limit(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    try:
        rate = float(action.value)
    except ValueError:
        rate = math.nan
    if not 0 <= rate < math.inf:
        return _fails(id, f"error: invalid rate limit {action.value!r}")

    def apply(now: float) -> list[Happening]:
        plant.set(now, laws.with_limit(plant.law, action.target, rate))
        word = f"limited to {rate:g} requests per second" if rate else "no longer limited"
        return [_law(f"rate-limit {action.target} {rate:g}/s"), *_ends(id, f"{action.target} is {word}")]

    plant.later(math.ceil(t) + RELOAD, apply)
    return []


# --- PgBouncer --------------------------------------------------------------------------------------------


def _pool_size(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    size = whole(action.value, 1)
    if size is None:
        return _fails(id, f"ERROR:  SET failed: invalid value {action.value!r} for default_pool_size")
    pool = plant.law.pools[action.target]
    plant.set(t, laws.with_pool(plant.law, pool._replace(size=size)))
    return [_law(f"pool-size {action.target} {size}"), *_ends(id, f"default_pool_size = {size}")]


def _pool_reload(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    """The file says what is in force (assumption: who sets a value writes it down)."""
    return _ends(id, "RELOAD")


# --- PostgreSQL -------------------------------------------------------------------------------------------


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
        return _fails(
            id, "psql: error: connection to server failed: FATAL:  the database system is shutting down"
        )
    try:
        victims = chosen(plant, t, action, states)
    except ValueError as error:
        return _fails(id, f"ERROR:  {error}")
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
    return [_law(f"{action.kind} {server.spec.name} {total}"), *_ends(id, f"({total} rows)")]


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
        return _fails(id, f'ERROR:  invalid value for parameter "statement_timeout": "{action.value}"')
    if not server.up:
        return _fails(id, "psql: error: connection to server failed: Connection refused")
    plant.set(t, laws.with_postgres(plant.law, server._replace(statement_timeout=limit)))
    return [_law(f"statement-timeout {server.spec.name} {limit:g}s"), *_ends(id, "ALTER ROLE")]


def _max_connections(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    server = plant.law.postgres[server_of(plant, action.target)]
    count = whole(action.value, 1)
    if count is None:
        return _fails(id, f'ERROR:  invalid value for parameter "max_connections": "{action.value}"')
    if not server.up:
        return _fails(id, "psql: error: connection to server failed: Connection refused")
    plant.set(t, laws.with_postgres(plant.law, server._replace(written_connections=count)))
    return _ends(
        id, f"ALTER SYSTEM\nNOTICE:  max_connections = {count} takes effect after a restart of the server"
    )


def _db_restart(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name = server_of(plant, action.target)
    server = plant.law.postgres[name]
    if not server.up and not server.fault:
        return _fails(id, "Job for postgresql.service is already running.")
    crash(plant, t, name)
    took = _REFUSED if _barred(plant, name, t) else math.ceil(server.spec.restart)
    plant.later(float(math.ceil(t) + took), lambda now: _up(plant, now, name, id))
    return [
        _law(f"db-restart {name} down"),
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
        return [_law(f"db-restart {name} fails"), *_fails(id, f"Job for postgresql.service failed.\n{fault}")]
    sessions = tuple((session, t) for session, _ in server.sessions if session.state == "idle")
    most, second = server.written_connections, float(math.floor(t))
    back = server._replace(up=True, started_at=second, max_connections=most, sessions=sessions)
    plant.set(t, laws.with_postgres(plant.law, back))
    return [
        _law(f"db-restart {name} up"),
        *_ends(id, "postgresql.service: database system is ready to accept connections"),
    ]


_SERVICES: dict[str, Begin] = {
    "rollback": _rollback, "restart": _restart, "scale": _scale, "set-env": _set_env, "deploy": _deploy,
    "memory-limit": _memory_limit, "requests": _requests, "autoscale": _autoscale,
    "pause-rollout": _pause, "rate-limit": _rate_limit,
}  # fmt: skip
_POOLS: dict[str, Begin] = {"pool-size": _pool_size, "pool-reload": _pool_reload}
_SERVERS: dict[str, Begin] = {
    "kill-active": _kill_active, "kill-idle": _kill_idle, "statement-timeout": _statement_timeout,
    "max-connections": _max_connections, "db-restart": _db_restart,
}  # fmt: skip
