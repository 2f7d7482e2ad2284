"""A bundle of links at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from drillbook.model.link import Link
from drillbook.world.law import Law
from drillbook.world.obstacle import Way
from drillbook.world.parts.link.flow import LinkFlow, LinkLaw
from drillbook.world.plant import Plant
from drillbook.world.state import Health, PartState

UP_FOR = 8 * 86400.0
"""Seconds that a bundle carried its usual load before the exercise (assumption)."""


@dataclass(frozen=True)
class LinkState(PartState):
    """A bundle."""

    spec: Link
    own: LinkLaw
    packets: int
    """Received by the member since it was plugged in."""
    broken: int
    """Of them those that were dropped."""

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


def state_of(plant: Plant, spec: Link, t: float) -> LinkState:
    """The bundle at the whole second `t`."""
    flow, since = flow_of(plant, spec), min(plant.first, t)
    columns = [flow.column + 2 * place + Way.LOST for place in range(len(flow.crossings))]
    usual = sum(plant.trajectory.value(since, column) for column in columns)
    packets, broken = UP_FOR * usual, 0.0
    for start, end, law in plant.history.spans(since, t):
        own = settings(law, spec)
        calls = sum(plant.trajectory.integral(column, start, end) for column in columns) * own.up
        packets, broken = packets + calls, broken + 0.5 * calls * own.loss
    part = spec.segments / spec.members
    return LinkState(spec, settings(plant.history.at(t), spec), round(packets * part), round(broken * part))


def health_of(state: LinkState) -> tuple[Health, str]:
    """Whether all members are up: that is what monitoring shows of it."""
    up = state.spec.members - (not state.own.up)
    return "ok" if state.own.up else "warn", f"{up}/{state.spec.members} members up"
