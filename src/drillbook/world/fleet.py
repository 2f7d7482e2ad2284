"""The pods of a deployment: who runs which version, since when, and the revisions that led there."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from drillbook.model.draws import Draws
from drillbook.model.system import Autoscale, Behaviour, CallChange, QueryChange, Service

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
_DAY = 86400.0
_BETWEEN = 6.5 * _DAY
NODES = 6
"""Worker nodes of the cluster (assumption)."""
TERMINATING = 10.0
"""Seconds that a removed pod is still listed (assumption; the grace period is 30 s at most)."""


def letters(bits: int, count: int) -> str:
    """Letters as Kubernetes uses them in generated names."""
    out = []
    for _ in range(count):
        bits, rest = divmod(bits, len(_LETTERS))
        out.append(_LETTERS[rest])
    return "".join(out)


class Template(NamedTuple):
    """What the pods of a revision run."""

    version: str
    settings: tuple[tuple[str, str], ...]
    restarted: int = 0
    """How often `kubectl rollout restart` was used."""
    memory_limit: float = 0.0
    """Bytes; 0 where it is the service's own."""
    cpu_request: float = 0.0
    memory_request: float = 0.0
    """Cores and bytes; 0 where they are the service's own."""


class QueryMix(NamedTuple):
    """A query as one template does it."""

    name: str
    share: float
    hold: float
    sql: str
    cached: bool = False
    coalesce: bool = False
    wal: float = 0.0
    fresh_within: float = math.inf


def _as_changed(written: object, changes: Iterable[object], fields: tuple[str, ...]) -> list[Any]:
    """Some fields of what the author wrote, each as the last change that sets it leaves it."""
    found = [getattr(written, field) for field in fields]
    for change in changes:
        made = [getattr(change, field) for field in fields]
        found = [before if now is None else now for before, now in zip(found, made, strict=True)]
    return found


def queries(service: Service, template: Template) -> tuple[QueryMix, ...]:
    """The queries of a service under a template: base, then release, then settings."""
    if service.uses is None:
        return ()
    changes: list[dict[str, QueryChange]] = [
        r.queries for r in service.releases if r.version == template.version
    ]
    values = dict(template.settings)
    changes += [s.effects[values[s.name]] for s in service.settings if values.get(s.name) in s.effects]
    out = []
    for query in service.uses.queries:
        fields = ("hold", "sql", "cached", "coalesce", "wal", "fresh_within")
        made = [change[query.name] for change in changes if query.name in change]
        hold, sql, cached, coalesce, wal, fresh = _as_changed(query, made, fields)
        cached = cached and service.uses.cache is not None
        within = math.inf if fresh is None else fresh
        out.append(QueryMix(query.name, query.share, hold, sql, cached, coalesce, wal, within))
    return tuple(out)


class CallMix(NamedTuple):
    """A call as one template makes it, or the mean over several; names and units are those of `Call`."""

    share: float
    timeout: float
    retries: float
    backoff: float
    needed: float
    """Part of the calls whose failure fails the request: 0 where it is optional."""


def calls_vary(service: Service) -> bool:
    """Whether any release or setting changes a call."""
    return any(r.calls for r in service.releases) or any(s.calls for s in service.settings)


def calls(service: Service, template: Template) -> tuple[CallMix, ...]:
    """The calls of a service under a template: base, then release, then settings."""
    values = dict(template.settings)
    changes: list[dict[str, CallChange]] = [
        r.calls for r in service.releases if r.version == template.version
    ]
    changes += [s.calls[values[s.name]] for s in service.settings if values.get(s.name) in s.calls]
    out = []
    for call in service.calls:
        fields = ("share", "timeout", "retries", "backoff", "optional")
        made = [change[call.to] for change in changes if call.to in change]
        share, timeout, retries, backoff, optional = _as_changed(call, made, fields)
        out.append(CallMix(share, timeout, float(retries), backoff, 0.0 if optional else 1.0))
    return tuple(out)


