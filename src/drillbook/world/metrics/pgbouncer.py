"""What an exporter beside each PgBouncer shows, under the names of spreaker's pgbouncer_exporter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.plant import Plant
from drillbook.world.pool import PoolFlow
from drillbook.world.queueing import Floats

ERRORS = (
    "no more connections allowed (max_client_conn)",
    "query_wait_timeout",
    "remaining connection slots are reserved for non-replication superuser connections",
    "server conn crashed?",
)


class Pools:
    """The families of all pools; one row per pool, `pgbouncer_errors_count` one per message."""

    def __init__(self, plant: Plant, keys: Keys) -> None:
        self._plant, self._keys = plant, keys
        self._specs = [law.spec for law in plant.law.pools.values()]
        self._flows = [plant.network.pools[spec.name] for spec in self._specs]
        targets = [{"job": "pgbouncer", "instance": f"{spec.name}:9127"} for spec in self._specs]
        both = list(zip(self._specs, targets, strict=True))
        self._targets = [labels(target) for target in targets]
        self._by_pool = [
            labels(target, database=s.database, user=s.user, pool_mode="transaction") for s, target in both
        ]
        self._by_database = [
            labels(
                target, name=s.database, database=s.database, host=s.server, port="5432", force_user=s.user,
                pool_mode="transaction",
            ) for s, target in both
        ]  # fmt: skip
        self._statistics = [labels(target, database=s.database) for s, target in both]
        self._by_error = [labels(target, errmsg=text) for target in targets for text in ERRORS]

    def families(self) -> list[Family]:
        """All of them."""
        pools = "pgbouncer_pools_"
        families = [
            self._constant("pgbouncer_up", self._targets, _one),
            self._level(f"{pools}client_active_connections", self._client_active),
            self._level(f"{pools}client_waiting_connections", self._waiting),
            Family(f"{pools}client_maxwait_seconds", lambda: self._by_pool, self._maxwait),
            Family(f"{pools}server_active_connections", lambda: self._by_pool, self._active),
            Family(f"{pools}server_idle_connections", lambda: self._by_pool, self._idle),
            self._counter("pgbouncer_stats_queries_total", lambda s, flow: s.increments(flow.column + 4)),
            self._counter("pgbouncer_stats_waiting_duration_microseconds", self._waited),
            self._constant("pgbouncer_config_max_client_conn", self._targets,
                           lambda law, name: float(law.pools[name].spec.max_client_conn)),
            self._constant("pgbouncer_databases_database_pool_size", self._by_database,
                           lambda law, name: float(law.pools[name].size)),
            self._level("pgbouncer_databases_database_current_connections",
                        lambda s, flow: s.column(flow.column + 8), self._by_database),
            Family("pgbouncer_errors_count", lambda: self._by_error, self._errors, counter=True),
        ]  # fmt: skip
        return families + [
            self._constant(f"{pools}{state}_connections", self._by_pool, _none)
            for state in ("server_used", "server_testing", "server_login")
        ]

    def _constant(self, name: str, rows: Sequence[Labels], of: Callable[[Law, str], float]) -> Family:
        def block(scrapes: Scrapes) -> Block:
            return Block(np.array([scrapes.steps(of, spec.name) for spec in self._specs]))

        return Family(name, lambda: rows, block)

    def _level(
        self, name: str, of: Callable[[Scrapes, PoolFlow], Floats], rows: Sequence[Labels] | None = None
    ) -> Family:
        """A count with scrape noise."""
        where = self._by_pool if rows is None else rows

        def block(scrapes: Scrapes) -> Block:
            level = np.array([of(scrapes, flow) for flow in self._flows])
            return Block(scrapes.whole(level, self._keys.of(name, where)))

        return Family(name, lambda: where, block)

    def _counter(self, name: str, of: Callable[[Scrapes, PoolFlow], Floats]) -> Family:
        def block(scrapes: Scrapes) -> Block:
            mean = np.array([of(scrapes, flow) for flow in self._flows])
            return Block(scrapes.poisson(mean, self._keys.of(name, self._statistics)))

        return Family(name, lambda: self._statistics, block, counter=True)

    @staticmethod
    def _waiting(scrapes: Scrapes, flow: PoolFlow) -> Floats:
        queue = scrapes.column(flow.column + 4) * scrapes.column(flow.column + 3)
        for user in flow.users:
            queue = queue + scrapes.column(user.column)
        return queue

    def _client_active(self, scrapes: Scrapes, flow: PoolFlow) -> Floats:
        return np.maximum(scrapes.column(flow.column + 9) - self._waiting(scrapes, flow), 0.0)

    def _waited(self, scrapes: Scrapes, flow: PoolFlow) -> Floats:
        """Little's law: waiting clients times the time between scrapes."""
        return self._waiting(scrapes, flow) * scrapes.interval * 1e6

    def _maxwait(self, scrapes: Scrapes) -> Block:
        level = np.array([scrapes.column(flow.column + 2) for flow in self._flows])
        name = "pgbouncer_pools_client_maxwait_seconds"
        return Block(np.maximum(np.round(scrapes.around(level, self._keys.of(name, self._by_pool)), 6), 0.0))

    def _in_use(self, scrapes: Scrapes) -> tuple[Floats, Floats]:
        """Active and open server connections, whole, active no more than open."""
        name = "pgbouncer_pools_server_active_connections"
        level = np.array([scrapes.column(flow.column + 1) for flow in self._flows])
        opened = np.floor(np.array([scrapes.column(flow.column + 8) for flow in self._flows]) + 0.5)
        # what is full stays full: connections are handed on within the second
        full = level >= opened - 0.5
        drawn = scrapes.whole(level, self._keys.of(name, self._by_pool))
        return np.where(full, opened, np.minimum(drawn, opened)), opened

    def _active(self, scrapes: Scrapes) -> Block:
        return Block(self._in_use(scrapes)[0])

    def _idle(self, scrapes: Scrapes) -> Block:
        active, opened = self._in_use(scrapes)
        return Block(opened - active)

    def _errors(self, scrapes: Scrapes) -> Block:
        mean = []
        for flow in self._flows:
            timeouts, refused = scrapes.increments(flow.column + 5), scrapes.increments(flow.column + 6)
            failed, broken = scrapes.increments(flow.column + 7), np.zeros(len(scrapes.times))
            for user in flow.users:
                broken = broken + scrapes.increments(user.column + 5) - scrapes.increments(user.column + 6)
            mean += [refused, timeouts, failed, np.maximum(broken, 0.0)]
        return Block(scrapes.poisson(np.array(mean), self._keys.of("pgbouncer_errors_count", self._by_error)))


def _one(law: Law, name: str) -> float:
    return 1.0


def _none(law: Law, name: str) -> float:
    return 0.0
