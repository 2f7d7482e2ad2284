"""What can be done to a cluster: nodes, node pools, and the workloads besides the services."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from drillbook.model.cluster import Cluster
from drillbook.world.fleet import RevisionRecord, Template
from drillbook.world.nodes.control import leave, resize
from drillbook.world.nodes.draft import Draft
from drillbook.world.nodes.law import ClusterLaw, NodeLaw, WorkloadLaw, settings, with_workload
from drillbook.world.nodes.usage import Tenant, tenants
from drillbook.world.outcome import ends, fails, hidden
from drillbook.world.plant import Plant
from drillbook.world.state import Action, Happening

GRACE = 30.0
"""Seconds until the last pod of a drained node is gone (`terminationGracePeriodSeconds`)."""
KUBELET_STARTS = 15.0
"""Seconds until a restarted kubelet reports again (assumption)."""
_QUICK = 2.0

Do = Callable[[Plant, Cluster, float, Action, str], list[Happening]]


def act(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    """Begin a remediation."""
    begun = _ACTIONS.get(action.kind)
    return (
        fails(id, f"{spec.name} has no {action.kind}") if begun is None else begun(plant, spec, t, action, id)
    )


def _draft(plant: Plant, spec: Cluster, t: float) -> Draft:
    return Draft(spec, plant.law, plant.draws, float(math.floor(t)))


def _node(own: ClusterLaw, name: str) -> NodeLaw | None:
    return own.node(name)


def _no_node(id: str, name: str) -> list[Happening]:  # noqa: A002
    return fails(id, f'Error from server (NotFound): nodes "{name}" not found')


# --- nodes ------------------------------------------------------------------------------------------------


def _cordon(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    draft, off = _draft(plant, spec, t), action.kind == "cordon"
    node = _node(draft.own, action.value)
    if node is None:
        return _no_node(id, action.value)
    if node.cordoned == off:
        return ends(id, f"node/{node.name} already {action.kind}ed")
    draft.set_node(node._replace(cordoned=off))
    status = "NodeNotSchedulable" if off else "NodeSchedulable"
    draft.note(status, f"node/{node.name}", f"Node {node.name} status is now: {status}", "kubelet")
    plant.set(t, draft.law)
    return [hidden(f"{action.kind} {node.name}"), *ends(id, f"node/{node.name} {action.kind}ed")]


def _drain(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    draft = _draft(plant, spec, t)
    node = _node(draft.own, action.value)
    if node is None:
        return _no_node(id, action.value)
    draft.set_node(node._replace(cordoned=True))
    moved = movable(draft.on(node.name))
    for tenant in moved:
        draft.end(tenant)
    plant.set(t, draft.law)
    if not moved:
        return [hidden(f"drain {node.name}"), *ends(id, f"node/{node.name} drained")]
    lines = [f"evicting pod {tenant.namespace}/{tenant.pod.name}" for tenant in moved]

    def over(now: float) -> list[Happening]:
        gone = [f"pod/{tenant.pod.name} evicted" for tenant in moved]
        return ends(id, "\n".join([*gone, f"node/{node.name} drained"]))

    plant.later(float(math.ceil(t)) + GRACE, over)
    advanced = Happening("advanced", "\n".join(lines), id, done=0, of=len(moved))
    return [hidden(f"drain {node.name} {len(moved)} pods"), advanced]


def movable(here: list[Tenant]) -> list[Tenant]:
    """The pods that a drain evicts: those of daemon sets stay."""
    return [tenant for tenant in here if not tenant.ask.daemon]


def _delete_node(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    draft = _draft(plant, spec, t)
    node = _node(draft.own, action.value)
    if node is None:
        return _no_node(id, action.value)
    have = sum(each.pool == node.pool for each in draft.own.live())
    leave(draft, node)
    resize(draft, node.pool, have, draft.t)
    plant.set(t, draft.law)
    return [hidden(f"delete-node {node.name}"), *ends(id, f'node "{node.name}" deleted')]


def _kubelet(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    node = _node(settings(plant.law, spec.name), action.value)
    if node is None or node.down:
        return fails(id, f"ssh: connect to host {action.value} port 22: No route to host")

    def over(now: float) -> list[Happening]:
        draft = _draft(plant, spec, now)
        come_back(draft, action.value)
        plant.set(now, draft.law)
        return [hidden(f"kubelet-restart {action.value}"), *ends(id, "kubelet.service: active (running)")]

    plant.later(math.ceil(t) + KUBELET_STARTS, over)
    return []


def come_back(draft: Draft, name: str) -> None:
    """A silent node reports again; its pods were running all the time, unless its machine was lost."""
    node = draft.own.node(name)
    if node is None or node.silent == math.inf:
        return
    draft.set_node(node._replace(silent=math.inf, noted=math.inf, down=False))
    draft.serve_again(name, 30.0 if node.down else 5.0)
    draft.forget(name)
    draft.note("NodeReady", f"node/{name}", f"Node {name} status is now: NodeReady", "kubelet")


def go_silent(draft: Draft, name: str, *, down: bool) -> None:
    """A node's kubelet stops reporting, or its machine is lost."""
    node = draft.own.node(name)
    if node is None or node.silent < math.inf:
        return
    if down:
        draft.stop_serving(name)
    draft.set_node(node._replace(silent=draft.t, down=down))


