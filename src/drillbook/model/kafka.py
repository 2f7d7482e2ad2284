"""A Kafka cluster: topics that services write to, and consumer groups of the pods of a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.component import ComponentSpec, Misfit, Signal, known
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration

KafkaName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{1,200}$")]
"""A topic's or a group's name."""
OnError = Literal["retry", "dead-letter", "skip"]


class Producer(Model):
    """A service that writes to a topic."""

    service: Name
    per_request: Annotated[float, Field(gt=0, le=100)] = 1.0
    """Messages per request that succeeds."""


class Topic(Model):
    """A topic."""

    name: KafkaName
    partitions: Annotated[int, Field(ge=1, le=64)]
    hot: Probability = 0.0
    """Part of the messages whose key leads to partition 0, on top of its even share of the rest."""
    retention: Duration = 604800.0
    """Messages older than this are deleted, read or not."""
    producers: list[Producer] = []


class Group(Model):
    """A consumer group of one topic. Each pod of the service runs as many consumers as its `concurrency`."""

    name: KafkaName
    topic: KafkaName
    service: Name
    """A service that nobody calls: a request of it is the work on one message."""
    rebalance: Duration = 12.0
    """Time in which nobody consumes after a member joined or left (assumption; eager protocol)."""
    max_poll_records: Annotated[int, Field(ge=1)] = 500
    max_poll_interval: Duration = 300.0
    """A consumer that works on what it polled for longer is expelled; what it did is not committed."""
    on_error: OnError = "retry"
    """What becomes of a message that cannot be worked on."""
    dead_letter: KafkaName | None = None
    """The topic that such messages go to."""
    settings: dict[str, Literal["max.poll.records", "max.poll.interval.ms", "on.error"]] = {}
    """Environment variables of the service that set these."""
    poison_safe: list[str] = []
    """Versions of the service that can work on a poison message."""
    fresh_within: Duration | None = None
    """Results that lag behind by more are stale: calls to the cluster that read them fail."""


class KafkaChange(Model):
    """What can happen to a cluster by itself."""

    poison: Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]+:\d+$")] | None = None
    """A message that nobody can read comes to the head of TOPIC:PARTITION."""
    hot: dict[KafkaName, Probability] = {}
    """Another key takes such a part of a topic's messages."""


class Kafka(ComponentSpec):
    """A Kafka cluster. A call to it reads what its groups have worked out, and fails where that is stale."""

    callable: ClassVar[bool] = True
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "kafka-reset": ("skipping work that blocks {target}", "resetting consumer offsets on {target}"),
        "kafka-partitions": ("adding capacity to {target}", "adding partitions on {target}"),
    }
    changes: ClassVar[type[Model] | None] = KafkaChange

    kind: Literal["kafka"]
    name: Name
    owner: str
    version: str = "3.7.0"
    brokers: Annotated[int, Field(ge=1, le=99)] = 3
    topics: Annotated[list[Topic], Field(min_length=1)]
    groups: list[Group] = []

    def topic(self, name: str) -> Topic:
        """The topic of that name; KeyError where there is none."""
        return {topic.name: topic for topic in self.topics}[name]

    def signals(self) -> Iterator[Signal]:
        """How far each group is behind."""
        for group in self.groups:
            expr = f'sum(kafka_consumergroup_lag{{consumergroup="{group.name}"}})'
            yield Signal(f"Lag {group.name}", "messages", expr)

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Topics, groups and services that are not there."""
        topics = [topic.name for topic in self.topics]
        services = [name for name, other in others.items() if other.kind == "service"]
        yield from _doubles("topics", topics)
        yield from _doubles("groups", [group.name for group in self.groups])
        for number, topic in enumerate(self.topics):
            for place, producer in enumerate(topic.producers):
                if producer.service not in services:
                    path = ("topics", number, "producers", place, "service")
                    yield Misfit(path, f"there is no service {producer.service}", known(services))
        for number, group in enumerate(self.groups):
            for key, name in (("topic", group.topic), ("dead_letter", group.dead_letter)):
                if name is not None and name not in topics:
                    yield Misfit(("groups", number, key), f"there is no topic {name}", known(topics))
            if group.service not in services:
                message = f"there is no service {group.service}"
                yield Misfit(("groups", number, "service"), message, known(services))
            if group.on_error == "dead-letter" and group.dead_letter is None:
                yield Misfit(("groups", number, "on_error"), "dead-letter needs a `dead_letter` topic")


def _doubles(key: str, names: list[str]) -> Iterator[Misfit]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Misfit((key, place, "name"), f"there are two {key} called {name}")
