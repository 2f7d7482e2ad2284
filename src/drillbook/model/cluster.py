"""A Kubernetes cluster: node pools, and what runs on its nodes besides the services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.component import ComponentSpec, Misfit, Signal, known
from drillbook.model.quantities import Duration, Size

Cores = Annotated[float, Field(ge=0, le=1000)]
Zone = Annotated[str, Field(pattern=r"^[a-z0-9]{1,9}$")]
Number = Annotated[int, Field(ge=1, le=200)]


class NodePool(Model):
    """Machines of one size, spread over the cluster's zones in turn."""

    name: Name
    nodes: Number
    max: Number | None = None
    """Up to where the cluster autoscaler adds nodes; it leaves the pool alone where left out."""
    quota: Number | None = None
    """Nodes that the cloud gives at most, whoever asks; no bound where left out."""
    machine: str = "m6i.2xlarge"
    cpu: Annotated[float, Field(gt=0, le=1000)] = 8.0
    """Cores of a node."""
    memory: Size = 34359738368.0
    pods: Annotated[int, Field(ge=1, le=500)] = 110
    cpu_reserved: Cores = 0.1
    """Cores kept for kubelet and system; not allocatable."""
    memory_reserved: Size = 1073741824.0
    """Memory kept for them (kube-reserved and system-reserved); not allocatable."""
    system_memory: Size = 943718400.0
    """What kubelet, container runtime and system really use (assumption)."""
    system_cpu: Cores = 0.1
    """Cores that they really use (assumption)."""
    eviction_hard: Size = 104857600.0
    """`memory.available` below which the kubelet evicts (Kubernetes' default)."""
    starts_in: Duration = 150.0
    """Time from asking the cloud for a node until pods can run on it (assumption)."""


class WorkloadRelease(Model):
    """A version of a workload."""

    version: str
    notes: Text
    memory: Size
    """Working set of a container when it starts."""
    cpu: Cores = 0.05
    """Cores that a container wants."""
    grows: Size | None = None
    """Bytes that a container gains per minute; what `do: change` says where left out."""
    most: Size | None = None
    """Working set at which it stops growing by itself."""


class WorkloadSetting(Model):
    """An environment variable of a workload; changing it rolls its pods."""

    name: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    value: str
    grows: dict[str, Size] = {}
    """For a value: bytes that a container gains per minute, whatever the release says."""


class ClusterWorkload(Model):
    """Pods that are no service of the drill: an agent on every node, a batch job, another team's work."""

    name: Name
    namespace: Name
    owner: Name
    runs: Literal["daemonset", "deployment", "job"]
    replicas: Annotated[int, Field(ge=0, le=200)] = 1
    """Pods; a daemon set has one on each node."""
    priority: int = 0
    """`system-node-critical` is 2000001000."""
    cpu_request: Cores = 0.0
    memory_request: Size = 0.0
    cpu_limit: Cores = 0.0
    """0: none."""
    memory_limit: Size = 0.0
    """0: none."""
    release: str
    releases: Annotated[list[WorkloadRelease], Field(min_length=1)]
    """Oldest first."""
    settings: list[WorkloadSetting] = []
    ready_after: Duration = 15.0
    says: Text | None = None
    """What its pods log while they gain memory."""


class ClusterChange(Model):
    """What can happen to a cluster by itself."""

    deploy: dict[Name, str] = {}
    """Versions that workloads are rolled to."""
    replicas: dict[Name, Annotated[int, Field(ge=0, le=200)]] = {}
    """Pods of workloads: a job begins, or is over."""
    grows: dict[Name, Size] = {}
    """Bytes per minute that containers of workloads gain from now on."""
    silent: list[str] = []
    """Nodes whose kubelet stops reporting; their pods go on."""
    down: list[str] = []
    """Nodes whose machine is lost."""
    back: list[str] = []
    """Silent nodes that report again."""


