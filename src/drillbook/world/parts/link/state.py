"""A bundle of links at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from drillbook.model.link import Link
from drillbook.world.law import Law
from drillbook.world.obstacle import Way
from drillbook.world.parts.link.flow import LinkFlow, LinkLaw
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.state import Health, PartState


@dataclass(frozen=True)
class LinkState(PartState):
    """A bundle; calls per second."""

    spec: Link
    own: LinkLaw
    calls: float

    @property
    def loss(self) -> float:
        """Part of the packets that the member loses, whether or not it is used."""
        return self.own.loss

    @property
    def seen(self) -> float:
        """Part of all packets that is lost now."""
        return self.own.loss / self.spec.members if self.own.up else 0.0


def settings(law: Law, spec: Link) -> LinkLaw:
    """A bundle under a law."""
    own = law.parts[spec.name]
    return own if isinstance(own, LinkLaw) else LinkLaw(spec.loss)


def flow_of(plant: Plant, spec: Link) -> LinkFlow:
    """A bundle's flow."""
    return cast("LinkFlow", plant.network.parts[spec.name])


def state_of(plant: Plant, spec: Link, row: Row, t: float) -> LinkState:
    """The bundle at the whole second `t`."""
    flow = flow_of(plant, spec)
    calls = sum(row[flow.column + 2 * place + Way.LOST] for place in range(len(flow.crossings)))
    return LinkState(spec, settings(plant.history.at(t), spec), calls)


def health_of(state: LinkState) -> tuple[Health, str]:
    """Whether all members are up: that is what monitoring shows of it."""
    up = state.spec.members - (not state.own.up)
    return "ok" if state.own.up else "warn", f"{up}/{state.spec.members} members up"
