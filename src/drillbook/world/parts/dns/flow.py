"""What a lost record does to those who call by name. Times in seconds.

Clients keep an answer for its TTL T, each from a moment of its own, so that of those who had the address when
the record was lost the part

    r(t) = r₀ (1 - (t - t₀) / T)⁺

still has it at t; the others fail. Pods that started since have nothing to keep. Resolvers keep that there
is no such name for N (RFC 2308), each from a moment of its own. Once the record is back,

    r(t) = r₀ + (1 - r₀) min(1, (t - t₀) / N)

and flushing the resolvers sets r to 1; while the record is lost it changes nothing, for clients keep their
answers themselves (assumption: one cache in each client, denials only in resolvers). A resolver that fails,
and an address where nobody is, keep a call waiting.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from drillbook.model.dns import Answer, Dns, Record
from drillbook.model.system import System
from drillbook.world.latency import ENDLESS
from drillbook.world.law import Law
from drillbook.world.obstacle import FREE, Toll, Way, bypassed, older

SERVFAIL_AFTER = 5.0
"""Seconds until a client is told that the resolver failed: one try of resolv.conf's `timeout`."""


class RecordLaw(NamedTuple):
    """What is answered for a name since when, and the part of the clients that had its address then."""

    to: str
    answer: Answer
    since: float
    had: float
    ttl: float
    address: str
    """Where it leads, or did when it led anywhere."""


class DnsLaw(NamedTuple):
    """The records in the author's order, and what their writer makes of them."""

    records: tuple[RecordLaw, ...]
    planned: tuple[Answer, ...]
    writes: bool
    """Whether the writer runs."""
    negative: float
    switched: tuple[float, ...] = ()
    """When the writer was stopped and started, in turn."""
    planned_at: float = math.inf
    """Since when its plan is wrong."""
    deleted: tuple[tuple[float, int], ...] = ()
    """When the writer deleted which record."""

    def cleaned(self, place: int, answer: Answer, t: float) -> DnsLaw:
        """The writer writes a record at `t`; where that leaves nothing, its log says so."""
        after = self.written(place, answer, t)
        if after is self or answer not in {"empty", "nxdomain"}:
            return after
        return after._replace(deleted=(*self.deleted, (float(math.floor(t)), place)))

    def ran(self, t: float) -> bool:
        """Whether the writer ran at `t`."""
        return sum(at < t for at in self.switched) % 2 == 0

    def written(self, place: int, answer: Answer, t: float, ttl: float = 0.0, address: str = "") -> DnsLaw:
        """A record is written at `t`; who had its address still has it."""
        before, second = self.records[place], float(math.floor(t))
        ttl, address = ttl or before.ttl, address or before.address
        if (before.answer, before.ttl, before.address) == (answer, ttl, address):
            return self
        has = resolved(before, self.negative, second)
        now = RecordLaw(before.to, answer, second, has, ttl, address)
        return self._replace(records=(*self.records[:place], now, *self.records[place + 1 :]))


class Named(NamedTuple):
    """What steps depend on, by crossing."""

    law: RecordLaw
    there: float
    """Part of the caller's pods that was there before the last change of the record."""
    pinned: float


def initial(spec: Dns) -> DnsLaw:
    """Every record is good, and always was."""
    records = tuple(
        RecordLaw(record.to, "address", -math.inf, 1.0, record.ttl, record.address) for record in spec.records
    )
    good: Answer = "address"
    planned = (good,) * len(records)
    return DnsLaw(records, planned, spec.writer is not None, spec.negative)


def resolved(law: RecordLaw, negative: float, t: float) -> float:
    """Part of the clients that has a record's address at `t`."""
    if math.isinf(law.since):
        return law.had
    since = max(0.0, t - law.since)
    if law.answer == "address":
        return law.had + (1.0 - law.had) * min(1.0, since / negative)
    return law.had * max(0.0, 1.0 - since / law.ttl)


class DnsFlow(Way):
    """One zone."""

    def __init__(self, spec: Dns, system: System, column: int) -> None:
        self.spec = spec
        self._records = {record.to: place for place, record in enumerate(spec.records)}
        super().__init__(system, column)
        self._terms: tuple[Named, ...] = ()

    def crosses(self, caller: str, callee: str) -> bool:
        """Every call of a component that has a name."""
        return callee in self._records

    def record(self, callee: str) -> tuple[int, Record]:
        """Place and record of a component."""
        place = self._records[callee]
        return place, self.spec.records[place]

    def terms(self, own: DnsLaw, law: Law, t: float) -> tuple[Named, ...]:
        """What callers ask for, and what they keep."""
        found = []
        for crossing in self.crossings:
            place, record = self.record(crossing.callee)
            fleet, answer = law.fleets[crossing.caller], own.records[place]
            found.append(Named(answer, older(fleet, answer.since, t), bypassed(fleet, record.pinned_by, t)))
        return tuple(found)

    def use(self, terms: tuple[Named, ...]) -> None:
        """Put terms in force."""
        self._terms = terms

    def met(self, place: int, t: float) -> Toll:
        """Clients that have no address, or a wrong one."""
        law, there, pinned = self._terms[place]
        has = resolved(law, self.spec.negative, t)
        good = law.answer == "address"
        has = there * has + (1.0 - there) * good if not math.isinf(law.since) else has
        lost = (1.0 - has) * (1.0 - pinned)
        if lost <= 0.0:
            return FREE
        wait = {"servfail": SERVFAIL_AFTER, "elsewhere": ENDLESS}.get(law.answer, 0.0)
        return Toll(lost, wait)

    def corner(self, t: float) -> float:
        """When the last client has lost a record, or got it back."""
        times = [
            math.ceil(
                named.law.since + (self.spec.negative if named.law.answer == "address" else named.law.ttl)
            )
            for named in self._terms
            if not math.isinf(named.law.since)
        ]
        return min([time for time in times if time > t], default=math.inf)
