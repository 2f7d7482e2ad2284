"""`kubectl logs`."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.model.quantities import seconds
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.kubectl import cluster, workloads
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read
from drillbook.world.state import LogLine, Pod, ServiceState

_LOGS = Flags(
    values={
        **cluster.SCOPE, **cluster.SELECT, "--tail": "tail", "--since": "since", "-c": "container",
        "--container": "container", "--since-time": "since-time", "--max-log-requests": "requests",
    },
    switches={
        "-f": "follow", "--follow": "follow", "-p": "previous", "--previous": "previous",
        "--prefix": "prefix",
        "--timestamps": "timestamps", "--all-containers": "all", "--all-pods": "all-pods",
        "--ignore-errors": "ignore",
    },
)  # fmt: skip
TOOK = 4.0
_WHOLE = 100
"""Lines that are shown without --tail."""
_MOST = 1000
"""Lines that are drawn for one look."""


def logs(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl logs POD|deployment/NAME|-l app=NAME`; following is one look."""
    line = read(words, _LOGS, "kubectl logs")
    if line.get("selector"):
        return Output(_selected(look, line), TOOK)
    if not line.words:
        raise Complaint("error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.")
    other = _of_workload(look, line)
    if other is not None:
        return Output(other, TOOK)
    kind, _, name = line.words[0].rpartition("/")
    if not kind and len(line.words) == 2 and line.words[0] in cluster.KINDS["deployments.apps"]:
        kind, name = line.words
    if not kind or cluster.kind_of(kind) == "pods":
        service, member = cluster.pod(look, line, name)
        return Output(_of_pod(look, line, service, member), TOOK)
    if cluster.kind_of(kind) not in {"deployments.apps", "services"}:
        raise Complaint(f"error: cannot get the logs from {kind}: name a pod or a deployment")
    return Output(_of_deployment(look, line, cluster.deployment(look, line, name)), TOOK)


def _of_workload(look: Look, line: Line) -> str | None:
    """Of a daemon set, a job or one of their pods; None where the line means no such."""
    found = workloads.here(look, line)
    if found is None:
        return None
    state, name = found[0], line.words[0].rpartition("/")[2]
    members = [member for member in found[1] if member.pod.name == name]
    named = workloads.named(look, line, line.words) if "/" in line.words[0] and not members else None
    if named is not None:
        members = [each for each in found[1] if each.spec is named[1] and each.status == "Running"]
        if not members:
            raise Complaint(f"error: timed out waiting for the condition: no pod of {name} runs", TOOK)
    if not members:
        return None
    note = f"Found {len(members)} pods, using pod/{members[0].pod.name}\n" if len(members) > 1 else ""
    own = _since(look, line, workloads.logs(look, state, members[0]))
    return ("" if look.piped else note) + _text(look, own[-_tail(line) :], prefix=line.has("prefix"))


def _of_deployment(look: Look, line: Line, service: ServiceState) -> str:
    running = sorted((p for p in service.pods if p.phase == "Running"), key=lambda p: (not p.ready, p.name))
    if not running:
        raise Complaint(
            f"error: timed out waiting for the condition: no pod of {service.spec.name} runs", TOOK
        )
    if line.has("all-pods"):
        return _text(
            look, _since(look, line, look.sight.logs(service.spec.name, look.t, _tail(line))), prefix=True
        )
    note = f"Found {len(running)} pods, using pod/{running[0].name}\n" if len(running) > 1 else ""
    note = "" if look.piped else note  # written to stderr, which no pipe gets
    return note + _of_pod(look, line, service, running[0])


def _of_pod(look: Look, line: Line, service: ServiceState, member: Pod) -> str:
    name = service.spec.name
    if line.get("container", name) != name:
        raise Complaint(f"error: container {line.get('container')} is not valid for pod {member.name}")
    if member.phase == "Pending":
        raise Complaint(
            f'Error from server (BadRequest): container "{name}" in pod "{member.name}" is waiting to start: '
            "ContainerCreating"
        )
    if line.has("previous") and not member.restarts:
        raise Complaint(
            f'Error from server (BadRequest): previous terminated container "{name}" in pod "{member.name}" '
            "not found"
        )
    tail = _tail(line)
    lines = min(tail * max(len(service.pods), 1), _MOST)
    began = member.container_started if member.restarts else member.started_at
    until = min(look.t, member.killed_at or look.t) if line.has("previous") else look.t
    own = look.sight.logs(name, until, lines, member.name)
    own = [entry for entry in own if line.has("previous") or entry.t >= began]
    return _text(look, _since(look, line, own)[-tail:] if tail else [], prefix=line.has("prefix"))


def _selected(look: Look, line: Line) -> str:
    chosen = cluster.services(look, line)
    if not chosen:
        return cluster.none_found(cluster.namespace(look, line))
    tail = _tail(line) if line.has("tail") else 10 * max(len(chosen[0].pods), 1)
    found = [entry for s in chosen for entry in look.sight.logs(s.spec.name, look.t, tail)]
    found.sort(key=lambda entry: (entry.t, entry.pod))
    return _text(look, _since(look, line, found), prefix=line.has("prefix"))


def _tail(line: Line) -> int:
    value = line.get("tail", str(_WHOLE))
    try:
        count = int(value)
    except ValueError:
        why = f'strconv.ParseInt: parsing "{value}": invalid syntax'
        raise Complaint(f'error: invalid argument "{value}" for "--tail" flag: {why}') from None
    return min(count, _MOST) if count >= 0 else _WHOLE


def _since(look: Look, line: Line, entries: Sequence[LogLine]) -> list[LogLine]:
    value = line.get("since")
    if not value:
        return list(entries)
    try:
        span = seconds(value)
    except ValueError:
        raise Complaint(
            f'error: invalid argument "{value}" for "--since" flag: time: invalid duration'
        ) from None
    return [entry for entry in entries if entry.t >= look.t - span]


def _text(look: Look, entries: Sequence[LogLine], *, prefix: bool) -> str:
    return "\n".join((f"[pod/{entry.pod}] " if prefix else "") + log_line(look, entry) for entry in entries)


def log_line(look: Look, entry: LogLine) -> str:
    """A line as the services write it: instant, level, text."""
    return f"{look.instant(entry.t).isoformat('T', 'milliseconds')[:23]}Z {entry.level:<5} {entry.text}"
