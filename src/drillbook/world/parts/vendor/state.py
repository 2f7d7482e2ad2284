"""A vendor at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from drillbook.model.quantities import duration_text
from drillbook.model.vendor import Vendor
from drillbook.world.law import Law
from drillbook.world.parts.vendor.flow import CALLERS, REFUSED, TOKENS, VendorFlow, VendorLaw, initial
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.state import Health, PartState


@dataclass(frozen=True)
class VendorState(PartState):
    """A vendor: calls per second, parts from 0 to 1."""

    spec: Vendor
    own: VendorLaw
    tokens: float
    refused: float
    offered: dict[str, float]
    """By caller."""

    @property
    def host(self) -> str:
        """Where it is called."""
        return host(self.spec)


def host(spec: Vendor) -> str:
    """A vendor's host name."""
    return f"{spec.name}.example"


def settings(law: Law, spec: Vendor) -> VendorLaw:
    """A vendor's behaviour under a law."""
    own = law.parts[spec.name]
    return own if isinstance(own, VendorLaw) else initial(spec)


def flow_of(plant: Plant, spec: Vendor) -> VendorFlow:
    """A vendor's flow."""
    return cast("VendorFlow", plant.network.parts[spec.name])


def state_of(plant: Plant, spec: Vendor, row: Row, t: float) -> VendorState:
    """The vendor at the whole second `t`."""
    flow = flow_of(plant, spec)
    k = flow.column
    offered = {name: row[k + CALLERS + place] for place, name in enumerate(flow.callers)}
    return VendorState(spec, settings(plant.history.at(t), spec), row[k + TOKENS], row[k + REFUSED], offered)


def health_of(state: VendorState) -> tuple[Health, str]:
    """Its errors and refusals, and its latency."""
    failing = 1.0 - (1.0 - state.refused) * (1.0 - state.own.error_ratio)
    health: Health = "ok"
    if failing > 0.25:
        health = "down"
    elif failing > 0.02 or state.own.latency > 3 * state.spec.latency:
        health = "warn"
    return health, f"{failing:.1%} errors  p50 {duration_text(state.own.latency)}"
