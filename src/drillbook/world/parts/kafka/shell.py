"""kafka-consumer-groups, kafka-topics and kafka-console-consumer, as Kafka's own scripts print."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from drillbook.model.kafka import Kafka
from drillbook.model.nearest import most_like
from drillbook.world.parts.kafka.state import GroupState, KafkaState, PartitionState
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read

TOOLS: Mapping[str, str] = MappingProxyType({
    "kafka-consumer-groups": "--list, --describe --group G, --reset-offsets",
    "kafka-topics": "--list, --describe, --alter --partitions N",
    "kafka-console-consumer": "one message: --topic T --partition P --offset N",
})  # fmt: skip
_FLAGS = Flags(
    values={f"--{name}": name for name in (
        "bootstrap-server", "group", "topic", "to-offset", "shift-by", "partitions", "partition", "offset",
        "max-messages", "command-config", "timeout-ms",
    )},
    switches={f"--{name}": name for name in (
        "list", "describe", "reset-offsets", "to-latest", "to-earliest", "execute", "dry-run", "members",
        "state", "alter", "all-groups", "verbose", "all-topics", "from-beginning",
    )},
)  # fmt: skip
_TOOK = 4.0
"""Seconds that one of the scripts needs to start its JVM and answer (assumption)."""


def run(look: Look, words: tuple[str, ...], specs: Sequence[Kafka]) -> Answer | None:
    """The answer to one of the tools."""
    name = words[0].removesuffix(".sh")
    tool = _TOOLS.get(name)
    if tool is None or len(words) == 1:
        return None
    line = read(words[1:], _FLAGS, name)
    return tool(look, line, _cluster(look, line, specs))


def _cluster(look: Look, line: Line, specs: Sequence[Kafka]) -> KafkaState:
    server = line.flags.get("bootstrap-server", "")
    host = server.split(",")[0].partition(":")[0].partition(".")[0]
    names = [spec.name for spec in specs]
    found = next((n for n in names if host in {"", n, f"{n}-0", f"{n}-1", f"{n}-2", "localhost"}), None)
    if found is None:
        raise Complaint(
            f"WARN Couldn't resolve server {server} from bootstrap.servers: no DNS record for {host}\n"
            f"(clusters here: {', '.join(f'{n}:9092' for n in names)})", _TOOK,
        )  # fmt: skip
    state = look.states[found]
    if not isinstance(state, KafkaState):
        raise Complaint(f"{found} is no Kafka cluster")
    return state


def _groups(look: Look, line: Line, state: KafkaState) -> Answer:
    if "list" in line.flags:
        return Output("\n".join(group.spec.name for group in state.groups), _TOOK)
    if "all-groups" in line.flags and "describe" in line.flags:
        return Output("\n\n".join(_described(look, group) for group in state.groups), _TOOK)
    if "group" not in line.flags:
        raise Complaint('Missing required argument "[group]"', _TOOK)
    group = _named(line.flags["group"], {each.spec.name: each for each in state.groups}, "Consumer group")
    if "reset-offsets" in line.flags:
        return _reset(look, line, state, group)
    if "describe" not in line.flags:
        raise Complaint("Command must include exactly one action: --list, --describe, --reset-offsets", _TOOK)
    if "state" in line.flags:
        return Output(_state(look, state, group), _TOOK)
    if "members" in line.flags:
        return Output(_members(look, group), _TOOK)
    return Output(_described(look, group), _TOOK)


def _named(name: str, known: Mapping[str, GroupState], what: str) -> GroupState:
    if name not in known:
        near = most_like(name, known)
        hint = f" (did you mean {near}?)" if near else f" (there are: {', '.join(known)})"
        raise Complaint(f"Error: {what} '{name}' does not exist.{hint}", _TOOK)
    return known[name]


def _assigned(look: Look, group: GroupState) -> Iterator[tuple[PartitionState, str, str, str]]:
    """Each partition with its consumer's id, host and client id; dashes where it has none."""
    service = next(s for s in look.services if s.spec.name == group.spec.service)
    pods = [pod for pod in service.pods if pod.ready]
    threads = [(pod, n) for n in range(service.spec.concurrency) for pod in pods][: len(group.partitions)]
    for partition in group.partitions:
        if not threads or group.rebalancing:
            yield partition, "-", "-", "-"
            continue
        pod, thread = threads[partition.number % len(threads)]
        client = f"consumer-{group.spec.name}-{thread + 1}"
        ids = [f"{look.pick(0, 65535, 'member', pod.name, thread, k):04x}" for k in range(8)]
        uuid = f"{ids[0]}{ids[1]}-{ids[2]}-{ids[3]}-{ids[4]}-{ids[5]}{ids[6]}{ids[7]}"
        yield partition, f"{client}-{uuid}", f"/{pod.ip}", client


