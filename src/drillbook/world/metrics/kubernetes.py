"""What kube-state-metrics shows of deployments, replica sets and pods."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.world import memory
from drillbook.world.fleet import FleetState, PodRecord
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Crew, PodRows
from drillbook.world.metrics.scrapes import Bools, Scrapes
from drillbook.world.queueing import Floats

JOB = {"job": "kube-state-metrics", "instance": "kube-state-metrics:8080"}
PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")
CONDITIONS = ("true", "false", "unknown")
_PENDING = 2.0


class Cluster:
    """The families of all services' deployments."""

    def __init__(self, crew: Crew) -> None:
        plant = crew.plant
        self._plant = plant
        self._names = list(plant.network.services)
        self._spaces = {name: plant.law.fleets[name].spec.namespace for name in self._names}
        self._deployments = [
            labels(JOB, namespace=self._spaces[name], deployment=name) for name in self._names
        ]
        self._sets: list[tuple[str, str]] = []
        self._seen = 0
        self._info = PodRows(crew, lambda pod: [(self._pod(
            pod, node=pod.node, pod_ip=pod.ip, host_ip=f"10.0.1.{pod.bits % 6 + 10}", uid=_uid(pod),
            created_by_kind="ReplicaSet", created_by_name=pod.replicaset), 0)], by_node=True)  # fmt: skip
        self._phases = PodRows(crew, lambda pod: [
            (self._pod(pod, phase=phase, uid=_uid(pod)), k) for k, phase in enumerate(PHASES)])  # fmt: skip
        self._ready = PodRows(crew, lambda pod: [
            (self._pod(pod, condition=condition), k) for k, condition in enumerate(CONDITIONS)])  # fmt: skip
        self._containers = PodRows(crew, lambda pod: [(self._pod(pod, container=pod.service), 0)])
        self._killed = PodRows(crew, lambda pod: [
            (self._pod(pod, container=pod.service, reason="OOMKilled"), 0)])  # fmt: skip
        self._waiting = PodRows(crew, lambda pod: [
            (self._pod(pod, container=pod.service, reason="CrashLoopBackOff"), 0)])  # fmt: skip
        self._limits = PodRows(crew, self._limit_rows, by_node=True)

    def _limit_rows(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        units = (("cpu", "core"), ("memory", "byte"))
        return [
            (self._pod(pod, container=pod.service, node=pod.node, resource=resource, unit=unit), k)
            for k, (resource, unit) in enumerate(units)
        ]

    def _pod(self, pod: PodRecord, **more: str) -> Labels:
        return labels(JOB, namespace=self._spaces[pod.service], pod=pod.name, **more)

    def families(self) -> list[Family]:
        """All of them."""
        return [
            self._deployment("kube_deployment_spec_replicas", lambda fleet: float(fleet.desired)),
            self._deployment("kube_deployment_metadata_generation", _generation),
            self._deployment("kube_deployment_status_observed_generation", _generation),
            self._deployment("kube_deployment_status_replicas_updated", lambda fleet: float(fleet.updated())),
            self._deployment("kube_deployment_status_replicas", lambda fleet: float(len(fleet.pods))),
            Family("kube_deployment_status_replicas_available", lambda: self._deployments, self._available),
            Family("kube_replicaset_spec_replicas", self._set_rows, self._wanted),
            Family("kube_replicaset_status_ready_replicas", self._set_rows,
                   lambda s: Block(self._set_counts(s, s.serving & s.alive[:, 1:]))),
            self._of_pods("kube_pod_info", self._info, lambda s: np.ones(self._shape(s, self._info))),
            self._of_pods("kube_pod_status_phase", self._phases, self._phase),
            self._of_pods("kube_pod_status_ready", self._ready, self._condition),
            self._of_pods("kube_pod_container_status_restarts_total", self._containers,
                          self._restarts),
            self._sometimes("kube_pod_container_status_last_terminated_reason", self._killed,
                            lambda pod, s: self._deaths(pod, s) > 0),
            self._sometimes("kube_pod_container_status_waiting_reason", self._waiting, self._waits),
            self._of_pods("kube_pod_container_resource_limits", self._limits, self._limit),
        ]  # fmt: skip

    def _deployment(self, name: str, of: Callable[[FleetState], float]) -> Family:
        def block(scrapes: Scrapes) -> Block:
            return Block(np.array([scrapes.steps(_of_fleet(of, service)) for service in self._names]))

        return Family(name, lambda: self._deployments, block)

    def _available(self, scrapes: Scrapes) -> Block:
        counts = np.zeros((len(self._names), len(scrapes.times)))
        np.add.at(counts, scrapes.pods.service, (scrapes.serving & scrapes.alive[:, 1:]).astype(np.float64))
        return Block(counts)

    def _wanted(self, scrapes: Scrapes) -> Block:
        return Block(self._set_counts(scrapes, scrapes.alive[:, 1:]))

    def _set_rows(self) -> Sequence[Labels]:
        pods = self._plant.pods
        for pod in pods[self._seen :]:
            if (pod.service, pod.replicaset) not in self._sets:
                self._sets.append((pod.service, pod.replicaset))
        self._seen = len(pods)
        return [labels(JOB, namespace=self._spaces[s], replicaset=name) for s, name in self._sets]

    def _set_counts(self, scrapes: Scrapes, what: Bools) -> Floats:
        place = {replicaset: k for k, (_, replicaset) in enumerate(self._sets)}
        index = np.array([place[pod.replicaset] for pod in self._plant.pods], dtype=np.intp)
        counts = np.zeros((len(self._sets), len(scrapes.times)))
        np.add.at(counts, index, what.astype(np.float64))
        return counts

    def _of_pods(self, name: str, rows: PodRows, of: Callable[[Scrapes], Floats]) -> Family:
        def block(scrapes: Scrapes) -> Block:
            pods = scrapes.pods
            alive = ((pods.created < scrapes.at) & (scrapes.at <= pods.listed))[rows.pod]
            return Block(of(scrapes), alive & rows.here(scrapes.at) if rows.moves else alive)

        return Family(name, rows.labels, block)

    @staticmethod
    def _shape(scrapes: Scrapes, rows: PodRows) -> tuple[int, int]:
        return len(rows.pod), len(scrapes.times)

    def _sometimes(self, name: str, rows: PodRows, of: Callable[[PodRecord, Scrapes], Bools]) -> Family:
        """A reason, which has a sample of 1 only while it is so."""

        def block(scrapes: Scrapes) -> Block:
            pods = scrapes.pods
            there = (pods.created < scrapes.at) & (scrapes.at <= pods.listed)
            there &= np.array([of(pod, scrapes) for pod in pods.records])
            return Block(np.ones(self._shape(scrapes, rows)), there[rows.pod])

        return Family(name, rows.labels, block)

    @staticmethod
    def _deaths(pod: PodRecord, scrapes: Scrapes) -> Floats:
        """How often the pod's container was killed before each scrape, the one in front included."""
        died = np.array([life.died_at for life in pod.past if life.killed])
        return np.asarray(np.searchsorted(died, scrapes.at, side="left"), dtype=np.float64)

    @staticmethod
    def _waits(pod: PodRecord, scrapes: Scrapes) -> Bools:
        waits = np.zeros(len(scrapes.at), dtype=np.bool_)
        starts = [*(life.started for life in pod.past[1:]), pod.started]
        for life, started in zip(pod.past, starts, strict=False):
            waits |= (life.died_at < scrapes.at) & (scrapes.at <= started)
        return waits

    def _restarts(self, scrapes: Scrapes) -> Floats:
        counts = np.array([self._deaths(pod, scrapes)[1:] for pod in scrapes.pods.records])
        return np.asarray(counts[self._containers.pod], dtype=np.float64)

    def _phase(self, scrapes: Scrapes) -> Floats:
        pods = scrapes.pods
        number = np.where(scrapes.times <= np.maximum(pods.created, pods.scheduled) + _PENDING, 0, 1)
        number = np.where(pods.failed & (scrapes.times > pods.removed), PHASES.index("Failed"), number)
        return np.asarray((number[self._phases.pod] == self._phases.kind[:, None]).astype(np.float64))

    def _condition(self, scrapes: Scrapes) -> Floats:
        ready = (scrapes.serving & scrapes.alive[:, 1:])[self._ready.pod]
        kind = self._ready.kind[:, None]
        return np.asarray(np.where(ready, kind == 0, kind == 1).astype(np.float64))

    def _limit(self, scrapes: Scrapes) -> Floats:
        specs = [fleet.spec for fleet in self._plant.law.fleets.values()]
        limits = [
            (specs[s].cpu_limit, memory.limit(specs[s], pod))
            for s, pod in zip(scrapes.pods.service.tolist(), scrapes.pods.records, strict=True)
        ]
        values = np.array(limits)[self._limits.pod, self._limits.kind]
        return np.repeat(values[:, None], len(scrapes.times), axis=1)


def _uid(pod: PodRecord) -> str:
    return f"{pod.bits:016x}"


def _generation(fleet: FleetState) -> float:
    return float(fleet.current.number * 2 + (fleet.desired != fleet.spec.replicas) + fleet.paused)


def _of_fleet(of: Callable[[FleetState], float], service: str) -> Callable[[Law], float]:
    return lambda law: of(law.fleets[service])
