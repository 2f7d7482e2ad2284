"""A cache at a moment."""

from __future__ import annotations

from dataclasses import dataclass

from drillbook.model.cache import Cache
from drillbook.model.system import Service
from drillbook.world.law import Law
from drillbook.world.parts.cache import flow as columns
from drillbook.world.parts.cache.flow import EMPTY, CacheFlow
from drillbook.world.parts.cache.law import CacheLaw, settings
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.state import Health, PartState

OTHERS = 2
"""Connections of nobody's replicas: the exporter and monitoring (assumption)."""
_DAY = 86400.0


@dataclass(frozen=True)
class CacheState(PartState):
    """A cache: entries by count, rates per second, bytes."""

    spec: Cache
    own: CacheLaw
    fresh: float
    stale: float
    lookups: float
    misses: float
    filled: float
    expired: float
    evicted: float
    clients: int
    started_at: float
    """Simulated seconds."""
    totals: tuple[float, ...]
    """Since then: lookups, misses, filled, expired, evicted."""

    @property
    def entries(self) -> float:
        """Whatever it keeps."""
        return self.fresh + self.stale

    @property
    def hit_ratio(self) -> float:
        """Part of the lookups that it answers."""
        return 1.0 - self.misses / self.lookups if self.lookups > 0 else 0.0

    @property
    def used(self) -> float:
        """Bytes."""
        return EMPTY + self.entries * self.spec.entry


def flow_of(plant: Plant, spec: Cache) -> CacheFlow:
    """A cache's flow."""
    flow = plant.network.parts[spec.name]
    if not isinstance(flow, CacheFlow):
        raise TypeError(f"{spec.name} is no cache")
    return flow


def users(plant: Plant, spec: Cache) -> list[str]:
    """The services that ask it."""
    services = [each for each in plant.system.components if isinstance(each, Service)]
    return [
        each.name
        for each in services
        if any(call.cache == spec.name for call in each.calls)
        or (each.uses is not None and each.uses.cache == spec.name)
    ]


def clients(law: Law, spec: Cache, services: list[str]) -> int:
    """Connections that are open under a law."""
    if not settings(law, spec).up:
        return 0
    pods = sum(len(law.fleets[name].pods) for name in services)
    return min(spec.max_clients, OTHERS + spec.clients_per_replica * pods)


def born(plant: Plant, spec: Cache) -> float:
    """When it was started before the exercise: 30 to 90 days ago."""
    return plant.first - round(_DAY * (30 + 60 * plant.draws.uniform("cache", spec.name)))


def state_of(plant: Plant, spec: Cache, row: Row, t: float) -> CacheState:
    """The cache at the whole second `t`."""
    law, k = plant.history.at(t), plant.network.parts[spec.name].column
    own = settings(law, spec)
    rates = (columns.LOOKUPS, columns.MISSES, columns.FILLED, columns.EXPIRED, columns.EVICTED)
    started = born(plant, spec) if own.started_at is None else own.started_at
    since = max(plant.first, started)
    rows = plant.trajectory.at(plant.first)
    before = max(0.0, plant.first - started)
    totals = [
        rows[k + rate] * before + plant.trajectory.integral(k + rate, since, t) if t > since else 0.0
        for rate in rates
    ]
    lookups, misses, filled, expired, evicted = [row[k + rate] for rate in rates]
    return CacheState(
        spec, own, row[k + columns.FRESH], row[k + columns.STALE], lookups, misses, filled, expired, evicted,
        clients(law, spec, users(plant, spec)), started, tuple(totals),
    )  # fmt: skip


def health_of(state: CacheState) -> tuple[Health, str]:
    """Its hit ratio, and how full it is."""
    if not state.own.up:
        return "down", "connection refused"
    text = f"{state.hit_ratio:.0%} hits  {state.entries:,.0f} keys  {state.lookups:.0f} lookups/s"
    health: Health = "ok"
    if state.lookups > 1 and state.hit_ratio < 0.5:
        health = "warn"
    return health, text
