"""What a careful colleague would say before something is done to a cluster."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from drillbook.model.cluster import Cluster
from drillbook.model.quantities import duration_text
from drillbook.world.nodes.law import ClusterLaw, settings
from drillbook.world.nodes.remedies import movable
from drillbook.world.nodes.scheduler import place
from drillbook.world.nodes.usage import Tenant, spaces, tenants
from drillbook.world.plant import Plant
from drillbook.world.state import Action


def warn(plant: Plant, spec: Cluster, action: Action, t: float) -> str | None:
    """The warning for an action, or None where it needs none or means nothing."""
    own, name = settings(plant.law, spec.name), action.value.partition(" ")[0]
    if action.kind in {"drain", "delete-node"}:
        return _moves(plant, spec, own, action, t)
    if action.kind == "cordon" and own.node(name) is not None:
        left = sum(node.ready(t) and not node.cordoned for node in own.live()) - 1
        return f"New pods can go to {left} of {len(own.live())} nodes; what runs on {name} stays."
    if action.kind == "node-pool":
        return _resize(spec, own, action)
    workload = dict(own.workloads).get(name)
    if workload is None:
        return None
    count = sum(pod.service == name for pod in own.pods())
    if action.kind == "workload-scale" and action.value.endswith(" 0"):
        return f"Stops all {count} pods of {name}; its work is not done meanwhile."
    if action.kind in {"workload-rollback", "workload-restart", "workload-env", "workload-limit"} and (
        action.kind != "workload-restart" or " " not in action.value
    ):
        took = duration_text(count * spec.workload(name).ready_after)
        return f"Replaces {count} pods of {name}, 1 at a time; about {took}."
    return None


def _moves(plant: Plant, spec: Cluster, own: ClusterLaw, action: Action, t: float) -> str | None:
    node = own.node(action.value)
    if node is None:
        return None
    here = [tenant for tenant in tenants(spec, plant.law) if tenant.pod.node == node.name]
    moved = movable(here)
    if not moved:
        return f"Nothing but daemon sets runs on {node.name}."
    text = f"Evicts {len(moved)} pods at once: {_parts(plant, moved)}."
    others = [space for name, space in spaces(spec, plant.law).items() if name != node.name]
    lost = sum(place(tenant.ask, others, math.floor(t)) is None for tenant in moved)
    return text + (f" {lost} of them fit nowhere else and will be Pending." if lost else "")


def _parts(plant: Plant, moved: Sequence[Tenant]) -> str:
    counts = Counter(tenant.pod.service for tenant in moved)
    out = []
    for name, count in counts.items():
        fleet = plant.law.fleets.get(name)
        out.append(f"{name} {count}" if fleet is None else f"{name} {count} of {len(fleet.pods)}")
    return ", ".join(out)


def _resize(spec: Cluster, own: ClusterLaw, action: Action) -> str | None:
    name, _, number = action.value.partition(" ")
    pools = {pool.name: pool for pool in spec.node_pools}
    if name not in pools or not number.isdecimal():
        return None
    have = [node for node in own.live() if node.pool == name]
    if int(number) < len(have):
        gone = sorted(have, key=lambda node: -node.number)[: len(have) - int(number)]
        return f"Ends {', '.join(node.name for node in gone)} with all their pods, without a drain."
    return None
