"""Certificates as a kind of component: what can be done to one, and what is said of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import cast

from drillbook.model.base import Model
from drillbook.model.certificate import Certificate, CertificateChange
from drillbook.model.quantities import seconds
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.outcome import fails, hidden
from drillbook.world.parts.certificate import flow, shell
from drillbook.world.parts.certificate.flow import CertificateFlow, CertificateLaw
from drillbook.world.parts.certificate.metrics import families
from drillbook.world.parts.certificate.state import (
    CertificateState,
    flow_of,
    health_of,
    settings,
    shown,
    state_of,
)
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken


class CertificateKind:
    """Certificates."""

    tools: Mapping[str, str] = shell.TOOLS

    def initial(self, spec: Certificate) -> CertificateLaw:
        """The certificate as the author has it."""
        return flow.initial(spec)

    def flow(self, spec: Certificate, system: System, column: int) -> CertificateFlow:
        """A certificate's flow."""
        return CertificateFlow(spec, system, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Certificate]) -> list[Family]:
        """What cert-manager, a prober and the callers' sidecars show."""
        return families(plant, keys, specs)

    def state(self, plant: Plant, spec: Certificate, row: Row, t: float) -> CertificateState:
        """A certificate at `t`."""
        return state_of(plant, spec, row, t)

    def health(self, state: CertificateState) -> tuple[Health, str]:
        """Whose it is."""
        return health_of(state)

    def depends(self, spec: Certificate) -> tuple[str, ...]:
        """On the component that shows it."""
        return (spec.of,)

    def changed(self, own: CertificateLaw, changes: Model, t: float) -> CertificateLaw:
        """It ends at another time."""
        if not isinstance(changes, CertificateChange):
            return own
        ends = t + changes.expires
        return own._replace(expires=ends, before=ends)

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Ask the issuer for another one; it comes, or is refused, after a while."""
        spec = cast("Certificate", plant.system.component(action.target))
        own = settings(plant.law, spec)
        asked, _, value = action.value.partition("=")
        if spec.refusal is not None and asked == spec.refusal.cured_by:
            own = own._replace(cured=True)
        if asked == "duration":
            own = own._replace(duration=seconds(value))
        plant.set(t, laws.with_part(plant.law, spec.name, own))

        def signed(now: float) -> list[Happening]:
            here, second = settings(plant.law, spec), float(math.floor(now))
            if spec.refusal is not None and not here.cured:
                plant.set(now, laws.with_part(plant.law, spec.name, here._replace(failed_at=second)))
                text = f"certificate {spec.name}: renewal failed: {spec.refusal.says}"
                return fails(id, text)
            anew = here._replace(
                expires=second + here.duration, before=shown(plant.law, spec, now), issued_at=second
            )
            plant.set(now, laws.with_part(plant.law, spec.name, anew))
            return [
                hidden(f"certificate {spec.name} issued"),
                Happening("finished", f"certificate {spec.name}: issued, stored in {spec.name}", id),
            ]

        plant.later(float(math.ceil(t + spec.issue)), signed)
        return [Happening("advanced", f"certificate {spec.name}: issuing", id)]

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """Another certificate beside the old one harms nobody."""
        return None

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Certificate]) -> Answer | None:
        """Kubectl, cmctl, openssl, and curl where it fails on the certificate."""
        return shell.run(look, words, specs)

    def reached(self, specs: Sequence[Certificate], callee: str) -> tuple[str, str]:
        """By TLS."""
        return ("https" if any(spec.of == callee for spec in specs) else "", "")

    def told(
        self, plant: Plant, specs: Sequence[Certificate], crossing: tuple[str, str], t: float
    ) -> Iterator[tuple[float, str]]:
        """What Go's TLS says of an expired certificate."""
        for spec in specs:
            flow = flow_of(plant, spec)
            column = flow.of(*crossing)
            if column is None:
                continue
            lost = 1.0 - plant.trajectory.value(t, column)
            now = plant.start + timedelta(seconds=t)
            end = plant.start + timedelta(seconds=shown(plant.history.at(t), spec, t))
            yield (
                lost,
                (
                    "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: "
                    f"current time {now:%Y-%m-%dT%H:%M:%SZ} is after {end:%Y-%m-%dT%H:%M:%SZ}"
                ),
            )

    def spoken(
        self, plant: Plant, specs: Sequence[Certificate], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """The server hears that its clients hang up."""
        for spec in specs:
            if service == spec.of and state_of(plant, spec, row, t).lost > 0.0:
                number = plant.draws.bits("handshake", spec.name, round(t)) % 60000
                peer = f"10.42.{number % 6 + 1}.{number % 250 + 2}:{number % 28000 + 32768}"
                said = f"http: TLS handshake error from {peer}: remote error: tls: bad certificate"
                yield Spoken(0.6 * state_of(plant, spec, row, t).lost, "WARN", said)

    def examples(self, spec: Certificate) -> Iterator[tuple[str, str]]:
        """What can be typed about it."""
        space = f"-n {spec.namespace}"
        yield f"kubectl get certificate {space}", "certificates, and whether they are ready"
        yield f"kubectl describe certificate {spec.name} {space}", f"until when {spec.name} is good"
        where = f"{spec.of}:{spec.port}"
        yield f"openssl s_client -connect {where} | openssl x509 -noout -dates", "what clients are shown"
        yield f"cmctl renew {spec.name} {space}", f"has {spec.name} issued anew"
        patch = '{"spec":{"duration":"2160h"}}'
        yield (
            f"kubectl patch certificate {spec.name} {space} --type merge -p '{patch}'",
            f"has {spec.name} issued for another time",
        )
