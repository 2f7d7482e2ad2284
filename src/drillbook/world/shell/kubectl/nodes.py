"""What `kubectl` shows of declared nodes: lists, load, descriptions, and why a pod waits."""

from __future__ import annotations

import math
from collections.abc import Sequence

from drillbook.world.nodes.law import Note
from drillbook.world.nodes.scheduler import Ask, refusal
from drillbook.world.nodes.state import ClusterState, NodeState
from drillbook.world.shell.ages import age, rfc1123
from drillbook.world.shell.kubectl import cluster
from drillbook.world.shell.kubectl.events import KEPT, Event
from drillbook.world.shell.kubectl.units import cores, kibibytes, mebibytes
from drillbook.world.shell.look import Look
from drillbook.world.shell.table import Row, columns

_OS = ("Debian GNU/Linux 12 (bookworm)", "6.1.0-21-amd64", "containerd://1.7.18")
_WELL = {
    "MemoryPressure": ("KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    "Ready": ("KubeletReady", "kubelet is posting ready status"),
}


def declared(look: Look) -> ClusterState | None:
    """The cluster whose nodes are declared, where there is one."""
    name = next((spec.name for spec in look.system.components if spec.kind == "cluster"), "")
    found = look.states[name] if name else None
    return found if isinstance(found, ClusterState) else None


def named(state: ClusterState, name: str) -> NodeState:
    """The node of that name. Raises Complaint where there is none."""
    node = state.node(name)
    if node is None:
        raise cluster.missing("nodes", name)
    return node


def rows(look: Look, state: ClusterState) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """`kubectl get nodes`: namespace, name, cells, further cells of `-o wide`."""
    out = []
    for node in state.nodes:
        since = age(look.t - node.law.ready_at)
        wide = (f"10.20.{ord(node.law.zone[0]) % 8}.{10 + node.law.number}", "<none>", *_OS)
        out.append(("", node.law.name, (node.status, "<none>", since, state.cluster.version), wide))
    return sorted(out)


def top(state: ClusterState) -> str:
    """`kubectl top nodes`: of nodes that report."""
    table = []
    for node in sorted(state.nodes, key=lambda each: each.law.name):
        room, name = node.space.room, node.law.name
        if node.law.silent < math.inf:
            table.append((name, "<unknown>", "<unknown>", "<unknown>", "<unknown>"))
            continue
        cpu, memory = f"{node.cpu / room.cpu:.0%}", f"{node.memory / room.memory:.0%}"
        table.append((name, cores(node.cpu), cpu, mebibytes(node.memory), memory))
    return columns(("NAME", "CPU(cores)", "CPU%", "MEMORY(bytes)", "MEMORY%"), table)


def refused(look: Look, state: ClusterState, ask: Ask, since: float, pod: str) -> list[Event]:
    """Events of a pod that waits for a node."""
    message = refusal(ask, state.spaces(), look.t)
    last = max(since, look.t - (look.t - since) % 300.0)
    events = [Event(last, "Warning", "FailedScheduling", f"pod/{pod}", message, "default-scheduler")]
    pools = [pool for pool in state.cluster.node_pools if pool.max is not None]
    told = any(note.reason == "TriggeredScaleUp" and note.object == f"pod/{pod}" for note in state.notes)
    if pools and not told and look.t - since > 20:
        full = sum(
            sum(node.pool == pool.name for node in state.own.live()) >= (pool.max or 0) for pool in pools
        )
        why = f"{full} max node group size reached" if full else f"{len(pools)} Insufficient resources"
        text = f"pod didn't trigger scale-up: {why}"
        events.append(
            Event(look.t - 9.0, "Normal", "NotTriggerScaleUp", f"pod/{pod}", text, "cluster-autoscaler")
        )
    return events


def noted(look: Look, state: ClusterState, space: str, object_: str = "") -> list[Event]:
    """What the cluster noted within the last hour, of a namespace (empty: of nodes) or of one thing."""
    found = [
        event(note)
        for note in state.notes
        if note.at < look.t <= note.at + KEPT
        and (note.object == object_ if object_ else note.namespace == space)
    ]
    return _counted(found)


def _counted(events: Sequence[Event]) -> list[Event]:
    """Like events as one, with how often they came."""
    last: dict[tuple[str, str, str], Event] = {}
    counts: dict[tuple[str, str, str], list[float]] = {}
    for each in events:
        key = (each.reason, each.object, each.message)
        counts.setdefault(key, []).append(each.at)
        last[key] = each
    return [each._replace(times=len(counts[key]), first=counts[key][0]) for key, each in last.items()]


def event(note: Note) -> Event:
    """A note as an event."""
    kind = "Warning" if note.warning else "Normal"
    return Event(note.at, kind, note.reason, note.object, note.message, note.source)


# --- describe ---------------------------------------------------------------------------------------------


def describe(look: Look, state: ClusterState, node: NodeState) -> str:
    """`kubectl describe node`."""
    law, spec = node.law, state.cluster
    group = "eks.amazonaws.com/nodegroup" if spec.cloud == "eks" else "cloud.google.com/gke-nodepool"
    head = [
        ("Name:", law.name),
        ("Roles:", "<none>"),
        ("Labels:", f"{group}={law.pool}"),
        ("", f"kubernetes.io/hostname={law.name}"),
        ("", f"node.kubernetes.io/instance-type={node.pool.machine}"),
        ("", f"topology.kubernetes.io/zone={spec.region}{law.zone}"),
        ("CreationTimestamp:", rfc1123(look.instant(law.ready_at))),
        *(("" if k else "Taints:", taint) for k, taint in enumerate(_taints(node))),
        ("Unschedulable:", str(law.cordoned).lower()),
    ]
    lines = [f"{key.ljust(18)} {value}".rstrip() for key, value in head]
    lines += ["Conditions:", *_table(_conditions(look, node), ("Type", "Status", "LastHeartbeatTime",
              "LastTransitionTime", "Reason", "Message"))]  # fmt: skip
    capacity = (
        ("cpu:", f"{node.pool.cpu:g}"),
        ("memory:", kibibytes(node.pool.memory)),
        ("pods:", str(node.pool.pods)),
    )
    room = node.space.room
    allocatable = (
        ("cpu:", cores(room.cpu)), ("memory:", kibibytes(room.memory)), ("pods:", str(room.pods)),
    )  # fmt: skip
    for title, pairs in (("Capacity:", capacity), ("Allocatable:", allocatable)):
        lines += [title, *(f"  {key.ljust(10)} {value}" for key, value in pairs)]
    lines += ["System Info:", f"  Kubelet Version:  {spec.version}", *_pods(look, node), *_allocated(node)]
    events = noted(look, state, "", f"node/{law.name}")
    return "\n".join([*lines, *shown(look, events)])


def _taints(node: NodeState) -> list[str]:
    out = []
    if node.law.noted < math.inf:
        out += ["node.kubernetes.io/unreachable:NoExecute", "node.kubernetes.io/unreachable:NoSchedule"]
    if node.pressed:
        out.append("node.kubernetes.io/memory-pressure:NoSchedule")
    if node.law.cordoned:
        out.append("node.kubernetes.io/unschedulable:NoSchedule")
    return out or ["<none>"]


def _conditions(look: Look, node: NodeState) -> list[Row]:
    law = node.law
    beat = min(look.t, law.silent)
    out: list[Row] = []
    for name, well in _WELL.items():
        status, since, why = "True" if name == "Ready" else "False", law.ready_at, well
        if law.noted < math.inf:
            status, since = "Unknown", law.noted
            why = "NodeStatusUnknown", "Kubelet stopped posting node status."
        elif name == "MemoryPressure" and node.pressed:
            status, since = "True", law.pressed
            why = "KubeletHasInsufficientMemory", "kubelet has insufficient memory available"
        times = (rfc1123(look.instant(t)) for t in (beat - beat % 10, since))
        out.append((name, status, *times, *why))
    return out


def _pods(look: Look, node: NodeState) -> list[str]:
    room = node.space.room
    table = []
    for each in sorted(node.pods, key=lambda pod: (pod.tenant.namespace, pod.tenant.pod.name)):
        tenant = each.tenant
        cpu = [f"{cores(value) if value else 0} ({value / room.cpu:.0%})" for value in tenant.cpu]
        memory = [
            f"{mebibytes(value) if value else 0} ({value / room.memory:.0%})" for value in tenant.memory
        ]
        table.append((tenant.namespace, tenant.pod.name, *cpu, *memory, age(look.t - tenant.pod.created)))
    header = ("Namespace", "Name", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age")
    return [f"Non-terminated Pods:          ({len(table)} in total)", *_table(table, header)]


def _allocated(node: NodeState) -> list[str]:
    room = node.space.room
    limits = [sum(each.tenant.cpu[1] for each in node.pods), sum(each.tenant.memory[1] for each in node.pods)]
    table = [
        ("cpu", f"{cores(node.space.cpu)} ({node.space.cpu / room.cpu:.0%})",
         f"{cores(limits[0])} ({limits[0] / room.cpu:.0%})"),
        ("memory", f"{mebibytes(node.space.memory)} ({node.space.memory / room.memory:.0%})",
         f"{mebibytes(limits[1])} ({limits[1] / room.memory:.0%})"),
    ]  # fmt: skip
    note = "  (Total limits may be over 100 percent, i.e., overcommitted.)"
    return ["Allocated resources:", note, *_table(table, ("Resource", "Requests", "Limits"))]


def shown(look: Look, events: Sequence[Event]) -> list[str]:
    """The events at the end of a description."""
    if not events:
        return ["Events:  <none>"]
    table = [(e.type, e.reason, when(look, e), e.source, e.message) for e in events]
    return ["Events:", *_table(table, ("Type", "Reason", "Age", "From", "Message"))]


def when(look: Look, each: Event) -> str:
    """How long ago an event was, and how often it came."""
    if each.times < 2:
        return age(look.t - each.at)
    return f"{age(look.t - each.at)} (x{each.times} over {age(look.t - each.first)})"


def _table(body: Sequence[Row], header: Row) -> list[str]:
    rule = tuple("-" * len(name) for name in header)
    return [f"  {text}" for text in columns(header, [rule, *body], gap=2).split("\n")]
