"""`pg_stat_activity` and `pg_locks`: groups of like sessions, told apart where somebody looks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from drillbook.world.shell.psql.relations import Bunch, Relation, Row, Session
from drillbook.world.shell.psql.server import databases
from drillbook.world.shell.psql.values import Type, Value
from drillbook.world.state import Backend

_BLOCK = 4000
"""Process ids that are set aside for the sessions of one client."""

_ACTIVITY: dict[str, Type] = {
    "datid": "int", "datname": "text", "pid": "int", "leader_pid": "int", "usesysid": "int", "usename": "text",
    "application_name": "text", "client_addr": "text", "client_hostname": "text", "client_port": "int",
    "backend_start": "timestamp", "xact_start": "timestamp", "query_start": "timestamp",
    "state_change": "timestamp", "wait_event_type": "text", "wait_event": "text", "state": "text",
    "backend_xid": "int", "backend_xmin": "int", "query_id": "int", "query": "text", "backend_type": "text",
    "blocking": "text",
}  # fmt: skip
_OWN = frozenset({
    "pid", "client_port", "backend_start", "xact_start", "query_start", "state_change", "wait_event_type",
    "wait_event", "blocking",
})  # fmt: skip
_LOCKS: dict[str, Type] = {
    "locktype": "text", "database": "int", "relation": "text", "virtualxid": "text", "transactionid": "int",
    "virtualtransaction": "text", "pid": "int", "mode": "text", "granted": "bool", "fastpath": "bool",
    "waitstart": "timestamp",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """A group of sessions and the process ids that are its own."""

    backend: Backend
    shared: Row
    first_pid: int
    locks: bool
    """Its queries lock rows that the others of the group want too: the oldest holds them, the others wait."""

    def pid(self, index: int) -> int:
        """The process id of a session, oldest query first; the same as long as the group is there."""
        return self.first_pid + 3 * index + (index * 7 + index // 3) % 3

    def age(self, index: int) -> float:
        """Time since a session's query started: exponential quantiles about the typical age, the oldest first."""
        backend = self.backend
        if index == 0:
            return backend.oldest
        quantile = -math.log((index + 0.5) / backend.count)
        return min(backend.oldest, backend.typical * quantile) * (1.0 - self.pid(index) * 7919 % 1000 * 1e-6)


def groups(session: Session) -> list[Group]:
    """The sessions of a server in groups."""
    look, server = session.look, session.server
    first = _first_pids(session)
    numbers = {name: 16384 + i for i, name in enumerate(databases(look, server))}
    users = {name: 16400 + i for i, name in enumerate(dict.fromkeys(b.user for b in server.backends))}
    used: dict[tuple[str, ...], int] = {}
    found = []
    for backend in server.backends:
        identity = _identity(backend)
        offset = used.get(identity, 0)
        used[identity] = offset + backend.count
        shared: dict[str, Value] = {
            "datid": numbers.get(backend.database),
            "datname": backend.database,
            "leader_pid": None,
            "usesysid": users[backend.user],
            "usename": backend.user,
            "application_name": backend.application,
            "client_addr": backend.client or None,
            "client_hostname": None,
            "state": backend.state,
            "backend_xid": None,
            "backend_xmin": None,
            "query_id": None,
            "query": backend.query,
            "backend_type": "client backend",
        }
        lowered = backend.query.lower()
        locks = backend.state == "active" and ("for update" in lowered or lowered.startswith("lock "))
        found.append(Group(backend, shared, first[identity] + 3 * offset, locks))
    return found


def _identity(backend: Backend) -> tuple[str, ...]:
    return (backend.user, backend.application, backend.database, backend.client)


def _first_pids(session: Session) -> dict[tuple[str, ...], int]:
    """A block of process ids for each client, drawn by who it is; the next free one where it is taken."""
    server = session.server
    taken: dict[int, tuple[str, ...]] = {}
    for identity in sorted({_identity(b) for b in server.backends}):
        block = session.look.pick(0, 63, "pid", server.spec.name, *identity)
        while block in taken:
            block = (block + 1) % max(64, len(server.backends) + 1)
        taken[block] = identity
    return {identity: 2000 + _BLOCK * block for block, identity in taken.items()}


