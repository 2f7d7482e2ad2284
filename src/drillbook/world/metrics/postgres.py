"""What postgres_exporter shows of each PostgreSQL server. While a server is down only `pg_up` has samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.model.replication import Replication
from drillbook.world.law import Law, PostgresLaw
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.plant import Plant
from drillbook.world.pool import PoolFlow
from drillbook.world.queueing import Floats

STATES = ("active", "idle", "idle in transaction")
_ROLLED_BACK = 0.001
"""Part of the transactions that is rolled back on an ordinary day (assumption)."""
_BACKGROUND = 4.0
"""Transactions per second of monitoring and maintenance (assumption)."""
_COMMITTED = 3e8
"""Transactions before the history (assumption)."""


class Server:
    """One server's families; rows for new users and databases are added as they appear."""

    def __init__(self, plant: Plant, keys: Keys, name: str) -> None:
        self._plant, self._keys, self.name = plant, keys, name
        self.target = {"job": "postgres", "instance": f"{name}:9187", "server": f"{name}:5432"}
        self._pools: list[PoolFlow] = []
        self._who: list[tuple[str, str]] = []
        self._rows: list[Labels] = []
        self._fellows = _fellows(plant, name)
        for pool, law in plant.law.pools.items():
            if law.server == name or law.server in self._fellows:
                self._pools.append(plant.network.pools[pool])
                self._know(law.spec.database, law.spec.user)
        self._databases = list(dict.fromkeys(database for database, _ in self._who)) or ["postgres"]
        self._laws = 0
        self._sight()

    def _know(self, database: str, user: str) -> None:
        if (database, user) not in self._who:
            self._who.append((database, user))

    def _sight(self) -> None:
        """Take note of sessions that came since."""
        laws = self._plant.history.laws
        for law in laws[max(0, self._laws - 1) :]:
            for session, _ in law.postgres[self.name].sessions:
                self._know(session.database, session.user)
        self._laws = len(laws)

    def _here(self, scrapes: Scrapes, pool: str) -> Floats | float:
        """1 while a pool leads to this server: a failover may move it within the cluster."""
        if not self._fellows:
            return 1.0
        return scrapes.steps(lambda law: float(law.pools[pool].server == self.name))

    def law(self, law: Law) -> PostgresLaw:
        """This server's part of a law."""
        return law.postgres[self.name]

    def activity_rows(self) -> list[Labels]:
        """One row per database, user and state."""
        self._sight()
        fresh = self._who[len(self._rows) // len(STATES) :]
        self._rows += [labels(self.target, datname=d, usename=u, state=s) for d, u in fresh for s in STATES]
        return self._rows

    def database_rows(self) -> list[Labels]:
        """One row per database behind a pool."""
        return [
            labels(self.target, datname=d, datid=str(16384 + 7 * k)) for k, d in enumerate(self._databases)
        ]

    def activity(self, scrapes: Scrapes) -> Floats:
        """Sessions by database, user and state."""
        name = "pg_stat_activity_count"
        others = self._others(scrapes)
        level = np.zeros((len(self._who) * len(STATES), len(scrapes.times)))
        for place, (database, user) in enumerate(self._who):
            pooled = self._pooled(scrapes, database, user)
            for row, state in enumerate(STATES, place * len(STATES)):
                few = [counts.get((database, user, state), 0.0) for counts in others]
                if any(few):
                    level[row] = scrapes.each(few)
                if state in pooled:
                    level[row] += pooled[state]
        return np.where(
            level == np.floor(level),
            level,
            scrapes.whole(level, self._keys.of(name, self.activity_rows()), 0.2),
        )

    def _others(self, scrapes: Scrapes) -> list[dict[tuple[str, str, str], float]]:
        """Other clients' sessions by database, user and state, under each law of the scrapes."""
        known: dict[int, dict[tuple[str, str, str], float]] = {}
        found = []
        for law in scrapes.laws:
            sessions = self.law(law).sessions
            counts = known.get(id(sessions))
            if counts is None:
                counts = known[id(sessions)] = {}
                for session, _ in sessions:
                    key = (session.database, session.user, session.state)
                    counts[key] = counts.get(key, 0.0) + session.count
            found.append(counts)
        return found

    def _pooled(self, scrapes: Scrapes, database: str, user: str) -> dict[str, Floats]:
        out: dict[str, Floats] = {}
        for flow in self._pools:
            spec = self._plant.law.pools[flow.name].spec
            if (spec.database, spec.user) == (database, user):
                here = self._here(scrapes, flow.name)
                active, opened = (
                    scrapes.column(flow.column + 1) * here,
                    scrapes.column(flow.column + 8) * here,
                )
                out["active"] = out.get("active", 0.0) + active
                out["idle"] = out.get("idle", 0.0) + np.maximum(opened - active, 0.0)
        return out

    def longest(self, scrapes: Scrapes) -> Floats:
        """Age of the oldest transaction by database, user and state; 0 where there is none."""
        out = []
        for database, user in self._who:
            ages = self._oldest_pooled(scrapes, database, user)
            for state in STATES:
                began = scrapes.steps(self._began, database, user, state)
                other = np.where(np.isfinite(began), scrapes.times - began, 0.0)
                out.append(
                    np.maximum(other, ages) if state == "active" else other if state != "idle" else ages * 0
                )
        return np.round(np.array(out).reshape(len(out), len(scrapes.times)), 3)

    def _oldest_pooled(self, scrapes: Scrapes, database: str, user: str) -> Floats:
        """Ln n + γ times the mean hold: the expected maximum of n exponential ages."""
        oldest = np.zeros(len(scrapes.times))
        for flow in self._pools:
            spec = self._plant.law.pools[flow.name].spec
            if (spec.database, spec.user) == (database, user):
                for group in flow.groups:
                    count = scrapes.column(group.column) * self._here(scrapes, flow.name)
                    age = group.hold * (np.log(np.maximum(count, 1.0)) + 0.5772)
                    oldest = np.maximum(oldest, np.where(count >= 1, age, 0.0))
        return oldest

    def _began(self, law: Law, database: str, user: str, state: str) -> float:
        sessions = self.law(law).sessions
        began = [t for s, t in sessions if (s.database, s.user, s.state) == (database, user, state)]
        return min(began, default=np.inf)

    def transactions(self, scrapes: Scrapes) -> tuple[Floats, Floats]:
        """Commits and rollbacks between scrapes, by database."""
        commits, rollbacks = [], []
        for k, database in enumerate(self._databases):
            done = np.full(len(scrapes.times), (_BACKGROUND if k == 0 else 1.0) * scrapes.interval)
            broken = np.zeros(len(scrapes.times))
            for flow in self._pools:
                if self._plant.law.pools[flow.name].spec.database == database:
                    here = self._here(scrapes, flow.name)
                    done = done + scrapes.increments(flow.column + 4) * here
                    for user in flow.users:
                        ended, dropped = user.column + 5, user.column + 6
                        broken = broken + scrapes.increments(ended) * here
                        broken = broken - scrapes.increments(dropped) * here
            broken = np.maximum(broken, 0.0) + _ROLLED_BACK * done
            commits.append(np.maximum(done - broken, 0.0))
            rollbacks.append(broken)
        return np.array(commits), np.array(rollbacks)


class Servers:
    """The families of all servers."""

    def __init__(self, plant: Plant, keys: Keys, names: Sequence[str] | None = None) -> None:
        """All of them where no `names` are given."""
        self._plant, self._keys = plant, keys
        self._servers = [
            Server(plant, keys, name) for name in (plant.law.postgres if names is None else names)
        ]

    def families(self) -> list[Family]:
        """All of them."""
        epoch = self._plant.start.timestamp()
        settings: dict[str, Callable[[PostgresLaw], float]] = {
            "pg_settings_max_connections": lambda law: float(law.max_connections),
            "pg_settings_superuser_reserved_connections": lambda law: float(
                law.spec.superuser_reserved_connections
            ),
            "pg_settings_max_locks_per_transaction": _always(64.0),
            "pg_postmaster_start_time_seconds": lambda law: epoch + law.started_at,
            "pg_exporter_last_scrape_error": _always(0.0),
        }
        out = [self._setting(name, of) for name, of in settings.items()]
        out += self._alone().of_primaries()
        out.append(Family("pg_up", self._targets, lambda s: Block(self._steps(s, lambda law: float(law.up)))))
        out.append(self._activity("pg_stat_activity_count", Server.activity))
        out.append(self._activity("pg_stat_activity_max_tx_duration", Server.longest))
        out += self._by_database()
        out.append(
            Family("pg_txid_current", self._targets, self._txid, counter=True, base=lambda: self._bases(1))
        )
        out.append(Family("pg_locks_count", self._lock_rows, self._locks))
        return out

    def of_primaries(self) -> list[Family]:
        """What servers say of themselves that follow nobody."""
        names = ("pg_replication_is_replica", "pg_replication_lag_seconds")
        return [self._setting(name, _always(0.0)) for name in names] if self._servers else []

    def _alone(self) -> Servers:
        """Those that belong to no cluster: a cluster tells of its members itself."""
        alone = [s.name for s in self._servers if not _fellows(self._plant, s.name)]
        return Servers(self._plant, self._keys, alone)

    def _targets(self) -> Sequence[Labels]:
        return [labels(server.target) for server in self._servers]

    def _steps(self, scrapes: Scrapes, of: Callable[[PostgresLaw], float]) -> Floats:
        return np.array([scrapes.steps(_of_server, of, server.name) for server in self._servers])

    def _up(self, scrapes: Scrapes, each: Sequence[int]) -> Block:
        """A block of nothing, alive where the servers are up; `each` says how many rows a server has."""
        up = self._steps(scrapes, lambda law: float(law.up)) > 0
        before = np.array(
            [[server.law(self._plant.history.at(float(scrapes.at[0]))).up] for server in self._servers]
        )
        before &= scrapes.at[0] >= self._plant.first
        return Block(np.empty((0, 0)), np.repeat(np.hstack([before, up]), each, axis=0))

    def _setting(self, name: str, of: Callable[[PostgresLaw], float]) -> Family:
        def block(scrapes: Scrapes) -> Block:
            return Block(self._steps(scrapes, of), self._up(scrapes, [1] * len(self._servers)).alive)

        return Family(name, self._targets, block)

    def _activity(self, name: str, of: Callable[[Server, Scrapes], Floats]) -> Family:
        def rows() -> Sequence[Labels]:
            return [row for server in self._servers for row in server.activity_rows()]

        def block(scrapes: Scrapes) -> Block:
            values = [of(server, scrapes) for server in self._servers]
            return Block(np.vstack(values), self._up(scrapes, [len(each) for each in values]).alive)

        return Family(name, rows, block)

    def _database_rows(self) -> Sequence[Labels]:
        return [row for server in self._servers for row in server.database_rows()]

    def _by_database(self) -> list[Family]:
        def counter(name: str, part: Callable[[tuple[Floats, Floats]], Floats], base: float) -> Family:
            def block(scrapes: Scrapes) -> Block:
                mean = [part(server.transactions(scrapes)) for server in self._servers]
                alive = self._up(scrapes, [len(each) for each in mean]).alive
                return Block(
                    scrapes.poisson(np.vstack(mean), self._keys.of(name, self._database_rows())), alive
                )

            return Family(name, self._database_rows, block, counter=True,
                          base=lambda: np.full(len(self._database_rows()), base))  # fmt: skip

        return [
            counter("pg_stat_database_xact_commit", lambda both: both[0], _COMMITTED),
            counter("pg_stat_database_xact_rollback", lambda both: both[1], _COMMITTED * _ROLLED_BACK),
            counter("pg_stat_database_deadlocks", lambda both: both[1] * 1e-3, 3.0),
        ]

    def _bases(self, rows: int) -> Floats:
        return np.full(rows * len(self._servers), _COMMITTED * 1.2)

    def _txid(self, scrapes: Scrapes) -> Block:
        mean = np.array([np.vstack(server.transactions(scrapes)).sum(axis=0) for server in self._servers])
        drawn = scrapes.poisson(mean, self._keys.of("pg_txid_current", self._targets()))
        return Block(drawn, self._up(scrapes, [1] * len(self._servers)).alive)

    def _lock_rows(self) -> Sequence[Labels]:
        return [labels(server.target, datname=datname, mode=mode) for server in self._servers
                for datname in [dict(server.database_rows()[0])["datname"]]
                for mode in ("accesssharelock", "rowexclusivelock")]  # fmt: skip

    def _locks(self, scrapes: Scrapes) -> Block:
        """About two relation locks per active session to read, a third of them to write (assumption)."""
        levels = []
        for server in self._servers:
            active = server.activity(scrapes)[::3].sum(axis=0)
            levels += [2 * active + 1, active / 3]
        drawn = scrapes.whole(np.array(levels), self._keys.of("pg_locks_count", self._lock_rows()))
        return Block(drawn, self._up(scrapes, [2] * len(self._servers)).alive)


def _fellows(plant: Plant, name: str) -> frozenset[str]:
    """The other members of a server's cluster."""
    for spec in plant.system.components:
        if isinstance(spec, Replication):
            members = {spec.primary, *(replica.server for replica in spec.replicas)}
            if name in members:
                return frozenset(members - {name})
    return frozenset()


def _of_server(law: Law, of: Callable[[PostgresLaw], float], name: str) -> float:
    return of(law.postgres[name])


def _always(value: float) -> Callable[[PostgresLaw], float]:
    def of(law: PostgresLaw) -> float:
        return value

    return of
