"""`pg_stat_activity` and `pg_locks`: groups of like sessions, told apart where somebody looks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

from drillbook.model.system import Service
from drillbook.world.fleet import Template, queries
from drillbook.world.shell.look import Look
from drillbook.world.shell.psql.relations import Bunch, OwnRow, Relation, Row, Session, plain
from drillbook.world.shell.psql.server import databases
from drillbook.world.shell.psql.values import Type, Value
from drillbook.world.state import Backend, PostgresState, ServiceState

_BLOCK, _BLOCKS, _STRIDE = 16000, 64, 12
"""Process ids that are set aside for the sessions of one client, how many such blocks there are,
and how many of them one place in turn has."""
_PARTS = 2**21
_PART = _PARTS - 1
_APART = 0.013
"""Seconds between the starts of like sessions that are no pool's."""
_SPREAD = 5.0
"""Seconds over which the first queries of new pods are spread."""
_READS = 0.5
"""Statements that take longer than this, seconds, are mostly seen reading from disk."""
_LOCKING = re.compile(r"for update|^lock ", re.IGNORECASE)
_NULLS: dict[str, Value] = {
    "leader_pid": None, "client_hostname": None, "backend_xid": None, "backend_xmin": None, "query_id": None,
    "backend_type": "client backend",
}  # fmt: skip

Identity: TypeAlias = tuple[str, str, str, str]
"""User, application, database and address of a client."""

_ACTIVITY: dict[str, Type] = {
    "datid": "int", "datname": "text", "pid": "int", "leader_pid": "int", "usesysid": "int",
    "usename": "text",
    "application_name": "text", "client_addr": "text", "client_hostname": "text", "client_port": "int",
    "backend_start": "timestamp", "xact_start": "timestamp", "query_start": "timestamp",
    "state_change": "timestamp", "wait_event_type": "text", "wait_event": "text", "state": "text",
    "backend_xid": "int", "backend_xmin": "int", "query_id": "int", "query": "text", "backend_type": "text",
    "blocking": "text",
}  # fmt: skip
_LOCKS: dict[str, Type] = {
    "locktype": "text", "database": "int", "relation": "text", "virtualxid": "text", "transactionid": "int",
    "virtualtransaction": "text", "pid": "int", "mode": "text", "granted": "bool", "fastpath": "bool",
    "waitstart": "timestamp",
}  # fmt: skip


_OWN = frozenset({
    "pid", "client_port", "backend_start", "xact_start", "query_start", "state_change", "wait_event_type",
    "wait_event", "blocking",
})  # fmt: skip
"""Columns in which the sessions of a group differ."""


