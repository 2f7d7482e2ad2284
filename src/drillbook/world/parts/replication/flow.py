"""What is written, sent and replayed of the write-ahead log. Bytes and bytes per second.

With W all that was written, w what is written per second, R_i what replica i has received, A_i what it has
replayed, r_i and a_i the most that it receives and replays per second:

    W' = w = Σ done · wal + Σ sessions · wal + background
    R_i' = min(r_i, w + (W - R_i)/dt)          while it is connected and up
    A_i' = min(a_i, R_i' + (R_i - A_i)/dt)     lag = W - A_i, never below 0

so that lag is what was written and is not replayed, and drains in lag / (a_i - w). In seconds the lag is the
age of what is replayed now: t - s where W(s) = A_i(t). A query that minds (`fresh_within`) fails on a replica
that is further behind.

A commit that waits for a replica waits its round trip and what is still to be sent, (W - R_i)/r_i; while no
such replica is connected it hangs. A query to a server of another site takes `trips` round trips more.

What nobody's slot has read is kept on the leader: max over slots of W - R_i. Positions of all members are
told in the leader's history: what a failover loses is added to the new leader's, and kept apart as `lost`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from drillbook.model.replication import Replica, Replication
from drillbook.model.system import System
from drillbook.world.law import Law
from drillbook.world.pool import Past, Row, User
from drillbook.world.replication import ReplicationLaw, initial
from drillbook.world.service import ServiceFlow
from drillbook.world.writes import Doing, doing, users_of

WRITTEN, RATE, KEPT, OWN = range(4)
"""Columns: all that was written, per second, and kept on the leader for slots; four per member follow."""
RECEIVED, REPLAYED, LAG, STALE, EACH = range(5)
"""Of a member; the lag in seconds, and the part of its users' queries that minds it, added up."""
HANGS = 30.0
"""Seconds that stand for a commit that waits for nobody (assumption)."""


class MemberTerms(NamedTuple):
    """What a member's steps depend on."""

    follows: bool
    """Whether it is up, connected and follows the leader."""
    receives: float
    applies: float
    extra: float
    """Seconds that its queries take longer, for the way to its site."""
    users: tuple[tuple[str, Doing], ...]
    """Services whose pools lead to it."""


class ReplicationTerms(NamedTuple):
    """What a cluster's steps depend on."""

    leader: int
    """Place among the members; -1 where nobody leads."""
    up: bool
    sessions: float
    """Bytes per second that other people's sessions write."""
    members: tuple[MemberTerms, ...]
    waits: tuple[int, ...]
    """Members for which commits may wait."""
    waiting: bool
    holds: tuple[int, ...]
    """Members whose slots keep what they have not received."""
    behind: float
    """The most that a slot without a reader was behind at first; below 0 where there is none."""


