"""The state of the system at one moment, as every tool, chart and person sees it.

All views (metrics, probes, the map, tickets) read these numbers, so they agree at every moment. The noise of
scrapes is not part of the state.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from drillbook.model.component import ComponentSpec
from drillbook.model.scenario import ActionKind
from drillbook.model.system import Autoscale, External, Pgbouncer, Postgres, Service


@dataclass(frozen=True, slots=True)
class Pod:
    """A replica of a service."""

    name: str
    version: str
    phase: Literal["Pending", "Running", "Terminating", "Failed"]
    ready: bool
    started_at: float
    """Simulated seconds; negative for pods older than the exercise."""
    restarts: int
    ip: str
    node: str
    cpu: float
    """Cores in use."""
    memory: float
    """Working set in bytes."""
    container_started: float = -math.inf
    """When its present container started, or will start."""
    killed_at: float | None = None
    """When its last container was killed for its memory."""
    waits: bool = False
    """Whether the container waits for its next start (back-off)."""
    memory_limit: float = 0.0
    """Bytes at which it is killed."""
    evicted: str = ""
    """Why the kubelet evicted it."""
    scheduled_at: float = -math.inf
    """When it was put on its node, where nodes are declared; infinite while it waits for one."""


@dataclass(frozen=True, slots=True)
class Revision:
    """An entry of `kubectl rollout history`."""

    number: int
    version: str
    cause: str
    at: float


@dataclass(frozen=True, slots=True)
class ScalerState:
    """An autoscaler as it says of itself."""

    spec: Autoscale
    percent: int | None
    """CPU in use over CPU asked for, of the ready pods on average; None where it cannot be had."""
    cores: float
    """CPU that each of them uses."""
    able: tuple[str, str]
    """Reason and message of being able to scale."""
    limited: tuple[bool, str, str]
    """Whether a bound holds it back, and why."""
    rescales: tuple[tuple[float, int, bool], ...]
    """When it set how many replicas, and whether for more load."""


@dataclass(frozen=True, slots=True)
class ServiceState:
    """A service: rates per second, times in seconds, ratios from 0 to 1."""

    spec: Service
    pods: tuple[Pod, ...]
    desired: int
    version: str
    """Version of the current revision."""
    revisions: tuple[Revision, ...]
    settings: dict[str, str]
    updated: int
    """Pods of the current revision."""
    rolling: bool
    paused: bool
    request_rate: float
    """Requests that arrive, retries of callers included."""
    error_ratio: float
    """Part of them that fails, whatever the reason."""
    quantile: Callable[[float], float]
    """The latency that such a part of the admitted requests stays below; worked out when it is asked for."""
    in_flight: float
    refused_ratio: float
    """Part that fails because every replica is full or none is ready."""
    broken_ratio: float = 0.0
    """Part that fails because what it calls failed or could not be reached (502)."""
    timed_ratio: float = 0.0
    """Part that fails because what it calls took too long (504)."""
    missed: float = 1.0
    """Part of its cached queries that its cache misses."""
    scaler: ScalerState | None = None
    cpu_request: float = 0.0
    memory_request: float = 0.0
    """Cores and bytes that a replica of the current revision asks for."""
    memory_limit: float = 0.0
    """Bytes that one of the current revision may use."""
    configured: tuple[tuple[float, str, str], ...] = ()
    """When which live setting was set to what."""

    @property
    def p50(self) -> float:
        """Median latency of the admitted requests."""
        return self.quantile(0.5)

    @property
    def p99(self) -> float:
        """99th percentile of it."""
        return self.quantile(0.99)


@dataclass(frozen=True, slots=True)
class PoolState:
    """A PgBouncer pool."""

    spec: Pgbouncer
    up: bool
    pool_size: int
    max_client_conn: int
    query_wait_timeout: float
    server_active: float
    server_idle: float
    client_active: float
    client_waiting: float
    maxwait: float
    """Age of the oldest waiting client, seconds."""
    query_rate: float
    """Queries finished per second."""
    timeout_rate: float
    """Clients per second that get query_wait_timeout."""
    refused_rate: float
    """Clients per second that get `no more connections allowed (max_client_conn)`."""
    server_error_rate: float
    """Clients per second that fail because PostgreSQL refuses the server connection."""
    held: tuple[tuple[str, str, float], ...]
    """Service, query name and server connections it holds."""
    follows: str = ""
    """The server that it leads to where that is not the one it is written with."""

    @property
    def server(self) -> str:
        """The PostgreSQL component that it leads to."""
        return self.follows or self.spec.server


@dataclass(frozen=True, slots=True)
class Backend:
    """A group of like sessions in pg_stat_activity."""

    user: str
    application: str
    database: str
    client: str
    state: str
    count: int
    query: str
    oldest: float
    """Age of the oldest one's query, seconds."""
    typical: float
    """Mean age of their queries, seconds."""


