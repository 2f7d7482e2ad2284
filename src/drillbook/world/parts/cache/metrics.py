"""What oliver006's redis_exporter shows of caches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.cache import Cache
from drillbook.model.labels import Labels, labels
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Bools, Scrapes
from drillbook.world.parts.cache.flow import EMPTY, EVICTED, EXPIRED, FILLED, FRESH, LOOKUPS, MISSES, STALE
from drillbook.world.parts.cache.law import settings
from drillbook.world.parts.cache.state import born, clients, flow_of, users
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats

_OF_DB = frozenset({"redis_db_keys", "redis_db_keys_expiring"})
_SAVE_EVERY = 3600.0

_Values = Callable[["_Server", Scrapes], Floats]


class _Server:
    """One cache's series."""

    def __init__(self, plant: Plant, keys: Keys, spec: Cache) -> None:
        self.plant, self.keys, self.spec = plant, keys, spec
        self.column = flow_of(plant, spec).column
        self.users = users(plant, spec)
        self.target = {"job": "redis", "instance": f"{spec.name}-exporter:9121"}

    def row(self, name: str) -> Labels:
        """The one series of a metric."""
        if name in _OF_DB:
            return labels(self.target, db="db0")
        if name == "redis_instance_info":
            return labels(
                self.target, role="master", redis_version=self.spec.version, redis_mode="standalone",
                os="Linux 6.1.0-21-amd64 x86_64", tcp_port="6379",
            )  # fmt: skip
        return labels(self.target)

    def up(self, scrapes: Scrapes) -> Bools:
        """Whether it answers, with the scrape before the first one at the front."""
        history = self.plant.history
        place = np.maximum(np.searchsorted(np.array(history.times), scrapes.at, side="left") - 1, 0)
        return np.array([settings(history.laws[k], self.spec).up for k in place.tolist()], dtype=np.bool_)

    def entries(self, scrapes: Scrapes) -> Floats:
        """Good and stale ones."""
        return scrapes.column(self.column + FRESH) + scrapes.column(self.column + STALE)

    def counted(self, scrapes: Scrapes, *rates: int) -> Floats:
        """What some columns add up to, with a Poisson variable's noise."""
        mean = sum((scrapes.increments(self.column + rate) for rate in rates), np.zeros(len(scrapes.times)))
        name = f"redis {' '.join(map(str, rates))}"
        drawn = scrapes.poisson(mean[None, :], self.keys.of(name, [labels(self.target)]))
        return np.asarray(drawn[0])

    def hits(self, scrapes: Scrapes) -> Floats:
        """Lookups that it answered."""
        lookups = scrapes.increments(self.column + LOOKUPS) - scrapes.increments(self.column + MISSES)
        keys = self.keys.of("redis hits", [labels(self.target)])
        return np.asarray(scrapes.poisson(np.maximum(lookups, 0.0)[None, :], keys)[0])

    def base(self, rate: int) -> float:
        """What a column has added up to before the history begins."""
        first = self.plant.first
        row = self.plant.trajectory.at(first)
        return float(np.floor((first - born(self.plant, self.spec)) * row[self.column + rate]))

    def started(self, law: Law) -> float:
        """When it was last started."""
        own = settings(law, self.spec)
        return born(self.plant, self.spec) if own.started_at is None else own.started_at


def families(plant: Plant, keys: Keys, specs: Sequence[Cache]) -> list[Family]:
    """The exporter's families for all caches."""
    servers = [_Server(plant, keys, spec) for spec in specs]
    found = [Family("redis_up", lambda: [s.row("redis_up") for s in servers], lambda scrapes: Block(
        np.array([s.up(scrapes)[1:].astype(np.float64) for s in servers])))]  # fmt: skip
    found += [_family(name, servers, of) for name, of in _GAUGES.items()]
    return found + [_counter(name, servers, of, rates) for name, (of, rates) in _COUNTERS.items()]


def _block(servers: list[_Server], of: _Values) -> Callable[[Scrapes], Block]:
    def block(scrapes: Scrapes) -> Block:
        up = np.array([server.up(scrapes) for server in servers])
        return Block(np.array([of(server, scrapes) for server in servers]), up)

    return block


def _family(name: str, servers: list[_Server], of: _Values) -> Family:
    return Family(name, lambda: [server.row(name) for server in servers], _block(servers, of))


def _counter(name: str, servers: list[_Server], of: _Values, rates: tuple[tuple[int, float], ...]) -> Family:
    return Family(
        name,
        lambda: [server.row(name) for server in servers],
        _block(servers, of),
        counter=True,
        base=lambda: np.array([sum(sign * s.base(rate) for rate, sign in rates) for s in servers]),
    )


def _constant(of: Callable[[Cache], float]) -> _Values:
    return lambda server, scrapes: np.full(len(scrapes.times), of(server.spec))


def _memory(law: Law, spec: Cache) -> float:
    return settings(law, spec).memory


def _uptime(server: _Server, scrapes: Scrapes) -> Floats:
    return np.asarray(np.floor(scrapes.times - scrapes.steps(server.started)))


def _saved(server: _Server, scrapes: Scrapes) -> Floats:
    now = server.plant.start.timestamp() + scrapes.times
    return np.asarray(np.floor(now / _SAVE_EVERY) * _SAVE_EVERY)


_GAUGES: dict[str, _Values] = {
    "redis_instance_info": _constant(lambda _: 1.0),
    "redis_uptime_in_seconds": _uptime,
    "redis_connected_clients": lambda s, scrapes: scrapes.steps(clients, s.spec, s.users),
    "redis_config_maxclients": _constant(lambda spec: float(spec.max_clients)),
    "redis_connected_slaves": _constant(lambda _: 0.0),
    "redis_memory_used_bytes": lambda s, scrapes: np.floor(EMPTY + s.entries(scrapes) * s.spec.entry),
    "redis_memory_max_bytes": lambda s, scrapes: scrapes.steps(_memory, s.spec),
    "redis_total_system_memory_bytes": _constant(lambda spec: spec.system_memory),
    "redis_db_keys": lambda s, scrapes: np.floor(s.entries(scrapes)),
    "redis_db_keys_expiring": lambda s, scrapes: np.floor(s.entries(scrapes)),
    "redis_rdb_last_save_timestamp_seconds": _saved,
}
_COUNTERS: dict[str, tuple[_Values, tuple[tuple[int, float], ...]]] = {
    "redis_keyspace_hits_total": (_Server.hits, ((LOOKUPS, 1.0), (MISSES, -1.0))),
    "redis_keyspace_misses_total": (lambda s, scrapes: s.counted(scrapes, MISSES), ((MISSES, 1.0),)),
    "redis_evicted_keys_total": (lambda s, scrapes: s.counted(scrapes, EVICTED), ((EVICTED, 1.0),)),
    "redis_expired_keys_total": (lambda s, scrapes: s.counted(scrapes, EXPIRED), ((EXPIRED, 1.0),)),
    "redis_commands_processed_total": (
        lambda s, scrapes: s.counted(scrapes, LOOKUPS, FILLED), ((LOOKUPS, 1.0), (FILLED, 1.0))
    ),
    "redis_rejected_connections_total": (_constant(lambda _: 0.0), ()),
}  # fmt: skip
