"""Clusters as a kind of component."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from drillbook.model.base import Model
from drillbook.model.cluster import Cluster, ClusterChange
from drillbook.model.system import System
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.nodes import remedies, warnings
from drillbook.world.nodes.control import Control
from drillbook.world.nodes.draft import Draft
from drillbook.world.nodes.flow import ClusterFlow
from drillbook.world.nodes.law import ClusterLaw
from drillbook.world.nodes.metrics import families
from drillbook.world.nodes.state import ClusterState, health_of, state_of
from drillbook.world.parts.cluster import cloud
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken


class ClusterKind:
    """Clusters."""

    tools: Mapping[str, str] = cloud.TOOLS

    def controller(self, plant: Plant, spec: Cluster) -> Control:
        """What moves nodes and pods by itself."""
        return Control(plant, spec)

    def initial(self, spec: Cluster) -> ClusterLaw:
        """Before the controllers begin: no node, no pod."""
        return ClusterLaw((), (), (), tuple((pool.name, pool.nodes) for pool in spec.node_pools))

    def flow(self, spec: Cluster, system: System, column: int) -> ClusterFlow:
        """A cluster's flow."""
        return ClusterFlow(spec, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Cluster]) -> list[Family]:
        """What kube-state-metrics, node_exporter, kubelets and the autoscaler show."""
        return families(plant, keys, specs[0])

    def state(self, plant: Plant, spec: Cluster, row: Row, t: float) -> ClusterState:
        """A cluster at `t`."""
        return state_of(plant, spec, row, t)

    def health(self, state: ClusterState) -> tuple[Health, str]:
        """How many nodes are ready."""
        return health_of(state)

    def depends(self, spec: Cluster) -> tuple[str, ...]:
        """On nothing; every service depends on it."""
        return ()

    def changed(self, own: ClusterLaw, changes: Model, t: float) -> ClusterLaw:
        """Changes go through `happen`, which can do more than set the law."""
        return own

    def happen(self, plant: Plant, spec: Cluster, changes: Model, t: float, id: str) -> list[Happening]:  # noqa: A002
        """A change from outside: nodes fall silent, workloads grow, begin or are released."""
        if not isinstance(changes, ClusterChange):
            return []
        draft = Draft(spec, plant.law, plant.draws, float(math.floor(t)))
        for name in changes.silent:
            remedies.go_silent(draft, name, down=False)
        for name in changes.down:
            remedies.go_silent(draft, name, down=True)
        for name in changes.back:
            remedies.come_back(draft, name)
        for name, count in changes.replicas.items():
            remedies.set_replicas(draft, name, count)
        workloads = []
        for name, workload in draft.own.workloads:
            if name in changes.grows:
                steps = (*workload.grows, (draft.t, changes.grows[name] / 60.0))
                workload = replace(workload, grows=steps)  # noqa: PLW2901
            workloads.append((name, workload))
        draft.own = replace(draft.own, workloads=tuple(workloads))
        plant.set(t, draft.law)
        out = []
        for number, (name, version) in enumerate(changes.deploy.items()):
            began, action = f"{id}.{number}", Action("deploy", spec.name, f"{name} {version}")
            out.append(Happening("started", f"{name} {version} is rolled out", began, action))
            out += remedies.deploy(plant, spec, t, name, version, began)
        return out

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Begin a remediation."""
        return remedies.act(plant, cast("Cluster", plant.system.component(action.target)), t, action, id)

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """What moves, and what fits nowhere."""
        return warnings.warn(plant, cast("Cluster", plant.system.component(action.target)), action, t)

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Cluster]) -> Answer | None:
        """The cloud's command line, or a command on a node."""
        return cloud.run(look, words, specs)

    def spoken(
        self, plant: Plant, specs: Sequence[Cluster], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """Services say nothing about their nodes."""
        return iter(())

    def examples(self, spec: Cluster) -> Iterator[tuple[str, str]]:
        """What can be typed about a cluster."""
        node = f"{spec.node_pools[0].name}-{spec.zones[0]}-1"
        yield "kubectl get nodes -o wide", "nodes and whether they are ready"
        yield f"kubectl describe node {node}", "conditions of a node, what its pods ask for, its events"
        yield "kubectl top nodes", "CPU and memory in use on the nodes"
        yield "kubectl get pods -A -o wide", "every pod and its node"
        yield "kubectl get events -A", "what the cluster did in the last hour"
        yield f"kubectl cordon {node}", f"no new pods on {node}; uncordon takes it back"
        yield f"kubectl drain {node} --ignore-daemonsets", f"moves the pods of {node} elsewhere"
        yield f"ssh {node} systemctl restart kubelet", f"restarts the kubelet of {node}"
        pool = spec.node_pools[0]
        more = pool.nodes + 2
        if spec.cloud == "eks":
            command = f"aws eks update-nodegroup-config --cluster-name {spec.name}"
            command += f" --nodegroup-name {pool.name} --scaling-config desiredSize={more}"
            yield command, f"more nodes in {pool.name}"
        else:
            command = f"gcloud container clusters resize {spec.name} --node-pool {pool.name}"
            yield f"{command} --num-nodes {more}", f"more nodes in {pool.name}"
        for workload in spec.workloads:
            yield from _of_workload(workload.name, workload.namespace, workload.runs)


def _of_workload(name: str, space: str, runs: str) -> Iterator[tuple[str, str]]:
    if runs == "job":
        yield f"kubectl delete job {name} -n {space}", f"stops {name}"
        return
    yield f"kubectl logs {runs}/{name} -n {space} --tail=20", f"last log lines of a pod of {name}"
    yield f"kubectl rollout history {runs}/{name} -n {space}", f"versions of {name}"
    yield f"kubectl rollout undo {runs}/{name} -n {space}", f"rolls {name} back"
    yield f"kubectl rollout restart {runs}/{name} -n {space}", f"replaces the pods of {name}"
    yield f"kubectl set resources {runs}/{name} -n {space} --limits=memory=512Mi", f"limits {name}"
