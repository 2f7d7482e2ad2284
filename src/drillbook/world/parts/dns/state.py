"""A zone at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from drillbook.model.dns import Dns
from drillbook.world.law import Law
from drillbook.world.obstacle import Way
from drillbook.world.parts.dns.flow import DnsFlow, DnsLaw, initial
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.state import Health, PartState


@dataclass(frozen=True)
class DnsState(PartState):
    """A zone and its resolvers; rates per second."""

    spec: Dns
    own: DnsLaw
    failing: float
    """Lookups that bring nothing, of the zone's own names."""


def settings(law: Law, spec: Dns) -> DnsLaw:
    """A zone's settings under a law."""
    own = law.parts[spec.name]
    return own if isinstance(own, DnsLaw) else initial(spec)


def flow_of(plant: Plant, spec: Dns) -> DnsFlow:
    """A zone's flow."""
    return cast("DnsFlow", plant.network.parts[spec.name])


def state_of(plant: Plant, spec: Dns, row: Row, t: float) -> DnsState:
    """The zone at the whole second `t`."""
    flow = flow_of(plant, spec)
    lost = sum(row[flow.column + 2 * place + Way.LOST] for place in range(len(flow.crossings)))
    return DnsState(spec, settings(plant.history.at(t), spec), lost)


def health_of(state: DnsState) -> tuple[Health, str]:
    """Resolvers answer, whatever they answer, unless they fail."""
    failing = [record for record in state.own.records if record.answer == "servfail"]
    text = f"{state.spec.queries + state.failing:.0f} lookups/s"
    return ("warn", f"{text}  SERVFAIL") if failing and state.failing > 0 else ("ok", text)
