"""A certificate at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from drillbook.model.certificate import Certificate
from drillbook.world.law import Law
from drillbook.world.parts.certificate.flow import CertificateFlow, CertificateLaw, initial, renewed
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.state import Health, PartState


@dataclass(frozen=True)
class CertificateState(PartState):
    """A certificate: ends in simulated seconds, parts from 0 to 1."""

    spec: Certificate
    own: CertificateLaw
    shown: float
    """The end of the one that is shown; the older one while some pods show it."""
    lost: float
    """Part of the clients that does not get through."""


def settings(law: Law, spec: Certificate) -> CertificateLaw:
    """A certificate's settings under a law."""
    own = law.parts[spec.name]
    return own if isinstance(own, CertificateLaw) else initial(spec)


def flow_of(plant: Plant, spec: Certificate) -> CertificateFlow:
    """A certificate's flow."""
    return cast("CertificateFlow", plant.network.parts[spec.name])


def shown(law: Law, spec: Certificate, t: float) -> float:
    """The end of the certificate that a probe of the component sees."""
    own = settings(law, spec)
    return own.expires if renewed(own, spec, law, t) >= 1.0 else own.before


def renewal(own: CertificateLaw, spec: Certificate) -> float:
    """When it is to be renewed."""
    return own.expires - (own.duration / 3 if spec.renew_before is None else spec.renew_before)


def state_of(plant: Plant, spec: Certificate, row: Row, t: float) -> CertificateState:
    """The certificate at the whole second `t`."""
    law, flow = plant.history.at(t), flow_of(plant, spec)
    through = [row[flow.column + 2 * place] for place in range(len(flow.crossings))]
    lost = 1.0 - sum(through) / len(through) if through else 0.0
    return CertificateState(spec, settings(law, spec), shown(law, spec, t), lost)


def health_of(state: CertificateState) -> tuple[Health, str]:
    """What it is of: nobody who looks at a map sees when a certificate ends."""
    return "ok", f"{state.spec.host}:{state.spec.port}"
