"""What an expired certificate does to those who call. Times in seconds.

A connection is checked when it is made, and used for a lifetime L. With E the end of the certificate that a
component shows, the connections of that moment have every age between 0 and L, so that the part

    k(t) = (1 - (t - E) / L)⁺

of the clients still has one at t; the last dies at E + L. Connections end with the pods at either side: of
them the part counts that is older than E, of callers and callee. Whoever has none makes a new one, and gets
it from the part v of the callee's pods that show a valid certificate: v is 1 at once where a renewed one is
reloaded, else the part of the pods that started after it was issued.

    part that does not get through = (1 - k) (1 - v), but for callers that do not check
"""

from __future__ import annotations

import math
from typing import NamedTuple

from drillbook.model.certificate import Certificate
from drillbook.model.system import System
from drillbook.world.law import Law
from drillbook.world.obstacle import FREE, Toll, Way, bypassed, older


class CertificateLaw(NamedTuple):
    """The certificate that is kept, and the one before it, by their ends in simulated seconds."""

    expires: float
    before: float
    issued_at: float
    duration: float
    cured: bool = False
    """Whether it is asked for in a way that the issuer grants."""
    failed_at: float = -math.inf
    """When it was last refused."""


class Terms(NamedTuple):
    """What steps depend on: ends of both certificates, part of the pods that show the new one."""

    expires: float
    before: float
    renewed: float
    callers: tuple[tuple[float, float], ...]
    """By crossing: part of the connections that is left by its pods, and of callers that do not check."""


def initial(spec: Certificate) -> CertificateLaw:
    """The certificate of an ordinary day."""
    return CertificateLaw(spec.expires, spec.expires, spec.expires - spec.duration, spec.duration)


def renewed(own: CertificateLaw, spec: Certificate, law: Law, t: float) -> float:
    """Part of the callee's pods that shows the certificate that is kept, not the one before it."""
    fleet = law.fleets.get(spec.of)
    if spec.reloads or fleet is None or own.expires == own.before:
        return 1.0
    return 1.0 - older(fleet, own.issued_at, t)


def pooled(ended: float, lifetime: float, t: float) -> float:
    """Part of the clients that still has a connection from before the end."""
    return min(1.0, max(0.0, 1.0 - (t - ended) / lifetime))


class CertificateFlow(Way):
    """One certificate."""

    def __init__(self, spec: Certificate, system: System, column: int) -> None:
        self.spec = spec
        super().__init__(system, column)
        self._terms = Terms(spec.expires, spec.expires, 1.0, ())

    def crosses(self, caller: str, callee: str) -> bool:
        """Every call of the component that shows it."""
        return callee == self.spec.of

    def terms(self, own: CertificateLaw, law: Law, t: float) -> Terms:
        """What pods show, keep and check."""
        ended = min(own.before, own.expires)
        kept = older(law.fleets.get(self.spec.of), ended, t)
        callers = [law.fleets[crossing.caller] for crossing in self.crossings]
        parts = [
            (kept * older(fleet, ended, t), bypassed(fleet, self.spec.unchecked_by, t)) for fleet in callers
        ]
        return Terms(own.expires, own.before, renewed(own, self.spec, law, t), tuple(parts))

    def use(self, terms: Terms) -> None:
        """Put terms in force."""
        self._terms = terms

    def met(self, place: int, t: float) -> Toll:
        """Clients without a connection that cannot make one."""
        expires, before, new, callers = self._terms
        valid = new * (t <= expires) + (1.0 - new) * (t <= before)
        if valid >= 1.0:
            return FREE
        kept, unchecked = callers[place]
        left = kept * pooled(min(before, expires), self.spec.connection_lifetime, t)
        return Toll((1.0 - left) * (1.0 - valid) * (1.0 - unchecked))

    def corner(self, t: float) -> float:
        """The end of a certificate, and of the last connection that was made before."""
        ends = {self._terms.expires, self._terms.before}
        times = [math.ceil(end + more) for end in ends for more in (0.0, self.spec.connection_lifetime)]
        return min([time for time in times if time > t], default=math.inf)
