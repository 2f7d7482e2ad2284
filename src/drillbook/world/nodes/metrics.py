"""What kube-state-metrics, node_exporter, kubelets and the cluster autoscaler show of a cluster."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from drillbook.model.cluster import Cluster
from drillbook.model.labels import Labels, labels
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.nodes.law import ClusterLaw, NodeLaw, settings
from drillbook.world.nodes.pod_metrics import PodMetrics
from drillbook.world.nodes.scheduler import allocatable
from drillbook.world.nodes.state import IDLE, cores_of
from drillbook.world.nodes.usage import Usage, tenants
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats
from drillbook.world.service import ServiceFlow

KSM = {"job": "kube-state-metrics", "instance": "kube-state-metrics:8080"}
CONDITIONS = ("MemoryPressure", "DiskPressure", "PIDPressure", "Ready")
STATUSES = ("true", "false", "unknown")
_RESOURCES = (("cpu", "core"), ("memory", "byte"), ("pods", "integer"))

_Rows = Callable[[str], list[Labels]]
_Values = Callable[[NodeLaw], list[float]]


def families(plant: Plant, keys: Keys, spec: Cluster) -> list[Family]:
    """All of them."""
    return [*_Nodes(plant, keys, spec).families(), *PodMetrics(plant, keys, spec).families()]


class _Nodes:
    """Metrics with rows per node; a node that was never to be keeps its rows, which are for ever empty."""

    def __init__(self, plant: Plant, keys: Keys, spec: Cluster) -> None:
        self._plant, self._keys, self._spec = plant, keys, spec
        self._usage = Usage(plant, spec)
        self._names: dict[str, None] = {}

    def families(self) -> list[Family]:
        """All of them."""
        return [
            self._stepped("kube_node_info", self._info, lambda _: [1.0]),
            self._stepped("kube_node_status_condition", self._conditions, _condition),
            self._stepped("kube_node_status_capacity", self._resources, self._capacity),
            self._stepped("kube_node_status_allocatable", self._resources, self._allocatable),
            self._stepped("kube_node_spec_unschedulable", self._plain, lambda node: [float(node.cordoned)]),
            self._stepped("kubelet_evictions", self._signal, lambda node: [float(node.evictions)]),
            self._stepped("node_memory_MemTotal_bytes", self._exporter, lambda node: [self._memory(node)]),
            self._solved("node_memory_MemAvailable_bytes", self._available),
            self._solved("node_load1", self._load),
            Family("cluster_autoscaler_nodes_count", lambda: _COUNTS, self._count),
            Family("cluster_autoscaler_unschedulable_pods_count", lambda: _WAITING, self._waiting),
        ]

    # --- rows ---------------------------------------------------------------------------------------------

    def _known(self) -> list[str]:
        for node in settings(self._plant.law, self._spec.name).nodes:
            self._names.setdefault(node.name)
        return list(self._names)

    def _plain(self, name: str) -> list[Labels]:
        return [labels(KSM, node=name)]

    def _info(self, name: str) -> list[Labels]:
        system = {"os_image": "Debian GNU/Linux 12 (bookworm)", "kernel_version": "6.1.0-21-amd64"}
        runtime = "containerd://1.7.18"
        return [labels(KSM, node=name, kubelet_version=self._spec.version, container_runtime_version=runtime,
                       **system)]  # fmt: skip

    def _conditions(self, name: str) -> list[Labels]:
        return [labels(KSM, node=name, condition=c, status=s) for c in CONDITIONS for s in STATUSES]

    def _resources(self, name: str) -> list[Labels]:
        return [labels(KSM, node=name, resource=resource, unit=unit) for resource, unit in _RESOURCES]

    @staticmethod
    def _signal(name: str) -> list[Labels]:
        return [labels(job="kubelet", instance=name, node=name, eviction_signal="memory.available")]

    @staticmethod
    def _exporter(name: str) -> list[Labels]:
        return [labels(job="node-exporter", instance=f"{name}:9100", node=name)]

    # --- values -------------------------------------------------------------------------------------------

    def _memory(self, node: NodeLaw) -> float:
        return self._spec.pool(node.pool).memory

    def _capacity(self, node: NodeLaw) -> list[float]:
        pool = self._spec.pool(node.pool)
        return [pool.cpu, pool.memory, float(pool.pods)]

    def _allocatable(self, node: NodeLaw) -> list[float]:
        return [float(value) for value in allocatable(self._spec.pool(node.pool))]

    def _laws(self, scrapes: Scrapes) -> list[Law]:
        """The laws at the scrapes, the scrape before at the front."""
        history = self._plant.history
        place = np.maximum(np.searchsorted(np.array(history.times), scrapes.at, side="left") - 1, 0)
        return [history.laws[k] for k in place.tolist()]

    def _at(self, scrapes: Scrapes) -> tuple[list[ClusterLaw], dict[str, list[NodeLaw | None]]]:
        owns = [settings(law, self._spec.name) for law in self._laws(scrapes)]
        found: dict[str, list[NodeLaw | None]] = {}
        for name in self._known():
            row: list[NodeLaw | None] = []
            for own, t in zip(owns, scrapes.at.tolist(), strict=True):
                node = own.node(name)
                row.append(node if node is not None and node.ready_at < t else None)
            found[name] = row
        return owns, found

    def _stepped(self, name: str, rows: _Rows, of: _Values) -> Family:
        """Values that follow from the law alone."""

        def block(scrapes: Scrapes) -> Block:
            owns, found = self._at(scrapes)
            each = len(rows(""))
            values = np.zeros((each * len(found), len(owns)))
            alive = np.zeros(values.shape, dtype=np.bool_)
            for place, nodes in enumerate(found.values()):
                here = slice(place * each, (place + 1) * each)
                known: tuple[NodeLaw | None, list[float]] = (None, [])
                for k, node in enumerate(nodes):
                    if node is None:
                        continue
                    if known[0] is not node:
                        known = node, of(node)
                    alive[here, k], values[here, k] = True, known[1]
            return Block(values[:, 1:], alive)

        return Family(name, lambda: [row for node in self._known() for row in rows(node)], block)

    def _solved(self, name: str, of: Callable[[Law, NodeLaw, Floats], Floats]) -> Family:
        """Values that follow from the solution; nothing is scraped of a machine that is lost."""

        def rows() -> list[Labels]:
            return [row for node in self._known() for row in self._exporter(node)]

        def block(scrapes: Scrapes) -> Block:
            laws, (_, found) = self._laws(scrapes), self._at(scrapes)
            values = np.zeros((len(found), len(laws)))
            alive = np.zeros(values.shape, dtype=np.bool_)
            reading = np.maximum(scrapes.at, self._plant.trajectory.first)
            for place, nodes in enumerate(found.values()):
                k = 0
                while k < len(nodes):
                    node, last = nodes[k], k + 1
                    while last < len(nodes) and laws[last] is laws[k]:
                        last += 1
                    if node is not None and not node.down:
                        alive[place, k:last] = [each is not None for each in nodes[k:last]]
                        values[place, k:last] = of(laws[k], node, reading[k:last])
                    k = last
            z = scrapes.around(values[:, 1:], self._keys.of(name, rows()), 0.001)
            return Block(np.floor(z) if name.endswith("bytes") else np.round(z, 2), alive)

        return Family(name, rows, block)

    def _available(self, law: Law, node: NodeLaw, times: Floats) -> Floats:
        return np.asarray(np.maximum(self._memory(node) - self._usage.node(law, node.name, times), 0.0))

    def _load(self, law: Law, node: NodeLaw, times: Floats) -> Floats:
        total = np.full(len(times), self._spec.pool(node.pool).system_cpu)
        for tenant in self._usage.on(law, node.name):
            if tenant.workload is not None:
                total += cores_of(tenant.workload, tenant.pod)
                continue
            column = self._plant.network.services[tenant.pod.service].column + ServiceFlow.BUSY
            ready = max(1, len(law.fleets[tenant.pod.service].ready(float(times[-1]))))
            total += IDLE
            if tenant.pod.ready_at <= times[-1]:
                busy = np.array([self._plant.trajectory.value(t, column) for t in times.tolist()])
                total += np.where(times > tenant.pod.ready_at, busy, 0.0) / ready
        return total

    # --- the cluster autoscaler ---------------------------------------------------------------------------

    def _count(self, scrapes: Scrapes) -> Block:
        out = []
        for law, t in zip(self._laws(scrapes)[1:], scrapes.times.tolist(), strict=True):
            nodes = settings(law, self._spec.name).live()
            there = [node for node in nodes if node.ready_at < t]
            ready = sum(node.ready(t) for node in there)
            out.append([float(ready), float(len(there) - ready), float(len(nodes) - len(there))])
        return Block(np.array(out).T)

    def _waiting(self, scrapes: Scrapes) -> Block:
        laws = self._laws(scrapes)[1:]
        counts = [sum(each.pod.scheduled > 1e17 for each in tenants(self._spec, law)) for law in laws]
        return Block(np.array([counts], dtype=np.float64))


_CA = {"job": "cluster-autoscaler", "instance": "cluster-autoscaler:8085"}
_COUNTS = [labels(_CA, state=state) for state in ("ready", "unready", "notStarted")]
_WAITING = [labels(_CA)]


def _condition(node: NodeLaw) -> list[float]:
    unknown = node.noted < float("inf")
    out = []
    for name in CONDITIONS:
        holds = name == "Ready" or (name == "MemoryPressure" and node.pressed < float("inf"))
        out += [float(holds and not unknown), float(not holds and not unknown), float(unknown)]
    return out