_HEADER = (
    "GROUP",
    "TOPIC",
    "PARTITION",
    "CURRENT-OFFSET",
    "LOG-END-OFFSET",
    "LAG",
    "CONSUMER-ID",
    "HOST",
    "CLIENT-ID",
)


def _described(look: Look, group: GroupState) -> str:
    rows = [_HEADER]
    for partition, consumer, host, client in _assigned(look, group):
        head, end = partition.head, math.floor(partition.written)
        rows.append((
            group.spec.name, partition.topic, str(partition.number), str(head), str(end), str(end - head),
            consumer, host, client,
        ))  # fmt: skip
    widths = [max(15, *(len(row[k]) for row in rows)) for k in range(len(_HEADER))]
    table = "\n".join(
        " ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    if group.rebalancing and group.member.members:
        return f"\nWarning: Consumer group '{group.spec.name}' is rebalancing.\n\n{table}"
    if not group.member.members:
        return f"\nConsumer group '{group.spec.name}' has no active members.\n\n{table}"
    return f"\n{table}"


def _state(look: Look, state: KafkaState, group: GroupState) -> str:
    word = "Empty" if not group.member.members else "PreparingRebalance" if group.rebalancing else "Stable"
    head = f"{'GROUP':<25} {'COORDINATOR (ID)':<25} {'ASSIGNMENT-STRATEGY':<20} {'STATE':<20} #MEMBERS"
    number = look.pick(0, state.spec.brokers - 1, "coordinator", group.spec.name)
    coordinator = f"{state.spec.name}-{number}:9092 ({number})"
    members = len(group.partitions) if group.member.members else 0
    return f"\n{head}\n{group.spec.name:<25} {coordinator:<25} {'range':<20} {word:<20} {members}"


def _members(look: Look, group: GroupState) -> str:
    counts: dict[tuple[str, str, str], int] = {}
    for _, consumer, host, client in _assigned(look, group):
        counts[consumer, host, client] = counts.get((consumer, host, client), 0) + 1
    lines = [f"{'GROUP':<25} {'CONSUMER-ID':<75} {'HOST':<16} {'CLIENT-ID':<40} #PARTITIONS"]
    lines += [
        f"{group.spec.name:<25} {consumer:<75} {host:<16} {client:<40} {count}"
        for (consumer, host, client), count in counts.items()
        if consumer != "-"
    ]
    if len(lines) == 1:
        return f"\nConsumer group '{group.spec.name}' has no active members."
    return "\n" + "\n".join(lines)


def _reset(look: Look, line: Line, state: KafkaState, group: GroupState) -> Answer:
    given = line.flags
    topic, _, wanted = given.get("topic", group.spec.topic).partition(":")
    if topic != group.spec.topic:
        raise Complaint(
            f"Error: Executing consumer group command failed: no topic {topic} in the group", _TOOK
        )
    how = next((h for h in ("to-latest", "to-earliest", "to-offset", "shift-by") if h in given), None)
    if how is None:
        raise Complaint(
            "Option [reset-offsets] requires one of: --to-latest, --to-earliest, --to-offset, --shift-by"
        )
    if group.member.members:
        raise Complaint(
            f"Error: Assignments can only be reset if the group '{group.spec.name}' is inactive, "
            f"but the current state is {'PreparingRebalance' if group.rebalancing else 'Stable'}.", _TOOK,
        )  # fmt: skip
    number = given[how] if how in {"to-offset", "shift-by"} else ""
    if number and not number.lstrip("-").isdecimal():
        raise Complaint(f"Cannot parse argument '{number}' of option {how}")
    chosen = [p for p in group.partitions if not wanted or str(p.number) in wanted.split(",")]
    if not chosen:
        raise Complaint(f"Error: partition {wanted} does not exist in topic {topic}", _TOOK)
    rows = [f"\n{'GROUP':<30} {'TOPIC':<30} {'PARTITION':<10} {'NEW-OFFSET':<15}"]
    for partition in chosen:
        to = math.floor(target(partition, how, int(number or 0)))
        rows.append(f"{group.spec.name:<30} {topic:<30} {partition.number:<10} {to:<15}".rstrip())
    if "execute" not in given:
        text = "\n".join(["WARN: No action will be performed as the --execute option is missing.", *rows])
        return Output(text, _TOOK)
    value = f"{group.spec.name} {topic}{':' + wanted if wanted else ''} {how}{':' + number if number else ''}"
    return look.propose("kafka-reset", state.spec.name, value, "\n".join(rows), _TOOK)


def target(partition: PartitionState, how: str, number: int) -> float:
    """The offset that a reset leads to."""
    to = {"to-latest": partition.written, "to-earliest": 0.0, "to-offset": float(number)}.get(
        how, partition.committed + number
    )
    return min(max(0.0, to), partition.written)


def _topics(look: Look, line: Line, state: KafkaState) -> Answer:
    given = line.flags
    names = [topic.name for topic in state.spec.topics]
    if "list" in given:
        return Output("\n".join(names), _TOOK)
    name = given.get("topic")
    if name is not None and name not in names:
        near = most_like(name, names)
        hint = f" (did you mean {near}?)" if near else f" (there are: {', '.join(names)})"
        raise Complaint(
            f"Error while executing topic command : Topic '{name}' does not exist as expected{hint}", _TOOK
        )
    if "alter" in given:
        if name is None or not given.get("partitions", "").isdecimal():
            raise Complaint("Option [alter] requires --topic T --partitions N")
        return look.propose("kafka-partitions", state.spec.name, f"{name} {given['partitions']}", "", _TOOK)
    if "describe" not in given:
        raise Complaint("Command must include exactly one action: --list, --describe, --alter")
    return Output("\n".join(_topic(look, state, each) for each in names if name in {None, each}), _TOOK)


def _topic(look: Look, state: KafkaState, name: str) -> str:
    count, brokers = state.own.count(name), state.spec.brokers
    factor = min(3, brokers)
    head = f"Topic: {name}\tPartitionCount: {count}\tReplicationFactor: {factor}"
    head += f"\tConfigs: min.insync.replicas={max(1, factor - 1)}"
    lines = [head]
    first = look.pick(0, brokers - 1, "leader", name)
    for n in range(count):
        replicas = [(first + n + k) % brokers for k in range(factor)]
        ids = ",".join(map(str, replicas))
        lines.append(f"\tTopic: {name}\tPartition: {n}\tLeader: {replicas[0]}\tReplicas: {ids}\tIsr: {ids}")
    return "\n".join(lines)


def _console(look: Look, line: Line, state: KafkaState) -> Answer:
    given, names = line.flags, [topic.name for topic in state.spec.topics]
    topic, partition = given.get("topic", ""), given.get("partition", "0")
    if topic not in names:
        raise Complaint(f"Error: topic '{topic}' does not exist (there are: {', '.join(names)})", _TOOK)
    if not partition.isdecimal() or int(partition) >= state.own.count(topic):
        raise Complaint(f"Error: topic {topic} has partitions 0 to {state.own.count(topic) - 1}", _TOOK)
    end = math.floor(state.written[topic][int(partition)])
    offset = given.get("offset", "latest")
    at = int(offset) if offset.isdecimal() else end
    if at >= end:
        return Output("Processed a total of 0 messages", _TOOK + 10)
    text = message(look, state, topic, int(partition), at)
    return Output(f"{text}\nProcessed a total of 1 messages", _TOOK)


def message(look: Look, state: KafkaState, topic: str, partition: int, offset: int) -> str:
    """A message's text: JSON, unless it is the one at which readers stop."""
    key = f"{partition}{offset:08d}"
    if (topic, partition) in state.own.poison and offset in _heads(state, topic, partition):
        return f'{{"id": "{key}", "schema": 4, "total": {{"amount": "12,90", "lines": "\\ufffd'
    amount = look.pick(500, 25000, "amount", topic, partition, offset) / 100
    return f'{{"id": "{key}", "schema": 3, "total": {{"amount": {amount:.2f}, "currency": "EUR"}}}}'


def _heads(state: KafkaState, topic: str, partition: int) -> set[int]:
    """The next message of each group that reads the partition."""
    read = [each for group in state.groups for each in group.partitions if each.topic == topic]
    return {each.head for each in read if each.number == partition}


_TOOLS: dict[str, Callable[[Look, Line, KafkaState], Answer]] = {
    "kafka-consumer-groups": _groups,
    "kafka-topics": _topics,
    "kafka-console-consumer": _console,
}
