"""The pods of a deployment: who runs which version, since when, and the revisions that led there."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from drillbook.model.draws import Draws
from drillbook.model.system import QueryChange, Service

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


@dataclass(frozen=True, slots=True)
class Template:
    """What the pods of a revision run."""

    version: str
    settings: tuple[tuple[str, str], ...]
    restarted: int = 0
    """How often `kubectl rollout restart` was used."""


@dataclass(frozen=True, slots=True)
class QueryMix:
    """A query as one template does it."""

    name: str
    share: float
    hold: float
    sql: str


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
        hold, sql = query.hold, query.sql
        for change in changes:
            if query.name in change:
                found = change[query.name]
                hold = hold if found.hold is None else found.hold
                sql = sql if found.sql is None else found.sql
        out.append(QueryMix(query.name, query.share, hold, sql))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class PodRecord:
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


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """An entry of the rollout history."""

    number: int
    template: Template
    cause: str
    at: float


@dataclass(frozen=True, slots=True)
class FleetState:
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
        return [pod for pod in self.pods if pod.template != self.template]

    def updated(self) -> int:
        """Pods that run the current template."""
        return sum(pod.template == self.template for pod in self.pods)

    def ready(self, t: float) -> list[PodRecord]:
        """Pods that have started up by `t`."""
        return [pod for pod in self.pods if pod.ready_at <= t]


def create(fleet: FleetState, count: int, t: float, draws: Draws, *, ready_at: float) -> FleetState:
    """`fleet` with new pods of the current template."""
    service, template = fleet.spec.name, fleet.template
    key: list[str | int] = [template.version, template.restarted]
    key += [f"{name}={value}" for name, value in template.settings]
    replicaset = f"{service}-{letters(draws.bits('replicaset', service, *key), 9)}"
    pods = [
        _pod(service, template, replicaset, draws.bits("pod", service, fleet.made + k), t, ready_at)
        for k in range(count)
    ]
    return replace(fleet, pods=(*fleet.pods, *pods), made=fleet.made + count)


def _pod(service: str, template: Template, replicaset: str, own: int, t: float, ready_at: float) -> PodRecord:
    ip = f"10.42.{own % NODES + 1}.{own // 8 % 250 + 2}"
    name = f"{replicaset}-{letters(own >> 16, 5)}"
    return PodRecord(service, name, replicaset, template, t, ready_at, ip, f"worker-{own % NODES + 1}", own)


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
    fleet = FleetState(spec, spec.replicas, (), revisions)
    return create(
        fleet, spec.replicas, -math.floor(age), draws, ready_at=-math.floor(age) + spec.rollout.ready_after
    )


def remove(fleet: FleetState, names: Iterable[str]) -> FleetState:
    """`fleet` without the pods of these names."""
    gone = frozenset(names)
    return replace(fleet, pods=tuple(pod for pod in fleet.pods if pod.name not in gone))


def revise(fleet: FleetState, template: Template, cause: str, t: float) -> FleetState:
    """`fleet` with a new current revision; one of the same template is renumbered, as in Kubernetes."""
    kept = tuple(revision for revision in fleet.revisions if revision.template != template)
    record = RevisionRecord(fleet.current.number + 1, template, cause, t)
    return replace(fleet, revisions=(*kept, record))
