"""What cAdvisor shows of the services' containers, what probes show of third parties, and `up`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.model.system import Service
from drillbook.world import memory
from drillbook.world.autoscale import IDLE_CPU
from drillbook.world.fleet import Life, PodRecord
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.http import target
from drillbook.world.metrics.rows import Crew, Keys, PodRows
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.noise import normal, uniform
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats
from drillbook.world.service import ServiceFlow

_PERIOD = 100_000.0


class Containers:
    """One container per pod."""

    def __init__(self, crew: Crew, keys: Keys) -> None:
        plant = crew.plant
        self._plant, self._keys = plant, keys
        self._names = list(plant.network.services)
        self._specs = [plant.law.fleets[name].spec for name in self._names]
        self._spaces = {spec.name: spec.namespace for spec in self._specs}
        self._rows = PodRows(crew, lambda pod: [(self._labels(pod), 0)])
        self._placed = PodRows(crew, lambda pod: [(self._labels(pod), 0)], by_node=True)
        self._targets = PodRows(crew, lambda pod: [(labels(target(pod, self._spaces[pod.service])), 0)])

    def _labels(self, pod: PodRecord) -> Labels:
        return labels(
            job="kubelet",
            instance=pod.node,
            node=pod.node,
            namespace=self._spaces[pod.service],
            pod=pod.name,
            container=pod.service,
            name=f"{pod.bits:016x}{pod.bits ^ 0x5DEECE66D:016x}",
            image=f"registry.{self._plant.system.domain}/{pod.service}:{pod.template.version}",
        )

    def families(self) -> list[Family]:
        """All of them."""
        return [
            self._family("container_memory_working_set_bytes", self._memory),
            self._family("container_spec_memory_limit_bytes", self._memory_limits),
            self._family("container_cpu_usage_seconds_total", self._cpu, counter=True),
            self._family(
                "container_spec_cpu_quota", lambda s: self._each(s, lambda spec: spec.cpu_limit * _PERIOD)
            ),
            self._family("container_spec_cpu_period", self._period),
            self._family("container_last_seen", self._seen),
            Family("up", self._up_rows, self._up),
        ]

    def _family(self, name: str, of: Callable[[Scrapes], Floats], *, counter: bool = False) -> Family:
        rows = self._placed

        def block(scrapes: Scrapes) -> Block:
            self._rows.labels()
            values, alive = of(scrapes), scrapes.alive
            if not rows.moves:
                return Block(values, alive)
            runs = (alive & (scrapes.at > scrapes.pods.scheduled))[rows.pod] & rows.here(scrapes.at)
            return Block(values[rows.pod], runs)

        return Family(name, rows.labels, block, counter=counter)

    def _each(self, scrapes: Scrapes, of: Callable[[Service], float]) -> Floats:
        values = np.array([[of(spec)] for spec in self._specs])
        return np.repeat(values[scrapes.pods.service], len(scrapes.times), axis=1)

    def _period(self, scrapes: Scrapes) -> Floats:
        return np.full((len(self._plant.pods), len(scrapes.times)), _PERIOD)

    def _seen(self, scrapes: Scrapes) -> Floats:
        now = np.floor(self._plant.start.timestamp() + scrapes.times)
        return np.repeat(now[None, :], len(self._plant.pods), axis=0)

    def _memory(self, scrapes: Scrapes) -> Floats:
        levels = np.array([scrapes.service(name, ServiceFlow.IN_FLIGHT) for name in self._names])
        flight = levels[scrapes.pods.service] * scrapes.shares
        own = uniform(np.asarray(scrapes.pods.bits))[:, None]
        rest = self._each(scrapes, lambda spec: spec.memory) * (0.94 + 0.12 * own)
        each = self._each(scrapes, lambda spec: spec.memory_per_request)
        z = normal(
            scrapes.bits(
                self._keys.of_pods("container_memory_working_set_bytes", self._rows, scrapes.pods.bits)
            )
        )
        size = (rest + each * flight) * (1 + 0.01 * z)
        for place, (service, pod) in enumerate(self._pods(scrapes)):
            spec = self._specs[service]
            if memory.grows(spec):
                size[place] += self._left_behind(spec, pod, scrapes.times)
                size[place] *= self._running(pod, scrapes.times)
        return np.floor(np.minimum(size, 0.99 * self._memory_limits(scrapes)))

    def _memory_limits(self, scrapes: Scrapes) -> Floats:
        most = np.array([[memory.limit(self._specs[s], pod)] for s, pod in self._pods(scrapes)])
        return np.repeat(most, len(scrapes.times), axis=1)

    @staticmethod
    def _pods(scrapes: Scrapes) -> list[tuple[int, PodRecord]]:
        return list(zip(scrapes.pods.service.tolist(), scrapes.pods.records, strict=True))

    def _left_behind(self, spec: Service, pod: PodRecord, times: Floats) -> Floats:
        """What requests have left in the container that runs at each time."""
        left, kept = np.zeros(len(times)), memory.leak(spec, pod)
        lives = [*pod.past, Life(pod.started, pod.ready_at, math.inf)]
        for life in lives if kept > 0 else ():
            here = (life.ready_at < times) & (times <= life.died_at)
            if here.any():
                since = max(life.ready_at, self._plant.first)
                left[here] = kept * self._plant.memory.handled(spec.name, since, times[here])
        return left

    @staticmethod
    def _running(pod: PodRecord, times: Floats) -> Floats:
        """1 where a container runs, 0 while one waits to be started again."""
        runs = np.ones(len(times))
        starts = [*(life.started for life in pod.past[1:]), pod.started]
        for life, started in zip(pod.past, starts, strict=False):
            runs[(life.died_at < times) & (times <= started)] = 0.0
        return runs

    def _cpu(self, scrapes: Scrapes) -> Floats:
        flows = self._plant.network.services.values()
        busy = np.array([scrapes.increments(flow.column + ServiceFlow.BUSY) for flow in flows])
        mean = busy[scrapes.pods.service] * scrapes.shares + IDLE_CPU * scrapes.interval
        z = normal(
            scrapes.bits(
                self._keys.of_pods("container_cpu_usage_seconds_total", self._rows, scrapes.pods.bits)
            )
        )
        most = self._each(scrapes, lambda spec: spec.cpu_limit) * scrapes.interval
        return np.asarray(np.minimum(mean * (1 + 0.05 * z), most))

    def _up_rows(self) -> Sequence[Labels]:
        fixed = [labels(job="kube-state-metrics", instance="kube-state-metrics:8080")]
        fixed += [labels(job="pgbouncer", instance=f"{name}:9127") for name in self._plant.law.pools]
        fixed += [labels(job="postgres", instance=f"{name}:9187") for name in self._plant.law.postgres]
        return [*fixed, *self._targets.labels()]

    def _up(self, scrapes: Scrapes) -> Block:
        pods = (scrapes.times >= scrapes.pods.created + 5.0).astype(np.float64)
        fixed = len(self._up_rows()) - len(pods)
        always = np.ones((fixed, len(scrapes.at)), dtype=np.bool_)
        return Block(
            np.vstack([np.ones((fixed, len(scrapes.times))), pods]), np.vstack([always, scrapes.alive])
        )


class Probes:
    """Blackbox probes of third parties: their median latency and whether they answered."""

    def __init__(self, plant: Plant, keys: Keys) -> None:
        self._plant, self._keys = plant, keys
        self._names = list(plant.law.externals)
        self._rows = [
            labels(job="blackbox", instance=f"https://{name}.example/health") for name in self._names
        ]

    def families(self) -> list[Family]:
        """Both of them."""
        return [
            Family("probe_duration_seconds", lambda: self._rows, self._duration),
            Family("probe_success", lambda: self._rows, self._success),
        ]

    def _duration(self, scrapes: Scrapes) -> Block:
        latency = np.array([scrapes.steps(_latency, name) for name in self._names])
        keys = self._keys.of("probe_duration_seconds", self._rows)
        return Block(np.round(latency * np.exp(0.1 * normal(scrapes.bits(keys))), 6))

    def _success(self, scrapes: Scrapes) -> Block:
        errors = np.array([scrapes.steps(_errors, name) for name in self._names])
        chance = uniform(scrapes.bits(self._keys.of("probe_success", self._rows)))
        return Block((chance >= errors).astype(np.float64))


def _latency(law: Law, name: str) -> float:
    return law.externals[name].latency


def _errors(law: Law, name: str) -> float:
    return law.externals[name].error_ratio