class ReplicationFlow:
    """One cluster."""

    def __init__(self, spec: Replication, system: System, column: int) -> None:
        self.spec, self.column = spec, column
        self.names = [spec.primary, *(replica.server for replica in spec.replicas)]
        self.columns = OWN + EACH * len(self.names)
        self.part: Row = ()
        usual = [Replica(server=spec.primary, site=spec.site), *spec.replicas]
        self.pace = {each.server: (each.receives, each.applies) for each in usual}
        """The most that each member receives and replays; the first leader as the swiftest replica."""
        swift = max(spec.replicas, key=lambda each: each.applies)
        self.pace[spec.primary] = (swift.receives, swift.applies)
        self._terms = self.terms(initial(spec), None, 0.0)
        self._users: dict[str, User] = {}
        self._past: Past = ((), ())
        self._kept = 0.0

    def bind(self, network: Any) -> None:
        """Get to know the users of pools."""
        self._users = {user.service: user for pool in network.pools.values() for user in pool.users}

    def at(self, server: str, what: int) -> int:
        """A member's column."""
        return self.column + OWN + EACH * self.names.index(server) + what

    def terms(self, own: ReplicationLaw, law: Law | None, t: float) -> ReplicationTerms:
        """Who follows whom, who uses which member, and what sessions write."""
        members, spec = [], self.spec
        for member in own.members:
            up = law is None or law.postgres[member.server].up
            users = [] if law is None else list(users_of(law, member.server))
            what = tuple([(name, doing(law.fleets[name], t)) for name in users]) if law is not None else ()
            extra = 0.0 if member.site == spec.site else spec.trips * spec.rtt
            follows = member.state == "streaming" and up and own.reaches(member.server)
            members.append(MemberTerms(follows, *self.pace[member.server], extra, what))
        leader = self.names.index(own.leader) if own.leader else -1
        up = law is None or (leader >= 0 and law.postgres[own.leader].up)
        return ReplicationTerms(
            leader, up, _written(law, own.leader), tuple(members), self._sync(own), own.synchronous,
            self._slots(own), max([s.behind for s in spec.slots if s.name in own.slots], default=-1.0),
        )  # fmt: skip

    def _sync(self, own: ReplicationLaw) -> tuple[int, ...]:
        names = {each.server for each in self.spec.replicas if each.sync} | {self.spec.primary}
        return tuple([k for k, name in enumerate(self.names) if name in names and name != own.leader])

    def _slots(self, own: ReplicationLaw) -> tuple[int, ...]:
        if self.spec.keep is not None:
            return ()
        states = {"streaming", "copying"}
        return tuple([k for k, member in enumerate(own.members) if member.state in states])

    def use(self, terms: ReplicationTerms) -> None:
        """Put terms in force."""
        self._terms = terms

    def untouched(self) -> Row:
        """Nothing is written yet."""
        return (0.0,) * self.columns

    def strain(self, row: Row, past: Past, t: float, dt: float) -> None:
        """Answers of a replica behind are stale, commits wait, and other sites are far."""
        self._past = past
        for place, member in enumerate(self._terms.members):
            wait = self._wait(row) if place == self._terms.leader else 0.0
            lag = row[self.column + OWN + EACH * place + LAG]
            for name, what in member.users:
                user = self._users[name]
                user.extra += member.extra + what.writes * wait
                user.spoilt += (1.0 - user.spoilt) * what.stale(lag)

    def _wait(self, row: Row) -> float:
        """Seconds that a commit waits for a replica."""
        terms = self._terms
        if not terms.waiting:
            return 0.0
        times = []
        for place in terms.waits:
            member = terms.members[place]
            if member.follows:
                left = row[self.column + WRITTEN] - row[self.column + OWN + EACH * place + RECEIVED]
                times.append(self.spec.rtt + max(0.0, left) / member.receives)
        return min(HANGS, min(times, default=HANGS))

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Nobody gets work from it."""

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Write, send and replay."""
        k, terms = self.column, self._terms
        rate = 0.0
        if terms.up and terms.leader >= 0:
            rate = self.spec.background + terms.sessions
            for name, what in terms.members[terms.leader].users:
                user = self._users[name]
                rate += max(0.0, user.done - user.broken + user.dropped) * what.wal
        written = row[k + WRITTEN] + rate * dt
        out: list[float] = []
        for place, member in enumerate(terms.members):
            c = k + OWN + EACH * place
            received, replayed = row[c + RECEIVED], row[c + REPLAYED]
            if place == terms.leader:
                out += (written, written, 0.0, 0.0)
                continue
            if member.follows:
                received = min(written, received + member.receives * dt)
                replayed = min(received, replayed + member.applies * dt)
            lag = self._age(t, written, replayed)
            out += (received, replayed, lag, sum([what.stale(lag) for _, what in member.users]))
        kept = max([written - out[EACH * place + RECEIVED] for place in terms.holds], default=0.0)
        self._kept = max(0.0, kept, terms.behind + written if terms.behind >= 0.0 else 0.0)
        self.part = (written, rate, self._kept, *out)

    def _age(self, t: float, written: float, replayed: float) -> float:
        """Seconds since the leader had written no more than what is replayed now."""
        times, rows = self._past
        if replayed >= written or not rows:
            return 0.0
        column = self.column + WRITTEN
        right = bisect_right(rows, replayed, key=itemgetter(column))
        if right == 0:
            return t - times[0]
        t1, w1 = (times[right], rows[right][column]) if right < len(times) else (t, written)
        t0, w0 = times[right - 1], rows[right - 1][column]
        return t - (t0 + (t1 - t0) * (replayed - w0) / (w1 - w0)) if w1 > w0 else t - t0

    def kept(self, server: str) -> float:
        """Bytes of write-ahead log that are kept on a server, in this step."""
        leader = self._terms.leader
        return self._kept if leader >= 0 and self.names[leader] == server else 0.0

    def kept_at(self, row: Row, server: str) -> float:
        """The same by `row`."""
        leader = self._terms.leader
        return row[self.column + KEPT] if leader >= 0 and self.names[leader] == server else 0.0

    def settle(self, row: list[float]) -> None:
        """Positions are counted from the beginning of the history, when nobody was behind."""
        k, rate = self.column, row[self.column + RATE]
        row[k : k + self.columns] = self.untouched()
        row[k + RATE] = rate

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """Each member's lag, in bytes against half a minute of what it replays, and in seconds."""
        k, out = self.column, [(self.column + RATE, max(1e6, row[self.column + RATE]))]
        for place, member in enumerate(self._terms.members):
            c = k + OWN + EACH * place
            out += [(c + REPLAYED, 30.0 * member.applies), (c + RECEIVED, 30.0 * member.receives)]
            out += [(c + LAG, 120.0), (c + STALE, 1.0)]
        return out

    def corner(self, t: float) -> float:
        """What is due changes the law, which ends the segment."""
        return math.inf


def _written(law: Law | None, server: str) -> float:
    if law is None or not server:
        return 0.0
    return sum([session.count * session.wal for session, _ in law.postgres[server].sessions])
