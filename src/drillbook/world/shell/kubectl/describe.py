"""`kubectl describe`."""

from __future__ import annotations

from drillbook.world.nodes.eviction import quality
from drillbook.world.nodes.scheduler import Ask
from drillbook.world.shell.ages import rfc1123
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.kubectl import autoscale, cluster, configmaps, nodes, workloads
from drillbook.world.shell.kubectl.events import Event, of_pod, recent
from drillbook.world.shell.look import Look
from drillbook.world.shell.table import columns
from drillbook.world.shell.words import Flags, Line, read
from drillbook.world.state import Pod, ServiceState

_DESCRIBE = Flags(values={**cluster.SCOPE, **cluster.SELECT}, switches=cluster.EVERYWHERE)
TOOK = 3.0


def describe(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl describe pod|deployment|hpa|node NAME`, or all of a label selector."""
    line = read(words, _DESCRIBE, "kubectl describe")
    kind, names = cluster.references(line.words)
    state = nodes.declared(look)
    if kind == "pods":
        sheets = _pods(look, line, names)
    elif kind == "nodes" and state is not None:
        found = [nodes.named(state, name) for name in names] or state.nodes
        sheets = [nodes.describe(look, state, node) for node in found]
    elif kind == "deployments.apps":
        services = [cluster.deployment(look, line, name) for name in names] or cluster.services(look, line)
        sheets = [deployment(look, service) for service in services]
    elif kind == configmaps.KIND and names:
        sheets = [configmaps.sheet(look, configmaps.named(look, line, name)) for name in names]
    elif kind == autoscale.KIND:
        known = [s for s in cluster.services(look, line) if s.scaler is not None]
        scaled = [autoscale.scaled(look, line, name) for name in names] or known
        sheets = [autoscale.sheet(look, service) for service in scaled]
    else:
        raise Complaint(
            f"error: describe shows pods, deployments and hpa here; for {kind} use kubectl get -o wide"
        )
    return Output("\n\n\n".join(sheets) or cluster.none_found(cluster.namespace(look, line)), TOOK)


def _pods(look: Look, line: Line, names: tuple[str, ...]) -> list[str]:
    found = workloads.here(look, line)
    others = {member.pod.name: member for member in found[1]} if found else {}
    if not names:
        members = [(s, p) for s in cluster.services(look, line) for p in s.pods]
        sheets = [pod(look, service, member) for service, member in members]
        return sheets + [workloads.describe_pod(look, found[0], each) for each in others.values() if found]
    return [
        workloads.describe_pod(look, found[0], others[name])
        if found is not None and name in others
        else pod(look, *cluster.pod(look, line, name))
        for name in names
    ]


def pod(look: Look, service: ServiceState, member: Pod) -> str:
    """The description of a pod."""
    name = service.spec.name
    set_ = cluster.replica_set(member)
    head = [
        ("Name:", member.name),
        ("Namespace:", service.spec.namespace),
        ("Priority:", str(service.spec.priority)),
        ("Service Account:", name),
        ("Node:", member.node or "<none>"),
        ("Start Time:", rfc1123(look.instant(member.started_at))),
        ("Labels:", f"app={name}"),
        ("", f"pod-template-hash={set_.rpartition('-')[2]}"),
        ("", f"team={service.spec.owner}"),
        ("Annotations:", "<none>"),
        ("Status:", "Running" if member.phase == "Terminating" else member.phase),
        *([("Reason:", "Evicted"), ("Message:", member.evicted.strip())] if member.phase == "Failed" else []),
        ("IP:", member.ip),
        ("Controlled By:", f"ReplicaSet/{set_}"),
    ]
    lines = [*_pairs(head, 17), "Containers:", f"  {name}:"]
    lines += [f"    {text}" for text in _pairs(_container(look, service, member), 17)]
    lines += [f"      {key}:  {value}" for key, value in sorted(service.settings.items())] or ["      <none>"]
    lines += ["Conditions:", *_conditions(member), f"QoS Class:        {_quality(look, service)}"]
    return "\n".join(lines + _events(look, of_pod(look, service, member) + _further(look, service, member)))


def _quality(look: Look, service: ServiceState) -> str:
    """The class by requests and limits; without declared nodes requests are nowhere shown."""
    if nodes.declared(look) is None:
        return "Burstable"
    spec = service.spec
    return quality(
        (spec.cpu_request or spec.cpu_limit, spec.cpu_limit), (service.memory_request, service.memory_limit)
    )


def _further(look: Look, service: ServiceState, member: Pod) -> list[Event]:
    """What the scheduler, kubelets and controllers noted of a pod where nodes are declared."""
    state = nodes.declared(look)
    if state is None:
        return []
    waits = []
    if not member.node:
        ask = Ask(service.spec.name, service.cpu_request, service.memory_request)
        waits = nodes.refused(look, state, ask, member.started_at, member.name)
    return [*waits, *nodes.noted(look, state, "", f"pod/{member.name}")]


def _container(look: Look, service: ServiceState, member: Pod) -> list[tuple[str, str]]:
    image = cluster.image(look, service, member.version)
    began = member.container_started if member.restarts else member.started_at
    started = rfc1123(look.instant(began))
    running = [("State:", "Running"), ("  Started:", started)]
    if member.phase == "Pending":
        running = [("State:", "Waiting"), ("  Reason:", "ContainerCreating")] if member.node else []
    if member.phase == "Failed":
        running = [("State:", "Terminated"), ("  Reason:", "Error"), ("  Exit Code:", "137")]
    if member.waits:
        running = [("State:", "Waiting"), ("  Reason:", "CrashLoopBackOff")]
    if member.killed_at is not None:
        running += [("Last State:", "Terminated"), ("  Reason:", "OOMKilled"), ("  Exit Code:", "137")]
        running += [("  Finished:", rfc1123(look.instant(member.killed_at)))]
    limit, cpu = int(member.memory_limit / 2**20), service.spec.cpu_limit
    probe = "http-get http://:8080/healthz delay=5s timeout=1s period=10s #success=1 #failure=3"
    return [
        ("Image:", image),
        ("Port:", "8080/TCP"),
        *running,
        ("Ready:", str(member.ready)),
        ("Restart Count:", str(member.restarts)),
        ("Limits:", ""),
        ("  cpu:", f"{cpu:g}"),
        ("  memory:", f"{limit}Mi"),
        *_requests(look, service),
        ("Readiness:", probe),
        ("Environment:", ""),
    ]


def _requests(look: Look, service: ServiceState) -> list[tuple[str, str]]:
    if nodes.declared(look) is None:
        return []
    memory = int(service.memory_request / 2**20)
    return [("Requests:", ""), ("  cpu:", f"{service.cpu_request:g}"), ("  memory:", f"{memory}Mi")]


def _conditions(member: Pod) -> list[str]:
    pairs = (
        ("PodReadyToStartContainers", member.phase != "Pending"),
        ("Initialized", True),
        ("Ready", member.ready),
        ("ContainersReady", member.ready),
        ("PodScheduled", bool(member.node)),
    )
    table = columns(("Type", "Status"), [(name, str(is_so)) for name, is_so in pairs], gap=2)
    return [f"  {text}" for text in table.split("\n")]


def deployment(look: Look, service: ServiceState) -> str:
    """The description of a deployment."""
    spec = service.spec
    serving = sum(p.ready for p in service.pods)
    counts = (
        f"{service.desired} desired | {service.updated} updated | {len(service.pods)} total | "
        f"{serving} available | {max(service.desired - serving, 0)} unavailable"
    )
    head = [
        ("Name:", spec.name),
        ("Namespace:", spec.namespace),
        ("CreationTimestamp:", rfc1123(look.instant(cluster.born(look, spec.name)))),
        ("Labels:", f"app={spec.name}"),
        ("", f"team={spec.owner}"),
        ("Annotations:", f"deployment.kubernetes.io/revision: {service.revisions[-1].number}"),
        ("", f"kubernetes.io/change-cause: {service.revisions[-1].cause}"),
        ("Selector:", f"app={spec.name}"),
        ("Replicas:", counts),
        ("StrategyType:", "RollingUpdate"),
        ("RollingUpdateStrategy:", f"{spec.rollout.max_unavailable} max unavailable, 0 max surge"),
    ]
    lines = [
        *_pairs(head, 24),
        "Pod Template:",
        f"  Labels:  app={spec.name}",
        "  Containers:",
        f"   {spec.name}:",
    ]
    lines += [f"    {text}" for text in _pairs(template(look, service), 15)]
    lines += [f"      {key}:  {value}" for key, value in sorted(service.settings.items())] or ["      <none>"]
    lines += ["Conditions:", *_progress(service, serving)]
    return "\n".join(
        lines + _events(look, [e for e in recent(look, service) if e.object.startswith("deployment/")])
    )


def template(look: Look, service: ServiceState, version: str = "") -> list[tuple[str, str]]:
    """What a pod template says of its container, as pairs of name and value."""
    spec = service.spec
    return [
        ("Image:", cluster.image(look, service, version or service.version)),
        ("Port:", "8080/TCP"),
        ("Limits:", ""),
        ("  cpu:", f"{spec.cpu_limit:g}"),
        ("  memory:", f"{int(service.memory_limit / 2**20)}Mi"),
        *_requests(look, service),
        ("Environment:", ""),
    ]


def _progress(service: ServiceState, serving: int) -> list[str]:
    enough = serving >= service.desired - service.spec.rollout.max_unavailable
    available = ("True", "MinimumReplicasAvailable") if enough else ("False", "MinimumReplicasUnavailable")
    progress = ("True", "ReplicaSetUpdated") if service.rolling else ("True", "NewReplicaSetAvailable")
    if service.paused:
        progress = ("Unknown", "DeploymentPaused")
    rows = [("----", "------", "------"), ("Available", *available), ("Progressing", *progress)]
    return [f"  {text}" for text in columns(("Type", "Status", "Reason"), rows, gap=2).split("\n")]


def _pairs(pairs: list[tuple[str, str]], width: int) -> list[str]:
    return [f"{name.ljust(width)} {value}".rstrip() for name, value in pairs]


def _events(look: Look, events: list[Event]) -> list[str]:
    if not events:
        return ["Events:  <none>"]
    rows = [(e.type, e.reason, nodes.when(look, e), e.source, e.message) for e in events]
    header = ("Type", "Reason", "Age", "From", "Message")
    rule = tuple("-" * len(name) for name in header)
    return ["Events:", *(f"  {text}" for text in columns(header, [rule, *rows], gap=2).split("\n"))]
