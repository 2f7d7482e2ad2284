"""What a cluster does by itself: scheduler, controllers, kubelets, node controller, cluster autoscaler.

It keeps no state but the law's, and looks for the next moment at which it wants to change something, so that
all of it happens ahead of time and is undone with whatever led to it.

- New pods are put on nodes at once, or wait; they are tried again whenever the law changes.
- A kubelet that is silent for `monitor_grace` makes its node NotReady, and its pods leave their services.
  After `toleration` they are deleted and replaced elsewhere; the list shows them Terminating.
- Kubelets look for memory every 10 s, each at its own second.
- The cluster autoscaler looks every 10 s at pods that wait, and asks for as many nodes of the first pool that
  may grow as they need. It does not scale down (10 minutes unneeded; assumption: no drill is that long).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from drillbook.model.cluster import Cluster, NodePool
from drillbook.world.fleet import Life, PodRecord, RevisionRecord, Template, letters
from drillbook.world.law import Law
from drillbook.world.memory import pause
from drillbook.world.nodes.draft import CONTROLLER, KUBELET, Draft
from drillbook.world.nodes.eviction import CRITICAL, LOOK, TRANSITION, Candidate, message, order
from drillbook.world.nodes.forecast import Forecast, Stuck, may_fall_short
from drillbook.world.nodes.law import ClusterLaw, NodeLaw, WorkloadLaw, new_nodes, settings
from drillbook.world.nodes.scheduler import allocatable, missing, place
from drillbook.world.nodes.usage import Tenant, Usage, limit_of, of_workload, resident_size, spaces, tenants
from drillbook.world.outcome import hidden
from drillbook.world.state import Happening

if TYPE_CHECKING:
    from drillbook.world.plant import Plant

SCAN = 10.0
"""Seconds between looks of the cluster autoscaler."""
_AT_ONCE = 30
"""Looks of a kubelet that are worked out together."""
_OLD = 20 * 86400.0


class Control:
    """The controllers of one cluster."""

    def __init__(self, plant: Plant, spec: Cluster) -> None:
        self._plant, self.spec = plant, spec
        self.usage = Usage(plant, spec)
        self._forecasts: dict[str, Forecast] = {}
        self._stuck: Stuck | None = None

    # --- the beginning, and every law -----------------------------------------------------------------------

    def begin(self, law: Law) -> Law:
        """The nodes with all pods on them, before anything happens."""
        since = -math.floor(_OLD * (1 + self._plant.draws.uniform("cluster", self.spec.name)))
        own = settings(law, self.spec.name)
        nodes = [
            node
            for pool in self.spec.node_pools
            for node in new_nodes(self.spec, pool, 0, pool.nodes, since, since)
        ]
        workloads = []
        for each in self.spec.workloads:
            chosen = [r.version for r in each.releases]
            values = tuple((setting.name, setting.value) for setting in each.settings)
            revisions = tuple(
                RevisionRecord(k + 1, Template(r.version, values), r.notes, since + 86400.0 * k)
                for k, r in enumerate(each.releases[: chosen.index(each.release) + 1])
            )
            workloads.append((each.name, WorkloadLaw(each.replicas, revisions)))
        own = replace(own, nodes=tuple(nodes), workloads=tuple(workloads))
        law = law._replace(parts={**law.parts, self.spec.name: own})
        return self.settle(law, -86400.0 * 2)

    def settle(self, law: Law, t: float) -> Law:
        """Pods that workloads lack are made, and pods without a node are put on one where one fits."""
        own = settings(law, self.spec.name)
        made = list(self._made(own, t))
        if made:
            own = replace(own, residents=(*own.residents, *made))
            law = law._replace(parts={**law.parts, self.spec.name: own})
        pods = self.usage.all(law)
        waiting = [each for each in pods if _waits(each.pod)]
        stuck = Stuck(pods, [_taints(node, t) for node in own.live()])
        if not waiting or (self._stuck is not None and self._stuck.same(stuck)):
            return law
        draft, changed = Draft(self.spec, law, self._plant.draws, t), False
        there = list(spaces(self.spec, law, pods).values())
        for each in sorted(waiting, key=lambda one: (-one.priority, one.pod.created, one.pod.name)):
            pod = self._placed(each, place(each.ask, there, t), t)
            if pod != each.pod:
                changed = True
                draft.change(each, pod)
        self._stuck = None if changed else stuck
        return draft.law if changed else law

    def _placed(self, tenant: Tenant, space: object, t: float) -> PodRecord:
        pod = tenant.pod
        node = getattr(space, "node", None)
        if node is None:
            return pod._replace(node="", scheduled=math.inf, ready_at=math.inf, started=math.inf)
        if pod.scheduled < 0 and pod.ready_at < math.inf:  # made at this moment
            return pod._replace(node=node.name, scheduled=pod.created)
        after = self._start_up(tenant)
        return pod._replace(node=node.name, scheduled=t, started=t, ready_at=t + math.ceil(after))

    def _start_up(self, tenant: Tenant) -> float:
        if tenant.workload is not None:
            return tenant.workload.ready_after
        return self._plant.law.fleets[tenant.pod.service].spec.rollout.ready_after

    def _made(self, own: ClusterLaw, t: float) -> Iterator[PodRecord]:
        """Pods that daemon sets and others lack."""
        number = len(own.residents)
        for name, workload in own.workloads:
            spec = self.spec.workload(name)
            have = [pod for pod in own.pods() if pod.service == name]
            if spec.runs != "daemonset":
                for _ in range(workload.desired - len(have)):
                    yield self._resident(name, workload, "", number, t)
                    number += 1
                continue
            there = {pod.node for pod in have}
            for node in own.live() if workload.desired else ():
                if node.name not in there and node.ready(t):
                    yield self._resident(name, workload, node.name, number, t)
                    number += 1

    def _resident(self, name: str, workload: WorkloadLaw, node: str, number: int, t: float) -> PodRecord:
        draws, spec = self._plant.draws, self.spec.workload(name)
        own = draws.bits("resident", self.spec.name, name, number)
        made_by = name
        if spec.runs == "deployment":
            made_by = f"{name}-{letters(draws.bits('replicaset', name, workload.template.version), 9)}"
        ready_at = t + math.ceil(spec.ready_after)
        return PodRecord(
            name, f"{made_by}-{letters(own >> 16, 5)}", made_by, workload.template, t, ready_at,
            f"10.42.{number % 250 + 1}.{own // 8 % 250 + 2}", node, own, started=t,
            scheduled=t if node else -math.inf,
        )  # fmt: skip

    # --- when something is due ------------------------------------------------------------------------------

    def due(self, since: float, until: float) -> float | None:
        """The next moment at which something changes by itself."""
        if until <= since:
            return None
        law = self._plant.law
        own = settings(law, self.spec.name)
        times = [t for t in self._times(law, own, since) if since < t <= until]
        first = min(times, default=None)
        short = self._short(law, own, since, until if first is None else first)
        return first if short is None else short

    def _times(self, law: Law, own: ClusterLaw, since: float) -> Iterator[float]:
        for node in own.live():
            yield node.ready_at
            if node.silent < math.inf:
                yield self._missed(node)
                yield node.noted + self.spec.toleration
            if node.pressed < math.inf:
                yield _look_after(node, max(since, node.low + TRANSITION - 1.0))
        for fleet in law.fleets.values():
            for pod in fleet.pods:
                yield pod.ready_at
        for pod in own.pods():
            yield pod.ready_at
            yield self._full_at(own, pod, since)
        if self._grows(law, own, since):
            yield (math.floor(since / SCAN) + 1) * SCAN

    def _missed(self, node: NodeLaw) -> float:
        """When the node controller gives a silent node up."""
        known = node.silent == math.inf or node.noted < math.inf
        return math.inf if known else math.ceil(node.silent + self.spec.monitor_grace)

    def _full_at(self, own: ClusterLaw, pod: PodRecord, since: float) -> float:
        """When a workload's container next reaches its memory limit."""
        spec, workload = self.spec.workload(pod.service), own.workload(pod.service)
        most = limit_of(spec, pod)
        if not most or pod.started == math.inf:
            return math.inf
        begin = max(since, pod.started) + 1.0
        times = begin + np.arange(0.0, 14401.0, 10.0)
        above = np.flatnonzero(resident_size(spec, workload, pod, pod.started, times) >= most)
        return float(math.ceil(times[above[0]])) if above.size else math.inf

    def _short(self, law: Law, own: ClusterLaw, since: float, until: float) -> float | None:
        """When a kubelet first finds its node short of memory."""
        first: float | None = None
        for node in own.live():
            if node.down or node.ready_at > since:
                continue
            look = _look_after(node, max(since, node.low))
            forecast = self._forecast(law, own, node, look)
            if not forecast.may_fall_short or (node.pressed < math.inf and forecast.all_critical):
                continue  # or a look would change nothing
            low = self._low_after(law, node, forecast, until if first is None else first)
            first = low if first is None or (low is not None and low < first) else first
        return first

    def _forecast(self, law: Law, own: ClusterLaw, node: NodeLaw, look: float) -> Forecast:
        """What is known of a node's looks from `look` on; it is kept while the pods on it are the same."""
        known = self._forecasts.get(node.name)
        here = self.usage.on(law, node.name)
        grows = [own.workload(each.pod.service).grows for each in here if each.workload is not None]
        if known is None or not known.holds(here, grows, look):
            known = self._forecasts[node.name] = Forecast(
                here, grows, look,
                steady=all(self.usage.steady(law, each) for each in here),
                may_fall_short=may_fall_short(self._pool(node), here),
                all_critical=all(each.priority >= CRITICAL for each in here),
            )  # fmt: skip
        return known

    def _low_after(self, law: Law, node: NodeLaw, known: Forecast, last: float) -> float | None:
        """The first look up to `last` at which a node is short of memory."""
        while known.low is None and known.next <= last:
            count = _AT_ONCE if known.steady else min(_AT_ONCE, int((last - known.next) / LOOK) + 1)
            times = known.next + LOOK * np.arange(count)
            left = self._available(law, node, times)
            low = np.flatnonzero(left < self._pool(node).eviction_hard)
            known.next += LOOK * count
            if low.size:
                known.low, known.left = float(times[low[0]]), float(left[low[0]])
        return known.low if known.low is not None and known.low <= last else None

    def _pool(self, node: NodeLaw) -> NodePool:
        return self.spec.pool(node.pool)

    def _available(self, law: Law, node: NodeLaw, times: np.ndarray) -> np.ndarray:
        return np.asarray(self._pool(node).memory - self.usage.node(law, node.name, times))

    def _grows(self, law: Law, own: ClusterLaw, t: float) -> dict[str, int]:
        """Nodes that the cluster autoscaler wants more of, by pool."""
        pools = [pool for pool in self.spec.node_pools if pool.max is not None]
        waiting = [each for each in self.usage.all(law) if each.pod.scheduled == math.inf] if pools else []
        if not waiting:
            return {}
        coming = list(spaces(self.spec, law, self.usage.all(law)).values())
        for space in coming:  # nodes on their way count as there
            space.node = space.node._replace(ready_at=min(space.node.ready_at, 0.0))
        asks = [each.ask for each in waiting]
        for pool in pools:
            have = sum(node.pool == pool.name for node in own.live())
            most = min(pool.max or 0, pool.quota or 10**9)
            count = missing(asks, coming, allocatable(pool), most - have) if most > have else 0
            if count:
                return {pool.name: count}
        return {}

    # --- doing it -------------------------------------------------------------------------------------------

    def act(self, t: float) -> list[Happening]:
        """Whatever is due at `t`."""
        law = self._plant.law
        draft = Draft(self.spec, law, self._plant.draws, t)
        for node in draft.own.live():
            self._of_node(draft, node, t)
        for pod in draft.own.pods():
            if self._full_at(draft.own, pod, t - 1.0) <= t:
                self._killed(draft, pod, t)
        if t % SCAN == 0:
            self._grow(draft, t)
        self._plant.set(t, draft.law)
        return [hidden(text) for text in draft.said]

    def _of_node(self, draft: Draft, node: NodeLaw, t: float) -> None:
        name = f"node/{node.name}"
        if node.ready_at == t:
            draft.note("NodeReady", name, f"Node {node.name} status is now: NodeReady", KUBELET)
            draft.said.append(f"node {node.name} joins")
        if self._missed(node) == t:
            node = node._replace(noted=t)
            draft.set_node(node)
            draft.stop_serving(node.name)
            text = f"Node {node.name} status is now: NodeNotReady"
            draft.note("NodeNotReady", name, text, CONTROLLER, warning=False)
            draft.said.append(f"node {node.name} not ready")
        if node.noted + self.spec.toleration == t:
            for tenant in draft.on(node.name):
                if not tenant.ask.daemon:
                    text = f"Marking for deletion Pod {tenant.namespace}/{tenant.pod.name}"
                    where = f"pod/{tenant.pod.name}"
                    draft.note("TaintManagerEviction", where, text, "taint-eviction-controller",
                               space=tenant.namespace)  # fmt: skip
                    draft.end(tenant, listed=True)
            draft.said.append(f"node {node.name} pods deleted")
        if not node.down and node.ready_at <= t and _look_after(node, t - 1.0) == t:
            self._look(draft, node, t)

    def _look(self, draft: Draft, node: NodeLaw, t: float) -> None:
        """A kubelet looks for memory."""
        law, pool = self._plant.law, self._pool(node)
        forecast = self._forecast(law, settings(law, self.spec.name), node, t)
        short = self._low_after(law, node, forecast, t) == t
        available = forecast.left
        if not short:
            if node.pressed < math.inf and t >= node.low + TRANSITION:
                draft.set_node(node._replace(pressed=math.inf))
                text = f"Node {node.name} status is now: NodeHasSufficientMemory"
                draft.note("NodeHasSufficientMemory", f"node/{node.name}", text, KUBELET)
            return
        name = f"node/{node.name}"
        draft.note("EvictionThresholdMet", name, "Attempting to reclaim memory", KUBELET, warning=True)
        if node.pressed == math.inf:
            text = f"Node {node.name} status is now: NodeHasInsufficientMemory"
            draft.note("NodeHasInsufficientMemory", name, text, KUBELET)
            node = node._replace(pressed=t)
        node = node._replace(low=t)
        found = self._victim(law, node, t)
        if found is not None:
            tenant, candidate = found
            why = message(tenant.pod.service, pool.eviction_hard, available, candidate)
            draft.note(
                "Evicted", f"pod/{tenant.pod.name}", why, KUBELET, space=tenant.namespace, warning=True
            )
            draft.end(tenant, why=why)
            node = node._replace(evictions=node.evictions + 1)
            draft.said.append(f"evict {tenant.pod.service} {tenant.pod.name} from {node.name}")
        draft.set_node(node)

    def _victim(self, law: Law, node: NodeLaw, t: float) -> tuple[Tenant, Candidate] | None:
        """The pod that is evicted first."""
        known = []
        for tenant, sizes in self.usage.tenants(law, node.name, np.array([t])):
            if sizes[0] > 0 and tenant.priority < CRITICAL:
                used = Candidate(tenant.pod.name, float(sizes[0]), tenant.memory[0], tenant.priority)
                known.append((tenant, used))
        return min(known, key=lambda each: order(each[1]), default=None)

    def _killed(self, draft: Draft, pod: PodRecord, t: float) -> None:
        """A workload's container has reached its limit."""
        spec = self.spec.workload(pod.service)
        past = (*pod.past, Life(pod.started, pod.ready_at, t))
        started = t + pause(past)
        after = started + math.ceil(spec.ready_after)
        draft.change(of_workload(spec, pod), pod._replace(past=past, started=started, ready_at=after))
        text = f"Memory cgroup out of memory: Killed process ({pod.service})"
        draft.note("OOMKilling", f"node/{pod.node}", text, "kernel-monitor", warning=True)
        draft.said.append(f"oom {pod.service} {pod.name}")

    def _grow(self, draft: Draft, t: float) -> None:
        """The cluster autoscaler asks for nodes."""
        for pool, count in self._grows(self._plant.law, draft.own, t).items():
            have = sum(node.pool == pool for node in draft.own.live())
            most = self.spec.pool(pool).max
            for each in tenants(self.spec, draft.law):
                if each.pod.scheduled == math.inf:
                    text = f"pod triggered scale-up: [{{{pool} {have}->{have + count} (max: {most})}}]"
                    where = f"pod/{each.pod.name}"
                    draft.note("TriggeredScaleUp", where, text, "cluster-autoscaler", space=each.namespace)
            resize(draft, pool, have + count, t)
            draft.said.append(f"node-pool {pool} {have} to {have + count}")


