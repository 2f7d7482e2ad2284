"""A third party with a quota: a token bucket. Calls per second, times in seconds.

With r the quota, b the burst, λ what all callers together offer and n the tokens that are left: over a step Δ
as many calls are taken as there are tokens, min(λΔ, n + rΔ), and the rest is refused at once (429), so that

    taken by t = min(λt, b + rt),  n' = r - λ between 0 and b

Every caller is refused the same part. Calls that are taken have the vendor's own latency and errors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from drillbook.model.system import Service, System
from drillbook.model.vendor import Vendor
from drillbook.world.latency import Latency
from drillbook.world.law import Law
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow

TOKENS, REFUSED, CALLERS = 0, 1, 2
"""Columns: tokens, part that is refused; then, by caller, what it offers."""


class VendorLaw(NamedTuple):
    """How it behaves."""

    latency: float
    error_ratio: float
    quota: float
    asked_at: float = -math.inf
    """When somebody last asked for more."""


def initial(spec: Vendor) -> VendorLaw:
    """As the author has it."""
    return VendorLaw(spec.latency, spec.error_ratio, spec.quota)


@dataclass(slots=True)
class Door:
    """What one of the callers calls."""

    spread: float
    out: Row
    offered: float = 0.0
    error_ratio: float = 0.0
    turned_away: float = 0.0


class VendorFlow:
    """One vendor."""

    def __init__(self, spec: Vendor, system: System, column: int) -> None:
        self.spec, self.column = spec, column
        callers = [each for each in system.components if isinstance(each, Service)]
        self.callers = [each.name for each in callers if any(call.to == spec.name for call in each.calls)]
        self.columns = CALLERS + len(self.callers)
        self.spread, self.out = spec.spread, Latency(spec.latency)
        self.offered = self.error_ratio = self.turned_away = 0.0
        self.doors = {name: Door(spec.spread, self.out) for name in self.callers}
        self.part: Row = ()
        self._own = initial(spec)

    def door(self, service: str) -> Door:
        """What that service calls."""
        return self.doors[service]

    def terms(self, own: VendorLaw, law: Law, t: float) -> VendorLaw:
        """How it behaves."""
        return own._replace(asked_at=0.0)

    def use(self, terms: VendorLaw) -> None:
        """Put terms in force."""
        self._own = terms

    def untouched(self) -> Row:
        """A full bucket."""
        return (self.spec.burst, *[0.0] * (self.columns - 1))

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Nobody gets work from it; nobody has called yet."""
        for door in self.doors.values():
            door.offered = 0.0

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Take tokens, put new ones in."""
        offers = [door.offered for door in self.doors.values()]
        rate = sum(offers)
        there = row[self.column + TOKENS] + self._own.quota * dt
        refused = max(0.0, 1.0 - there / (rate * dt)) if rate > 0.0 else 0.0
        refused = refused if refused > 1e-9 else 0.0
        tokens = min(self.spec.burst, max(0.0, there - rate * dt))
        failing = 1.0 - (1.0 - refused) * (1.0 - self._own.error_ratio)
        out = Latency(self._own.latency)
        for door in self.doors.values():
            door.error_ratio, door.turned_away, door.out = failing, refused, out
        self.part = (tokens, refused, *offers)

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """Tokens, and what is refused."""
        scale = min(self.spec.burst, 10.0 * self._own.quota)
        return [(self.column + TOKENS, scale), (self.column + REFUSED, 1.0)]

    def corner(self, t: float) -> float:
        """Nothing bends at a time that is known beforehand."""
        return math.inf
