"""Who is connected to PostgreSQL: what pools hold, their idle connections, and other people's sessions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from drillbook.model.draws import Draws
from drillbook.world.fleet import FleetState, QueryMix, Template, queries
from drillbook.world.law import Law
from drillbook.world.network import Network
from drillbook.world.plant import Held
from drillbook.world.pool import FAST, Row
from drillbook.world.state import Backend
from drillbook.world.terms import limited

OPEN = 8
"""Column of a pool with its open server connections."""


@dataclass(frozen=True, slots=True)
class Seated:
    """A group of like sessions and what it belongs to: a class held through a pool, or a session."""

    backend: Backend
    held: Held | None = None
    session: int = -1
    exact: float = 0.0
    """The number before rounding."""


def address(draws: Draws, *key: str | int) -> str:
    """A private address that is always the same for a key."""
    number = draws.bits("address", *key)
    return f"10.0.{number % 24 + 8}.{number // 32 % 250 + 4}"


def seated(server: str, law: Law, network: Network, row: Row, t: float, draws: Draws) -> list[Seated]:
    """Everybody on a server at `t`: held connections first, then idle ones, then the others."""
    out: list[Seated] = []
    for name, pool_law in law.pools.items():
        if pool_law.server == server:
            out += _of_pool(name, law, network, row, draws)
    for k, (session, began) in enumerate(law.postgres[server].sessions):
        client = address(draws, "session", server, session.application, session.user)
        age = max(0.0, t - began)
        backend = Backend(session.user, session.application, session.database, client, session.state,
                          session.count, session.query, age, age)  # fmt: skip
        out.append(Seated(backend, None, k, float(session.count)))
    return out


def _of_pool(name: str, law: Law, network: Network, row: Row, draws: Draws) -> list[Seated]:
    spec, flow = law.pools[name].spec, network.pools[name]
    client = address(draws, "pool", name)
    limit = law.postgres[law.pools[name].server].statement_timeout
    out: list[Seated] = []

    def add(service: str, state: str, count: float, sql: str, hold: float, held: Held | None) -> None:
        whole = round(count)
        if whole > 0:
            typical = hold if limit <= 0 else min(hold, limit)
            oldest = hold * (math.log(whole) + 0.5772) if whole > 1 else hold
            oldest = oldest if limit <= 0 else min(oldest, limit)
            backend = Backend(spec.user, service, spec.database, client, state, whole, sql, oldest, typical)
            out.append(Seated(backend, held, -1, count))

    for group in flow.groups:
        count = row[group.column] if group.column < len(row) else 0.0
        add(group.service, "active", count, group.sql, group.hold, Held(group.service, group.column, 1.0))
    last = ""
    for user in flow.users:
        fast = row[user.column + 2]
        kinds = _fast(law, user.service, limit, network.missed(user.service, row))
        total = sum(weight for weight, _, _ in kinds)
        for weight, hold, sql in kinds:
            last = last or sql
            add(
                user.service,
                "active",
                fast * weight / total,
                sql,
                hold,
                Held(user.service, -1, weight / total),
            )
    idle = row[flow.column + OPEN] - row[flow.column + 1]
    add(flow.users[0].service if flow.users else "", "idle", idle, last or "SELECT 1", 60.0, None)
    return out


def mixes(fleet: FleetState) -> Iterator[tuple[QueryMix, ...]]:
    """The queries of each live pod, those of each template worked out once."""
    known: dict[Template, tuple[QueryMix, ...]] = {}
    for pod in fleet.pods:
        found = known.get(pod.template)
        if found is None:
            found = known[pod.template] = queries(fleet.spec, pod.template)
        yield found


def _fast(law: Law, service: str, limit: float, missed: float) -> list[tuple[float, float, str]]:
    """Fast queries of the live pods: weight in connections, hold, SQL."""
    fleet = law.fleets[service]
    sums: dict[tuple[float, str], float] = {}
    for mix in mixes(fleet):
        for query in mix:
            hold, _ = limited(query.hold, limit)
            if hold <= FAST and hold > 0:
                share = query.share * missed if query.cached else query.share
                sums[hold, query.sql] = sums.get((hold, query.sql), 0.0) + share * hold
    return [(weight, hold, sql) for (hold, sql), weight in sums.items()]


def older(backend: Backend, exact: float, age: float) -> float:
    """How many of a group's sessions are older than `age`; ages of held connections are exponential."""
    if age <= 0:
        return exact
    if backend.typical >= backend.oldest:
        return exact if backend.oldest >= age else 0.0
    return exact * math.exp(-age / backend.typical) if backend.typical > 0 else 0.0
