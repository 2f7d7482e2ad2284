"""A cluster at a moment, as `kubectl` and the map show it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from drillbook.model.cluster import Cluster, ClusterWorkload, NodePool
from drillbook.world.fleet import TERMINATING, PodRecord
from drillbook.world.nodes.law import ClusterLaw, NodeLaw, Note, WorkloadLaw, release, settings
from drillbook.world.nodes.scheduler import Space
from drillbook.world.nodes.usage import (
    Tenant,
    Usage,
    resident_size,
    spaces,
    tenants,
)
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow
from drillbook.world.state import Health, PartState

IDLE = 0.004
"""Cores of a pod that does nothing."""


class OnNode(NamedTuple):
    """A pod on a node: cores and bytes that it uses."""

    tenant: Tenant
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node."""

    law: NodeLaw
    pool: NodePool
    space: Space
    """What can be asked for, and is."""
    pods: tuple[OnNode, ...]
    cpu: float
    """Cores in use."""
    memory: float
    """Working set in bytes."""
    status: str
    """`Ready`, or what it says instead."""

    @property
    def pressed(self) -> bool:
        """Whether it reports MemoryPressure."""
        return self.law.pressed < math.inf


@dataclass(frozen=True, slots=True)
class Member:
    """A pod of a workload, as it is listed."""

    spec: ClusterWorkload
    pod: PodRecord
    status: str
    ready: bool
    restarts: int
    killed_at: float | None
    cpu: float
    memory: float


@dataclass(frozen=True)
class ClusterState(PartState):
    """A cluster."""

    cluster: Cluster
    own: ClusterLaw
    nodes: tuple[NodeState, ...]
    members: tuple[Member, ...]
    notes: tuple[Note, ...]

    def workloads(self) -> list[tuple[ClusterWorkload, WorkloadLaw]]:
        """The workloads and how they are set."""
        return [(self.cluster.workload(name), workload) for name, workload in self.own.workloads]

    def node(self, name: str) -> NodeState | None:
        """The node of that name."""
        return next((node for node in self.nodes if node.law.name == name), None)

    def spaces(self) -> list[Space]:
        """What the scheduler sees."""
        return [node.space for node in self.nodes]


def state_of(plant: Plant, spec: Cluster, row: Row, t: float) -> ClusterState:
    """A cluster at the whole second `t`."""
    law = plant.history.at(t)
    own, usage, now = settings(law, spec.name), Usage(plant, spec), np.array([t])
    busy = {name: _busy(plant, name, row, len(fleet.ready(t))) for name, fleet in law.fleets.items()}
    here: dict[str, list[OnNode]] = {}
    for tenant in tenants(spec, law):
        size = float(usage.size(law, tenant, now)[0])
        if tenant.workload is not None:
            cpu = cores_of(tenant.workload, tenant.pod) if size > 0 else 0.0
        else:
            fleet = law.fleets[tenant.pod.service]
            cpu = busy[tenant.pod.service] if tenant.pod.ready_at < t else IDLE
            cpu = min(cpu, fleet.spec.cpu_limit) if size > 0 else 0.0
        here.setdefault(tenant.pod.node, []).append(OnNode(tenant, cpu, size))
    room = spaces(spec, law)
    nodes = []
    for node in own.live():
        if node.ready_at >= t:
            continue  # the machine starts; nobody knows of the node yet
        pods, pool = tuple(here.get(node.name, ())), spec.pool(node.pool)
        cpu = min(pool.cpu, pool.system_cpu + sum(pod.cpu for pod in pods))
        memory = min(pool.memory, pool.system_memory + sum(pod.memory for pod in pods))
        nodes.append(NodeState(node, pool, room[node.name], pods, cpu, memory, _status(node, t)))
    members = [_member(spec, own, pod, t) for pod in own.residents if _listed(pod, t)]
    return ClusterState(spec, spec, own, tuple(nodes), tuple(members), own.notes)


def _busy(plant: Plant, service: str, row: Row, ready: int) -> float:
    return IDLE + row[plant.network.services[service].column + ServiceFlow.BUSY] / max(1, ready)


def cores_of(spec: ClusterWorkload, pod: PodRecord) -> float:
    """Cores that a workload's container uses."""
    wish = release(spec, pod.template).cpu
    return min(wish, spec.cpu_limit) if spec.cpu_limit else wish


def _status(node: NodeLaw, t: float) -> str:
    status = "Ready" if node.noted >= t else "NotReady"
    return f"{status},SchedulingDisabled" if node.cordoned else status


def _listed(pod: PodRecord, t: float) -> bool:
    return pod.created < t <= max(pod.deleted, pod.removed + TERMINATING)


def _member(spec: Cluster, own: ClusterLaw, pod: PodRecord, t: float) -> Member:
    workload = spec.workload(pod.service)
    deaths = [life.died_at for life in pod.past if life.killed and life.died_at < t]
    waits = bool(deaths) and pod.started >= t
    alive = t <= pod.removed
    status = "Running"
    if not alive:
        status = "Evicted" if pod.evicted else "Terminating"
    elif pod.scheduled >= t:
        status = "Pending"
    elif waits:
        status = "CrashLoopBackOff" if len(deaths) > 1 else "OOMKilled"
    elif t <= pod.created + 2:
        status = "ContainerCreating"
    runs = alive and status == "Running"
    now = np.array([t])
    size = (
        float(resident_size(workload, own.workload(pod.service), pod, pod.started, now)[0]) if runs else 0.0
    )
    return Member(
        workload, pod, status, runs and pod.ready_at < t, len(deaths), deaths[-1] if deaths else None,
        cores_of(workload, pod) if runs else 0.0, size,
    )  # fmt: skip


def health_of(state: ClusterState) -> tuple[Health, str]:
    """How many nodes are ready, under pressure, and how many pods wait."""
    ready = sum(node.law.noted == math.inf for node in state.nodes)
    pressed = sum(node.pressed for node in state.nodes)
    text = f"{ready}/{len(state.nodes)} nodes ready"
    text += f"  {pressed} under memory pressure" if pressed else ""
    health: Health = "down" if ready * 2 < len(state.nodes) else "warn" if text.count("  ") else "ok"
    return ("warn", text) if ready < len(state.nodes) and health == "ok" else (health, text)
