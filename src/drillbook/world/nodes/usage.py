"""Memory and CPU of what runs on nodes.

    node's working set = system's own + Σ working sets of its pods
    working set of a workload's container = M + ∫ g dt since it started, up to its limit

A service's container is as `drillbook.world.memory` has it, and comes to its memory at rest while it starts
up (assumption: in proportion). M is what the release says, g the growth per second (release, setting, or what
happened to it), which differs by up to 10 % between pods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from drillbook.model.cluster import Cluster, ClusterWorkload
from drillbook.model.system import Service
from drillbook.world import memory
from drillbook.world.fleet import PodRecord, cpu_request, memory_request
from drillbook.world.law import Law
from drillbook.world.nodes.law import WorkloadLaw, release, settings
from drillbook.world.nodes.scheduler import Ask, Space, allocatable
from drillbook.world.queueing import Floats
from drillbook.world.service import ServiceFlow

if TYPE_CHECKING:
    from drillbook.world.plant import Plant

_SPREAD, _CAP = 0.2, 0.02
"""How far pods grow apart, and where they stop growing, as parts (assumptions)."""
_LEAST = 0.1
"""Part of its memory at rest that a container has at once."""


class Tenant(NamedTuple):
    """A pod on a node, whatever it belongs to."""

    pod: PodRecord
    namespace: str
    cpu: tuple[float, float]
    """Cores: request and limit."""
    memory: tuple[float, float]
    """Bytes: request and limit."""
    priority: int
    ask: Ask
    """What the scheduler is asked for."""
    workload: ClusterWorkload | None = None
    """None for a service's pod."""


def limit_of(spec: ClusterWorkload, pod: PodRecord) -> float:
    """Bytes at which a workload's container is killed; 0 where there is no limit."""
    return pod.template.memory_limit or spec.memory_limit


def of_workload(spec: ClusterWorkload, pod: PodRecord) -> Tenant:
    """A workload's pod; a limit without a request is the request, as in Kubernetes."""
    limit = limit_of(spec, pod)
    cpu = (spec.cpu_request or spec.cpu_limit, spec.cpu_limit)
    size = (spec.memory_request or limit, limit)
    ask = Ask(pod.service, cpu[0], size[0], daemon=spec.runs == "daemonset")
    return Tenant(pod, spec.namespace, cpu, size, spec.priority, ask, spec)


def of_service(service: Service, pod: PodRecord) -> Tenant:
    """A service's pod."""
    cpu = (cpu_request(service, pod.template), service.cpu_limit)
    size = (memory_request(service, pod.template), memory.limit(service, pod))
    return Tenant(pod, service.namespace, cpu, size, service.priority, Ask(pod.service, cpu[0], size[0]))


def tenants(spec: Cluster, law: Law, known: Mapping[str, Tenant] = MappingProxyType({})) -> Iterator[Tenant]:
    """Every pod that counts: of services, then of workloads. Those `known` by name are not made again."""
    for fleet in law.fleets.values():
        for pod in fleet.pods:
            tenant = known.get(pod.name)
            if tenant is None or tenant.pod is not pod:
                tenant = of_service(fleet.spec, pod)
            yield tenant
    for pod in settings(law, spec.name).pods():
        tenant = known.get(pod.name)
        if tenant is None or tenant.pod is not pod:
            tenant = of_workload(spec.workload(pod.service), pod)
        yield tenant


def spaces(spec: Cluster, law: Law, pods: Iterable[Tenant] | None = None) -> dict[str, Space]:
    """The live nodes with what their pods ask for; `pods` are those of the law where they are at hand."""
    own = settings(law, spec.name)
    out = {node.name: Space(node, allocatable(spec.pool(node.pool))) for node in own.live()}
    for tenant in tenants(spec, law) if pods is None else pods:
        if tenant.pod.node in out:
            out[tenant.pod.node].take(tenant.ask)
    return out


def own_part(pod: PodRecord) -> float:
    """A number from 0 to 1 that a pod has for itself."""
    return ((pod.bits >> 11) + 0.5) * 2.0**-53