class Pids:
    """Process ids: a block for each client, drawn by who it is; the next free block where it is taken."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def _first(self) -> dict[Identity, int]:
        server = self._session.server
        taken: dict[int, Identity] = {}
        identities = sorted({_identity(b) for b in server.backends})
        for identity in identities:
            block = self._session.look.pick(0, _BLOCKS - 1, "pid", server.spec.name, *identity)
            while block in taken:
                block = (block + 1) % max(_BLOCKS, len(identities))
            taken[block] = identity
        return {identity: 2000 + _BLOCK * block for block, identity in taken.items()}

    def pid(self, identity: Identity, place: int, turn: int) -> int:
        """The process id of a client's session: the session that is the turn-th at its place."""
        return self._first[identity] + _STRIDE * place + (place * 7 + place // 3 + turn * 5) % _STRIDE


Life: TypeAlias = tuple[float, int, int]
"""A session: when its query started, its place in its group, and how many were there before it."""


@dataclass(frozen=True)
class Group:
    """A group of like sessions, oldest query first; what only single sessions need is worked out for them."""

    backend: Backend
    shared: Row
    pids: Pids
    offset: int
    """Sessions of the same client in earlier groups."""
    look: Look
    up_since: float
    """When the server was started."""

    @cached_property
    def locks(self) -> bool:
        """Its queries lock rows that the others of the group want too: the oldest holds them, others wait."""
        return self.backend.state == "active" and bool(_LOCKING.search(self.backend.query))

    @cached_property
    def pooled(self) -> bool:
        """They come through a pool: one query after the other, each for its own time."""
        return any(service.name == self.backend.application for service in self.look.specs(Service))

    @cached_property
    def origin(self) -> float:
        """Its queries cannot have started before."""
        return max(self.up_since, _first_run(self.look, self.backend))

    def pid(self, index: int) -> int:
        """The process id of a session; the same as long as its query runs."""
        _, place, turn = self.lives[index]
        return self.pids.pid(_identity(self.backend), self.offset + place, turn)

    def started(self, index: int) -> float:
        """When a session's query started."""
        return self.lives[index][0]

    @cached_property
    def lives(self) -> list[Life]:
        """The sessions, the longest at work first."""
        backend, second = self.backend, math.floor(self.look.t)
        if backend.typical >= backend.oldest and not self.pooled:
            began = second - backend.oldest
            return [(began + min(_APART * i, 0.1 * backend.oldest), i, 0) for i in range(backend.count)]
        return sorted(self._drawn())

    def _drawn(self) -> list[Life]:
        """One after the other of a like time, drawn so that ages are exponential about the typical one.

        The time that is under way at a moment is the sum of two exponential ones: the elapsed and the rest.
        """
        t, backend, origin, log = self.look.t, self.backend, self.origin, math.log1p
        typical, oldest, least = backend.typical, backend.oldest, max(0.05 * backend.typical, 1e-4)
        key = ("shell", "session", *_identity(backend), backend.state, backend.query)
        drawn: list[Life] = []
        for place, bits in enumerate(self.look.draws.many(backend.count, *key)):
            one = (bits & _PART) / _PARTS
            takes = -typical * (log(-one) + log(-((bits >> 21 & _PART) / _PARTS)))
            if not least <= takes <= oldest:
                takes = max(min(takes, oldest), least)
            turn, age = divmod(t + (bits >> 42 & _PART) / _PARTS * takes, takes)
            began, earliest = t - age, origin + _SPREAD * one
            if began < earliest:
                began = max(began, min(earliest, t))
            drawn.append((began, place, int(turn)))
        return drawn

    def rows(self) -> Iterator[SessionRow]:
        """The single sessions."""
        return (SessionRow(self, index, started) for index, (started, _, _) in enumerate(self.lives))

    def waits(self, index: int) -> bool:
        """Whether a session waits for another one's lock."""
        return index > 0 and self.locks

    @cached_property
    def _event(self) -> tuple[str | None, str | None]:
        """What those sessions wait for, type and event, that neither wait for a lock nor read."""
        if self.backend.state != "active":
            return "Client", "ClientRead"
        return ("Timeout", "PgSleep") if "pg_sleep" in self.backend.query.lower() else (None, None)

    def _waited_for(self, index: int) -> tuple[str | None, str | None]:
        if self.waits(index):
            return "Lock", "transactionid"
        reads = self._event[0] is None and self.backend.typical > _READS and index % 3
        return ("IO", "DataFileRead") if reads else self._event

    def own(self, index: int) -> dict[str, Value]:
        """The columns in which a session differs from the others of the group."""
        started, pid, state = self.lives[index][0], self.pid(index), self.backend.state
        kind, event = self._waited_for(index)
        return {
            "pid": pid,
            "client_port": 32768 + pid * 7919 % 28000,
            # before its query, and after the server was started
            "backend_start": max(started - 1.0 - pid % 3000, min(self.up_since + 1.0, started)),
            "xact_start": None if state == "idle" else started - (0.0 if state == "active" else 0.012),
            "query_start": started,
            "state_change": started + (0.0 if state == "active" else 0.004),
            "wait_event_type": kind,
            "wait_event": event,
            "blocking": f"{{{self.pid(0)}}}" if self.waits(index) else "{}",
        }


class SessionRow(OwnRow):
    """A row of `pg_stat_activity`, whose own columns are worked out when one of them is read."""

    __slots__ = ("_group", "_index", "_own", "_started")

    def __init__(self, group: Group, index: int, started: float) -> None:
        self.shared = group.shared
        self._group = group
        self._index = index
        self._started = started
        self._own: dict[str, Value] | None = None

    def __getitem__(self, name: str) -> Value:
        if name == "query_start":  # most statements sort by it
            return self._started
        if name not in _OWN:
            return self.shared[name]
        if self._own is None:
            self._own = self._group.own(self._index)
        return self._own[name]

    def waits(self) -> bool:
        """Whether it waits for another one's lock."""
        return self._group.waits(self._index)


def groups(session: Session) -> list[Group]:
    """The sessions of a server in groups."""
    look, server = session.look, session.server
    pids = Pids(session)
    numbers = {name: 16384 + i for i, name in enumerate(databases(look, server))}
    users = {name: 16400 + i for i, name in enumerate(dict.fromkeys(b.user for b in server.backends))}
    used: dict[Identity, int] = {}
    found = []
    for backend in _whole(server):
        identity = _identity(backend)
        offset = used.get(identity, 0)
        used[identity] = offset + backend.count
        shared = {
            **_NULLS,
            "datid": numbers.get(backend.database),
            "datname": backend.database,
            "usesysid": users[backend.user],
            "usename": backend.user,
            "application_name": backend.application,
            "client_addr": backend.client or None,
            "state": backend.state,
            "query": backend.query,
        }
        found.append(Group(backend, shared, pids, offset, look, server.started_at))
    return found


def _first_run(look: Look, backend: Backend) -> float:
    """Since when pods are there that run the query of a group; long ago where none of them is."""
    if not any(spec.name == backend.application for spec in look.specs(Service)):
        return -math.inf
    service = look.states[backend.application]
    if not isinstance(service, ServiceState):
        return -math.inf
    settings = tuple(service.settings.items())
    running = [
        version
        for version in dict.fromkeys(pod.version for pod in service.pods)
        if any(query.sql == backend.query for query in queries(service.spec, Template(version, settings)))
    ]
    return min((pod.started_at for pod in service.pods if pod.version in running), default=-math.inf)


def _whole(server: PostgresState) -> Iterator[Backend]:
    """The server's groups; rounding of their numbers is made good in the largest, so that they add up."""
    backends = server.backends
    gap = round(server.connections) - sum(b.count for b in backends)
    if not gap or abs(gap) > len(backends):
        yield from backends
        return
    largest = max(backends, key=lambda b: b.count)
    for backend in backends:
        yield replace(backend, count=max(backend.count + gap, 1)) if backend is largest else backend


def _identity(backend: Backend) -> Identity:
    return (backend.user, backend.application, backend.database, backend.client)


def _activity(session: Session) -> list[Bunch]:
    return [Bunch(g.backend.count, g.shared, g.rows) for g in groups(session)]


def _locks(session: Session) -> list[Bunch]:
    bunches: list[Bunch] = []
    for group in groups(session):
        if group.backend.state == "idle":
            continue
        for row in group.rows():
            waiting = row.waits()
            wanted = ("transactionid", "ShareLock") if waiting else ("relation", "AccessShareLock")
            bunches += plain(
                [_lock(row, "virtualxid", "ExclusiveLock"), _lock(row, *wanted, granted=not waiting)]
            )
    return bunches


def _lock(row: Row, kind: str, mode: str, *, granted: bool = True) -> Row:
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
