"""Calls: timeouts, retries, and what callers see of those whom they call. Times in seconds.

    attempts of a call = (1 − p^(R+1)) / (1 − p), p following the failure of one attempt with a lag of the
    backoff, and the timeout for the part of the failures that is late (1 s at least)

A caller sees its callees' delayed and slow parts cut at its timeout. A request that a caller gave up goes on
to the end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from drillbook.world.fleet import CallMix
from drillbook.world.latency import within
from drillbook.world.pool import Row
from drillbook.world.queueing import attempts


class Callee(Protocol):
    """Whatever services call: calls per second come in, latency and failures go back."""

    offered: float
    """Calls per second, attempts that repeat a failed one included; 0 at the beginning of each step."""
    spread: float
    out: Row
    """A `Latency`."""
    error_ratio: float
    turned_away: float
    """Part of the calls that is refused at once."""


class Doors(Protocol):
    """A callee that tells its callers apart."""

    def door(self, service: str) -> Callee:
        """What that service calls."""


@dataclass(slots=True)
class Edge:
    """A call to another service or a third party."""

    share: float
    timeout: float
    retries: float
    backoff: float
    optional: bool
    spread: float
    column: int
    callee: Callee | None = None
    latency: Row = ()
    """The callee's, as the caller meets it."""
    error_ratio: float = 0.0
    away: float = 0.0
    """Part that the callee turns away at once."""
    most: float = 0.0
    """Time of a call of which every attempt runs into the timeout."""
    once: float = 1.0
    """Part of the requests that call at all."""
    lag: float = 1.0
    """With which the failures are followed, seconds: the backoff, and the timeout for those that are late."""
    mean: float = 1.0
    """Mean of the callee's usual latency over its median."""
    failure: float = 0.0
    """Failure of an attempt, now."""
    final: float = 0.0
    """Failure after all attempts."""
    time: float = 0.0
    """Time that a call takes, all attempts together."""
    fine: float = 1.0
    """Part of the caller's requests that these calls let go well."""
    wanted: float = 1.0
    """Calls per request, those included that a cache answers."""
    load: float = 1.0
    """Calls per request that the callee gets: `share`, unless a cache lets some wait for others' answers."""
    needed: float = 1.0
    """Part of the calls whose failure fails the request, where they are not `optional`."""
    late: float = 0.0
    """Part of the failures that the caller's own timeout is."""
    part: Row = ()
    """The columns: failure of an attempt, lagged; `final`; `time`; the part of the calls that meets the
    callee's slow class, a rise of which shows half a timeout later; `late`."""

    COLUMNS = 5

    def __post_init__(self) -> None:
        self.most = self.timeout + self.retries * (self.timeout + self.backoff)
        self.wanted = self.load = self.share
        self.once = min(1.0, self.share)
        self.mean = math.exp(self.spread * self.spread / 2.0)

    def follow(self, row: Row, dt: float) -> Row:
        """Take over what the callee does now: its latency as the caller meets it."""
        p, seen, callee = row[self.column], row[self.column + 3], self.callee
        if callee is not None:
            latency, error_ratio, away = callee.out, callee.error_ratio, callee.turned_away
            m0, w1, d1, slow, d2, h2, c2 = latency
            if slow > seen:
                slow += (seen - slow) * math.exp(-dt / (self.timeout / 2.0))
                latency = (m0, w1, d1, slow, d2, h2, c2)
            seen = slow
            if latency != self.latency or error_ratio != self.error_ratio or away != self.away:
                self.meet(latency, error_ratio, away)
        failure = self.failure
        if p != failure:
            p = failure + (p - failure) * math.exp(-dt / self.lag)
        self.part = (p, self.final, self.time, seen, self.late)
        return self.latency

    def meet(self, latency: Row, error_ratio: float, away: float = 0.0) -> None:
        """Work out what calls come to while the callee behaves so."""
        self.latency, self.error_ratio, self.away = latency, error_ratio, away
        late, stay = within(latency, self.spread, self.mean, self.timeout)
        self._count(late, (1.0 - away) * stay)
        self._spoil()

    def _count(self, late: float, once: float) -> None:
        """Attempts take `once` on average, and the part `late` of them runs into the timeout."""
        failure = final = 1.0 - (1.0 - self.error_ratio) * (1.0 - late)
        tries = 1.0
        if self.retries:
            final, tries = failure ** (self.retries + 1), attempts(failure, self.retries)
            known = self.backoff + self.timeout * late / failure if failure > 0.0 else 0.0
            self.lag = max(1.0, known)
        self.failure, self.final = failure, final
        self.late = late / failure if failure > 0.0 else 0.0
        self.time = tries * once + (tries - 1) * self.backoff

    def behave(self, mix: CallMix) -> None:
        """Call as the releases and settings of the caller's pods do now."""
        self.timeout, self.retries, self.backoff = mix.timeout, mix.retries, mix.backoff
        self.needed = mix.needed
        self.optional, self.fine = mix.needed <= 0.0, 1.0
        self.most = self.timeout + self.retries * (self.timeout + self.backoff)
        self.wanted = mix.share
        self.thin(mix.share, mix.share)
        if self.latency:
            self.meet(self.latency, self.error_ratio, self.away)

    def thin(self, share: float, load: float) -> None:
        """Call so often per request, of which the callee gets `load`."""
        self.share, self.load, self.once = share, load, min(1.0, share)
        self._spoil()

    def _spoil(self) -> None:
        if not self.optional:
            share, final = self.share, self.final * self.needed
            self.fine = (1.0 - final) ** share if share > 1.0 else 1.0 - share * final