def gained(
    spec: ClusterWorkload, workload: WorkloadLaw, pod: PodRecord, started: float, times: Floats
) -> Floats:
    """Bytes that a container of the pod that started then has gained at some times."""
    values, fixed = dict(pod.template.settings), release(spec, pod.template).grows
    for setting in spec.settings:
        fixed = setting.grows.get(values.get(setting.name, ""), fixed)
    own = 1.0 - _SPREAD / 2 + _SPREAD * own_part(pod)
    if fixed is not None:
        return np.asarray(own * fixed / 60.0 * np.maximum(times - started, 0.0))
    total = np.zeros(len(times))
    steps = [*workload.grows, (np.inf, 0.0)]
    for (since, rate), (until, _) in pairwise(steps):
        span = np.minimum(times, until) - max(since, started)
        total += own * rate * np.maximum(span, 0.0)
    return total


def resident_size(
    spec: ClusterWorkload, workload: WorkloadLaw, pod: PodRecord, started: float, times: Floats
) -> Floats:
    """Working set of a workload's container, bytes; 0 before it starts."""
    own = release(spec, pod.template)
    size = own.memory + gained(spec, workload, pod, started, times)
    if own.most is not None:
        size = np.minimum(size, own.most * (1.0 + _CAP * (2.0 * own_part(pod) - 1.0)))
    most = limit_of(spec, pod) or np.inf
    return np.asarray(np.where(times > started, np.minimum(size, most), 0.0))


class Usage:
    """Working sets on the nodes of one cluster while one law is in force."""

    def __init__(self, plant: Plant, spec: Cluster) -> None:
        self._plant, self.spec = plant, spec
        self._law: Law | None = None
        self._all: list[Tenant] = []
        self._on: dict[str, list[Tenant]] = {}

    def all(self, law: Law) -> list[Tenant]:
        """Every pod that counts; those of the law asked last are at hand."""
        if self._law is not law:
            known = {each.pod.name: each for each in self._all}
            self._law, self._all, self._on = law, list(tenants(self.spec, law, known)), {}
            for tenant in self._all:
                self._on.setdefault(tenant.pod.node, []).append(tenant)
        return self._all

    def on(self, law: Law, node: str) -> list[Tenant]:
        """The pods of a node."""
        self.all(law)
        return self._on.get(node, [])

    def steady(self, law: Law, tenant: Tenant) -> bool:
        """Whether a pod's working set follows from its record and its workload, whatever requests come."""
        if tenant.workload is not None:
            return True
        spec = law.fleets[tenant.pod.service].spec
        return spec.memory_per_request <= 0 and memory.leak(spec, tenant.pod) <= 0

    def tenants(self, law: Law, node: str, times: Floats) -> list[tuple[Tenant, Floats]]:
        """The pods of a node and their working sets at some rising times, bytes."""
        return [(tenant, self.size(law, tenant, times)) for tenant in self.on(law, node)]

    def node(self, law: Law, node: str, times: Floats) -> Floats:
        """A node's working set, bytes."""
        pool = next(each.pool for each in settings(law, self.spec.name).nodes if each.name == node)
        total = np.full(len(times), self.spec.pool(pool).system_memory)
        for _, sizes in self.tenants(law, node, times):
            total += sizes
        return total

    def size(self, law: Law, tenant: Tenant, times: Floats) -> Floats:
        """A pod's working set while `law` is in force."""
        pod = tenant.pod
        if tenant.workload is not None:
            workload = settings(law, self.spec.name).workload(pod.service)
            return resident_size(tenant.workload, workload, pod, pod.started, times)
        fleet = law.fleets[pod.service]
        fresh = (times - pod.started) / max(1.0, fleet.spec.rollout.ready_after)
        sizes = memory.at_rest(fleet.spec, pod) * np.clip(fresh, _LEAST, 1.0)
        kept = memory.leak(fleet.spec, pod)
        if pod.ready_at <= times[-1] and fleet.spec.memory_per_request > 0:
            serving = max(1, len(fleet.ready(float(times[-1]))))
            column = self._plant.network.services[pod.service].column + ServiceFlow.IN_FLIGHT
            flight = np.array([self._plant.trajectory.value(t, column) for t in times.tolist()])
            sizes += fleet.spec.memory_per_request * np.where(times > pod.ready_at, flight, 0.0) / serving
        if pod.ready_at <= times[-1] and kept > 0:
            since = max(pod.ready_at, self._plant.first)
            sizes += kept * self._plant.memory.handled(pod.service, since, times)
        return np.asarray(np.where(times > pod.started, np.minimum(sizes, tenant.memory[1]), 0.0))
