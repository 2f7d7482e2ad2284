"""What stands in front of pools and callees: a cache is asked first, and what it misses goes on.

Of a service's lookups, per second λ, the part w waits for the backend, which gets ρ reads per lookup. For a
pool with u queries per request that are not cached and c that are:

    requests that wait = u + c · w        clients of the pool = u + c · ρ

so that each client stands for (u + c w) / (u + c ρ) requests: more than one where misses of the same key wait
for one read, fewer where reads are made that nobody waits for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from drillbook.world.edge import Edge
from drillbook.world.flow import Flow
from drillbook.world.pool import Group, PoolFlow, Row, User
from drillbook.world.service import ServiceFlow
from drillbook.world.terms import Mix


class Outcome(NamedTuple):
    """What a reader's reads come to, per second: asked for and answered well; and how long one takes."""

    asked: float
    good: float
    wait: float
    """Until the backend works on it."""
    hold: float
    """Mean time that it works, exponential."""


class Reader(Protocol):
    """A service's way past a cache."""

    coalesced: float
    """Part of its lookups that wait for a read of the same key that is under way."""

    @property
    def lookups(self) -> float:
        """Per second, in this step."""

    def thin(self, waits: float, reads: float) -> None:
        """Put in force, for a step, the part of the lookups that waits and the reads per lookup."""

    def outcome(self) -> Outcome:
        """What this step's reads came to."""


class Shield(Flow, Protocol):
    """The flow of a component that `shields`."""

    readers: list[Reader]
    """In the order of services and calls."""

    def missed(self, row: Row, place: int) -> tuple[float, float]:
        """Of a reader's lookups the part that waits, and the reads per lookup, from `row` on."""

    def missing(self, row: Row) -> float:
        """Part of the lookups of `row` that found nothing."""

    def settle(self, row: list[float]) -> None:
        """Write the state into a row that the present rates lead to."""


@dataclass(slots=True)
class PoolReader:
    """Cached queries of a service, and its pool."""

    flow: ServiceFlow
    user: User
    pool: PoolFlow
    mix: Mix = field(default_factory=Mix)
    cached: Mix = field(default_factory=Mix)
    coalesced: float = 0.0

    def use(self, mix: Mix, groups: Mapping[int, Group]) -> None:
        """Take what the service does by law."""
        self.mix, self.coalesced = mix, mix.coalesced
        self.cached = Mix() if mix.cached is None else mix.cached
        user = self.user
        user.rest = mix.rest
        user.groups = [(0.0, group) for group in groups.values() if group.service == user.service]

    @property
    def lookups(self) -> float:
        """Of the requests that are let in."""
        return self.flow.opened * self.cached.queries

    def thin(self, waits: float, reads: float) -> None:
        """Mix what is not cached with what is missed."""
        user, plain, cached = self.user, self.mix, self.cached
        a, b = plain.queries, cached.queries * reads
        user.queries, user.load = a + cached.queries * waits, a + b
        user.riders = user.queries / user.load if user.load > 0.0 else 1.0
        a, b = (a / user.load, b / user.load) if user.load > 0.0 else (1.0, 0.0)
        fast = a * plain.fast + b * cached.fast
        user.fast = fast
        if fast > 0.0:
            p, q = a * plain.fast / fast, b * cached.fast / fast
            user.fast_hold = p * plain.fast_hold + q * cached.fast_hold
            user.fast_cut = p * plain.fast_cut + q * cached.fast_cut
        parts: dict[int, float] = {}
        for weight, slow in ((a, plain.slow), (b, cached.slow)):
            for part, column in slow:
                parts[column] = parts.get(column, 0.0) + weight * part
        user.groups = [(parts.get(group.column, 0.0), group) for _, group in user.groups]
        user.slow = [(part, group) for part, group in user.groups if part > 0.0]

    def outcome(self) -> Outcome:
        """Reads among what the pool did for the service."""
        user = self.user
        part = 1.0 - self.mix.queries / user.load if user.load > 0.0 else 0.0
        good = max(0.0, user.done + user.dropped - user.broken)
        cached = self.cached
        hold = cached.fast * cached.fast_hold * self.pool.slowdown
        hold += sum([part * group.hold for part, group in user.slow]) if cached.slow else 0.0
        return Outcome(user.offer * part, good * part, user.wait, hold)


@dataclass(slots=True)
class CallReader:
    """A call that is made only for what the cache misses."""

    flow: ServiceFlow
    edge: Edge
    coalesced: float

    @property
    def lookups(self) -> float:
        """Of the requests that are let in."""
        return self.flow.opened * self.edge.wanted

    def thin(self, waits: float, reads: float) -> None:
        """Call as often as is missed."""
        wanted = self.edge.wanted
        self.edge.thin(wanted * waits, wanted * reads)

    def outcome(self) -> Outcome:
        """Calls that succeed after all attempts, as the caller met them in the step before."""
        asked = self.flow.opened * self.edge.load
        return Outcome(asked, asked * (1.0 - self.edge.final), self.edge.time, 0.0)