def _activity(session: Session) -> list[Bunch]:
    return [Bunch(g.backend.count, g.shared, _expander(session, g)) for g in groups(session)]


def _expander(session: Session, group: Group) -> Callable[[], Iterator[Row]]:
    return lambda: (_row(session, group, index) for index in range(group.backend.count))


def _row(session: Session, group: Group, index: int) -> Row:
    pid, age = group.pid(index), group.age(index)
    started = session.look.t - age
    kind, event = _waits(group, index)
    state = group.backend.state
    waits = group.locks and index > 0
    return {
        **group.shared,
        "pid": pid,
        "client_port": 32768 + pid * 7919 % 28000,
        "backend_start": min(started - 1.0, session.look.t - 600.0 - pid % 5000),
        "xact_start": started if state == "active" else started - 0.012 if state != "idle" else None,
        "query_start": started,
        "state_change": started if state == "active" else started + 0.004,
        "wait_event_type": kind,
        "wait_event": event,
        "blocking": f"{{{group.pid(0)}}}" if waits else "{}",
    }


def _waits(group: Group, index: int) -> tuple[str | None, str | None]:
    backend = group.backend
    if backend.state != "active":
        return "Client", "ClientRead"
    if group.locks and index > 0:
        return "Lock", "transactionid"
    if "pg_sleep" in backend.query.lower():
        return "Timeout", "PgSleep"
    if backend.typical > 0.5 and group.pid(index) % 3:
        return "IO", "DataFileRead"
    return None, None


def _locks(session: Session) -> list[Bunch]:
    bunches = []
    for group in groups(session):
        if group.backend.state == "idle":
            continue
        for index in range(group.backend.count):
            row = _row(session, group, index)
            waiting = row["wait_event_type"] == "Lock"
            bunches.append(Bunch(1, _lock(row, "virtualxid", "ExclusiveLock", granted=True)))
            bunches.append(Bunch(1, _lock(row, "transactionid" if waiting else "relation", "ShareLock" if waiting else
                                 "AccessShareLock", granted=not waiting)))  # fmt: skip
    return bunches


def _lock(row: Row, kind: str, mode: str, *, granted: bool) -> Row:
    pid = row["pid"]
    return {
        "locktype": kind,
        "database": row["datid"] if kind == "relation" else None,
        "relation": table_of(str(row["query"])) if kind == "relation" else None,
        "virtualxid": f"{pid}/1" if kind == "virtualxid" else None,
        "transactionid": 7_418_000 if kind == "transactionid" else None,
        "virtualtransaction": f"{pid}/1",
        "pid": pid,
        "mode": mode,
        "granted": granted,
        "fastpath": kind != "transactionid",
        "waitstart": None if granted else row["query_start"],
    }


def table_of(query: str) -> str | None:
    """The first table that a query names."""
    words = query.replace("(", " ").replace(",", " ").split()
    for word, following in pairwise(words):
        if word.lower() in {"from", "into", "update", "join"}:
            return following.strip('";').lower()
    return None


def blocked(session: Session) -> list[tuple[str, ...]]:
    """Who waits for whose lock: pid and user of the waiting and of the holding session, and both queries."""
    rows: list[tuple[str, ...]] = []
    for group in groups(session):
        if group.locks:
            user, query = group.backend.user, " ".join(group.backend.query.split())
            rows += [
                (str(group.pid(index)), user, str(group.pid(0)), user, query, query)
                for index in range(1, group.backend.count)
            ]
    return rows


ACTIVITY = Relation("pg_stat_activity", _ACTIVITY, _activity, _OWN)
LOCKS = Relation("pg_locks", _LOCKS, _locks)
