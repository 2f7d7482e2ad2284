"""A cluster as events make it: its nodes, the pods that are no services, and what its controllers noted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from drillbook.model.cluster import Cluster, ClusterWorkload, NodePool, WorkloadRelease
from drillbook.world.fleet import PodRecord, RevisionRecord, Template
from drillbook.world.law import Law


class NodeLaw(NamedTuple):
    """A node. It exists at times in (created, removed]."""

    name: str
    pool: str
    zone: str
    number: int
    created: float
    ready_at: float
    removed: float = math.inf
    cordoned: bool = False
    silent: float = math.inf
    """Since when its kubelet does not report."""
    down: bool = False
    """Whether its machine is lost, too."""
    noted: float = math.inf
    """When the node controller found that out."""
    pressed: float = math.inf
    """Since when it reports MemoryPressure."""
    low: float = -math.inf
    """When memory was last found below the threshold."""
    evictions: int = 0

    def ready(self, t: float) -> bool:
        """Whether pods can be run on it at `t`, as the API server knows."""
        return self.ready_at <= t < self.removed and self.noted == math.inf


class Note(NamedTuple):
    """An event of the cluster, as `kubectl get events` lists it."""

    at: float
    warning: bool
    reason: str
    object: str
    """Such as `node/general-a-1`."""
    namespace: str
    message: str
    source: str


@dataclass(frozen=True, slots=True)
class WorkloadLaw:
    """A workload as its owners, or somebody on call, have it."""

    desired: int
    revisions: tuple[RevisionRecord, ...]
    grows: tuple[tuple[float, float], ...] = ()
    """From when on its containers gain how many bytes per second, unless release or setting say otherwise."""
    rolling: str = ""

    @property
    def template(self) -> Template:
        """What new pods run."""
        return self.revisions[-1].template


@dataclass(frozen=True, slots=True)
class ClusterLaw:
    """Everything of a cluster that events change."""

    nodes: tuple[NodeLaw, ...]
    """All that ever were; those that left have a `removed`."""
    workloads: tuple[tuple[str, WorkloadLaw], ...]
    residents: tuple[PodRecord, ...]
    """The workloads' pods, all that ever were."""
    wanted: tuple[tuple[str, int], ...]
    """Nodes that each pool should have."""
    notes: tuple[Note, ...] = ()

    def live(self) -> list[NodeLaw]:
        """The nodes that are there, or are coming."""
        return [node for node in self.nodes if node.removed == math.inf]

    def pods(self) -> list[PodRecord]:
        """The workloads' pods that count."""
        return [pod for pod in self.residents if pod.removed == math.inf]

    def node(self, name: str) -> NodeLaw | None:
        """The live node of that name."""
        return next((node for node in self.nodes if node.name == name and node.removed == math.inf), None)

    def workload(self, name: str) -> WorkloadLaw:
        """The workload of that name; KeyError where there is none."""
        for each, workload in self.workloads:
            if each == name:
                return workload
        raise KeyError(name)


def settings(law: Law, name: str) -> ClusterLaw:
    """The settings in force of the cluster of that name."""
    own = law.parts[name]
    assert isinstance(own, ClusterLaw)  # noqa: S101  the kind gives no other
    return own


def new_nodes(
    spec: Cluster, pool: NodePool, first: int, count: int, t: float, ready_at: float
) -> list[NodeLaw]:
    """Further nodes of a pool, zone by zone."""
    out = []
    for number in range(first, first + count):
        zone, name = spec.zones[number % len(spec.zones)], spec.node_name(pool.name, number)
        out.append(NodeLaw(name, pool.name, zone, number, t, ready_at))
    return out


def with_node(own: ClusterLaw, node: NodeLaw) -> tuple[NodeLaw, ...]:
    """The nodes with another state of one of them."""
    return tuple(node if each.name == node.name else each for each in own.nodes)


def with_workload(own: ClusterLaw, name: str, workload: WorkloadLaw) -> tuple[tuple[str, WorkloadLaw], ...]:
    """The workloads with another state of one of them."""
    return tuple((each, workload if each == name else of) for each, of in own.workloads)


def with_pods(own: ClusterLaw, changed: Iterable[PodRecord]) -> tuple[PodRecord, ...]:
    """The residents with other states of some of them."""
    by_name = {pod.name: pod for pod in changed}
    return tuple(by_name.get(pod.name, pod) for pod in own.residents)


def release(spec: ClusterWorkload, template: Template) -> WorkloadRelease:
    """The release that a template names."""
    return next(each for each in spec.releases if each.version == template.version)
