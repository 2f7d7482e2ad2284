"""A cluster at a moment, and what exporters show of it: danielqsj's kafka_exporter."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from drillbook.model.kafka import Group, Kafka, Topic
from drillbook.model.labels import Labels, labels
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.noise import uniform
from drillbook.world.parts.kafka.flow import ROOM, KafkaFlow, Reader
from drillbook.world.parts.kafka.law import KafkaLaw, Membership, initial, membership
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.queueing import Floats
from drillbook.world.state import Health, PartState

_POLLED = 0.4
"""Seconds' worth of messages that are polled and not yet committed (assumption)."""


@dataclass(frozen=True, slots=True)
class PartitionState:
    """A partition as a group sees it, in messages."""

    topic: str
    number: int
    written: float
    committed: float
    rate: float
    """Messages written per second."""

    @property
    def lag(self) -> float:
        """Messages written and not committed."""
        return max(0.0, self.written - self.committed)

    @property
    def head(self) -> int:
        """Offset of the next message that the group reads: it stands still where nothing is read."""
        return math.floor(self.committed)


@dataclass(frozen=True, slots=True)
class GroupState:
    """A consumer group."""

    spec: Group
    member: Membership
    rebalancing: bool
    rate: float
    """Messages that it works on per second."""
    lost: float
    partitions: tuple[PartitionState, ...]

    @property
    def lag(self) -> float:
        """Messages behind, all partitions together."""
        return sum(partition.lag for partition in self.partitions)


@dataclass(frozen=True)
class KafkaState(PartState):
    """A cluster: topics with what is written to each partition, and its groups."""

    spec: Kafka
    own: KafkaLaw
    written: dict[str, tuple[float, ...]]
    groups: tuple[GroupState, ...]
    stale: float
    """Part of the reading calls that get stale results."""


def settings(law: Law, spec: Kafka) -> KafkaLaw:
    """A cluster's settings under a law."""
    own = law.parts[spec.name]
    return own if isinstance(own, KafkaLaw) else initial(spec)


def flow_of(plant: Plant, spec: Kafka) -> KafkaFlow:
    """A cluster's flow."""
    flow = plant.network.parts[spec.name]
    if not isinstance(flow, KafkaFlow):
        raise TypeError(f"{spec.name} is no Kafka cluster")
    return flow


def state_of(plant: Plant, spec: Kafka, row: Row, t: float) -> KafkaState:
    """The cluster at the whole second `t`."""
    law, flow = plant.history.at(t), flow_of(plant, spec)
    own = settings(law, spec)
    written = {}
    for topic in spec.topics:
        k = flow.places[topic.name] + 1
        written[topic.name] = row[k : k + own.count(topic.name)]
    groups = tuple(_group(flow.readers[group.name], law, own, flow, row, t) for group in spec.groups)
    return KafkaState(spec, own, written, groups, row[flow.column + flow.columns - 1])


def _group(reader: Reader, law: Law, own: KafkaLaw, flow: KafkaFlow, row: Row, t: float) -> GroupState:
    spec, k, place = reader.spec, reader.column, flow.places[reader.spec.topic]
    member = membership(spec, law.fleets[spec.service], t)
    partitions = tuple(
        PartitionState(spec.topic, n, row[place + 1 + n], row[k + Reader.OWN + n], share * row[place])
        for n, share in enumerate(own.shares(spec.topic))
    )
    return GroupState(spec, member, t <= member.settled_at, row[k + 2], row[k + 1], partitions)


def health_of(state: KafkaState) -> tuple[Health, str]:
    """How far the slowest group is behind."""
    worst = max(state.groups, key=lambda group: group.lag, default=None)
    if worst is None:
        return "ok", f"{len(state.spec.topics)} topics"
    rate = sum(partition.rate for partition in worst.partitions)
    behind = worst.lag / rate if rate > 0 else 0.0
    health: Health = "down" if state.stale > 0.25 else "warn" if behind > 60 or state.stale > 0.02 else "ok"
    text = f"{worst.spec.name} lag {worst.lag:,.0f}  {worst.rate:.0f}/s of {rate:.0f}/s"
    return health, text


