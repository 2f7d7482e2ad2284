"""CPU on nodes: what is left to a service's pods where a node is asked for more than it has.

On a node of C cores (less what the system uses) each pod i wants d_i cores: a service's pod
min(limit, λ·cpu / ready), a workload's what its release says, its limit at most. Cores are shared out by
weight (the CPU request, as the kernel's CFS does it) without giving anybody more than it wants (max-min). A
service can have what its pods would get if they wanted their limit, on average over its ready pods.

Requests that are sent to pods on a machine that is lost, before the node controller has noticed, fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from drillbook.model.cluster import Cluster
from drillbook.world.fleet import FleetState, PodRecord, cpu_request
from drillbook.world.law import Law
from drillbook.world.nodes.law import ClusterLaw, NodeLaw, release
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow

LEAST = 0.002
"""Weight of a pod that asks for no CPU (2 shares of 1024)."""


class Claim(NamedTuple):
    """Like pods on a node: the service they belong to, how many, the weight and the most that each uses."""

    service: str
    pods: int
    weight: float
    most: float


class Crowd(NamedTuple):
    """A node whose pods may want more than it has: cores, services' pods, and weight and wish of others."""

    cores: float
    claims: tuple[Claim, ...]
    others: tuple[tuple[float, float], ...]


class Part(NamedTuple):
    """A service: pods that are ready, those of them on nodes with enough, limit, and part that is lost."""

    service: str
    ready: int
    easy: int
    limit: float
    lost: float


class ClusterTerms(NamedTuple):
    """What steps depend on."""

    crowds: tuple[Crowd, ...] = ()
    parts: tuple[Part, ...] = ()


def fill(cores: float, claims: list[tuple[float, float, int]]) -> list[float]:
    """What each of some pods gets, by weight, wish and number of like ones: weighted max-min shares."""
    out = [0.0] * len(claims)
    left, open_ = cores, sorted(range(len(claims)), key=lambda k: claims[k][1] / claims[k][0])
    weights = sum(weight * count for weight, _, count in claims)
    for k in open_:
        weight, wish, count = claims[k]
        out[k] = min(wish, left * weight / weights) if weights > 0 else 0.0
        left, weights = left - out[k] * count, weights - weight * count
    return out


class ClusterFlow:
    """One cluster; it has no columns of its own."""

    columns = 0
    part: Row = ()

    def __init__(self, spec: Cluster, column: int) -> None:
        self._spec, self.column = spec, column
        self._terms = ClusterTerms()
        self._fresh = False

    def terms(self, own: ClusterLaw, law: Law, t: float) -> ClusterTerms:
        """Who shares which cores."""
        nodes = {node.name: node for node in own.live()}
        on: dict[str, dict[str, int]] = {name: {} for name in nodes}
        ready = {name: fleet.ready(t) for name, fleet in law.fleets.items()}
        for name, pods in ready.items():
            for pod in pods:
                if pod.node in on:
                    on[pod.node][name] = on[pod.node].get(name, 0) + 1
        residents: dict[str, list[PodRecord]] = {}
        for pod in own.pods():
            residents.setdefault(pod.node, []).append(pod)
        weights = {
            name: max(cpu_request(law.fleets[name].spec, law.fleets[name].template), LEAST) for name in ready
        }
        crowds, crowded = [], dict.fromkeys(ready, 0)
        for name, node in nodes.items():
            claims = [
                Claim(each, count, weights[each], law.fleets[each].spec.cpu_limit)
                for each, count in on[name].items()
            ]
            crowd = self._crowd(node, claims, residents.get(name, ()))
            if crowd is not None:
                crowds.append(crowd)
                for claim in crowd.claims:
                    crowded[claim.service] += claim.pods
        parts = []
        down = any(node.down for node in nodes.values())
        for name, pods in ready.items():
            lost = self._lost(law.fleets[name], nodes, t) if down else 0
            part = lost / (lost + len(pods)) if lost else 0.0
            limit = law.fleets[name].spec.cpu_limit
            parts.append(Part(name, len(pods), len(pods) - crowded[name], limit, part))
        return ClusterTerms(tuple(crowds), tuple(parts))

    def _crowd(self, node: NodeLaw, claims: list[Claim], residents: Iterable[PodRecord]) -> Crowd | None:
        pool = self._spec.pool(node.pool)
        others = []
        for pod in residents:
            spec = self._spec.workload(pod.service)
            wish = release(spec, pod.template).cpu
            wish = min(wish, spec.cpu_limit) if spec.cpu_limit else wish
            others.append((max(spec.cpu_request or spec.cpu_limit, LEAST), wish))
        cores = pool.cpu - pool.system_cpu
        if sum(c.pods * c.most for c in claims) + sum(wish for _, wish in others) <= cores:
            return None
        return Crowd(cores, tuple(claims), tuple(others))

    @staticmethod
    def _lost(fleet: FleetState, nodes: Mapping[str, NodeLaw], t: float) -> int:
        """Pods that get requests though their machine is gone."""
        count = 0
        for pod in fleet.pods:
            node = nodes.get(pod.node)
            if node is not None and node.down and t < node.noted and pod.past:
                last = pod.past[-1]
                count += last.died_at == node.silent and last.ready_at <= node.silent
        return count

    def use(self, terms: ClusterTerms) -> None:
        """Put terms in force."""
        self._terms, self._fresh = terms, True

    def untouched(self) -> Row:
        """No columns."""
        return ()

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Give services the cores that their nodes leave them."""
        crowds, parts = self._terms
        if not (crowds or self._fresh):
            return
        self._fresh = False
        got: dict[str, float] = {}
        ready = {part.service: part.ready for part in parts}
        for crowd in crowds:
            others = [(weight, wish, 1) for weight, wish in crowd.others]
            wishes = []
            for claim in crowd.claims:
                flow = services[claim.service]
                wish = row[flow.column] * flow.cpu / ready[claim.service]
                wishes.append((claim.weight, min(claim.most, wish), claim.pods))
            for k, claim in enumerate(crowd.claims):
                claims = [*wishes, *others]
                claims[k] = (claim.weight, claim.most, claim.pods)
                had = claim.pods * fill(crowd.cores, claims)[k]
                got[claim.service] = got.get(claim.service, 0.0) + had
        for name, count, easy, limit, lost in parts:
            cores = limit
            if count and easy < count:
                cores = (easy * limit + got[name]) / count
            services[name].hinder(cores, lost)

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Nothing moves by itself."""

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """Nothing."""
        return []

    def corner(self, t: float) -> float:
        """Never."""
        return float("inf")
