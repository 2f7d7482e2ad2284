"""A cache in the manner of Redis: entries that services read before they ask what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.component import ComponentSpec, Misfit
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration, Rate, Size

Policy = Literal["noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl"]
"""`maxmemory-policy`."""


class CacheChange(Model):
    """What can happen to a cache by itself."""

    lose: Probability | None = None
    """Part of the entries that is gone at once: 1 for a flush, less for a failover to a replica behind."""
    up: bool | None = None
    """Whether it answers; one that comes up is empty."""
    ttl: Duration | None = None
    """Entries live as long from now on."""


class Cache(ComponentSpec):
    """A cache that services ask first (`cache` of `uses`, or of a call); what it misses goes on.

    Every key is asked for as often as any other (assumption).
    """

    shields: ClassVar[bool] = True
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "cache-flush": ("clearing stored copies of {target}", "flushing {target}"),
        "cache-warm": ("preparing {target} for traffic", "warming up {target}"),
        "cache-memory": ("giving {target} more room", "changing maxmemory of {target}"),
        "cache-policy": ("changing how {target} makes room", "changing maxmemory-policy of {target}"),
        "cache-restart": ("restarting {target}", "restarting {target}"),
    }
    changes: ClassVar[type[Model] | None] = CacheChange

    kind: Literal["cache"]
    name: Name
    owner: str
    version: str = "7.2.4"
    keys: Annotated[int, Field(ge=1)]
    """Different keys that are asked for."""
    entry: Size
    """Memory of an entry."""
    memory: Size
    """`maxmemory`."""
    policy: Policy = "allkeys-lru"
    """What happens when that is full."""
    ttl: Duration = 3600.0
    """Mean time for which an entry is good; spread exponentially, as jitter does (assumption)."""
    stale: Duration = 0.0
    """Time for which an entry is kept after that, and served while one reader fetches it anew."""
    fill_within: Duration = 5.0
    """A read that took longer is not stored: whoever asked for it has given up."""
    warm_up: Rate = 0.0
    """Keys per second that its warm-up job reads from the pool; there is no such job where this is 0."""
    restart: Duration = 20.0
    """Time without service when it is restarted; nothing is kept on disk."""
    clients_per_replica: Annotated[int, Field(ge=0)] = 10
    """Connections that each replica of a service keeps open."""
    max_clients: Annotated[int, Field(ge=1)] = 10000
    """`maxclients`."""
    system_memory: Size = 17179869184.0
    """Memory of its host."""

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Sizes and times that leave no room."""
        if self.ttl < 1:
            yield Misfit(("ttl",), "is too short", "1s at least")
        if not 0 < self.entry <= self.memory:
            yield Misfit(("entry",), "an entry is larger than 0 and fits into `memory`")
        if self.memory > self.system_memory:
            yield Misfit(("memory",), "is more than the host has (`system_memory`)")
