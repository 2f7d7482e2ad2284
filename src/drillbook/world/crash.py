"""A PostgreSQL server that goes down: what its clients hold is lost."""

from __future__ import annotations

from drillbook.world import law as laws
from drillbook.world.plant import Held, Plant


def crash(plant: Plant, t: float, name: str, fault: str = "") -> None:
    """The server is down after `t`; with a `fault` it stays so until somebody starts it."""
    server = plant.law.postgres[name]
    plant.set(t, laws.with_postgres(plant.law, server._replace(up=False, fault=fault)))
    pools = [plant.network.pools[pool] for pool, of in plant.law.pools.items() if of.server == name]
    held = [Held(user.service, -1, 1.0) for pool in pools for user in pool.users]
    held += [Held(group.service, group.column, 1.0) for pool in pools for group in pool.groups]
    plant.kill(t, held)
