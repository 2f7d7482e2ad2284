"""What a law means for the flows: the few numbers that steps depend on, worked out once for each law.

A law changes often, and little of it at a time: what is the same as under the law before is taken over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

from drillbook.model.system import Pgbouncer
from drillbook.world.fleet import FleetState, PodRecord, QueryMix, Template, queries
from drillbook.world.law import Law, PoolLaw
from drillbook.world.pool import FAST


class Mix(NamedTuple):
    """What a service does with its pool; the names are those of `User`."""

    queries: float = 0.0
    fast: float = 1.0
    fast_hold: float = 0.0
    fast_cut: float = 0.0
    rest: float = 0.0
    slow: tuple[tuple[float, int], ...] = ()
    """Part of the queries, and column, of each slow class."""


class Terms(NamedTuple):
    """Everything that steps depend on; equal terms give equal steps."""

    services: tuple[tuple[float, float], ...]
    """Ready pods and rate limit."""
    thirds: tuple[tuple[float, float], ...]
    """Latency and failed part of the third party behind each call of one."""
    pools: tuple[tuple[int, int], ...]
    """Server connections, and the surplus that PostgreSQL refuses."""
    users: tuple[Mix, ...]
    parts: tuple[Hashable, ...] = ()
    """Of the components of other kinds."""


class _Ready(NamedTuple):
    """The pods of a deployment that are ready in [since, until)."""

    pods: tuple[PodRecord, ...]
    since: float
    until: float
    ready: Sequence[PodRecord]


Slow = tuple[str, str, float, float]
"""A slow class: service, query, mean hold, and the part that ends by statement_timeout."""


class Reading:
    """Reads laws. Services, third parties behind calls and users of each pool come in the order of the flows."""

    def __init__(
        self,
        services: Sequence[str],
        thirds: Sequence[str],
        users: Mapping[str, Sequence[str]],
        pools: Sequence[Pgbouncer],
        column: Callable[[Slow, str, str], int],
    ) -> None:
        """`column` gives a slow class, with its SQL and pool, its place in the rows."""
        self._services, self._thirds, self._users, self._column = services, thirds, users, column
        self._server_of = {pool.name: pool.server for pool in pools}
        self._queries: dict[tuple[str, Template], tuple[QueryMix, ...]] = {}
        self._ready: dict[str, _Ready] = {}
        self._mixes: dict[str, tuple[_Ready, float, Mix]] = {}

    def terms(self, law: Law, t: float) -> Terms:
        """The terms of `law` for what comes after `t`."""
        services = []
        for name in self._services:
            ready = self._ready_pods(name, law.fleets[name], t).ready
            services.append((float(len(ready)), law.limits.get(name, math.inf)))
        externals = [law.externals[name] for name in self._thirds]
        thirds = tuple([(external.latency, external.error_ratio) for external in externals])
        servers: dict[str, tuple[int, int]] = {}
        mixes: dict[str, Mix] = {}
        for name, server in law.postgres.items():
            pools = [law.pools[pool] for pool, of in self._server_of.items() if of == name]
            for pool, allowed in zip(pools, allowance(law, name, pools), strict=True):
                size = pool.size
                servers[pool.spec.name] = (
                    (min(size, allowed), max(0, size - allowed)) if server.up else (0, 0)
                )
                for user in self._users[pool.spec.name]:
                    mixes[user] = self._mix(user, law.fleets[user], pool, server.statement_timeout)
        users = tuple([mixes.get(user, Mix()) for pool in self._server_of for user in self._users[pool]])
        return Terms(
            tuple(services), thirds, tuple([servers.get(pool, (0, 0)) for pool in self._server_of]), users
        )

    def _ready_pods(self, name: str, fleet: FleetState, t: float) -> _Ready:
        known = self._ready.get(name)
        if known is None or known.pods is not fleet.pods or not known.since <= t < known.until:
            since = max([pod.ready_at for pod in fleet.pods if pod.ready_at <= t], default=-math.inf)
            until = min([pod.ready_at for pod in fleet.pods if pod.ready_at > t], default=math.inf)
            known = self._ready[name] = _Ready(fleet.pods, since, until, fleet.ready(t))
        return known

    def _mix(self, service: str, fleet: FleetState, pool: PoolLaw, limit: float) -> Mix:
        """Shares and holds of the queries that the ready pods of a service do."""
        pods = self._ready[service]
        known = self._mixes.get(service)
        if known is None or known[0] is not pods or known[1] != limit:
            rest = float(pool.spec.client_connections_per_replica * len(fleet.pods))
            known = self._mixes[service] = pods, limit, self._mixed(fleet, pods.ready, pool, limit, rest)
        return known[2]

    def _mixed(
        self, fleet: FleetState, ready: Sequence[PodRecord], pool: PoolLaw, limit: float, rest: float
    ) -> Mix:
        total = fast = fast_hold = fast_cut = 0.0
        counts: dict[Template, int] = {}
        for pod in ready:
            counts[pod.template] = counts.get(pod.template, 0) + 1
        sums: dict[int, float] = {}
        for template, count in counts.items():
            weight = count / len(ready)
            for query in self._queries_of(fleet, template):
                hold, cut = limited(query.hold, limit)
                share = weight * query.share
                total += share
                if hold <= FAST:
                    fast, fast_hold, fast_cut = fast + share, fast_hold + share * hold, fast_cut + share * cut
                    continue
                slow = self._column((fleet.spec.name, query.name, hold, cut), query.sql, pool.spec.name)
                sums[slow] = sums.get(slow, 0.0) + share
        return Mix(
            min(1.0, total),
            fast / total if total > 0 else 1.0,
            fast_hold / fast if fast > 0 else 0.0,
            fast_cut / fast if fast > 0 else 0.0,
            rest,
            tuple([(share / total, slow) for slow, share in sums.items()]),
        )

    def _queries_of(self, fleet: FleetState, template: Template) -> tuple[QueryMix, ...]:
        key = (fleet.spec.name, template)
        if key not in self._queries:
            self._queries[key] = queries(fleet.spec, template)
        return self._queries[key]


def limited(hold: float, limit: float) -> tuple[float, float]:
    """Mean of an exponential hold under statement_timeout `limit` (0: none), and the part it ends."""
    if limit <= 0:
        return hold, 0.0
    cut = math.exp(-limit / hold) if hold > 0 else 0.0
    return hold * (1 - cut), cut


def allowance(law: Law, server: str, pools: list[PoolLaw]) -> list[int]:
    """Connections that PostgreSQL leaves for each pool, by size when it cannot take them all."""
    of = law.postgres[server]
    left = max(0, of.max_connections - of.spec.superuser_reserved_connections - of.others)
    asked = sum(pool.size for pool in pools)
    if asked <= left:
        return [pool.size for pool in pools]
    return [left * pool.size // asked for pool in pools]
