"""The law in force: every parameter that an event can change, as immutable snapshots.

A law that is set at time t (rounded down to a whole second) governs what happens after t: states at times up
to t follow from the laws before it, states from the next whole second on follow from it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from drillbook.model.system import External, Pgbouncer, Postgres, Session, System
from drillbook.world.fleet import FleetState


class PoolLaw(NamedTuple):
    """Settings of a PgBouncer pool."""

    spec: Pgbouncer
    size: int
    server: str
    """The PostgreSQL component that it leads to; a failover moves it."""


class PostgresLaw(NamedTuple):
    """Settings of a PostgreSQL server; `written_connections` takes effect at the next restart."""

    spec: Postgres
    up: bool
    started_at: float
    max_connections: int
    written_connections: int
    statement_timeout: float
    sessions: tuple[tuple[Session, float], ...]
    """Other clients, and when their queries started (simulated seconds)."""
    fault: str = ""
    """Why it is down and stays so, in the server's words; empty where it is up or on its way."""

    @property
    def others(self) -> int:
        """Connections of the other clients."""
        return sum(session.count for session, _ in self.sessions)


class ExternalLaw(NamedTuple):
    """A third party as it behaves now."""

    spec: External
    latency: float
    error_ratio: float


class Law(NamedTuple):
    """Everything at once, by component's name."""

    fleets: Mapping[str, FleetState]
    limits: Mapping[str, float]
    """Rate limits in force, requests per second."""
    pools: Mapping[str, PoolLaw]
    postgres: Mapping[str, PostgresLaw]
    externals: Mapping[str, ExternalLaw]
    parts: Mapping[str, Hashable]
    """Settings of the components of other kinds, as `drillbook.world.parts` has them."""


def initial(
    system: System,
    fleets: Mapping[str, FleetState],
    started_at: Mapping[str, float],
    parts: Mapping[str, Hashable],
) -> Law:
    """The law before anything happens."""
    pools, servers, externals = {}, {}, {}
    for component in system.components:
        if isinstance(component, Pgbouncer):
            pools[component.name] = PoolLaw(component, component.pool_size, component.server)
        elif isinstance(component, Postgres):
            sessions = tuple((session, -session.age) for session in component.sessions)
            most = component.max_connections
            start = started_at[component.name]
            servers[component.name] = PostgresLaw(component, True, start, most, most, 0.0, sessions)
        elif isinstance(component, External):
            externals[component.name] = ExternalLaw(component, component.latency, component.error_ratio)
    return Law(fleets, {}, pools, servers, externals, parts)


@dataclass(slots=True)
class History:
    """The laws of a run, each with the whole second after which it is in force."""

    times: list[float] = field(default_factory=list)
    laws: list[Law] = field(default_factory=list)

    @property
    def now(self) -> Law:
        """The latest law."""
        return self.laws[-1]

    def set(self, t: float, law: Law) -> None:
        """`law` is in force after `t`; a later word at the same second replaces an earlier one."""
        if self.times and self.times[-1] == t:
            self.laws[-1] = law
        else:
            self.times.append(t)
            self.laws.append(law)

    def spans(self, since: float, until: float) -> Iterator[tuple[float, float, Law]]:
        """The parts of a time in which one law was in force: start, end and law."""
        place = max(0, bisect_right(self.times, since) - 1)
        while since < until:
            end = min(until, self.times[place + 1]) if place + 1 < len(self.times) else until
            yield since, end, self.laws[place]
            since, place = end, place + 1

    def at(self, t: float) -> Law:
        """The law that led to the state at `t`."""
        return self.laws[max(0, bisect_left(self.times, t) - 1)]


def with_pool(law: Law, pool: PoolLaw) -> Law:
    """`law` with another pool."""
    return law._replace(pools={**law.pools, pool.spec.name: pool})


def with_postgres(law: Law, server: PostgresLaw) -> Law:
    """`law` with another PostgreSQL server."""
    return law._replace(postgres={**law.postgres, server.spec.name: server})


def with_external(law: Law, external: ExternalLaw) -> Law:
    """`law` with another third party."""
    return law._replace(externals={**law.externals, external.spec.name: external})


def with_part(law: Law, name: str, part: Hashable) -> Law:
    """`law` with other settings of a component of another kind."""
    return law._replace(parts={**law.parts, name: part})


def with_fleet(law: Law, fleet: FleetState) -> Law:
    """`law` with another fleet."""
    return law._replace(fleets={**law.fleets, fleet.spec.name: fleet})


def with_limit(law: Law, service: str, rate: float) -> Law:
    """`law` with a rate limit at a service; 0 lifts it."""
    limits = {name: value for name, value in law.limits.items() if name != service}
    return law._replace(limits={**limits, service: rate} if rate > 0 else limits)
