"""`kubectl get`: rows per kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drillbook.world.shell.ages import age
from drillbook.world.shell.kubectl import autoscale, cluster, configmaps
from drillbook.world.shell.kubectl import nodes as declared
from drillbook.world.shell.kubectl.events import recent
from drillbook.world.shell.look import Look
from drillbook.world.state import Pod, ServiceState

Services = tuple[ServiceState, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of resources: each row with its namespace and name apart."""

    header: tuple[str, ...]
    wide: tuple[str, ...]
    rows: Sequence[tuple[str, str, tuple[str, ...], tuple[str, ...]]]
    """Namespace, name, cells after the name, further cells of `-o wide`."""


def status(member: Pod) -> str:
    """The STATUS column."""
    if member.phase == "Pending":
        return "ContainerCreating" if member.node else "Pending"
    if member.phase == "Failed":
        return "Evicted"
    if member.waits:
        return "CrashLoopBackOff" if member.restarts > 1 else "OOMKilled"
    return member.phase


def ready(member: Pod) -> str:
    """The READY column."""
    return f"{int(member.ready)}/1"


def restarts(member: Pod, t: float) -> str:
    """The RESTARTS column: how often, and how long ago the last time was."""
    if not member.restarts or member.killed_at is None:
        return str(member.restarts)
    return f"{member.restarts} ({age(t - member.killed_at)} ago)"


def available(service: ServiceState) -> int:
    """Pods that serve."""
    return sum(p.ready for p in service.pods)


def pods(look: Look, services: Services) -> Listing:
    """The pods of the services."""
    rows = [
        (
            s.spec.namespace,
            p.name,
            (ready(p), status(p), restarts(p, look.t), age(look.t - p.started_at)),
            ("<none>" if p.phase == "Failed" or not p.node else p.ip, p.node or "<none>", "<none>", "<none>"),
        )
        for s in services
        for p in sorted(s.pods, key=lambda p: p.name)
    ]
    return Listing(
        ("READY", "STATUS", "RESTARTS", "AGE"), ("IP", "NODE", "NOMINATED NODE", "READINESS GATES"), rows
    )


def deployments(look: Look, services: Services) -> Listing:
    """The deployments."""
    rows = [
        (
            s.spec.namespace,
            s.spec.name,
            (
                f"{available(s)}/{s.desired}",
                str(s.updated),
                str(available(s)),
                age(look.t - cluster.born(look, s.spec.name)),
            ),
            (s.spec.name, cluster.image(look, s, s.version), f"app={s.spec.name}"),
        )
        for s in services
    ]
    return Listing(("READY", "UP-TO-DATE", "AVAILABLE", "AGE"), ("CONTAINERS", "IMAGES", "SELECTOR"), rows)


def replica_sets(look: Look, services: Services) -> Listing:
    """The replica sets that have pods."""
    rows = []
    for s in services:
        groups: dict[str, list[Pod]] = {}
        for p in s.pods:
            groups.setdefault(cluster.replica_set(p), []).append(p)
        for name, members in sorted(groups.items()):
            revision = cluster.revision_of(s, members[0])
            counts = (len(members), len(members), sum(p.ready for p in members))
            started = revision.at if revision.number > 1 else cluster.born(look, s.spec.name)
            wide = (s.spec.name, cluster.image(look, s, revision.version), f"app={s.spec.name}")
            rows.append((s.spec.namespace, name, (*map(str, counts), age(look.t - started)), wide))
    return Listing(("DESIRED", "CURRENT", "READY", "AGE"), ("CONTAINERS", "IMAGES", "SELECTOR"), rows)


def cluster_services(look: Look, services: Services) -> Listing:
    """The services' cluster addresses."""
    rows = [
        (
            s.spec.namespace,
            s.spec.name,
            (
                "ClusterIP",
                address(look, s.spec.name),
                "<none>",
                "80/TCP",
                age(look.t - cluster.born(look, s.spec.name)),
            ),
            (f"app={s.spec.name}",),
        )
        for s in services
    ]
    return Listing(("TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"), ("SELECTOR",), rows)