class _Cluster:
    """Rows and values of one cluster's metrics."""

    def __init__(self, plant: Plant, keys: Keys, spec: Kafka) -> None:
        self.plant, self.keys, self.spec = plant, keys, spec
        self.flow = flow_of(plant, spec)
        self.target = {"job": "kafka", "instance": f"{spec.name}-exporter:9308"}

    def partitions(self, topic: Topic) -> range:
        """Every partition that there ever was."""
        return range(max(settings(law, self.spec).count(topic.name) for law in self.plant.history.laws))

    def written(self, scrapes: Scrapes, topic: Topic, number: int) -> Floats:
        """Log end offset."""
        return np.floor(scrapes.column(self.flow.places[topic.name] + 1 + number))

    def by_partition(self) -> Iterator[tuple[Topic, int, Labels]]:
        """Rows by topic and partition."""
        for topic in self.spec.topics:
            for n in self.partitions(topic):
                yield topic, n, labels(self.target, topic=topic.name, partition=str(n))

    def by_group(self) -> Iterator[tuple[Group, int, Labels]]:
        """Rows by group and partition."""
        for group in self.spec.groups:
            for n in self.partitions(self.spec.topic(group.topic)):
                yield (
                    group,
                    n,
                    labels(self.target, consumergroup=group.name, topic=group.topic, partition=str(n)),
                )

    def of_group(self) -> list[Labels]:
        """Rows by group."""
        return [labels(self.target, consumergroup=group.name) for group in self.spec.groups]

    def lag(self, scrapes: Scrapes, group: Group, number: int, row: Labels) -> Floats:
        """What is written, less what is committed; what has just been polled comes on top."""
        committed = scrapes.column(self.flow.readers[group.name].column + Reader.OWN + number)
        polled = _POLLED * scrapes.column(self.flow.readers[group.name].column + 2)
        share = polled / len(self.partitions(self.spec.topic(group.topic)))
        u = uniform(scrapes.bits(self.keys.of(f"polled {group.name} {number}", [row])))[0]
        written = self.written(scrapes, self.spec.topic(group.topic), number)
        behind = written - np.minimum(committed, written) + share * u
        return np.asarray(np.clip(np.floor(behind), 0.0, written))


_Rows = Callable[[_Cluster], list[Labels]]
_Values = Callable[[_Cluster, Scrapes], list[Floats]]


def families(plant: Plant, keys: Keys, specs: Sequence[Kafka]) -> list[Family]:
    """The exporter's families for all clusters."""
    clusters = [_Cluster(plant, keys, spec) for spec in specs]
    return [_family(name, clusters, rows, values) for name, (rows, values) in _FAMILIES.items()]


def _family(name: str, clusters: list[_Cluster], rows: _Rows, values: _Values) -> Family:
    def block(scrapes: Scrapes) -> Block:
        return Block(np.array([line for cluster in clusters for line in values(cluster, scrapes)]))

    return Family(name, lambda: [row for cluster in clusters for row in rows(cluster)], block)


def _lags(cluster: _Cluster, scrapes: Scrapes) -> list[Floats]:
    return [cluster.lag(scrapes, group, n, row) for group, n, row in cluster.by_group()]


def _lag_sums(cluster: _Cluster, scrapes: Scrapes) -> list[Floats]:
    found = list(zip(cluster.by_group(), _lags(cluster, scrapes), strict=True))
    every = [[lag for (of, _, _), lag in found if of is group] for group in cluster.spec.groups]
    return [np.add.reduce(lags) for lags in every]


def _offsets(cluster: _Cluster, scrapes: Scrapes) -> list[Floats]:
    return [
        cluster.written(scrapes, cluster.spec.topic(group.topic), n) - lag
        for (group, n, _), lag in zip(cluster.by_group(), _lags(cluster, scrapes), strict=True)
    ]


def _written(cluster: _Cluster, scrapes: Scrapes) -> list[Floats]:
    return [cluster.written(scrapes, topic, n) for topic, n, _ in cluster.by_partition()]


def _oldest(cluster: _Cluster, scrapes: Scrapes) -> list[Floats]:
    return [
        np.floor(np.maximum(0.0, cluster.written(scrapes, topic, n) - _kept(cluster, topic, n)))
        for topic, n, _ in cluster.by_partition()
    ]


def _by_partition(cluster: _Cluster) -> list[Labels]:
    return [row for _, _, row in cluster.by_partition()]


def _by_group(cluster: _Cluster) -> list[Labels]:
    return [row for _, _, row in cluster.by_group()]


_FAMILIES: dict[str, tuple[_Rows, _Values]] = {
    "kafka_brokers": (
        lambda c: [labels(c.target)],
        lambda c, s: [np.full(len(s.times), float(c.spec.brokers))],
    ),
    "kafka_topic_partitions": (
        lambda c: [labels(c.target, topic=topic.name) for topic in c.spec.topics],
        lambda c, s: [s.steps(_partitions, c.spec, topic.name) for topic in c.spec.topics],
    ),
    "kafka_topic_partition_current_offset": (_by_partition, _written),
    "kafka_topic_partition_oldest_offset": (_by_partition, _oldest),
    "kafka_consumergroup_current_offset": (_by_group, _offsets),
    "kafka_consumergroup_lag": (_by_group, _lags),
    "kafka_consumergroup_lag_sum": (_Cluster.of_group, _lag_sums),
    "kafka_consumergroup_members": (
        _Cluster.of_group,
        lambda c, s: [s.steps(_members, group) for group in c.spec.groups],
    ),
}


def _kept(cluster: _Cluster, topic: Topic, number: int) -> float:
    """Messages that the retention keeps at the first rate."""
    rate = cluster.plant.trajectory.rows[0][cluster.flow.places[topic.name]]
    return math.floor(rate / topic.partitions * topic.retention) if number < ROOM * topic.partitions else 0.0


def _members(law: Law, group: Group) -> float:
    return float(len(law.fleets[group.service].pods))


def _partitions(law: Law, spec: Kafka, topic: str) -> float:
    return float(settings(law, spec).count(topic))
