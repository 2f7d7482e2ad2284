"""What the cluster's event list says, as far as it follows from the state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from drillbook.world.shell.kubectl import cluster
from drillbook.world.shell.look import Look
from drillbook.world.state import Pod, ServiceState

KEPT = 3600.0
"""Events live for an hour (kube-apiserver's --event-ttl)."""


class Event(NamedTuple):
    """A cluster event."""

    at: float
    type: str
    reason: str
    object: str
    message: str
    source: str = "kubelet"
    times: int = 1
    first: float = 0.0
    """When it came first, where it came more than once."""


def recent(look: Look, service: ServiceState) -> list[Event]:
    """The events of a service and its pods within the last hour, oldest first."""
    found = [*_rollouts(look, service)]
    for member in service.pods:
        found += of_pod(look, service, member)
    return sorted((e for e in found if look.t - e.at < KEPT), key=lambda e: (e.at, e.object))


def _rollouts(look: Look, service: ServiceState) -> Iterator[Event]:
    sets = {cluster.revision_of(service, p).number: cluster.replica_set(p) for p in service.pods}
    for revision in service.revisions[1:]:
        name = sets.get(revision.number)
        if name is not None:
            pods = sum(cluster.replica_set(p) == name for p in service.pods)
            yield Event(
                revision.at,
                "Normal",
                "ScalingReplicaSet",
                f"deployment/{service.spec.name}",
                f"Scaled up replica set {name} to {pods}",
                "deployment-controller",
            )


def of_pod(look: Look, service: ServiceState, member: Pod) -> list[Event]:
    """The events of a pod, oldest first; none once it has run for an hour."""
    if not member.node:
        return []  # it waits for a node, of which the scheduler says why
    t, object_ = max(member.started_at, member.scheduled_at), f"pod/{member.name}"
    name = service.spec.name
    image = cluster.image(look, service, member.version)
    found = []
    if look.t - t < KEPT:
        where = f"Successfully assigned {service.spec.namespace}/{member.name} to {member.node}"
        found.append(Event(t, "Normal", "Scheduled", object_, where, "default-scheduler"))
        if member.phase != "Pending":
            found += [
                Event(
                    t, "Normal", "Pulled", object_, f'Container image "{image}" already present on machine'
                ),
                Event(t, "Normal", "Created", object_, f"Created container {name}"),
                Event(t, "Normal", "Started", object_, f"Started container {name}"),
            ]
    if member.killed_at is not None:
        why = f"Memory cgroup out of memory: Killed process ({name})"
        found.append(Event(member.killed_at, "Warning", "OOMKilling", f"node/{member.node}", why))
    if member.waits:
        text = f"Back-off restarting failed container {name} in pod {member.name}"
        found.append(Event(max(look.t - 2.0, t), "Warning", "BackOff", object_, text))
    elif member.phase == "Running" and not member.ready:
        probe = f'Readiness probe failed: Get "http://{member.ip}:8080/healthz": connection refused'
        found.append(Event(max(look.t - 5.0, t), "Warning", "Unhealthy", object_, probe))
    if member.phase == "Terminating":
        found.append(Event(look.t, "Normal", "Killing", object_, f"Stopping container {name}"))
    return found
