"""The system under drill: services, pools, databases and outside parties, with units.

Each component's module in `drillbook.world` states its equations and symbols.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from drillbook.model.base import DatabaseName, Model, Name, Text
from drillbook.model.cache import Cache
from drillbook.model.certificate import Certificate
from drillbook.model.cluster import Cluster
from drillbook.model.component import ComponentSpec
from drillbook.model.curve import Curve
from drillbook.model.disk import Disk
from drillbook.model.dns import Dns
from drillbook.model.installed import installed
from drillbook.model.kafka import Kafka
from drillbook.model.link import Link
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration, Rate, Size
from drillbook.model.rabbitmq import Rabbitmq
from drillbook.model.replication import Replication
from drillbook.model.vendor import Vendor

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]


class Call(Model):
    """A service calls another component once per request, or for a share of the requests."""

    to: Name
    share: Annotated[float, Field(gt=0, le=10)] = 1.0
    """Calls per request."""
    timeout: Duration = 10.0
    retries: Annotated[int, Field(ge=0, le=10)] = 0
    backoff: Duration = 0.1
    """Pause before a retry."""
    optional: bool = False
    """A failed optional call degrades the answer but does not fail the request."""
    cache: Name | None = None
    """A cache that is asked first; only what it misses is called for."""
    coalesce: bool = False
    """Of several misses of the same key one calls, the others wait for its answer."""


class Query(Model):
    """A kind of database work that a service does, holding one pooled connection meanwhile."""

    name: Name
    share: Probability
    """Part of the service's requests that run it; the shares of a service add up to 1 at most."""
    hold: Duration
    """Mean time a connection is held."""
    sql: Text
    wal: Size = 0.0
    """Bytes that it writes to the write-ahead log; a query that writes none only reads."""
    fresh_within: Duration | None = None
    """From a replica that is further behind its answer is stale, and the request fails."""
    cached: bool = False
    """Whether the `cache` is asked first; only what it misses is run."""
    coalesce: bool = False
    """Of several misses of the same key one asks the database, the others wait for its answer."""


class QueryChange(Model):
    """What a release or a setting changes about a query."""

    hold: Duration | None = None
    sql: Text | None = None
    wal: Size | None = None
    fresh_within: Duration | None = None
    cached: bool | None = None
    coalesce: bool | None = None


class Behaviour(Model):
    """How a service does its own work where that differs from what the service says."""

    latency: Duration | None = None
    cpu_per_request: Duration | None = None
    error_ratio: Probability | None = None


class CallChange(Model):
    """What a release or a setting changes about a call."""

    share: Annotated[float, Field(ge=0, le=10)] | None = None
    timeout: Duration | None = None
    retries: Annotated[int, Field(ge=0, le=10)] | None = None
    backoff: Duration | None = None
    optional: bool | None = None


class Release(Behaviour):
    """A version of a service, and how it differs from the base."""

    version: str
    notes: Text
    """Change cause, as `kubectl rollout history` shows it."""
    queries: dict[Name, QueryChange] = {}
    calls: dict[Name, CallChange] = {}
    """What it changes about the calls, by the component that is called."""
    leak: Size = 0.0
    """Memory that each request leaves behind for good."""


class Setting(Model):
    """An environment variable of a service; changing it rolls the pods, unless it is `live`."""

    name: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    value: str
    effects: dict[str, dict[Name, QueryChange]] = {}
    """For a value: what it changes about the queries, on top of the release."""
    behaviours: dict[str, Behaviour] = {}
    """For a value: what it changes about the service's own work, on top of the release."""
    live: bool = False
    """Kept in a ConfigMap that running pods read again: no pod is replaced, no roll-back takes it back."""
    calls: dict[str, dict[Name, CallChange]] = {}
    """For a value: what it changes about the calls, on top of the release."""


class PoolUse(Model):
    """The pool through which a service reaches its database."""

    pool: Name
    cache: Name | None = None
    """The cache of the `cached` queries."""
    queries: Annotated[list[Query], Field(min_length=1)]


class Rollout(Model):
    """How a deployment replaces its pods (Kubernetes RollingUpdate)."""

    max_unavailable: Annotated[int, Field(ge=1)] = 1
    """Pods replaced at once."""
    ready_after: Duration = 30.0
    """Time from pod start to ready."""


class Autoscale(Model):
    """A HorizontalPodAutoscaler: how many replicas a deployment is given, decided every 15 s."""

    min: Annotated[int, Field(ge=1, le=500)] = 1
    max: Annotated[int, Field(ge=1, le=500)]
    target_cpu: Annotated[float, Field(gt=0, le=10)] = 0.8
    """CPU in use over CPU asked for that it keeps to, on average over the ready pods."""


