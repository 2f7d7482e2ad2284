"""What `kubectl` shows and does of pods that are no services: daemon sets, jobs, other teams' deployments."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from drillbook.model.cluster import ClusterWorkload
from drillbook.world.nodes.eviction import quality
from drillbook.world.nodes.law import WorkloadLaw
from drillbook.world.nodes.state import ClusterState, Member
from drillbook.world.nodes.usage import gained, of_workload
from drillbook.world.shell.ages import age, rfc1123
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.kubectl import cluster, nodes
from drillbook.world.shell.kubectl.events import KEPT, Event
from drillbook.world.shell.kubectl.units import mebibytes
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Line
from drillbook.world.state import LogLine

_EVERY, _LINES = 7.0, 60
"""Seconds between lines of a workload's log, and how many are kept at hand (assumption)."""
KINDS = {"daemonset": "daemonsets.apps", "deployment": "deployments.apps", "job": "jobs.batch"}
TOOK = 2.0
_Row = tuple[str, str, tuple[str, ...], tuple[str, ...]]


def here(look: Look, line: Line) -> tuple[ClusterState, list[Member]] | None:
    """The pods that a command means, where nodes are declared."""
    state = nodes.declared(look)
    if state is None:
        return None
    space = cluster.namespace(look, line)
    app = line.get("selector").partition("=")[2].lstrip("=")
    return state, [
        member
        for member in state.members
        if (not space or member.spec.namespace == space) and (not app or member.spec.name == app)
    ]


def pod_rows(look: Look, line: Line) -> list[_Row]:
    """`kubectl get pods`."""
    found = here(look, line)
    out: list[_Row] = []
    for member in sorted(found[1], key=lambda each: each.pod.name) if found else ():
        status = (
            "Completed" if member.status == "Terminating" and member.spec.runs == "job" else member.status
        )
        restarts = str(member.restarts)
        if member.killed_at is not None:
            restarts += f" ({age(look.t - member.killed_at)} ago)"
        cells = (f"{int(member.ready)}/1", status, restarts, age(look.t - member.pod.created))
        address = "<none>" if member.status in {"Evicted", "Pending"} else member.pod.ip
        wide = (address, member.pod.node or "<none>", "<none>", "<none>")
        out.append((member.spec.namespace, member.pod.name, cells, wide))
    return out


def rows(look: Look, line: Line, kind: str) -> list[_Row]:
    """`kubectl get daemonsets|jobs|deployments`."""
    found = here(look, line)
    if found is None:
        return []
    state, _ = found
    out: list[_Row] = []
    space = cluster.namespace(look, line)
    for spec, workload in state.workloads():
        if KINDS[spec.runs] != kind or (space and spec.namespace != space) or _never(state, spec, workload):
            continue
        out.append((spec.namespace, spec.name, _cells(look, state, spec, workload), ()))
    return out


def _never(state: ClusterState, spec: ClusterWorkload, workload: WorkloadLaw) -> bool:
    """Whether a job is not there (yet)."""
    gone = not any(member.spec is spec for member in state.members)
    return spec.runs == "job" and not workload.desired and gone


def _cells(look: Look, state: ClusterState, spec: ClusterWorkload, workload: WorkloadLaw) -> tuple[str, ...]:
    members = [m for m in state.members if m.spec is spec and m.status not in {"Evicted", "Terminating"}]
    ready = sum(member.ready for member in members)
    updated = sum(member.pod.template == workload.template for member in members)
    born = age(look.t - cluster.born(look, spec.name))
    if spec.runs == "daemonset":
        wanted = len(state.nodes) if workload.desired else 0
        counts = (wanted, len(members), ready, updated, ready)
        return (*map(str, counts), "<none>", born)
    if spec.runs == "job":
        since = min((member.pod.created for member in state.members if member.spec is spec), default=look.t)
        return (f"0/{max(workload.desired, 1)}", age(look.t - since), age(look.t - since))
    return (f"{ready}/{workload.desired}", str(updated), str(ready), born)