class Cluster(ComponentSpec):
    """The Kubernetes cluster that all services run on."""

    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "cordon": ("keeping new work off a machine", "cordoning a node of {target}"),
        "uncordon": ("giving a machine work again", "uncordoning a node of {target}"),
        "drain": ("moving work off a machine", "draining a node of {target}"),
        "delete-node": ("replacing a machine", "deleting a node of {target}"),
        "kubelet-restart": ("restarting a machine's agent", "restarting a kubelet of {target}"),
        "node-pool": ("adding machines", "resizing a node pool of {target}"),
        "workload-rollback": (
            "going back to the previous version of a helper",
            "undoing a rollout in {target}",
        ),
        "workload-restart": ("restarting a helper", "restarting a workload in {target}"),
        "workload-env": ("changing a helper's setting", "setting a variable of a workload in {target}"),
        "workload-scale": ("stopping other work", "scaling a workload in {target}"),
        "workload-limit": ("limiting a helper", "changing the memory limit of a workload in {target}"),
        "pods-clean": ("tidying up", "deleting failed pods in {target}"),
    }
    changes: ClassVar[type[Model] | None] = ClusterChange

    kind: Literal["cluster"]
    name: Name
    owner: Name
    version: str = "v1.31.6"
    cloud: Literal["eks", "gke"] = "eks"
    region: str = "eu-west-1"
    zones: Annotated[list[Annotated[str, Field(pattern=r"^[a-z0-9-]{1,20}$")]], Field(min_length=1)] = [
        "a",
        "b",
        "c",
    ]
    node_pools: Annotated[list[NodePool], Field(min_length=1)]
    workloads: list[ClusterWorkload] = []
    monitor_grace: Duration = 40.0
    """`node-monitor-grace-period`: 40 s, 50 s since Kubernetes 1.32."""
    toleration: Duration = 300.0
    """For how long pods tolerate an unreachable node."""

    def pool(self, name: str) -> NodePool:
        """The node pool of that name; KeyError where there is none."""
        for pool in self.node_pools:
            if pool.name == name:
                return pool
        raise KeyError(name)

    def workload(self, name: str) -> ClusterWorkload:
        """The workload of that name; KeyError where there is none."""
        for workload in self.workloads:
            if workload.name == name:
                return workload
        raise KeyError(name)

    def signals(self) -> Iterator[Signal]:
        """How much memory the fullest node has left."""
        yield Signal(f"Memory left {self.name}", "bytes", "min(node_memory_MemAvailable_bytes)")

    def change_misfits(self, changes: Model) -> Iterator[Misfit]:
        """Workloads, versions and nodes that are not there."""
        if not isinstance(changes, ClusterChange):
            return
        workloads = {each.name: each for each in self.workloads}
        for key in ("deploy", "replicas", "grows"):
            for name in getattr(changes, key):
                if name not in workloads:
                    yield Misfit((key, name), f"there is no workload {name}", known(list(workloads)))
        for name, version in changes.deploy.items():
            versions = [each.version for each in workloads[name].releases] if name in workloads else [version]
            if version not in versions:
                yield Misfit(("deploy", name), f"there is no release {version}", known(versions))
        nodes = list(self.first_nodes())
        for key in ("silent", "down", "back"):
            for place, name in enumerate(getattr(changes, key)):
                if name not in nodes:
                    yield Misfit((key, place), f"there is no node {name}", known(nodes))

    def first_nodes(self) -> Iterator[str]:
        """The names of the nodes that are there at the start."""
        for pool in self.node_pools:
            for number in range(pool.nodes):
                yield self.node_name(pool.name, number)

    def node_name(self, pool: str, number: int) -> str:
        """The name of a pool's node; zones come in turn."""
        zone = self.zones[number % len(self.zones)]
        return f"{pool}-{zone}-{number // len(self.zones) + 1}"

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Names that stand twice or lead nowhere; bounds that do not hold."""
        if next(other.name for other in others.values() if other.kind == "cluster") != self.name:
            yield Misfit(("kind",), "there is a cluster already: all services run on one")
        yield from _doubles("zones", self.zones)
        yield from _doubles("node_pools", [pool.name for pool in self.node_pools])
        yield from _doubles("workloads", [each.name for each in self.workloads])
        for place, pool in enumerate(self.node_pools):
            yield from _pool(("node_pools", place), pool)
        for place, workload in enumerate(self.workloads):
            path = ("workloads", place)
            versions = [release.version for release in workload.releases]
            if workload.name in others:
                yield Misfit((*path, "name"), f"there is a component {workload.name} already")
            if workload.release not in versions:
                message = f"there is no release {workload.release}"
                yield Misfit((*path, "release"), message, known(versions))


def _pool(path: tuple[str | int, ...], pool: NodePool) -> Iterator[Misfit]:
    if pool.max is not None and pool.max < pool.nodes:
        yield Misfit((*path, "max"), f"{pool.max} is less than the pool's nodes, {pool.nodes}")
    if pool.quota is not None and pool.quota < max(pool.nodes, pool.max or 0):
        yield Misfit((*path, "quota"), f"{pool.quota} is less than `nodes` or `max` of the pool")
    if pool.cpu_reserved >= pool.cpu:
        yield Misfit((*path, "cpu_reserved"), "leaves no CPU to pods")
    if pool.memory_reserved + pool.eviction_hard >= pool.memory:
        yield Misfit((*path, "memory_reserved"), "leaves no memory to pods")


def _doubles(key: str, names: list[str]) -> Iterator[Misfit]:
    for place, name in enumerate(names):
        if name in names[:place]:
            path = (key, place) if key == "zones" else (key, place, "name")
            yield Misfit(path, f"there are two {key} called {name}")
