"""Caches as a kind of component: what can be done to one, and what it logs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from drillbook.model.base import Model
from drillbook.model.cache import Cache, CacheChange, Policy
from drillbook.model.quantities import duration_text
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.outcome import fails, hidden
from drillbook.world.parts.cache import law, shell
from drillbook.world.parts.cache.flow import CacheFlow
from drillbook.world.parts.cache.law import CacheLaw, settings
from drillbook.world.parts.cache.metrics import families
from drillbook.world.parts.cache.state import CacheState, health_of, state_of, users
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken


class CacheKind:
    """Caches."""

    tools: Mapping[str, str] = shell.TOOLS

    def initial(self, spec: Cache) -> CacheLaw:
        """The settings as the author has them."""
        return law.initial(spec)

    def flow(self, spec: Cache, system: System, column: int) -> CacheFlow:
        """A cache's flow."""
        return CacheFlow(spec, system, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Cache]) -> list[Family]:
        """What redis_exporter shows."""
        return families(plant, keys, specs)

    def state(self, plant: Plant, spec: Cache, row: Row, t: float) -> CacheState:
        """A cache at `t`."""
        return state_of(plant, spec, row, t)

    def health(self, state: CacheState) -> tuple[Health, str]:
        """Its hit ratio."""
        return health_of(state)

    def depends(self, spec: Cache) -> tuple[str, ...]:
        """On nothing: those who ask it ask what stands behind."""
        return ()

    def changed(self, own: CacheLaw, changes: Model, t: float) -> CacheLaw:
        """Entries are lost, or it goes down or comes up."""
        return law.changed(own, changes, float(math.floor(t))) if isinstance(changes, CacheChange) else own

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Flush, warm up, set or restart it."""
        spec = cast("Cache", plant.system.component(action.target))
        own = settings(plant.law, spec)
        if not own.up:
            text = f"Could not connect to Redis at {spec.name}:6379: Connection refused"
            return fails(id, text)
        if action.kind == "cache-restart":
            return _restart(plant, t, spec, own, id)
        if action.kind == "cache-warm":
            return _warm(plant, t, spec, own, id)
        if action.kind == "cache-flush":
            own = own.lose(1.0)
        elif action.kind == "cache-memory":
            if not action.value.isdecimal() or float(action.value) > spec.system_memory:
                text = f"(error) ERR {spec.name} has {shell.human(spec.system_memory)} of memory"
                return fails(id, text)
            own = replace(own, memory=float(action.value) or spec.system_memory)
        else:
            own = replace(own, policy=cast("Policy", action.value))
        _put(plant, t, spec, own)
        return [hidden(f"{action.kind} {spec.name} {action.value}".rstrip()), Happening("finished", "OK", id)]

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """What would be lost, and who has to answer instead."""
        spec = cast("Cache", plant.system.component(action.target))
        state = state_of(plant, spec, plant.trajectory.at(math.floor(t)), float(math.floor(t)))
        hits = state.lookups - state.misses
        if action.kind in {"cache-flush", "cache-restart"}:
            text = f"{state.entries:,.0f} keys are lost: {hits:.0f} lookups/s of "
            text += f"{', '.join(users(plant, spec))} go to what stands behind {spec.name} instead."
            return text if hits >= 1 else None
        if action.kind == "cache-memory" and float(action.value or 0) < state.used:
            return f"Evicts what does not fit: {spec.name} uses {shell.human(state.used)}."
        if action.kind == "cache-warm":
            return f"Reads {spec.warm_up:g} keys/s from what stands behind {spec.name}."
        return None

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Cache]) -> Answer | None:
        """redis-cli, a warm-up job or a restart."""
        return shell.run(look, words, specs)

    def spoken(
        self, plant: Plant, specs: Sequence[Cache], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """Pods complain while a cache does not answer."""
        for spec in specs:
            if service in users(plant, spec) and not settings(plant.history.at(t), spec).up:
                text = f"cache unavailable, falling through: dial tcp {spec.name}:6379: connection refused"
                yield Spoken(0.4, "WARN", text)

    def examples(self, spec: Cache) -> Iterator[tuple[str, str]]:
        """What can be typed about it."""
        yield f"redis-cli -h {spec.name} info stats", f"hits and misses of {spec.name}"
        yield f"redis-cli -h {spec.name} info memory", f"how full {spec.name} is"
        yield f"redis-cli -h {spec.name} dbsize", f"keys in {spec.name}"
        yield f"redis-cli -h {spec.name} config get maxmemory*", f"limits of {spec.name}"
        more = shell.human(2 * spec.memory).lower().replace(".00", "") + "b"
        if "." not in more and 2 * spec.memory <= spec.system_memory:
            yield f"redis-cli -h {spec.name} config set maxmemory {more}", "more memory"
        if spec.warm_up > 0:
            name = spec.name
            yield f"kubectl create job {name}-warm --from=cronjob/{name}-warmup", f"fills {name}"
        yield f"redis-cli -h {spec.name} flushall", f"empties {spec.name}"
        yield f"systemctl restart redis -H {spec.name}", f"restarts {spec.name}, which empties it"


def _put(plant: Plant, t: float, spec: Cache, own: CacheLaw) -> None:
    plant.set(t, laws.with_part(plant.law, spec.name, own))


def _restart(plant: Plant, t: float, spec: Cache, own: CacheLaw, id: str) -> list[Happening]:  # noqa: A002
    _put(plant, t, spec, law.down(own))

    def back(now: float) -> list[Happening]:
        _put(plant, now, spec, law.up(settings(plant.law, spec), float(math.floor(now))))
        text = "redis-server.service: ready to accept connections"
        return [hidden(f"cache-restart {spec.name} up"), Happening("finished", text, id)]

    plant.later(float(math.ceil(t) + math.ceil(spec.restart)), back)
    return [hidden(f"cache-restart {spec.name} down")]


def _warm(plant: Plant, t: float, spec: Cache, own: CacheLaw, id: str) -> list[Happening]:  # noqa: A002
    if spec.warm_up <= 0 or own.warming:
        text = f"error: {spec.name} is being warmed up" if own.warming else f"error: no job warms {spec.name}"
        return fails(id, text)
    state = state_of(plant, spec, plant.trajectory.at(math.floor(t)), float(math.floor(t)))
    took = max(1.0, (spec.keys - state.entries) / spec.warm_up)
    _put(plant, t, spec, replace(own, warming=True))

    def over(now: float) -> list[Happening]:
        _put(plant, now, spec, replace(settings(plant.law, spec), warming=False))
        return [hidden(f"cache-warm {spec.name} over"), Happening("finished", "job completed", id)]

    plant.later(float(math.ceil(t + took)), over)
    text = f"warming up {spec.name}: about {duration_text(round(took))}"
    return [hidden(f"cache-warm {spec.name}"), Happening("advanced", text, id)]
