"""Kafka as a kind of component: what can be done to a cluster, and what its consumers log."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from drillbook.model.base import Model
from drillbook.model.kafka import Kafka, KafkaChange
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.outcome import fails, hidden
from drillbook.world.parts.kafka import shell
from drillbook.world.parts.kafka.flow import ROOM, KafkaFlow
from drillbook.world.parts.kafka.law import KafkaLaw, initial
from drillbook.world.parts.kafka.state import (
    GroupState,
    KafkaState,
    families,
    flow_of,
    health_of,
    settings,
    state_of,
)
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken


class KafkaKind:
    """Kafka clusters."""

    tools: Mapping[str, str] = shell.TOOLS

    def initial(self, spec: Kafka) -> KafkaLaw:
        """The settings as the author has them."""
        return initial(spec)

    def flow(self, spec: Kafka, system: System, column: int) -> KafkaFlow:
        """A cluster's flow."""
        return KafkaFlow(spec, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Kafka]) -> list[Family]:
        """What kafka_exporter shows."""
        return families(plant, keys, specs)

    def state(self, plant: Plant, spec: Kafka, row: Row, t: float) -> KafkaState:
        """A cluster at `t`."""
        return state_of(plant, spec, row, t)

    def health(self, state: KafkaState) -> tuple[Health, str]:
        """How far the slowest group is behind."""
        return health_of(state)

    def depends(self, spec: Kafka) -> tuple[str, ...]:
        """The services whose pods consume: readers wait for them."""
        return tuple(dict.fromkeys(group.service for group in spec.groups))

    def changed(self, own: KafkaLaw, changes: Model, t: float) -> KafkaLaw:
        """A poison message comes, or another key gets hot."""
        if not isinstance(changes, KafkaChange):
            return own
        hot = tuple((topic, changes.hot.get(topic, part)) for topic, part in own.hot)
        poison = own.poison
        if changes.poison is not None:
            topic, _, number = changes.poison.rpartition(":")
            poison = (*poison, (topic, int(number)))
        return replace(own, hot=hot, poison=poison)

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Set offsets, or add partitions."""
        spec = plant.system.component(action.target)
        if not isinstance(spec, Kafka):
            return fails(id, f"{action.target} is no Kafka cluster")
        if action.kind == "kafka-partitions":
            return _grow(plant, t, spec, action, id)
        return _reset(plant, t, spec, action, id)

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """What would be skipped, or that keys move to other partitions."""
        spec = plant.system.component(action.target)
        if not isinstance(spec, Kafka):
            return None
        if action.kind == "kafka-partitions":
            return (
                "Keys move to other partitions: the order of messages of one key is lost for what is unread."
            )
        state = state_of(plant, spec, plant.trajectory.at(math.floor(t)), float(math.floor(t)))
        found = _moves(state, action.value)
        if found is None:
            return None
        group, moves = found
        skipped = sum(max(0.0, moves.get(p.number, p.committed) - p.committed) for p in group.partitions)
        again = sum(max(0.0, p.committed - moves.get(p.number, p.committed)) for p in group.partitions)
        if again >= 1:
            return f"{group.spec.name} works on about {again:,.0f} messages a second time."
        return f"{group.spec.name} will never work on about {skipped:,.0f} messages." if skipped > 1 else None

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Kafka]) -> Answer | None:
        """One of Kafka's scripts."""
        return shell.run(look, words, specs)

    def examples(self, spec: Kafka) -> Iterator[tuple[str, str]]:
        """What can be typed about a cluster."""
        server = f"--bootstrap-server {spec.name}:9092"
        yield f"kafka-topics {server} --list", f"topics of {spec.name}"
        for group in spec.groups:
            name, topic = group.name, group.topic
            yield f"kafka-consumer-groups {server} --describe --group {name}", f"how far {name} is behind"
            reset = f"kafka-consumer-groups {server} --group {name} --topic {topic} --reset-offsets"
            yield f"{reset} --to-latest --execute", f"skips all that {name} has not read"
            more = 2 * spec.topic(topic).partitions
            yield f"kafka-topics {server} --alter --topic {topic} --partitions {more}", "more partitions"

    def spoken(
        self, plant: Plant, specs: Sequence[Kafka], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """What the consumers among a service's pods log besides their messages."""
        for spec in specs:
            for group in state_of(plant, spec, row, t).groups:
                if group.spec.service == service:
                    yield from _logged(settings(plant.history.at(t), spec), group)


def _logged(own: KafkaLaw, group: GroupState) -> Iterator[Spoken]:
    name = group.spec.name
    if group.rebalancing:
        text = f"[Consumer groupId={name}] Revoke previously assigned partitions; (Re-)joining group"
        yield Spoken(0.8, "INFO", text)
        return
    if not group.member.safe and group.member.on_error == "retry":
        for partition in group.partitions:
            if (partition.topic, partition.number) in own.poison:
                where = f"{partition.topic}-{partition.number} offset={partition.head}"
                text = f"cannot deserialize message {where}: Unexpected character in JSON, retrying"
                yield Spoken(0.25, "ERROR", text)
    if group.rate > 0 and group.lag > 1 and _expelled(group):
        most = f"max.poll.interval.ms ({group.member.max_poll_interval * 1000:.0f})"
        text = f"[Consumer groupId={name}] consumer poll timeout has expired: time between polls > {most}"
        yield Spoken(0.15, "WARN", text)


def _expelled(group: GroupState) -> bool:
    took = len(group.partitions) / group.rate if group.rate > 0 else 0.0
    return group.member.max_poll_records * took > group.member.max_poll_interval


def _moves(state: KafkaState, value: str) -> tuple[GroupState, dict[int, float]] | None:
    """The group of a reset `GROUP TOPIC[:PARTITIONS] HOW[:N]`, and where its partitions go."""
    words = value.split(" ")
    group = next((each for each in state.groups if each.spec.name == words[0]), None)
    if group is None or len(words) != 3:
        return None
    _, _, wanted = words[1].partition(":")
    how, _, number = words[2].partition(":")
    return group, {
        p.number: shell.target(p, how, int(number or 0))
        for p in group.partitions
        if not wanted or str(p.number) in wanted.split(",")
    }


def _reset(plant: Plant, t: float, spec: Kafka, action: Action, id: str) -> list[Happening]:  # noqa: A002
    second = float(math.floor(t))
    state = state_of(plant, spec, plant.trajectory.at(second), second)
    found = _moves(state, action.value)
    if found is None:
        return fails(id, f"Error: no such group in {action.value!r}")
    group, moves = found
    if group.member.members:
        text = f"Error: Assignments can only be reset if the group '{group.spec.name}' is inactive."
        return fails(id, text)
    own, flow = settings(plant.law, spec), flow_of(plant, spec)
    passed = {(p.topic, p.number) for p in group.partitions if moves.get(p.number, 0.0) > p.committed}
    left = tuple(place for place in own.poison if place not in passed)
    plant.set(t, laws.with_part(plant.law, spec.name, replace(own, poison=left)))
    plant.strike(t, lambda row: flow.skip(row, group.spec.name, moves))
    law = hidden(f"kafka-reset {action.value}")
    return [law, Happening("finished", f"offsets of {group.spec.name} are set", id)]


def _grow(plant: Plant, t: float, spec: Kafka, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, _, number = action.value.partition(" ")
    own, topics = settings(plant.law, spec), {topic.name: topic for topic in spec.topics}
    count = int(number) if number.isdecimal() else 0
    if name not in topics:
        return fails(id, f"Error: Topic '{name}' does not exist")
    if count <= own.count(name):
        have = own.count(name)
        text = f"Error: Topic currently has {have} partitions, which is higher than the requested {count}."
        return fails(id, text)
    most = ROOM * topics[name].partitions
    if count > most:
        text = f"Error: PolicyViolationException: topics of this cluster have at most {most} partitions"
        return fails(id, text)
    partitions = tuple((topic, count if topic == name else n) for topic, n in own.partitions)
    plant.set(t, laws.with_part(plant.law, spec.name, replace(own, partitions=partitions)))
    law = hidden(f"kafka-partitions {name} {count}")
    return [law, Happening("finished", f"{name} has {count} partitions", id)]
