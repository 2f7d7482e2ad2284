"""rabbitmqctl, as it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from drillbook.model.nearest import most_like
from drillbook.model.rabbitmq import Rabbitmq
from drillbook.world.parts.rabbitmq.state import QueueState, RabbitmqState
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read

TOOLS: Mapping[str, str] = MappingProxyType({
    "rabbitmqctl": "list_queues, list_consumers, status, environment, purge_queue Q, eval (consumer_timeout)",
})  # fmt: skip
_FLAGS = Flags(
    values={"-n": "node", "--node": "node", "-p": "vhost", "--vhost": "vhost", "--formatter": "formatter"},
    switches={"-q": "quiet", "--quiet": "quiet", "--silent": "quiet", "-s": "quiet"},
)
_TOOK = 3.0
"""Seconds until the Erlang node has answered (assumption)."""
_SET = re.compile(r"application:set_env\(rabbit, *consumer_timeout, *(\d{1,10}|undefined)\)\.?")
_GET = re.compile(r"application:get_env\(rabbit, *consumer_timeout\)\.?")
_COLUMNS = ("name", "messages", "messages_ready", "messages_unacknowledged", "consumers")


def run(look: Look, words: tuple[str, ...], specs: Sequence[Rabbitmq]) -> Answer | None:
    """The answer to rabbitmqctl."""
    if words[0] != "rabbitmqctl":
        return None
    line = read(words[1:], _FLAGS, "rabbitmqctl")
    state = _cluster(look, line, specs)
    match line.words:
        case ("list_queues", *columns):
            return Output(_queues(line, state, columns or ["name", "messages"]), _TOOK)
        case ("list_consumers",):
            return Output(_consumers(look, line, state), _TOOK)
        case ("status" | "cluster_status",):
            return Output(_status(state), _TOOK)
        case ("environment",):
            return Output(_environment(state), _TOOK)
        case ("eval", text):
            return _eval(look, state, text)
        case ("purge_queue", name):
            queue = _named(state, name)
            text = f"Purging queue '{queue.spec.name}' in vhost '/' ..."
            return look.propose("rabbitmq-purge", state.spec.name, queue.spec.name, text, _TOOK)
        case ():
            raise Complaint(f"Usage\n\nrabbitmqctl [-n node] COMMAND\n\nCommands: {TOOLS['rabbitmqctl']}")
    raise _unknown(line.words[0])


def _unknown(word: str) -> Complaint:
    known = ("list_queues", "list_consumers", "status", "environment", "eval", "purge_queue")
    near = most_like(word, known)
    hint = f"\nDid you mean '{near}'?" if near else f"\n(there are: {', '.join(known)})"
    return Complaint(f"Command '{word}' not found.{hint}", _TOOK)


def _cluster(look: Look, line: Line, specs: Sequence[Rabbitmq]) -> RabbitmqState:
    node = line.get("node").removeprefix("rabbit@")
    host = re.sub(r"-\d+$", "", node.partition(".")[0])
    names = [spec.name for spec in specs]
    name = host or names[0]
    if name not in names:
        text = f"Error: unable to perform an operation on node 'rabbit@{node}': nodedown"
        raise Complaint(f"{text}\n(clusters here: {', '.join(f'rabbit@{n}-0' for n in names)})", _TOOK)
    state = look.states[name]
    if not isinstance(state, RabbitmqState):
        raise Complaint(f"{name} is no RabbitMQ cluster")
    return state


def _named(state: RabbitmqState, name: str) -> QueueState:
    known = {queue.spec.name: queue for queue in state.queues}
    if name not in known:
        near = most_like(name, known)
        hint = f" (did you mean {near}?)" if near else f" (there are: {', '.join(known)})"
        raise Complaint(f"Error:\nno queue '{name}' in vhost '/'{hint}", _TOOK)
    return known[name]


def _queues(line: Line, state: RabbitmqState, columns: Sequence[str]) -> str:
    wrong = next((each for each in columns if each not in _COLUMNS), None)
    if wrong is not None:
        near = most_like(wrong, _COLUMNS)
        hint = f"; did you mean {near}?" if near else ""
        raise Complaint(f"Error (argument validation): Info key `{wrong}` is not supported{hint}", _TOOK)
    lines = [] if line.has("quiet") else ["Timeout: 60.0 seconds ...", "Listing queues for vhost / ..."]
    lines.append("\t".join(columns))
    for queue in state.queues:
        ready, unacked = round(queue.ready), round(queue.unacked)
        values = (queue.spec.name, ready + unacked, ready, unacked, queue.consumers)
        row = dict(zip(_COLUMNS, map(str, values), strict=True))
        lines.append("\t".join(row[each] for each in columns))
    return "\n".join(lines)


def _consumers(look: Look, line: Line, state: RabbitmqState) -> str:
    lines = [] if line.has("quiet") else ["Listing consumers in vhost / ..."]
    head = (
        "queue_name",
        "channel_pid",
        "consumer_tag",
        "ack_required",
        "prefetch_count",
        "active",
        "arguments",
    )
    lines.append("\t".join(head))
    lines += ["\t".join(row) for queue in state.queues for row in _channels(look, queue)]
    return "\n".join(lines)


def _channels(look: Look, queue: QueueState) -> Iterator[tuple[str, ...]]:
    service = next(each for each in look.services if each.spec.name == queue.service)
    for pod in service.pods:
        if pod.ready:
            pid = f"<rabbit@0.{look.pick(1000, 99999, 'channel', queue.spec.name, pod.name)}.0>"
            prefetch = str(service.spec.concurrency)
            yield queue.spec.name, pid, f"ctag-{pod.name}", "true", prefetch, "true", "[]"


def _status(state: RabbitmqState) -> str:
    spec, ready = state.spec, sum(queue.ready for queue in state.queues)
    nodes = [f"rabbit@{spec.name}-{n}" for n in range(spec.nodes)]
    return "\n".join([
        f"Status of node {nodes[0]} ...", "Runtime", "",
        f"RabbitMQ version: {state.own.version}", "",
        "Running nodes", "", *nodes, "",
        "Alarms", "", "(none)", "",
        "Totals", "",
        f"Queues: {len(state.queues)}", f"Messages ready: {ready:.0f}",
        f"Messages unacknowledged: {sum(queue.unacked for queue in state.queues):.0f}",
    ])  # fmt: skip


def _environment(state: RabbitmqState) -> str:
    return "\n".join([
        f"Application environment of node rabbit@{state.spec.name}-0 ...",
        "[{rabbit,", "     [{channel_max,2047},", f"      {{consumer_timeout,{timeout(state)}}},",
        "      {heartbeat,60},", "      {vm_memory_high_watermark,0.4}]}].",
    ])  # fmt: skip


def timeout(state: RabbitmqState) -> str:
    """The time limit of acknowledgements as Erlang has it, in milliseconds."""
    return f"{state.own.consumer_timeout * 1000:.0f}" if state.own.consumer_timeout > 0 else "undefined"


def _eval(look: Look, state: RabbitmqState, text: str) -> Answer:
    if _GET.fullmatch(text.strip()):
        value = timeout(state)
        return Output("undefined" if value == "undefined" else f"{{ok,{value}}}", _TOOK)
    found = _SET.fullmatch(text.strip())
    if found is None:
        raise Complaint(
            "only consumer_timeout can be read and set here:\n"
            "  rabbitmqctl eval 'application:get_env(rabbit, consumer_timeout).'\n"
            "  rabbitmqctl eval 'application:set_env(rabbit, consumer_timeout, 3600000).'"
        )
    return look.propose("rabbitmq-timeout", state.spec.name, found[1], "ok", _TOOK)