@dataclass(frozen=True, slots=True)
class PostgresState:
    """A PostgreSQL server."""

    spec: Postgres
    up: bool
    started_at: float
    max_connections: int
    reserved: int
    connections: float
    statement_timeout: float
    """Seconds; 0 means none."""
    backends: tuple[Backend, ...]
    commit_rate: float
    rollback_rate: float
    cpu_ratio: float
    fault: str = ""
    """Why it is down and stays so."""


@dataclass(frozen=True, slots=True)
class ExternalState:
    """A third party as we see it."""

    spec: External
    p50: float
    p99: float
    error_ratio: float


@dataclass(frozen=True)
class PartState:
    """A component of another kind; each kind has its own fields."""

    spec: ComponentSpec

    @property
    def http(self) -> tuple[float, float] | None:
        """Median seconds and failed part of what it answers to HTTP; None where it does not speak it."""
        return None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What pods log about something else than their requests: the part of their lines that says so."""

    part: float
    level: Literal["INFO", "WARN", "ERROR"]
    text: str
    instead: str = ""
    """The kind of lines about requests whose place it takes."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a pod's log. `text` comes without time and level."""

    t: float
    pod: str
    level: Literal["DEBUG", "INFO", "WARN", "ERROR"]
    text: str


ComponentState: TypeAlias = ServiceState | PoolState | PostgresState | ExternalState | PartState

Health = Literal["ok", "warn", "down"]


@dataclass(frozen=True, slots=True)
class Node:
    """A component on the system map."""

    name: str
    kind: str
    owner: str
    health: Health
    summary: str
    """A few numbers, such as `212/s  0.1% errors  p99 180ms`."""
    calls: tuple[str, ...]
    """Components that it depends on."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What users suffer. Rates per second; totals since t = 0."""

    request_rate: float
    error_ratio: float
    quantile: Callable[[float], float]
    """The latency that such a part of the requests stays below; worked out when it is asked for."""
    failed_requests: float
    users_affected: float
    user_minutes: float
    lost_revenue: float

    @property
    def p99(self) -> float:
        """99th percentile of latency."""
        return self.quantile(0.99)


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to the system: a canonical remediation, whatever the words that asked for it.

    `target` is a component's name. `value` depends on the kind: replicas for `scale`, `NAME=value` for
    `set-env`, server connections for `pool-size`, seconds for `statement-timeout`, connections for
    `max-connections`, requests per second for `rate-limit` (0 lifts it), a version for `deploy`, a revision
    number for `rollback` (empty: the previous one), a pod for `restart` (empty: all in turn), `off`
    for `pause-rollout` to resume it, bytes for `memory-limit`, `cpu=CORES memory=BYTES` for
    `requests`, a `Selection` in text for `kill-active` and `kill-idle` (empty: all).
    """

    kind: ActionKind
    target: str
    value: str = ""
    command: str = ""


class Happening(NamedTuple):
    """Something that the world did at a moment; the engine turns it into an event.

    `kind`: `law` (hidden change of the law), `started`, `advanced`, `finished` (of an action or a deployment
    with that id), `said` (a person writes in a channel). Texts are what the tools would print.
    """

    kind: Literal["law", "started", "advanced", "finished", "said"]
    text: str
    id: str = ""
    action: Action | None = None
    done: int = 0
    of: int = 0
    ok: bool = True
    person: str = ""
    channel: str = ""
    hidden: bool = False
