"""The settings of a cluster that events can change, and those of a group that its service's pods bring."""

from __future__ import annotations

from dataclasses import dataclass

from drillbook.model.kafka import Group, Kafka, OnError
from drillbook.world.fleet import FleetState

_ON_ERROR: dict[str, OnError] = {"retry": "retry", "dead-letter": "dead-letter", "skip": "skip"}


@dataclass(frozen=True, slots=True)
class KafkaLaw:
    """By topic: number of partitions and part of the hot key; and which partitions are poisoned."""

    partitions: tuple[tuple[str, int], ...]
    hot: tuple[tuple[str, float], ...]
    poison: tuple[tuple[str, int], ...] = ()

    def count(self, topic: str) -> int:
        """How many partitions a topic has."""
        return dict(self.partitions)[topic]

    def shares(self, topic: str) -> list[float]:
        """Part of a topic's messages that goes to each partition."""
        count, hot = self.count(topic), dict(self.hot)[topic]
        return [(1 - hot) / count + (hot if k == 0 else 0.0) for k in range(count)]


@dataclass(frozen=True, slots=True)
class Membership:
    """A group as its service's pods make it."""

    members: int
    """Pods that have joined."""
    settled_at: float
    """When the last rebalance is over."""
    max_poll_records: int
    max_poll_interval: float
    on_error: OnError
    safe: bool
    """Whether every member can work on a poison message."""


def initial(spec: Kafka) -> KafkaLaw:
    """The settings as the author has them."""
    return KafkaLaw(
        tuple((topic.name, topic.partitions) for topic in spec.topics),
        tuple((topic.name, topic.hot) for topic in spec.topics),
    )


def membership(group: Group, fleet: FleetState, t: float) -> Membership:
    """The group at `t`. A member that joins or leaves begins a rebalance."""
    ready = fleet.ready(t)
    moved = max([fleet.left_at, *(pod.ready_at for pod in ready)])
    values = dict(fleet.template.settings)
    given = {what: values[name] for name, what in group.settings.items() if name in values}
    interval = _whole(given.get("max.poll.interval.ms"), round(group.max_poll_interval * 1000)) / 1000
    return Membership(
        members=len(ready),
        settled_at=moved + group.rebalance,
        max_poll_records=_whole(given.get("max.poll.records"), group.max_poll_records),
        max_poll_interval=interval,
        on_error=_ON_ERROR.get(given.get("on.error", ""), group.on_error),
        safe=bool(ready) and all(pod.template.version in group.poison_safe for pod in ready),
    )


def _whole(text: str | None, other: int) -> int:
    return max(1, int(text)) if text is not None and text.isdecimal() else other
