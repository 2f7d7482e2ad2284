"""Begin a remedy: of deployments, of pools and servers, or one that a component's own kind brings."""

from __future__ import annotations

from collections.abc import Mapping

from drillbook.world.outcome import fails
from drillbook.world.parts.table import kind_of
from drillbook.world.plant import Plant
from drillbook.world.remedies.deployments import DEPLOYMENTS
from drillbook.world.remedies.servers import POOLS, SERVERS
from drillbook.world.state import Action, Happening


def act(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    """Begin a remediation."""
    kind_of_its_own = kind_of(plant.system, action.target)
    if kind_of_its_own is not None and action.kind in plant.system.component(action.target).actions:
        return kind_of_its_own.act(plant, t, action, id)
    law = plant.law
    known: Mapping[str, object]
    if action.kind in DEPLOYMENTS:
        known, kind = law.fleets, "deployments.apps"
    elif action.kind in POOLS:
        known, kind = law.pools, "pool"
    else:
        known, kind = {**law.postgres, **law.pools}, "server"
    if action.target not in known:
        return fails(id, f'Error from server (NotFound): {kind} "{action.target}" not found')
    begun = (DEPLOYMENTS | POOLS | SERVERS).get(action.kind)
    if begun is None:
        return fails(id, f"{action.target} has no {action.kind}")
    return begun(plant, t, action, id)
