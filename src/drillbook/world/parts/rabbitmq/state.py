"""A cluster at a moment, and what its Prometheus plugin shows (rabbitmq_prometheus, metrics by object)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.model.rabbitmq import Rabbitmq, WorkQueue
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.parts.rabbitmq.flow import RabbitmqFlow, RabbitmqLaw, initial
from drillbook.world.parts.rabbitmq.group import GroupFlow
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.queueing import Floats
from drillbook.world.state import Health, PartState


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue: messages, and rates per second."""

    spec: WorkQueue
    service: str
    consumers: int
    """One for each pod, which takes as many messages as it works on at once."""
    ready: float
    unacked: float
    rate: float
    """Published."""
    wait: float
    """Seconds that a message waits before somebody takes it."""
    returned: float
    """Deliveries that go back to the queue unacknowledged."""


@dataclass(frozen=True)
class RabbitmqState(PartState):
    """A cluster and its queues."""

    spec: Rabbitmq
    own: RabbitmqLaw
    queues: tuple[QueueState, ...]
    late: float
    """Part of the calls whose results come too late, or that are refused."""


def settings(law: Law, spec: Rabbitmq) -> RabbitmqLaw:
    """A cluster's settings under a law."""
    own = law.parts[spec.name]
    return own if isinstance(own, RabbitmqLaw) else initial(spec)


def flow_of(plant: Plant, spec: Rabbitmq) -> RabbitmqFlow:
    """A cluster's flow."""
    flow = plant.network.parts[spec.name]
    if not isinstance(flow, RabbitmqFlow):
        raise TypeError(f"{spec.name} is no RabbitMQ cluster")
    return flow


def state_of(plant: Plant, spec: Rabbitmq, row: Row, t: float) -> RabbitmqState:
    """The cluster at the whole second `t`."""
    law, flow = plant.history.at(t), flow_of(plant, spec)
    queues = tuple(state for group in flow.groups for state in _queues(group, law, row, t))
    return RabbitmqState(spec, settings(law, spec), queues, row[flow.column])


def _queues(group: GroupFlow, law: Law, row: Row, t: float) -> Iterator[QueueState]:
    k, spec = group.column, group.spec
    consumers = len(law.fleets[spec.service].ready(t))
    came = max(sum(row[group.queue(n) + group.RATE] for n in range(len(spec.queues))), 1e-12)
    for place, queue in enumerate(spec.queues):
        ready, rate, wait = row[group.queue(place) : group.queue(place) + group.LATE]
        part = rate / came
        yield QueueState(
            queue, spec.service, consumers, ready, part * row[k + group.BUSY], rate, wait,
            part * row[k + group.BACK],
        )  # fmt: skip


def health_of(state: RabbitmqState) -> tuple[Health, str]:
    """The queue in which most waits."""
    worst = max(state.queues, key=lambda queue: queue.wait)
    limit = worst.spec.fresh_within
    slow = limit is not None and worst.wait > limit / 2
    health: Health = "down" if state.late > 0.25 else "warn" if slow or state.late > 0.02 else "ok"
    return health, f"{worst.spec.name} {worst.ready:,.0f} ready  wait {worst.wait:,.0f} s"


class _Cluster:
    """Rows and values of one cluster's metrics."""

    def __init__(self, plant: Plant, keys: Keys, spec: Rabbitmq) -> None:
        self.plant, self.keys, self.spec = plant, keys, spec
        self.flow = flow_of(plant, spec)
        self.target = {"job": "rabbitmq", "instance": f"{spec.name}-0:15692"}

    def places(self) -> Iterator[tuple[WorkQueue, GroupFlow, int]]:
        """Every queue with its group and its columns."""
        for group in self.flow.groups:
            for place, queue in enumerate(group.spec.queues):
                yield queue, group, group.queue(place)

    def by_queue(self) -> list[Labels]:
        """Rows by queue."""
        return [labels(self.target, queue=queue.name, vhost="/") for queue, _, _ in self.places()]

    def alone(self) -> list[Labels]:
        """One row."""
        return [labels(self.target)]

    def counters(self) -> list[Labels]:
        """One row, by protocol."""
        return [labels(self.target, protocol="amqp091")]

    def ready(self, scrapes: Scrapes) -> list[Floats]:
        """Messages that wait, queue by queue."""
        keys = self.keys.of("rabbitmq ready", self.by_queue())
        level = np.array([scrapes.column(k) for _, _, k in self.places()])
        return list(scrapes.whole(level, keys, 0.5))

    def unacked(self, scrapes: Scrapes) -> list[Floats]:
        """Messages that are worked on, by the part of its group's messages that a queue gets."""
        found = []
        for _, group, k in self.places():
            rates = [scrapes.column(group.queue(n) + group.RATE) for n in range(len(group.spec.queues))]
            part = scrapes.column(k + group.RATE) / np.maximum(sum(rates), 1e-12)
            found.append(part * scrapes.column(group.column + group.BUSY))
        keys = self.keys.of("rabbitmq unacked", self.by_queue())
        return list(scrapes.whole(np.array(found), keys))

    def total(self, scrapes: Scrapes, column: int) -> Floats:
        """Expected increments of a rate of the groups."""
        return np.asarray(sum(scrapes.increments(group.column + column) for group in self.flow.groups))

    def done(self, scrapes: Scrapes) -> Floats:
        """Expected acknowledgements."""
        found = np.zeros(len(scrapes.times))
        for group in self.flow.groups:
            busy, work = (scrapes.column(group.column + k) for k in (group.BUSY, group.WORK))
            step = np.diff(scrapes.at)
            worked = busy / np.maximum(work, 1e-9) * step
            found += np.maximum(worked - scrapes.increments(group.column + group.BACK), 0.0)
        return found


