"""Metrics of pods that only clusters with declared nodes have, and those of the workloads' pods."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.cluster import Cluster
from drillbook.model.labels import Labels, labels
from drillbook.world.fleet import PodRecord, cpu_request, memory_request
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.kubernetes import JOB, PHASES
from drillbook.world.metrics.rows import Crew, Keys, PodRows
from drillbook.world.metrics.scrapes import Bools, Pods, Scrapes
from drillbook.world.nodes.law import settings
from drillbook.world.nodes.state import cores_of
from drillbook.world.nodes.usage import of_workload, resident_size
from drillbook.world.noise import normal
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats

REASONS = ("Evicted", "NodeLost", "NodeAffinity", "Shutdown", "UnexpectedAdmissionError")
_PENDING = 2.0
_GONE = math.inf

_Of = Callable[[Pods, Scrapes], Floats]


class Residents(Crew):
    """The pods of workloads, in the order in which they came; one that was never to be stays, empty."""

    def __init__(self, plant: Plant, spec: Cluster) -> None:
        super().__init__(plant, [workload.name for workload in spec.workloads])
        self._spec = spec
        self._order: dict[str, PodRecord] = {}

    @property
    def pods(self) -> list[PodRecord]:
        """Every one that ever was."""
        now = {pod.name: pod for pod in settings(self.plant.law, self._spec.name).residents}
        for name, pod in now.items():
            self._order.setdefault(name, pod)
        return [
            now.get(name) or pod._replace(created=_GONE, ready_at=_GONE, removed=_GONE)
            for name, pod in self._order.items()
        ]


class PodMetrics:
    """Pending, evicted and asking pods; what workloads' containers use."""

    def __init__(self, plant: Plant, keys: Keys, spec: Cluster) -> None:
        self._plant, self._keys, self._spec = plant, keys, spec
        self._services = Crew(plant, list(plant.network.services))
        self._residents = Residents(plant, spec)
        specs = {name: fleet.spec.namespace for name, fleet in plant.law.fleets.items()}
        self._spaces = {**specs, **{each.name: each.namespace for each in spec.workloads}}

    def families(self) -> list[Family]:
        """All of them; those of services are only what kube-state-metrics does not show anyway."""
        both = (self._services, self._residents)
        own = [self._residents]
        out = [self._of(crew, "kube_pod_status_reason", self._reasons, _reason) for crew in both]
        out += [
            self._of(crew, "kube_pod_status_unschedulable", self._plain, _waits, some=True) for crew in both
        ]
        out += [self._of(crew, "kube_pod_container_resource_requests", self._asked, self._requests, on=True)
                for crew in both]  # fmt: skip
        out += [self._of(crew, "kube_pod_info", self._info, _ones, on=True) for crew in own]
        out += [self._of(crew, "kube_pod_status_phase", self._phases, _phase) for crew in own]
        out += [self._of(crew, "kube_pod_container_status_restarts_total", self._container, _restarts)
                for crew in own]  # fmt: skip
        out.append(self._used("container_memory_working_set_bytes", self._memory))
        out.append(self._used("container_cpu_usage_seconds_total", self._cpu, counter=True))
        daemons = [each for each in self._spec.workloads if each.runs == "daemonset"]
        if daemons:
            out.append(self._daemons("kube_daemonset_status_number_ready", ready=True))
            out.append(self._daemons("kube_daemonset_status_desired_number_scheduled", ready=False))
        return out

    # --- rows ---------------------------------------------------------------------------------------------

    def _pod(self, pod: PodRecord, **more: str) -> Labels:
        return labels(JOB, namespace=self._spaces[pod.service], pod=pod.name, **more)

    def _plain(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        return [(self._pod(pod, uid=f"{pod.bits:016x}"), 0)]

    def _reasons(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        return [
            (self._pod(pod, uid=f"{pod.bits:016x}", reason=reason), k) for k, reason in enumerate(REASONS)
        ]

    def _phases(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        return [(self._pod(pod, phase=phase, uid=f"{pod.bits:016x}"), k) for k, phase in enumerate(PHASES)]

    def _container(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        return [(self._pod(pod, container=pod.service), 0)]

    def _info(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        kind = {"daemonset": "DaemonSet", "deployment": "ReplicaSet", "job": "Job"}
        by = kind[self._spec.workload(pod.service).runs]
        return [(self._pod(pod, node=pod.node, pod_ip=pod.ip, uid=f"{pod.bits:016x}", created_by_kind=by,
                           created_by_name=pod.replicaset), 0)]  # fmt: skip

    def _asked(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        units = (("cpu", "core"), ("memory", "byte"))
        return [
            (self._pod(pod, container=pod.service, node=pod.node, resource=resource, unit=unit), k)
            for k, (resource, unit) in enumerate(units)
        ]

    def _labels(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        own = labels(
            job="kubelet", instance=pod.node, node=pod.node, namespace=self._spaces[pod.service],
            pod=pod.name, container=pod.service, name=f"{pod.bits:016x}{pod.bits ^ 0x5DEECE66D:016x}",
            image=f"registry.{self._plant.system.domain}/{pod.service}:{pod.template.version}",
        )  # fmt: skip
        return [(own, 0)]

    # --- families -----------------------------------------------------------------------------------------

    def _of(
        self,
        crew: Crew,
        name: str,
        rows_of: Callable[[PodRecord], Sequence[tuple[Labels, int]]],
        of: _Of,
        *,
        on: bool = False,
        some: bool = False,
    ) -> Family:
        """`on` where labels name the node, `some` where there are samples only while the value is not 0."""
        rows = PodRows(crew, rows_of, by_node=on)

        def block(scrapes: Scrapes) -> Block:
            pods = Pods(crew)
            values = of(pods, scrapes)
            values = (
                np.broadcast_to(values, (len(pods.records), len(scrapes.at))) if values.ndim == 2 else values
            )
            each = values[rows.pod] if values.ndim == 2 else values[rows.pod, rows.kind]
            alive = ((pods.created < scrapes.at) & (scrapes.at <= pods.listed))[rows.pod]
            if on:
                alive = alive & rows.here(scrapes.at)
            if some:
                alive = alive & (each > 0)
            return Block(np.asarray(each[:, 1:], dtype=np.float64), alive)

        return Family(name, rows.labels, block)

    def _requests(self, pods: Pods, scrapes: Scrapes) -> Floats:
        fleets = self._plant.law.fleets
        out = np.zeros((len(pods.records), 2, len(scrapes.at)))
        for place, pod in enumerate(pods.records):
            if pod.service in fleets:
                spec = fleets[pod.service].spec
                asked = cpu_request(spec, pod.template), memory_request(spec, pod.template)
            else:
                tenant = of_workload(self._spec.workload(pod.service), pod)
                asked = tenant.cpu[0], tenant.memory[0]
            out[place] = np.array(asked)[:, None]
        return out

    def _used(
        self, name: str, of: Callable[[PodRecord, Scrapes], Floats], *, counter: bool = False
    ) -> Family:
        crew = self._residents
        rows, plain = PodRows(crew, self._labels, by_node=True), PodRows(crew, self._labels)

        def block(scrapes: Scrapes) -> Block:
            pods = Pods(crew)
            plain.labels()
            keys = self._keys.of_pods(name, plain, pods.bits)
            mean = np.array([of(pod, scrapes) for pod in pods.records])
            values = mean * (1 + 0.01 * normal(scrapes.bits(keys)))
            runs = (pods.created < scrapes.at) & (scrapes.at <= pods.removed) & (scrapes.at > pods.scheduled)
            values = np.floor(values) if not counter else values
            return Block(values[rows.pod], runs[rows.pod] & rows.here(scrapes.at))

        return Family(name, rows.labels, block, counter=counter)

    def _memory(self, pod: PodRecord, scrapes: Scrapes) -> Floats:
        spec = self._spec.workload(pod.service)
        workload = settings(self._plant.law, self._spec.name).workload(pod.service)
        size = resident_size(spec, workload, pod, pod.started, scrapes.times)
        starts = [life.started for life in pod.past if life.killed]
        for life, started in zip((life for life in pod.past if life.killed), starts, strict=True):
            here = (started < scrapes.times) & (scrapes.times <= life.died_at)
            size[here] = resident_size(spec, workload, pod, started, scrapes.times)[here]
        return size

    def _cpu(self, pod: PodRecord, scrapes: Scrapes) -> Floats:
        cores = cores_of(self._spec.workload(pod.service), pod)
        return np.full(len(scrapes.times), cores * scrapes.interval)

    def _daemons(self, name: str, *, ready: bool) -> Family:
        names = [each.name for each in self._spec.workloads if each.runs == "daemonset"]
        rows = [labels(JOB, namespace=self._spaces[each], daemonset=each) for each in names]

        def block(scrapes: Scrapes) -> Block:
            out = np.zeros((len(names), len(scrapes.times)))
            for pod in self._residents.pods:
                if pod.service in names:
                    since = pod.ready_at if ready else pod.created
                    out[names.index(pod.service)] += (since < scrapes.times) & (scrapes.times <= pod.removed)
            return Block(out)

        return Family(name, lambda: rows, block)


def _ones(pods: Pods, scrapes: Scrapes) -> Floats:
    return np.ones((len(pods.records), len(scrapes.at)))


def _failed(pods: Pods, scrapes: Scrapes) -> Bools:
    return np.asarray(pods.failed & (scrapes.at > pods.removed))


def _reason(pods: Pods, scrapes: Scrapes) -> Floats:
    out = np.zeros((len(pods.records), len(REASONS), len(scrapes.at)))
    out[:, 0] = _failed(pods, scrapes)
    return out


def _waits(pods: Pods, scrapes: Scrapes) -> Floats:
    alive = scrapes.at <= pods.removed
    return np.asarray((pods.scheduled >= scrapes.at) & alive, dtype=np.float64)


def _phase(pods: Pods, scrapes: Scrapes) -> Floats:
    pending = scrapes.at <= np.maximum(pods.created, pods.scheduled) + _PENDING
    failed = _failed(pods, scrapes)
    out = np.zeros((len(pods.records), len(PHASES), len(scrapes.at)))
    out[:, PHASES.index("Failed")] = failed
    out[:, 0] = pending & ~failed
    out[:, 1] = ~pending & ~failed
    return out


def _restarts(pods: Pods, scrapes: Scrapes) -> Floats:
    out = np.zeros((len(pods.records), len(scrapes.at)))
    for place, life in pods.lives:
        out[place] += life.killed & (life.died_at < scrapes.at)
    return out