class Manner(NamedTuple):
    """How pods do their own work: latency and CPU time per request in seconds, part that fails."""

    latency: float
    cpu: float
    error_ratio: float


def varies(service: Service) -> bool:
    """Whether any release or setting changes how the service does its own work."""
    releases = [(r.latency, r.cpu_per_request, r.error_ratio) for r in service.releases]
    return any(part is not None for each in releases for part in each) or any(
        setting.behaviours for setting in service.settings
    )


def manner(service: Service, template: Template) -> Manner:
    """A service's manner under a template: base, then release, then settings."""
    latency, cpu, error = service.latency, service.cpu_per_request, service.error_ratio
    values = dict(template.settings)
    changes: list[Behaviour] = [r for r in service.releases if r.version == template.version]
    changes += [s.behaviours[values[s.name]] for s in service.settings if values.get(s.name) in s.behaviours]
    for change in changes:
        latency = latency if change.latency is None else change.latency
        cpu = cpu if change.cpu_per_request is None else change.cpu_per_request
        error = error if change.error_ratio is None else change.error_ratio
    cpu = max(cpu, 1e-6)
    return Manner(max(latency, cpu), cpu, error)


class Life(NamedTuple):
    """A container that was killed, or a time in which it served: when it started, was ready, and ended."""

    started: float
    ready_at: float
    died_at: float
    killed: bool = True
    """Whether it reached its memory limit; otherwise its node was lost or silent."""


class PodRecord(NamedTuple):
    """A pod, from its creation on. It exists at times in (created, removed]."""

    service: str
    name: str
    replicaset: str
    template: Template
    created: float
    ready_at: float
    ip: str
    node: str
    bits: int
    removed: float = math.inf
    started: float = -math.inf
    """When its present container started, or will."""
    past: tuple[Life, ...] = ()
    """Its containers before, oldest first."""
    scheduled: float = -math.inf
    """When it was put on its node, where nodes are declared: infinite while it waits for one."""
    evicted: str = ""
    """Why the kubelet evicted it."""
    deleted: float = -math.inf
    """Until when it is listed, where that is longer than usual: evicted pods are until they are deleted."""


def container(pod: PodRecord, t: float) -> Life:
    """The container that ran in a pod at `t`, or was about to."""
    for life in pod.past:
        if t <= life.died_at:
            return life
    return Life(pod.started, pod.ready_at, math.inf)


class RevisionRecord(NamedTuple):
    """An entry of the rollout history."""

    number: int
    template: Template
    cause: str
    at: float


class Rescale(NamedTuple):
    """A number of replicas that an autoscaler set."""

    at: float
    replicas: int
    more: bool


class Configured(NamedTuple):
    """A change of a live setting."""

    at: float
    name: str
    value: str


class FleetState(NamedTuple):
    """A deployment at one moment: its live pods and its history."""

    spec: Service
    desired: int
    pods: tuple[PodRecord, ...]
    revisions: tuple[RevisionRecord, ...]
    rolling: str = ""
    """Id of the rollout under way."""
    paused: bool = False
    made: int = 0
    """Pods created so far, for their names."""
    left_at: float = -math.inf
    """When a pod was last removed."""
    autoscale: Autoscale | None = None
    """What sets `desired` by itself."""
    rescales: tuple[Rescale, ...] = ()
    """What it has done so far."""
    leftover: tuple[PodRecord, ...] = ()
    """Pods that do not count any more and are still listed."""
    configured: tuple[Configured, ...] = ()
    """Changes of live settings so far."""

    @property
    def current(self) -> RevisionRecord:
        """The latest revision."""
        return self.revisions[-1]

    @property
    def template(self) -> Template:
        """What new pods run."""
        return self.revisions[-1].template

    def outdated(self) -> list[PodRecord]:
        """Pods that do not run the current template, oldest first."""
        template = self.template
        return [pod for pod in self.pods if pod.template != template]

    def updated(self) -> int:
        """Pods that run the current template."""
        template = self.template
        return len([pod for pod in self.pods if pod.template == template])

    def ready(self, t: float) -> list[PodRecord]:
        """Pods that have started up by `t`."""
        return [pod for pod in self.pods if pod.ready_at <= t]


