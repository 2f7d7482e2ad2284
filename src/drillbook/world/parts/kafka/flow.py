"""Messages in and out of partitions. Rates in messages per second, times in seconds.

With P the messages written to a partition so far, C those that a group has committed there, p what is
written per second, W the time that the group's service works on a message, n the partitions and m its
consumers in all:

    lag = P - C, never below 0
    r = min(1, m / n) / W                  one message at a time in each partition
    C' = min(r · s, p + lag / dt)          while the partition is assigned and not stopped
    P' = p

where s is the part that succeeds: the rest is tried again. Where failures are skipped or go to a dead-letter
topic, s is 1.

Nothing is consumed during a rebalance. A poison message stops its partition until it is skipped. When
max_poll_records · W exceeds max.poll.interval the consumers are expelled before they commit: they work, and
C stands still. What is older than the retention is lost unread: P - C is at most p · retention.

The service's own CPU bounds r too; W follows from its calls, so a slow database shows as lag.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from drillbook.model.kafka import Group, Kafka
from drillbook.world.latency import Latency
from drillbook.world.law import Law
from drillbook.world.parts.kafka.law import KafkaLaw, Membership, initial, membership
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow

ROOM = 2
"""Times as many partitions as at the start that a topic may get."""
_READ = Latency(0.008)


@dataclass(slots=True)
class Reader:
    """A group: what it has committed by partition, its present rate and what it never read."""

    spec: Group
    column: int
    """Of the total lag; then messages lost, worked on per second, and committed by partition."""
    committed: list[float]
    member: Membership = field(default_factory=lambda: Membership(0, 0.0, 1, 1.0, "retry", safe=False))
    rate: float = 0.0
    lost: float = 0.0
    lag: float = 0.0

    OWN = 3


class KafkaTerms(NamedTuple):
    """What a cluster's steps depend on: its settings, and its groups in their order."""

    own: KafkaLaw
    members: tuple[Membership, ...]