HEADERS = {
    "daemonsets.apps": ("DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "NODE SELECTOR", "AGE"),
    "jobs.batch": ("COMPLETIONS", "DURATION", "AGE"),
}


def events(look: Look, state: ClusterState, member: Member) -> list[Event]:
    """The events of a workload's pod, oldest first."""
    pod, space = member.pod, member.spec.namespace
    where, out = f"pod/{pod.name}", []
    if member.status == "Pending":
        return nodes.refused(look, state, of_workload(member.spec, pod).ask, pod.created, pod.name)
    if look.t - pod.scheduled < KEPT:
        text = f"Successfully assigned {space}/{pod.name} to {pod.node}"
        out.append(Event(pod.scheduled, "Normal", "Scheduled", where, text, "default-scheduler"))
        out.append(
            Event(pod.scheduled, "Normal", "Started", where, f"Started container {pod.service}", "kubelet")
        )
    if member.killed_at is not None and look.t - member.killed_at < KEPT:
        text = f"Back-off restarting failed container {pod.service} in pod {pod.name}"
        out.append(Event(member.killed_at + 1.0, "Warning", "BackOff", where, text, "kubelet"))
    return sorted([*out, *nodes.noted(look, state, "", where)], key=lambda each: each.at)


def describe_pod(look: Look, state: ClusterState, member: Member) -> str:
    """`kubectl describe pod` of a workload's pod."""
    pod, spec, tenant = member.pod, member.spec, of_workload(member.spec, member.pod)
    controller = {"daemonset": "DaemonSet", "deployment": "ReplicaSet", "job": "Job"}[spec.runs]
    pairs = [
        ("Name:", pod.name),
        ("Namespace:", spec.namespace),
        ("Priority:", str(spec.priority)),
        *([("Priority Class Name:", "system-node-critical")] if spec.priority > 2_000_000_000 else []),
        ("Node:", pod.node or "<none>"),
        ("Start Time:", rfc1123(look.instant(pod.created))),
        ("Labels:", f"app={spec.name}"),
        ("Status:", {"Evicted": "Failed"}.get(member.status, member.status)),
        *([("Reason:", "Evicted"), ("Message:", pod.evicted.strip())] if pod.evicted else []),
        ("IP:", pod.ip),
        ("Controlled By:", f"{controller}/{pod.replicaset}"),
    ]
    lines = [f"{key.ljust(20)} {value}".rstrip() for key, value in pairs]
    image = f"registry.{look.system.domain}/{spec.name}:{pod.template.version}"
    lines += ["Containers:", f"  {spec.name}:", f"    Image:          {image}",
              f"    Restart Count:  {member.restarts}"]  # fmt: skip
    for title, place in (("Limits", 1), ("Requests", 0)):
        cpu, memory = tenant.cpu[place], tenant.memory[place]
        if cpu or memory:
            lines.append(f"    {title}:")
            lines += [f"      cpu:     {cpu:g}"] if cpu else []
            lines += [f"      memory:  {mebibytes(memory)}"] if memory else []
    lines += ["    Environment:"]
    lines += [f"      {key}:  {value}" for key, value in pod.template.settings] or ["      <none>"]
    lines.append(f"QoS Class:           {quality(tenant.cpu, tenant.memory)}")
    return "\n".join([*lines, *nodes.shown(look, events(look, state, member))])


def logs(look: Look, state: ClusterState, member: Member) -> list[LogLine]:
    """The last lines of a workload's pod, oldest first; it writes one every few seconds."""
    pod, spec = member.pod, member.spec
    if member.status == "Pending":
        raise Complaint(f'Error from server (BadRequest): pod "{pod.name}" does not have a host assigned')
    workload, out = state.own.workload(spec.name), []
    first = math.floor((look.t - _EVERY * _LINES) / _EVERY)
    for number in range(first, math.floor(look.t / _EVERY) + 1):
        t = number * _EVERY + pod.bits % 700 / 100
        if not max(pod.started, look.t - _EVERY * _LINES) < t <= min(look.t, pod.removed):
            continue
        grown = gained(spec, workload, pod, pod.started, np.array([t - _EVERY, t]))
        if spec.says and grown[1] > grown[0]:
            out.append(LogLine(t, pod.name, "WARN", spec.says))
        else:
            lines = 200 + (pod.bits >> (number % 40)) % 800
            out.append(LogLine(t, pod.name, "INFO", f"batch done: {lines} items, 0 errors"))
    return out


# --- changes ----------------------------------------------------------------------------------------------


def named(look: Look, line: Line, words: Sequence[str]) -> tuple[ClusterState, ClusterWorkload] | None:
    """The workload that a command means (`daemonset/NAME`, `job NAME`); None where it is none."""
    state = nodes.declared(look)
    if state is None or not words:
        return None
    kind, names = cluster.references(words)
    for spec in state.cluster.workloads:
        if KINDS[spec.runs] == kind and (spec.name,) == names[:1]:
            space = cluster.namespace(look, line)
            if space and spec.namespace != space:
                raise cluster.missing(kind, spec.name)
            return state, spec
    if kind in HEADERS:
        raise cluster.missing(kind, names[0] if names else "")
    return None


def rollout(look: Look, verb: str, line: Line, state: ClusterState, spec: ClusterWorkload) -> Answer:
    """`kubectl rollout status|history|undo|restart` of a workload."""
    workload, noun = state.own.workload(spec.name), f"{spec.runs}.apps/{spec.name}"
    if verb == "history":
        table = [
            f"{str(r.number).ljust(10)} {' '.join(r.cause.split()) or '<none>'}" for r in workload.revisions
        ]
        return Output("\n".join([noun, "REVISION   CHANGE-CAUSE", *table]), TOOK)
    if verb == "status":
        return Output(_status(state, spec, workload), TOOK)
    if verb == "undo":
        if len(workload.revisions) < 2:
            raise Complaint(f'error: no rollout history found for {spec.runs} "{spec.name}"')
        return look.propose("workload-rollback", state.cluster.name, spec.name, f"{noun} rolled back")
    if verb == "restart":
        return look.propose("workload-restart", state.cluster.name, spec.name, f"{noun} restarted")
    raise Complaint(f"error: {spec.runs}s.apps {verb} is not supported")


def _status(state: ClusterState, spec: ClusterWorkload, workload: WorkloadLaw) -> str:
    members = [m for m in state.members if m.spec is spec and m.status not in {"Evicted", "Terminating"}]
    updated = sum(member.pod.template == workload.template for member in members)
    kind = "daemon set" if spec.runs == "daemonset" else spec.runs
    if workload.rolling or updated < len(members):
        text = f'Waiting for {kind} "{spec.name}" rollout to finish: '
        return f"{text}{updated} out of {len(members)} new pods have been updated..."
    return f'{kind} "{spec.name}" successfully rolled out'


def set_env(
    look: Look, line: Line, state: ClusterState, spec: ClusterWorkload, changes: Sequence[str]
) -> Answer:
    """`kubectl set env daemonset/NAME KEY=VALUE`, or `--list`."""
    values = dict(state.own.workload(spec.name).template.settings)
    if line.has("list"):
        head = f"# {spec.runs}s/{spec.name}, container {spec.name}"
        return Output("\n".join([head, *(f"{k}={v}" for k, v in sorted(values.items()))]), TOOK)
    if len(changes) != 1 or "=" not in changes[0]:
        raise Complaint(f"error: one variable at a time: kubectl set env {spec.runs}/{spec.name} NAME=VALUE")
    key, _, value = changes[0].partition("=")
    if values.get(key) == value:
        return Output("", TOOK)
    text = f"{spec.runs}.apps/{spec.name} env updated"
    return look.propose("workload-env", state.cluster.name, f"{spec.name} {changes[0]}", text)


def set_limit(look: Look, state: ClusterState, spec: ClusterWorkload, size: int) -> Answer:
    """`kubectl set resources daemonset/NAME --limits=memory=…`."""
    text = f"{spec.runs}.apps/{spec.name} resource requirements updated"
    return look.propose("workload-limit", state.cluster.name, f"{spec.name} {size}", text)


def stop(look: Look, state: ClusterState, spec: ClusterWorkload, replicas: int, text: str) -> Answer:
    """`kubectl scale`, or `kubectl delete job|daemonset`."""
    return look.propose("workload-scale", state.cluster.name, f"{spec.name} {replicas}", text)


def tops(look: Look, line: Line) -> Iterator[tuple[str, str, float, float]]:
    """`kubectl top pods`: namespace, name, cores, bytes."""
    found = here(look, line)
    for member in found[1] if found else ():
        if member.status == "Running":
            yield member.spec.namespace, member.pod.name, member.cpu, member.memory