def create(fleet: FleetState, count: int, t: float, draws: Draws, *, ready_at: float) -> FleetState:
    """`fleet` with new pods of the current template."""
    service, template = fleet.spec.name, fleet.template
    key: list[str | int] = [template.version, template.restarted]
    live = {setting.name for setting in fleet.spec.settings if setting.live}
    key += [f"{name}={value}" for name, value in template.settings if name not in live]
    key += [round(size) for size in template[3:] if size]
    replicaset = f"{service}-{letters(draws.bits('replicaset', service, *key), 9)}"
    pods = [
        _pod(service, template, replicaset, draws.bits("pod", service, fleet.made + k), t, ready_at)
        for k in range(count)
    ]
    return fleet._replace(pods=(*fleet.pods, *pods), made=fleet.made + count)


def _pod(service: str, template: Template, replicaset: str, own: int, t: float, ready_at: float) -> PodRecord:
    ip = f"10.42.{own % NODES + 1}.{own // 8 % 250 + 2}"
    name = f"{replicaset}-{letters(own >> 16, 5)}"
    node = f"worker-{own % NODES + 1}"
    return PodRecord(service, name, replicaset, template, t, ready_at, ip, node, own, started=t)


def initial(spec: Service, draws: Draws) -> FleetState:
    """The deployment before the exercise: every pod of the same release, some days old."""
    settings = tuple((setting.name, setting.value) for setting in spec.settings)
    names = [release.version for release in spec.releases]
    before = names[: names.index(spec.release) + 1] if spec.release in names else [spec.release]
    notes = {release.version: release.notes for release in spec.releases}
    last = len(before) - 1
    age = _DAY * (2 + 5 * draws.uniform("age", spec.name))
    revisions = tuple(
        RevisionRecord(
            k + 1, Template(version, settings), notes.get(version, ""), -age - _BETWEEN * (last - k)
        )
        for k, version in enumerate(before)
    )
    fleet = FleetState(spec, spec.replicas, (), revisions, autoscale=spec.autoscale)
    return create(
        fleet, spec.replicas, -math.floor(age), draws, ready_at=-math.floor(age) + spec.rollout.ready_after
    )


def memory_request(spec: Service, template: Template) -> float:
    """Bytes that a replica asks for."""
    own = spec.memory_limit if spec.memory_request is None else spec.memory_request
    return template.memory_request or own


def cpu_request(spec: Service, template: Template) -> float:
    """Cores that a replica asks for."""
    return template.cpu_request or spec.cpu_request or spec.cpu_limit


def configure(fleet: FleetState, name: str, value: str, t: float) -> FleetState:
    """`fleet` with another value of a live setting, which every pod and every revision has."""

    def set_in(template: Template) -> Template:
        values = {**dict(template.settings), name: value}
        return template._replace(settings=tuple(values.items()))

    return fleet._replace(
        pods=tuple([pod._replace(template=set_in(pod.template)) for pod in fleet.pods]),
        revisions=tuple([each._replace(template=set_in(each.template)) for each in fleet.revisions]),
        configured=(*fleet.configured, Configured(t, name, value)),
    )


def remove(fleet: FleetState, names: Iterable[str]) -> FleetState:
    """`fleet` without the pods of these names."""
    gone = frozenset(names)
    return fleet._replace(pods=tuple([pod for pod in fleet.pods if pod.name not in gone]))


def revise(fleet: FleetState, template: Template, cause: str, t: float) -> FleetState:
    """`fleet` with a new current revision; one of the same template is renumbered, as in Kubernetes."""
    kept = tuple(revision for revision in fleet.revisions if revision.template != template)
    record = RevisionRecord(fleet.current.number + 1, template, cause, t)
    return fleet._replace(revisions=(*kept, record))