def resize(draft: Draft, pool: str, count: int, t: float) -> None:
    """Another number of nodes: new ones are asked for, or the newest leave with their pods."""
    spec, own = draft.spec.pool(pool), draft.own
    have = [node for node in own.live() if node.pool == pool]
    wanted = tuple((name, count if name == pool else number) for name, number in own.wanted)
    draft.own = own = replace(own, wanted=wanted)
    if count > len(have):
        first = max((node.number for node in own.nodes if node.pool == pool), default=-1) + 1
        ready_at = float(math.ceil(t) + math.ceil(spec.starts_in))
        more = new_nodes(draft.spec, spec, first, count - len(have), t, ready_at)
        draft.own = replace(own, nodes=(*own.nodes, *more))
    for node in sorted(have, key=lambda each: -each.number)[: max(0, len(have) - count)]:
        leave(draft, node)


def leave(draft: Draft, node: NodeLaw) -> None:
    """A node goes; its pods are made anew elsewhere."""
    here = draft.on(node.name)
    draft.set_node(node._replace(removed=draft.t))
    for tenant in here:
        draft.end(tenant)
    draft.forget(node.name)
    text = f"Node {node.name} event: Removing Node {node.name} from Controller"
    draft.note("RemovingNode", f"node/{node.name}", text, CONTROLLER)


def _waits(pod: PodRecord) -> bool:
    return not -math.inf < pod.scheduled < math.inf


def _taints(node: NodeLaw, t: float) -> tuple[object, ...]:
    """What of a node speaks against pods, besides what its pods ask for."""
    return node.name, node.cordoned, node.ready(t), node.pressed <= t


def _look_after(node: NodeLaw, t: float) -> float:
    """A kubelet's first look after `t`; each has its own second."""
    phase = float(node.number * 3 % LOOK)
    return (math.floor((t - phase) / LOOK) + 1) * LOOK + phase
