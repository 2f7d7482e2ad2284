"""Bundles of links as a kind of component."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from drillbook.model.base import Model
from drillbook.model.link import Link, LinkChange
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.outcome import hidden
from drillbook.world.parts.link import shell
from drillbook.world.parts.link.flow import LinkFlow, LinkLaw
from drillbook.world.parts.link.metrics import families
from drillbook.world.parts.link.state import LinkState, health_of, settings, state_of
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken

_CONVERGES = 3.0
"""Seconds until connections go over the other members (assumption)."""


class LinkKind:
    """Bundles of links."""

    tools: Mapping[str, str] = shell.TOOLS

    def initial(self, spec: Link) -> LinkLaw:
        """As the author has it."""
        return LinkLaw(spec.loss)

    def flow(self, spec: Link, system: System, column: int) -> LinkFlow:
        """A bundle's flow."""
        return LinkFlow(spec, system, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Link]) -> list[Family]:
        """What node_exporter and a prober show."""
        return families(plant, keys, specs)

    def state(self, plant: Plant, spec: Link, row: Row, t: float) -> LinkState:
        """A bundle at `t`."""
        return state_of(plant, spec, t)

    def health(self, state: LinkState) -> tuple[Health, str]:
        """How many members are up."""
        return health_of(state)

    def depends(self, spec: Link) -> tuple[str, ...]:
        """What it leads to."""
        return tuple(spec.callees)

    def changed(self, own: LinkLaw, changes: Model, t: float) -> LinkLaw:
        """It loses more, or less."""
        return own._replace(loss=changes.loss) if isinstance(changes, LinkChange) else own

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Take the member out, or put it back."""
        spec = cast("Link", plant.system.component(action.target))
        up = action.kind == "link-up"

        def through(now: float) -> list[Happening]:
            own = settings(plant.law, spec)._replace(up=up)
            plant.set(now, laws.with_part(plant.law, spec.name, own))
            text = f"{spec.device}: link is {'up' if up else 'down'}"
            return [
                hidden(f"{action.kind} {spec.name}"),
                Happening("finished", text, id),
            ]

        plant.later(float(math.ceil(t + _CONVERGES)), through)
        return []

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """What is left."""
        spec = cast("Link", plant.system.component(action.target))
        if action.kind == "link-up":
            return None
        left = f"{spec.members - 1} of {spec.members}"
        return f"{spec.name} is left with {left} members; connections on {spec.device} move over."

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Link]) -> Answer | None:
        """Ping, mtr, ss, ip and ethtool."""
        return shell.run(look, words, specs)

    def spoken(
        self, plant: Plant, specs: Sequence[Link], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """Callers log their own timeouts."""
        return iter(())

    def examples(self, spec: Link) -> Iterator[tuple[str, str]]:
        """What can be typed about it."""
        yield f"ping -c 50 {spec.callees[0]}", "whether packets are lost"
        yield f"mtr -r -c 50 {spec.callees[0]}", "and where"
        yield f"ss -ti dst {spec.callees[0]}", "connections, with what was sent again"
        yield f"ethtool -S {spec.device}", f"counters of {spec.device}"
        yield f"ip link set dev {spec.device} down", f"takes {spec.device} out of {spec.name}"