_Rows = Callable[[_Cluster], list[Labels]]
_Values = Callable[[_Cluster, Scrapes], list[Floats]]


def families(plant: Plant, keys: Keys, specs: Sequence[Rabbitmq]) -> list[Family]:
    """The plugin's families for all clusters."""
    clusters = [_Cluster(plant, keys, spec) for spec in specs]
    gauges = [_family(name, clusters, rows, values) for name, (rows, values) in _GAUGES.items()]
    return gauges + [_counter(name, clusters, keys, of) for name, of in _COUNTERS.items()]


def _family(name: str, clusters: list[_Cluster], rows: _Rows, values: _Values) -> Family:
    def block(scrapes: Scrapes) -> Block:
        return Block(np.array([line for cluster in clusters for line in values(cluster, scrapes)]))

    return Family(name, lambda: [row for cluster in clusters for row in rows(cluster)], block)


def _counter(
    name: str, clusters: list[_Cluster], keys: Keys, of: Callable[[_Cluster, Scrapes], Floats]
) -> Family:
    rows = [row for cluster in clusters for row in cluster.counters()]

    def block(scrapes: Scrapes) -> Block:
        mean = np.array([of(cluster, scrapes) for cluster in clusters])
        return Block(scrapes.poisson(mean, keys.of(name, rows)))

    return Family(name, lambda: rows, block, counter=True)


def _both(cluster: _Cluster, scrapes: Scrapes) -> list[Floats]:
    pairs = zip(cluster.ready(scrapes), cluster.unacked(scrapes), strict=True)
    return [ready + unacked for ready, unacked in pairs]


def _consumers(cluster: _Cluster, scrapes: Scrapes) -> list[Floats]:
    return [scrapes.steps(_count, group.spec.service) for _, group, _ in cluster.places()]


def _count(law: Law, service: str) -> float:
    return float(len(law.fleets[service].pods))


def _capacity(cluster: _Cluster, scrapes: Scrapes) -> list[Floats]:
    """Part of the time in which a consumer could take a message at once."""
    return [1.0 - scrapes.column(group.column + group.FULL) for _, group, _ in cluster.places()]


_GAUGES: dict[str, tuple[_Rows, _Values]] = {
    "rabbitmq_queue_messages_ready": (_Cluster.by_queue, _Cluster.ready),
    "rabbitmq_queue_messages_unacked": (_Cluster.by_queue, _Cluster.unacked),
    "rabbitmq_queue_messages": (_Cluster.by_queue, _both),
    "rabbitmq_queue_consumers": (_Cluster.by_queue, _consumers),
    "rabbitmq_queue_consumer_capacity": (_Cluster.by_queue, _capacity),
}
_COUNTERS: dict[str, Callable[[_Cluster, Scrapes], Floats]] = {
    "rabbitmq_global_messages_received_total": lambda c, s: c.total(s, GroupFlow.CAME),
    "rabbitmq_global_messages_acknowledged_total": _Cluster.done,
    "rabbitmq_global_messages_redelivered_total": lambda c, s: c.total(s, GroupFlow.BACK),
    "rabbitmq_global_messages_dead_lettered_expired_total": lambda c, s: c.total(s, GroupFlow.WITHDRAWN),
    "rabbitmq_global_messages_dead_lettered_maxlen_total": lambda c, s: c.total(s, GroupFlow.REFUSED),
}