class KafkaFlow:
    """A cluster: `feed` lets groups read, `step` lets producers write."""

    def __init__(self, spec: Kafka, column: int) -> None:
        self.spec, self.column = spec, column
        self.offered = self.error_ratio = self.turned_away = 0.0
        self.spread = 0.4
        self.out: Row = _READ
        self.part: Row = ()
        self._own = initial(spec)
        self.written = {topic.name: [0.0] * (ROOM * topic.partitions) for topic in spec.topics}
        self.rates = {topic.name: 0.0 for topic in spec.topics}
        self.places: dict[str, int] = {}
        """Column of each topic's rate; what is written by partition follows."""
        at = column
        for topic in spec.topics:
            self.places[topic.name] = at
            at += 1 + ROOM * topic.partitions
        self.readers: dict[str, Reader] = {}
        for group in spec.groups:
            room = ROOM * spec.topic(group.topic).partitions
            self.readers[group.name] = Reader(group, at, [0.0] * room)
            at += Reader.OWN + room
        self._stale = at
        self.columns = at + 1 - column

    def terms(self, own: KafkaLaw, law: Law, t: float) -> KafkaTerms:
        """Settings and members."""
        groups = [reader.spec for reader in self.readers.values()]
        return KafkaTerms(own, tuple([membership(group, law.fleets[group.service], t) for group in groups]))

    def use(self, terms: KafkaTerms) -> None:
        """Put terms in force."""
        self._own = terms.own
        for reader, member in zip(self.readers.values(), terms.members, strict=True):
            reader.member = member

    def untouched(self) -> Row:
        """Nothing is written yet."""
        return (0.0,) * self.columns

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Groups read from their partitions; their services get the work."""
        self._load(row)
        for topic in self.spec.topics:
            rate = sum([services[p.service].good(row) * p.per_request for p in topic.producers])
            self.rates[topic.name] = rate + self._put_aside(topic.name, row, services)
        for reader in self.readers.values():
            worker = services[reader.spec.service]
            reader.rate = self._read(reader, worker, row, t, dt)
            worker.offered += reader.rate

    def _read(self, reader: Reader, worker: ServiceFlow, row: Row, t: float, dt: float) -> float:
        """Messages per second that a group works on; what it commits is added up."""
        member, topic, k = reader.member, reader.spec.topic, worker.column
        serving = worker.ready * (1 - row[k + ServiceFlow.UNREADY])
        consumers = serving * worker.concurrency
        if consumers <= 0 or t <= member.settled_at:
            return 0.0
        own, took = self._own, worker.stay(row)
        shares = own.shares(topic)
        each = min(1.0, consumers / len(shares)) / took
        each = min(each, serving * worker.cpu_limit / worker.cpu / len(shares))
        expelled = member.max_poll_records * took > member.max_poll_interval
        kept = 1 - row[k + ServiceFlow.ERROR] if member.on_error == "retry" else 1.0
        stops = () if member.safe or member.on_error != "retry" else own.poison
        total, rate = 0.0, self.rates[topic]
        for n, share in enumerate(shares):
            if (topic, n) in stops:
                continue
            behind = self.written[topic][n] - reader.committed[n]
            if expelled:
                total += each if behind > 1 else min(each, share * rate)
                continue
            done = min(each * kept, share * rate + behind / dt)
            reader.committed[n] += done * dt
            total += done / kept if kept > 0 else each
        return total

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Producers write; what is too old goes; readers cannot be ahead of writers."""
        for topic in self.spec.topics:
            written, rate = self.written[topic.name], self.rates[topic.name]
            for k, share in enumerate(self._own.shares(topic.name)):
                written[k] += share * rate * dt
        stale = 0.0
        for reader in self.readers.values():
            stale = max(stale, self._settle(reader))
        self.error_ratio = stale
        self.part = self._store()

    def _put_aside(self, topic: str, row: Row, services: Mapping[str, ServiceFlow]) -> float:
        """Messages per second that groups failed on, and that go to a dead-letter topic."""
        rate = 0.0
        for reader in self.readers.values():
            if reader.spec.dead_letter == topic and reader.member.on_error == "dead-letter":
                rate += reader.rate * row[services[reader.spec.service].column + ServiceFlow.ERROR]
        return rate

    def _settle(self, reader: Reader) -> float:
        """Bring a group's offsets within bounds; the part of its results that is stale."""
        topic = self.spec.topic(reader.spec.topic)
        written, rate = self.written[topic.name], self.rates[topic.name]
        reader.lag = stale = 0.0
        for k, share in enumerate(self._own.shares(topic.name)):
            behind = written[k] - reader.committed[k]
            most = max(1.0, share * rate) * topic.retention
            if behind > most:
                reader.lost += behind - most
                behind = most
            behind = max(0.0, behind)
            reader.committed[k] = written[k] - behind
            reader.lag += behind
            if reader.spec.fresh_within is not None and share * rate > 0:
                late = behind / (share * rate) / reader.spec.fresh_within - 1
                stale += share * min(1.0, max(0.0, late / 0.25))
        return min(1.0, stale)

    def skip(self, row: list[float], group: str, moves: Mapping[int, float]) -> None:
        """Set a group's offsets by hand in a row: what is jumped over is lost to it."""
        reader = self.readers[group]
        own, written = reader.column + Reader.OWN, self.places[reader.spec.topic] + 1
        for n, wanted in moves.items():
            to = min(max(0.0, wanted), row[written + n])
            row[reader.column + 1] += max(0.0, to - row[own + n])
            row[own + n] = to

    def _store(self) -> Row:
        out: list[float] = []
        for topic in self.spec.topics:
            out.append(self.rates[topic.name])
            out += self.written[topic.name]
        for reader in self.readers.values():
            out += (reader.lag, reader.lost, reader.rate)
            out += reader.committed
        return (*out, self.error_ratio)

    def _load(self, row: Row) -> None:
        for topic in self.spec.topics:
            k = self.places[topic.name]
            self.rates[topic.name] = row[k]
            self.written[topic.name] = list(row[k + 1 : k + 1 + ROOM * topic.partitions])
        for reader in self.readers.values():
            k = reader.column
            reader.lag, reader.lost, reader.rate = row[k : k + Reader.OWN]
            reader.committed = list(row[k + Reader.OWN : k + Reader.OWN + len(reader.committed)])

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """The groups' lag, against half a minute of what they work on, and what callers get."""
        columns = [reader.column for reader in self.readers.values()]
        lags = [(column, max(100.0, 30 * row[column + 2])) for column in columns]
        return [*lags, (self._stale, 1.0)]

    def corner(self, t: float) -> float:
        """The end of the next rebalance."""
        ends = [math.ceil(reader.member.settled_at) for reader in self.readers.values()]
        return min([float(end) for end in ends if end > t], default=math.inf)