class Service(ComponentSpec):
    """An HTTP service: replicas with a bounded number of requests in flight."""

    callable: ClassVar[bool] = True

    kind: Literal["service"]
    name: Name
    owner: Name
    """Team that owns it."""
    namespace: Name = "default"
    replicas: Annotated[int, Field(ge=1, le=200)]
    max_replicas: Annotated[int, Field(ge=1, le=500)] = 50
    concurrency: Annotated[int, Field(ge=1)]
    """Requests in flight per replica before new ones are refused."""
    latency: Duration
    """Median time of its own work per request, calls excluded."""
    spread: Annotated[float, Field(ge=0, le=3)] = 0.5
    """Standard deviation of the logarithm of that time."""
    error_ratio: Probability = 0.0005
    """Part of requests that fails on an ordinary day."""
    cpu_per_request: Duration = 0.005
    """CPU time per request."""
    cpu_limit: Positive = 2.0
    """Cores per replica."""
    cpu_request: Positive | None = None
    """Cores that a replica asks for; its limit where left out."""
    autoscale: Autoscale | None = None
    memory: Size = 402653184.0
    """Working set of a replica at rest."""
    memory_limit: Size = 1073741824.0
    """A container that reaches it is killed."""
    memory_request: Size | None = None
    """Memory that a replica asks for, for nodes and evictions; its limit where left out."""
    priority: int = 0
    """Pods of a lower priority are evicted before others, and placed after them."""
    memory_per_request: Size = 262144.0
    """Memory of a request in flight (assumption)."""
    calls: list[Call] = []
    uses: PoolUse | None = None
    release: str
    """Version running at the start."""
    releases: Annotated[list[Release], Field(min_length=1)]
    """Oldest first."""
    settings: list[Setting] = []
    rollout: Rollout = Rollout()


class Pgbouncer(ComponentSpec):
    """A PgBouncer pool (transaction mode) in front of a PostgreSQL server."""

    kind: Literal["pgbouncer"]
    name: Name
    owner: Name
    database: DatabaseName
    user: DatabaseName
    server: Name
    """The PostgreSQL component."""
    pool_size: Annotated[int, Field(ge=1)]
    """`default_pool_size`: server connections."""
    max_client_conn: Annotated[int, Field(ge=1)] = 1000
    query_wait_timeout: Duration = 120.0
    """A client that waited this long gets `query_wait_timeout`."""
    client_connections_per_replica: Count = 20
    """Client connections that each replica of a using service keeps open."""


class Session(Model):
    """Other clients of the database, there to be seen and judged."""

    user: DatabaseName
    application: str
    database: DatabaseName
    state: Literal["active", "idle", "idle in transaction"]
    count: Annotated[int, Field(ge=1)] = 1
    query: Text
    age: Duration
    """Time since the query started, at the scenario's start."""
    wal: Size = 0.0
    """Bytes per second that each of them writes to the write-ahead log."""


class Postgres(ComponentSpec):
    """A PostgreSQL server: a bounded number of connections."""

    kind: Literal["postgres"]
    name: Name
    owner: Name
    version: str = "15.6"
    max_connections: Annotated[int, Field(ge=10)]
    superuser_reserved_connections: Count = 3
    cores: Annotated[int, Field(ge=1)] = 16
    restart: Duration = 75.0
    """Time without service when it is restarted or fails over."""
    sessions: list[Session] = []


class External(ComponentSpec):
    """A third party's API."""

    callable: ClassVar[bool] = True

    kind: Literal["external"]
    name: Name
    owner: str
    latency: Duration
    spread: Annotated[float, Field(ge=0, le=3)] = 0.6
    error_ratio: Probability = 0.001


SPECS: tuple[type[ComponentSpec], ...] = (
    Service, Pgbouncer, Postgres, External, Cache, Certificate, Cluster, Curve, Disk, Dns, Kafka, Link,
    Rabbitmq, Replication, Vendor,
    *installed("drillbook.component_specs").values(),
)  # fmt: skip
"""Every kind of component: those of drillbook, and those of installed packages."""

if TYPE_CHECKING:
    Component: TypeAlias = ComponentSpec
else:
    Component = Annotated[reduce(or_, SPECS), Field(discriminator="kind")]


class DayPoint(Model):
    """A corner of the workload curve."""

    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    """Local time of day in UTC, such as "14:30"."""
    rate: Rate


class Workload(Model):
    """Requests that reach the entry, piecewise linear over the day."""

    entry: Name
    """The service where users come in."""
    day: Annotated[list[DayPoint], Field(min_length=1)]
    requests_per_user: Rate
    """Requests of one active user while on the site."""
    session: Duration = 480.0
    """Mean time that a user stays; others come meanwhile (assumption)."""
    tickets: Rate = 0.1
    """Support tickets per second when every request fails, in proportion below (assumption)."""
    order_value: Annotated[float, Field(ge=0)] = 0.0
    """Mean value in USD of an order."""
    orders_per_request: Probability = 0.0
    """Part of the requests that would become an order."""


class System(Model):
    """Everything that is simulated."""

    domain: str
    """Public host name, such as shop.example.com."""
    scrape_interval: Duration = 15.0
    history: Duration = 3600.0
    """Time before the start for which metrics exist."""
    workload: Workload
    components: Annotated[list[Component], Field(min_length=1)]

    def component(self, name: str) -> ComponentSpec:
        """The component of that name; KeyError where there is none (references are checked at load)."""
        for component in self.components:
            if component.name == name:
                return component
        raise KeyError(name)
