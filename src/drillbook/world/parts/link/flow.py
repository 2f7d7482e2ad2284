"""What lost packets do to calls: TCP sends them again. Times in seconds.

Each connection has its place on one of m members of a bundle. On the one that loses the part p of its packets
a segment arrives after k losses with p^k (1 - p), and the timeout doubles each time (RFC 6298, 5.5), so that
it is late by

    RTO (2^k - 1),  on average RTO · p / (1 - 2p) for p < 1/2

A call takes n such segments one after the other (fast retransmission needs later segments, which a call of
few has not). The other m - 1 members lose nothing, and take everything once that one is out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from drillbook.model.link import Link
from drillbook.model.system import System
from drillbook.world.law import Law
from drillbook.world.obstacle import FREE, Delays, Toll, Way
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow

LOSSES = 7
"""After so many losses in a row a segment is too late for any call."""
LEAST = 1e-6
"""Rarer delays count as the longest that is left."""


class LinkLaw(NamedTuple):
    """What the one member loses, and whether it is in use."""

    loss: float
    up: bool = True


@lru_cache(maxsize=64)
def delays(loss: float, segments: int, rto: float) -> Delays:
    """By how much a call is delayed, and how often."""
    one = {2**k - 1: loss**k * (1.0 - loss) for k in range(LOSSES)}
    one[2**LOSSES - 1] = loss**LOSSES
    found = {0: 1.0}
    for _ in range(segments):
        longer: dict[int, float] = {}
        for before, chance in found.items():
            for more, part in one.items():
                longer[before + more] = longer.get(before + more, 0.0) + chance * part
        found = {units: chance for units, chance in longer.items() if chance > LEAST}
        found[max(found)] += 1.0 - sum(found.values())
    return tuple([(chance, units * rto) for units, chance in sorted(found.items())])


class LinkFlow(Way):
    """One bundle."""

    def __init__(self, spec: Link, system: System, column: int) -> None:
        self.spec = spec
        super().__init__(system, column)
        self._toll = FREE

    def crosses(self, caller: str, callee: str) -> bool:
        """The calls that the author names."""
        return callee in self.spec.callees and (not self.spec.callers or caller in self.spec.callers)

    def terms(self, own: LinkLaw, law: Law, t: float) -> LinkLaw:
        """What is lost."""
        return own

    def use(self, terms: LinkLaw) -> None:
        """Put terms in force."""
        self._toll = FREE
        if terms.up and terms.loss > 0.0:
            part = 1.0 / self.spec.members
            parts = [
                (part * chance, late)
                for chance, late in delays(terms.loss, self.spec.segments, self.spec.rto)
            ]
            self._toll = Toll(0.0, 0.0, ((1.0 - part, 0.0), *parts))

    def met(self, place: int, t: float) -> Toll:
        """The same for every call."""
        return self._toll

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Count the calls that go over it: nothing is lost for good."""
        self.part = tuple([each for crossing in self.crossings for each in (1.0, crossing.asked)])

    def corner(self, t: float) -> float:
        """Nothing bends by itself."""
        return math.inf
