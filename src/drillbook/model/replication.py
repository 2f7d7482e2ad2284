"""Streaming replication of PostgreSQL servers, and the manager (Patroni) that decides which of them leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import DatabaseName, Model, Name
from drillbook.model.component import ComponentSpec, Misfit, Signal, known
from drillbook.model.quantities import Duration, Size


class Replica(Model):
    """A server that follows the primary."""

    server: Name
    """A PostgreSQL component."""
    site: str = ""
    receives: Size = 536870912.0
    """Bytes per second of write-ahead log that reach it at most."""
    applies: Size = 134217728.0
    """Bytes per second that it replays at most: one process does it."""
    sync: bool = False
    """Whether commits may have to wait for it (`synchronous`)."""


class Slot(Model):
    """A replication slot that nobody reads any more: what it has not read is kept."""

    name: DatabaseName
    behind: Size
    """When the history begins."""


class ReplicationChange(Model):
    """What can happen to a cluster by itself."""

    isolate: Name | None = None
    """A member that the others, and the manager's store, cannot reach; clients of its site still can."""
    lasts: Duration = 60.0
    """How long."""


class Replication(ComponentSpec):
    """A cluster of PostgreSQL servers. Pools of a leader follow the leadership."""

    binds: ClassVar[int] = 1
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "failover": ("moving the database behind {target}", "failing over {target}"),
        "promote": ("making a copy of {target} the original", "promoting a replica of {target} by hand"),
        "reinit": ("copying {target} anew", "reinitialising a member of {target}"),
        "replica-restart": ("restarting a copy of {target}", "restarting a replica of {target}"),
        "slot-drop": ("tidying up {target}", "dropping a replication slot of {target}"),
        "synchronous": ("changing how safely {target} saves", "setting synchronous replication of {target}"),
    }
    changes: ClassVar[type[Model] | None] = ReplicationChange

    kind: Literal["replication"]
    name: Name
    """Patroni's scope."""
    owner: str
    primary: Name
    """The PostgreSQL component that leads at first; the services are at its site."""
    site: str = ""
    replicas: Annotated[list[Replica], Field(min_length=1)]
    rtt: Duration = 0.001
    """Round trip between two sites."""
    trips: Annotated[float, Field(ge=1, le=100)] = 3.0
    """Round trips of a query to a server of another site: to begin, to work and to commit (assumption)."""
    background: Size = 65536.0
    """Bytes per second of write-ahead log that maintenance writes (assumption)."""
    synchronous: bool = False
    """Whether commits wait until a `sync` replica has written them down (`synchronous_commit = on`)."""
    slots: list[Slot] = []
    keep: Size | None = None
    """`wal_keep_size`, of clusters without slots for replicas: who is further behind is to be copied anew."""
    automatic: bool = True
    """Whether the manager fails over by itself."""
    ttl: Duration = 30.0
    """Time without a sign of life after which the leader's place is free (Patroni's `ttl`)."""
    retry_timeout: Duration = 20.0
    """Time after which a leader that cannot reach the manager's store steps down (assumption: twice 10 s)."""
    promotes_in: Duration = 12.0
    """Time from the decision until the new leader takes writes (assumption)."""
    maximum_lag: Size = 1048576.0
    """`maximum_lag_on_failover`: a replica further behind is no candidate."""
    redo: Duration = 300.0
    """Time between restart points: what was replayed since the last is replayed again after a restart."""
    data: Size = 107374182400.0
    """What a new copy has to transfer."""
    copies: Size = 104857600.0
    """Bytes per second of that."""

    def signals(self) -> Iterator[Signal]:
        """How far each replica is behind."""
        for replica in self.replicas:
            expr = f'pg_replication_lag_seconds{{server="{replica.server}:5432"}}'
            yield Signal(f"Lag {replica.server}", "s", expr)

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Members that are no servers, or are members twice."""
        servers = [name for name, other in others.items() if other.kind == "postgres"]
        names = [self.primary, *(replica.server for replica in self.replicas)]
        places: list[tuple[str | int, ...]] = [("primary",)]
        places += [("replicas", place, "server") for place in range(len(self.replicas))]
        for place, (path, name) in enumerate(zip(places, names, strict=True)):
            if name not in servers:
                yield Misfit(path, f"there is no postgres {name}", known(servers))
            if name in names[:place]:
                yield Misfit(path, f"{name} is a member already")
        if self.synchronous and not any(replica.sync for replica in self.replicas):
            yield Misfit(("synchronous",), "waits for nobody: no replica is `sync`")
