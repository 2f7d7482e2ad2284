"""What a law means for the flows: the few numbers that steps depend on, worked out once for each law.

A law changes often, and little of it at a time: what is the same as under the law before is taken over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

from drillbook.model.system import Pgbouncer
from drillbook.world.fleet import (
    CallMix,
    FleetState,
    Manner,
    PodRecord,
    QueryMix,
    Template,
    calls,
    calls_vary,
    manner,
    queries,
    varies,
)
from drillbook.world.law import Law, PoolLaw, PostgresLaw
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
    cached: Mix | None = None
    """The same for the queries of which a cache is asked first; the above are then the others."""
    coalesced: float = 0.0
    """Part of the cached queries that wait for a read of the same key."""


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
    manners: tuple[tuple[int, Manner], ...] = ()
    """Place and manner of each service whose releases or settings change how it works."""
    calls: tuple[tuple[int, tuple[CallMix, ...]], ...] = ()
    """Place and calls of each service whose releases or settings change these."""
    servers: tuple[str, ...] = ()
    """The server of each pool, where any of them leads elsewhere than it is written."""


class _Ready(NamedTuple):
    """The pods of a deployment that are ready in [since, until)."""

    pods: tuple[PodRecord, ...]
    since: float
    until: float
    ready: Sequence[PodRecord]


class _Servers(NamedTuple):
    """What pools and servers under some laws come to."""

    laws: tuple[Mapping[str, PoolLaw], Mapping[str, PostgresLaw]]
    pools: tuple[tuple[int, int], ...]
    users: list[tuple[str, Pgbouncer, float]]
    """Service, pool and statement_timeout of each user."""
    moved: tuple[str, ...] = ()


Slow = tuple[str, str, float, float]
"""A slow class: service, query, mean hold, and the part that ends by statement_timeout."""


class Reading:
    """Reads laws; services, third parties behind calls and the users of pools come as the flows do."""

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
        self._order = [user for pool in pools for user in users[pool.name]]
        self._queries: dict[tuple[str, Template], tuple[QueryMix, ...]] = {}
        self._ready: dict[str, _Ready] = {}
        self._mixes: dict[str, tuple[_Ready, float, Mix]] = {}
        self._servers = _Servers(({}, {}), (), [])
        self._varying: list[tuple[int, str]] | None = None
        self._manners: dict[str, tuple[_Ready, Manner]] = {}
        self._calling: list[tuple[int, str]] = []
        self._calls: dict[str, tuple[_Ready, tuple[CallMix, ...]]] = {}

    def terms(self, law: Law, t: float) -> Terms:
        """The terms of `law` for what comes after `t`."""
        services = []
        fleets, limits = law.fleets, law.limits
        for name in self._services:
            known, fleet = self._ready.get(name), fleets[name]
            if known is None or known.pods is not fleet.pods or not known.since <= t < known.until:
                known = self._ready[name] = _ready(fleet, t)
            services.append((float(len(known.ready)), limits.get(name, math.inf)))
        externals = [law.externals[name] for name in self._thirds]
        servers = self._servers
        if servers.laws[0] is not law.pools or servers.laws[1] is not law.postgres:
            servers = self._servers = self._of_servers(law)
        mixes = {user: self._mix(user, fleets[user], pool, limit) for user, pool, limit in servers.users}
        if self._varying is None:
            specs = [fleets[name].spec for name in self._services]
            self._varying = [(k, spec.name) for k, spec in enumerate(specs) if varies(spec)]
            self._calling = [(k, spec.name) for k, spec in enumerate(specs) if calls_vary(spec)]
        return Terms(
            tuple(services),
            tuple([(external.latency, external.error_ratio) for external in externals]),
            servers.pools,
            tuple([mixes[user] for user in self._order]),
            manners=tuple([(k, self._manner(name, fleets[name])) for k, name in self._varying]),
            calls=tuple([(k, self._calls_of(name, fleets[name])) for k, name in self._calling]),
            servers=servers.moved,
        )

    def _calls_of(self, name: str, fleet: FleetState) -> tuple[CallMix, ...]:
        """The mean over the pods that are ready; the template's where none is."""
        ready = self._ready[name]
        known = self._calls.get(name)
        if known is None or known[0] is not ready:
            templates = [pod.template for pod in ready.ready] or [fleet.template]
            mixes = zip(*(calls(fleet.spec, template) for template in templates), strict=True)
            found = tuple([_mean(mix) for mix in mixes])
            known = self._calls[name] = ready, found
        return known[1]

    def _manner(self, name: str, fleet: FleetState) -> Manner:
        """The mean over the pods that are ready; the template's where none is."""
        ready = self._ready[name]
        known = self._manners.get(name)
        if known is None or known[0] is not ready:
            pods = [manner(fleet.spec, pod.template) for pod in ready.ready] or [
                manner(fleet.spec, fleet.template)
            ]
            mean = Manner(*(sum(values) / len(pods) for values in zip(*pods, strict=True)))
            known = self._manners[name] = ready, mean
        return known[1]

    def _of_servers(self, law: Law) -> _Servers:
        connections: dict[str, tuple[int, int]] = {}
        users = []
        for name, server in law.postgres.items():
            pools = [law.pools[pool] for pool in self._server_of if law.pools[pool].server == name]
            for pool, allowed in zip(pools, allowance(law, name, pools), strict=True):
                fits = min(pool.size, allowed), max(0, pool.size - allowed)
                connections[pool.spec.name] = fits if server.up else (0, 0)
                limit = server.statement_timeout
                users += [(user, pool.spec, limit) for user in self._users[pool.spec.name]]
        servers = tuple([law.pools[pool].server for pool in self._server_of])
        moved = () if servers == tuple(self._server_of.values()) else servers
        fits_of = tuple([connections[pool] for pool in self._server_of])
        return _Servers((law.pools, law.postgres), fits_of, users, moved)

    def _mix(self, service: str, fleet: FleetState, pool: Pgbouncer, limit: float) -> Mix:
        """Shares and holds of the queries that the ready pods of a service do."""
        pods = self._ready[service]
        known = self._mixes.get(service)
        if known is None or known[0] is not pods or known[1] != limit:
            known = self._mixes[service] = pods, limit, self._mixed(fleet, pods.ready, pool, limit)
        return known[2]

    def _mixed(self, fleet: FleetState, ready: Sequence[PodRecord], pool: Pgbouncer, limit: float) -> Mix:
        found = self._summed(fleet, ready, pool, limit, cached=False)
        rest = float(pool.client_connections_per_replica * sum([bool(pod.node) for pod in fleet.pods]))
        if fleet.spec.uses is None or fleet.spec.uses.cache is None:
            return found._replace(rest=rest)
        cached = self._summed(fleet, ready, pool, limit, cached=True)
        return found._replace(rest=rest, cached=cached, coalesced=cached.coalesced)

    def _summed(
        self, fleet: FleetState, ready: Sequence[PodRecord], pool: Pgbouncer, limit: float, *, cached: bool
    ) -> Mix:
        """Of the queries that are cached, or of the others."""
        total = fast = fast_hold = fast_cut = together = 0.0
        counts: dict[Template, int] = {}
        for pod in ready:
            counts[pod.template] = counts.get(pod.template, 0) + 1
        sums: dict[int, float] = {}
        for template, count in counts.items():
            weight = count / len(ready)
            for query in self._queries_of(fleet, template):
                if query.cached is not cached:
                    continue
                hold, cut = limited(query.hold, limit)
                share = weight * query.share
                total, together = total + share, together + share * query.coalesce
                if hold <= FAST:
                    fast, fast_hold, fast_cut = fast + share, fast_hold + share * hold, fast_cut + share * cut
                    continue
                slow = self._column((fleet.spec.name, query.name, hold, cut), query.sql, pool.name)
                sums[slow] = sums.get(slow, 0.0) + share
        return Mix(
            min(1.0, total),
            fast / total if total > 0 else 1.0,
            fast_hold / fast if fast > 0 else 0.0,
            fast_cut / fast if fast > 0 else 0.0,
            slow=tuple([(share / total, slow) for slow, share in sums.items()]),
            coalesced=together / total if total > 0 else 0.0,
        )

    def _queries_of(self, fleet: FleetState, template: Template) -> tuple[QueryMix, ...]:
        key = (fleet.spec.name, template)
        if key not in self._queries:
            self._queries[key] = queries(fleet.spec, template)
        return self._queries[key]


def _mean(mixes: Sequence[CallMix]) -> CallMix:
    return CallMix(*(math.fsum(values) / len(mixes) for values in zip(*mixes, strict=True)))


def _ready(fleet: FleetState, t: float) -> _Ready:
    times = [pod.ready_at for pod in fleet.pods]
    since = max([at for at in times if at <= t], default=-math.inf)
    until = min([at for at in times if at > t], default=math.inf)
    return _Ready(fleet.pods, since, until, fleet.ready(t))


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
