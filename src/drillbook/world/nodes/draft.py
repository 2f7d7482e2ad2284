"""A law of a cluster under change: what is done to nodes and pods, and what is noted of it."""

from __future__ import annotations

import math
from dataclasses import replace

from drillbook.model.cluster import Cluster
from drillbook.model.draws import Draws
from drillbook.world import fleet as fleets
from drillbook.world.fleet import FleetState, Life, PodRecord
from drillbook.world.law import Law
from drillbook.world.nodes.law import ClusterLaw, NodeLaw, Note, settings, with_node, with_pods
from drillbook.world.nodes.usage import Tenant, tenants

CONTROLLER, KUBELET = "node-controller", "kubelet"


class Draft:
    """Changes at one moment; `law` is what comes of them, `said` what the log says."""

    def __init__(self, spec: Cluster, law: Law, draws: Draws, t: float) -> None:
        self.spec, self.t, self._draws = spec, t, draws
        self._before = law
        self.fleets: dict[str, FleetState] = dict(law.fleets)
        self.own: ClusterLaw = settings(law, spec.name)
        self.said: list[str] = []

    @property
    def law(self) -> Law:
        """The law with all that was changed."""
        return self._before._replace(
            fleets=self.fleets, parts={**self._before.parts, self.spec.name: self.own}
        )

    def note(
        self, reason: str, object_: str, message: str, source: str, *, space: str = "", warning: bool = False
    ) -> None:
        """Let the cluster's events have one more."""
        note = Note(self.t, warning, reason, object_, space, message, source)
        self.own = replace(self.own, notes=(*self.own.notes, note))

    def set_node(self, node: NodeLaw) -> None:
        """Another state of a node."""
        self.own = replace(self.own, nodes=with_node(self.own, node))

    def on(self, node: str) -> list[Tenant]:
        """The pods that count on a node."""
        return [tenant for tenant in tenants(self.spec, self.law) if tenant.pod.node == node]

    def end(self, tenant: Tenant, *, why: str = "", listed: bool = False) -> None:
        """A pod is over: evicted (`why`) or deleted; `listed` where it stays in the list. Others follow."""
        pod, t = tenant.pod, self.t
        until = math.inf if why or listed else -math.inf
        ended = pod._replace(removed=t, evicted=why, deleted=until)
        if tenant.workload is not None:
            self.own = replace(self.own, residents=with_pods(self.own, [ended]))
            return
        fleet = fleets.remove(self.fleets[pod.service], [pod.name])
        kept = (*fleet.leftover, ended) if until > 0 else fleet.leftover
        fleet = fleet._replace(left_at=t, leftover=kept)
        short = fleet.desired - len(fleet.pods)
        if short > 0:
            ready_at = t + math.ceil(fleet.spec.rollout.ready_after)
            fleet = fleets.create(fleet, min(1, short), t, self._draws, ready_at=ready_at)
        self.fleets[pod.service] = fleet

    def change(self, tenant: Tenant, pod: PodRecord) -> None:
        """Another state of a pod that goes on."""
        if tenant.workload is not None:
            self.own = replace(self.own, residents=with_pods(self.own, [pod]))
            return
        fleet = self.fleets[pod.service]
        pods = tuple(pod if each.name == pod.name else each for each in fleet.pods)
        self.fleets[pod.service] = fleet._replace(pods=pods)

    def stop_serving(self, node: str) -> None:
        """The pods of a node are out of their services, for good as far as anybody knows."""
        for tenant in self.on(node):
            pod = tenant.pod
            if pod.ready_at < math.inf:
                past = (*pod.past, Life(pod.started, pod.ready_at, self.t, killed=False))
                self.change(tenant, pod._replace(past=past, ready_at=math.inf))

    def serve_again(self, node: str, after: float) -> None:
        """The pods of a node that reports again are ready."""
        for tenant in self.on(node):
            if tenant.pod.ready_at == math.inf and tenant.pod.past:
                self.change(tenant, tenant.pod._replace(ready_at=self.t + after))

    def forget(self, node: str) -> None:
        """What is listed as terminating on a node that is gone, or is back, is no more."""
        for name, fleet in self.fleets.items():
            kept = tuple(pod for pod in fleet.leftover if pod.node != node or pod.evicted)
            if len(kept) != len(fleet.leftover):
                self.fleets[name] = fleet._replace(leftover=kept)
        stuck = [
            pod._replace(deleted=self.t)
            for pod in self.own.residents
            if pod.node == node and pod.deleted == math.inf and not pod.evicted
        ]
        self.own = replace(self.own, residents=with_pods(self.own, stuck))