def address(look: Look, service: str) -> str:
    """The cluster address of a service."""
    return f"10.96.{look.pick(0, 255, 'ip', service, 1)}.{look.pick(1, 254, 'ip', service, 2)}"


def ingresses(look: Look, services: Services) -> Listing:
    """The one ingress: users come in by the entry."""
    rows = [
        (
            s.spec.namespace,
            s.spec.name,
            (
                "nginx",
                look.system.domain,
                "203.0.113.10",
                "80, 443",
                age(look.t - cluster.born(look, s.spec.name)),
            ),
            (),
        )
        for s in services
        if s.spec.name == look.system.workload.entry
    ]
    return Listing(("CLASS", "HOSTS", "ADDRESS", "PORTS", "AGE"), (), rows)


def autoscalers(look: Look, services: Services) -> Listing:
    """The HorizontalPodAutoscalers."""
    rows = [
        (s.spec.namespace, s.spec.name, autoscale.cells(look, s, s.scaler), ())
        for s in services
        if s.scaler is not None
    ]
    return Listing(("REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"), (), rows)


def nodes(look: Look, services: Services) -> Listing:
    """The nodes: those that are declared, or those on which pods run."""
    wide = ("INTERNAL-IP", "EXTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "CONTAINER-RUNTIME")
    state = declared.declared(look)
    if state is not None:
        return Listing(("STATUS", "ROLES", "AGE", "VERSION"), wide, declared.rows(look, state))
    names = sorted({p.node for s in look.services for p in s.pods})
    rows = [
        (
            "",
            name,
            ("Ready", "<none>", age(look.t - cluster.born(look, "node", name)), "v1.29.6"),
            (
                f"10.20.1.{10 + i}",
                "<none>",
                "Debian GNU/Linux 12 (bookworm)",
                "6.1.0-21-amd64",
                "containerd://1.7.18",
            ),
        )
        for i, name in enumerate(names)
    ]
    return Listing(("STATUS", "ROLES", "AGE", "VERSION"), wide, rows)


def namespaces(look: Look, services: Services) -> Listing:
    """The namespaces."""
    state = declared.declared(look)
    names = sorted(
        {s.spec.namespace for s in look.services}
        | {"kube-system"}
        | {spec.namespace for spec in (state.cluster.workloads if state else ())}
    )
    rows = [("", name, ("Active", age(look.t - cluster.born(look, "namespace"))), ()) for name in names]
    return Listing(("STATUS", "AGE"), (), rows)


def events(look: Look, services: Services) -> Listing:
    """Events have no name in their table: the first column is when they were last seen."""
    rows = [
        (s.spec.namespace, age(look.t - e.at), (e.type, e.reason, e.object, e.message), ())
        for e, s in sorted(
            ((e, s) for s in services for e in recent(look, s)), key=lambda pair: (pair[0].at, pair[0].object)
        )
    ]
    return Listing(("TYPE", "REASON", "OBJECT", "MESSAGE"), (), rows)


def config_maps(look: Look, services: Services) -> Listing:
    """The ConfigMaps with settings that running pods read again."""
    return Listing(("DATA", "AGE"), (), configmaps.rows(look, services))


def nothing(look: Look, services: Services) -> Listing:
    """A kind of which there is nothing."""
    return Listing((), (), ())


LISTINGS: dict[str, Callable[[Look, Services], Listing]] = {
    "pods": pods,
    "deployments.apps": deployments,
    "replicasets.apps": replica_sets,
    "services": cluster_services,
    "ingresses.networking.k8s.io": ingresses,
    "horizontalpodautoscalers.autoscaling": autoscalers,
    "nodes": nodes,
    "namespaces": namespaces,
    "events": events,
    "configmaps": config_maps,
}