def _pool(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, _, number = action.value.partition(" ")
    known = {pool.name: pool for pool in spec.node_pools}
    if name not in known or not number.isdecimal():
        return fails(id, f"no node pool {name!r}; there are {', '.join(known)}")
    count, quota = int(number), known[name].quota
    if quota is not None and count > quota:
        return fails(
            id, f"VcpuLimitExceeded: {count} nodes of {known[name].machine} exceed the quota, {quota}"
        )
    draft = _draft(plant, spec, t)
    have = sum(node.pool == name for node in draft.own.live())
    resize(draft, name, count, draft.t)
    plant.set(t, draft.law)
    law = hidden(f"node-pool {name} {have} to {count}")
    text = f"node pool {name} has {count} nodes"
    if count <= have:
        return [law, *ends(id, text)]
    plant.later(float(math.ceil(t) + math.ceil(known[name].starts_in)), lambda _: ends(id, text))
    return [law, Happening("advanced", f"node pool {name}: starting {count - have}", id, done=have, of=count)]


# --- workloads --------------------------------------------------------------------------------------------


def _roll(
    plant: Plant,
    spec: Cluster,
    t: float,
    name: str,
    change: tuple[Template, str],
    id: str,  # noqa: A002
) -> list[Happening]:
    """Replace a workload's pods one by one; `change` is the new template and its cause."""
    template, cause = change
    draft = _draft(plant, spec, t)
    workload = draft.own.workload(name)
    out = [
        Happening("finished", f"{name} was changed before its rollout finished", workload.rolling, ok=False)
    ]
    kept = tuple(each for each in workload.revisions if each.template != template)
    record = RevisionRecord(workload.revisions[-1].number + 1, template, cause, draft.t)
    changed = replace(workload, revisions=(*kept, record), rolling=id)
    draft.own = replace(draft.own, workloads=with_workload(draft.own, name, changed))
    plant.set(t, draft.law)
    return (out if workload.rolling else []) + _next(plant, spec, t, name, id)


def _next(plant: Plant, spec: Cluster, t: float, name: str, id: str) -> list[Happening]:  # noqa: A002
    draft = _draft(plant, spec, t)
    workload = draft.own.workload(name)
    if workload.rolling != id:
        return []
    ours = [each for each in tenants(spec, draft.law) if each.workload and each.workload.name == name]
    old = [each for each in ours if each.pod.template != workload.template]
    if not old:
        changed = replace(workload, rolling="")
        draft.own = replace(draft.own, workloads=with_workload(draft.own, name, changed))
        plant.set(t, draft.law)
        kind = _noun(spec, name)
        return [
            hidden(f"{name} {workload.template.version}"),
            *ends(id, f'{kind} "{name}" successfully rolled out'),
        ]
    draft.end(old[0])
    plant.set(t, draft.law)
    plant.later(
        float(math.ceil(t) + math.ceil(spec.workload(name).ready_after)),
        lambda now: _next(plant, spec, now, name, id),
    )
    done, of = len(ours) - len(old), len(ours)
    text = f'Waiting for {_noun(spec, name)} "{name}" rollout to finish: {done} out of {of} new pods '
    return [Happening("advanced", text + "have been updated...", id, done=done, of=of)]


def _noun(spec: Cluster, name: str) -> str:
    return {"daemonset": "daemon set", "deployment": "deployment", "job": "job"}[spec.workload(name).runs]


def deploy(plant: Plant, spec: Cluster, t: float, name: str, version: str, id: str) -> list[Happening]:  # noqa: A002
    """Roll a workload to a version."""
    notes = {release.version: release.notes for release in spec.workload(name).releases}
    template = settings(plant.law, spec.name).workload(name).template._replace(version=version)
    return _roll(plant, spec, t, name, (template, notes[version]), id)


def _of(plant: Plant, spec: Cluster, value: str) -> tuple[str, str, WorkloadLaw | None]:
    """Workload and argument of an action's value."""
    name, _, rest = value.partition(" ")
    return name, rest, dict(settings(plant.law, spec.name).workloads).get(name)


def _rollback(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, _, workload = _of(plant, spec, action.value)
    if workload is None or len(workload.revisions) < 2:
        return fails(id, f'error: no rollout history found for "{name}"')
    target = workload.revisions[-2]
    return _roll(plant, spec, t, name, (target.template, target.cause), id)


def _restart(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, pod, workload = _of(plant, spec, action.value)
    if workload is None:
        return fails(id, f'Error from server (NotFound): "{name}" not found')
    if pod:
        draft = _draft(plant, spec, t)
        for tenant in tenants(spec, plant.law):
            if tenant.pod.name == pod:
                draft.end(tenant)
        plant.set(t, draft.law)
        return [hidden(f"delete {pod}"), *ends(id, f'pod "{pod}" deleted')]
    template = workload.template._replace(restarted=workload.template.restarted + 1)
    return _roll(plant, spec, t, name, (template, workload.revisions[-1].cause), id)


def _env(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, change, workload = _of(plant, spec, action.value)
    key, found, value = change.partition("=")
    if workload is None or not found:
        return fails(id, f"error: environment variables must be of the form NAME=value, not {change!r}")
    values = {**dict(workload.template.settings), key: value}
    template = workload.template._replace(settings=tuple(values.items()))
    if template == workload.template:
        return ends(id, f"{name} env unchanged")
    return _roll(plant, spec, t, name, (template, f"env {change}"), id)


def _limit(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, size, workload = _of(plant, spec, action.value)
    if workload is None or not size.isdecimal() or not int(size):
        return fails(id, f"error: invalid memory limit {size!r}")
    template = workload.template._replace(memory_limit=float(size))
    if template == workload.template:
        return ends(id, f"{name} resource requirements unchanged")
    return _roll(plant, spec, t, name, (template, f"memory limit {int(size) // 2**20}Mi"), id)


def _scale(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, number, workload = _of(plant, spec, action.value)
    if workload is None or not number.isdecimal():
        return fails(id, f'Error from server (NotFound): "{name}" not found')
    draft = _draft(plant, spec, t)
    set_replicas(draft, name, int(number))
    plant.set(t, draft.law)
    return [hidden(f"workload-scale {action.value}"), *ends(id, f"{name} scaled to {number}")]


def set_replicas(draft: Draft, name: str, count: int) -> None:
    """Another number of pods of a workload; the newest leave."""
    workload = replace(draft.own.workload(name), desired=count)
    draft.own = replace(draft.own, workloads=with_workload(draft.own, name, workload))
    ours = [each for each in tenants(draft.spec, draft.law) if each.workload and each.workload.name == name]
    daemon = draft.spec.workload(name).runs == "daemonset"
    for tenant in ours if daemon and not count else ours[count:] if not daemon else ():
        draft.end(tenant)


def _clean(plant: Plant, spec: Cluster, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    """Delete the failed pods of a namespace, or all."""
    draft = _draft(plant, spec, t)
    gone = 0
    for name, fleet in draft.fleets.items():
        if action.value in {"", fleet.spec.namespace}:
            kept = tuple(pod for pod in fleet.leftover if not pod.evicted)
            gone += len(fleet.leftover) - len(kept)
            draft.fleets[name] = fleet._replace(leftover=kept)
    residents = []
    for pod in draft.own.residents:
        failed = pod.evicted and pod.deleted == math.inf
        if failed and action.value in {"", spec.workload(pod.service).namespace}:
            gone += 1
            pod = pod._replace(deleted=draft.t)  # noqa: PLW2901
        residents.append(pod)
    draft.own = replace(draft.own, residents=tuple(residents))
    plant.set(t, draft.law)
    return [hidden(f"pods-clean {gone}"), *ends(id, f"{gone} pods deleted")]


_ACTIONS: dict[str, Do] = {
    "cordon": _cordon, "uncordon": _cordon, "drain": _drain, "delete-node": _delete_node,
    "kubelet-restart": _kubelet, "node-pool": _pool, "workload-rollback": _rollback,
    "workload-restart": _restart, "workload-env": _env, "workload-limit": _limit, "workload-scale": _scale,
    "pods-clean": _clean,
}  # fmt: skip
