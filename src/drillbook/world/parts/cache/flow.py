"""What a cache keeps. Entries by count, rates per second, times in seconds.

With N keys, all asked for alike, λ lookups per second (r = λ/N per key), F entries that are good, S that are
kept beyond their time, M = N - F - S missing, τ and σ the mean times in both states, L the time that a read
of the backend takes, and g the reads that come to a good end in time:

    lookups that wait for the backend          λ M/N        hits are the others, of which λ S/N are stale
    reads that begin for one key after another (M + S) / (1/r + L)
    reads in all                               λ M/N without coalescing; with it only those, as for S always
    F' = g - F/τ,  S' = F/τ - S/σ - (its part of g),  M' = S/σ - (the rest of g)

Several reads of one key that are under way at once fill one entry, whether or not they are coalesced. So with
a backend that has room, M' = -r M: the hit ratio rises as 1 - e^(-λ t / N), lookups per key being the
filling, and settles at rτ/(1 + rτ), which is exact for any lifetimes with a Poisson stream of lookups
(renewal argument; Jung, Berger and Balakrishnan, INFOCOM 2003). With a backend that is overloaded, g is what
it still does within `fill_within`: none once the wait for it is longer, and then nothing fills the cache.

No more than C = maxmemory / entry are kept: the rest is evicted, stale ones first, or with noeviction not
stored. A cache that is down misses everything. A warm-up job reads missing keys at its own rate, besides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from drillbook.model.cache import Cache
from drillbook.model.system import Service, System
from drillbook.world.law import Law
from drillbook.world.parts.cache.law import CacheLaw, initial
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow
from drillbook.world.shield import Outcome, Reader

EMPTY = 1572864.0
"""Bytes that a server uses without any entry (assumption)."""
FRESH, STALE, LOSSES, LOOKUPS, MISSES, FILLED, EXPIRED, EVICTED, OWN = range(9)
"""Columns; the time that a read takes follows, by reader."""
_LONGEST = 5.0


class CacheTerms(NamedTuple):
    """What a cache's steps depend on."""

    up: bool
    most: float
    evicts: bool
    ttl: float
    losses: int
    kept: float
    warming: bool


class Ways(NamedTuple):
    """Reads per lookup: all of them, and those that begin for a missing and a stale key, and the job's."""

    reads: float = 1.0
    missing: float = 1.0
    stale: float = 0.0
    job: float = 0.0


class CacheFlow:
    """One cache: `missed` says what goes on, `step` what is filled by it."""

    def __init__(self, spec: Cache, system: System, column: int) -> None:
        self.spec, self.column = spec, column
        self.readers: list[Reader] = []
        self.columns = OWN + _readers(spec, system)
        self.part: Row = ()
        self._keys = float(spec.keys)
        self._terms = self.terms(initial(spec), None, 0.0)
        self._ways: list[Ways] = []

    def terms(self, own: CacheLaw, law: Law | None, t: float) -> CacheTerms:
        """The settings, as far as steps depend on them."""
        most = min(self._keys, max(0.0, own.memory - EMPTY) // self.spec.entry)
        evicts = own.policy != "noeviction"
        return CacheTerms(own.up, most, evicts, own.ttl, own.losses, own.kept, own.warming)

    def use(self, terms: CacheTerms) -> None:
        """Put terms in force."""
        self._terms = terms

    def untouched(self) -> Row:
        """Full, as far as it can be."""
        return (self._terms.most, *[0.0] * (self.columns - 1))

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Nobody gets work from it but by what it misses."""

    def _kept(self, row: Row) -> tuple[float, float]:
        """Good and stale entries, after a loss since the row where there was one."""
        k, terms = self.column, self._terms
        if not terms.up:
            return 0.0, 0.0
        left = terms.kept if row[k + LOSSES] != terms.losses else 1.0
        return row[k + FRESH] * left, row[k + STALE] * left

    def missed(self, row: Row, place: int) -> tuple[float, float]:
        """Of a reader's lookups the part that waits, and the reads per lookup."""
        if place == 0:
            self._ways = []
        if not self._terms.up:
            self._ways.append(Ways())
            return 1.0, 1.0
        fresh, stale = self._kept(row)
        waits = max(0.0, 1.0 - (fresh + stale) / self._keys)
        rate = row[self.column + LOOKUPS]
        first = 1.0 / (1.0 + rate / self._keys * row[self.column + OWN + place])
        together = self.readers[place].coalesced
        missing, again = waits * first, stale / self._keys * first
        reads, job = waits * (1.0 - together) + together * missing + again, 0.0
        if self._terms.warming and rate > 0.0:
            job = min(self.spec.warm_up, waits * self._keys) / rate
        self._ways.append(Ways(reads + job, missing, again, job))
        return waits, reads + job

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Store what the reads of this step bring, and let entries expire."""
        fresh, stale = self._kept(row)
        missing = max(0.0, self._keys - fresh - stale)
        lookups = new = again = job = 0.0
        took = []
        for reader, ways in zip(self.readers, self._ways, strict=True):
            out = reader.outcome()
            lookups += reader.lookups
            took.append(out.wait + out.hold)
            good = out.good * _in_time(out, self.spec.fill_within)
            if ways.reads > 0.0 and self._terms.up:
                new += good * ways.missing / ways.reads
                again += good * ways.stale / ways.reads
                job += good * ways.job / ways.reads
        misses = lookups * (missing / self._keys)
        kept = self._exchange(fresh, stale, new, again, job, dt)
        self.part = (*kept[:2], float(self._terms.losses), lookups, misses, *kept[2:], *took)

    def _exchange(
        self, fresh: float, stale: float, new: float, again: float, job: float, dt: float
    ) -> tuple[float, float, float, float, float]:
        """Good and stale entries after `dt`, and per second what was filled, expired and evicted."""
        ttl, most = self._terms.ttl, self._terms.most
        cut = max(0.0, fresh + stale - most)  # there is less room than before
        fresh, stale = fresh - max(0.0, cut - stale), max(0.0, stale - cut)
        before = fresh + stale
        missing = max(0.0, self._keys - before)
        grow = new / missing if missing > 0.0 else 0.0
        job = min(job, missing / dt)
        if self.spec.stale <= 0.0:
            pace = grow + 1.0 / ttl
            level = (grow * self._keys + job) / pace
            rest = (level - fresh) * -math.expm1(-pace * dt)
            gone = (level * dt - rest / pace) / ttl
            fresh, filled = fresh + rest, max(0.0, rest + gone)
        else:
            back = again / stale if stale > 0.0 else 0.0
            fresh, stale, filled, gone = self._with_stale(fresh, stale, (grow, job, back), dt)
        over = fresh + stale - most
        if over <= 0.0:
            return fresh, stale, filled / dt, gone / dt, cut / dt
        evicted = min(over, stale)
        fresh, stale = fresh - (over - evicted), stale - evicted
        if before >= most:  # it was full all the time: what comes in is what goes
            gone = min(gone, before / ttl * dt)
            over = max(over, (new + job) * dt - gone)
            filled = over + gone
        if not self._terms.evicts:
            return fresh, stale, (filled - over) / dt, gone / dt, cut / dt
        return fresh, stale, filled / dt, gone / dt, (over + cut) / dt

    def _with_stale(
        self, fresh: float, stale: float, comes: tuple[float, float, float], dt: float
    ) -> tuple[float, float, float, float]:
        """The same with entries that are kept beyond their time, in short steps.

        What `comes`: the parts of the missing and of the stale ones that are read per second are the first
        and the last, the job's keys per second stand between them.
        """
        grow, job, back = comes
        count = max(1, math.ceil(dt / _LONGEST))
        h = dt / count
        filled = gone = 0.0
        filling, expiring = -math.expm1(-grow * h), -math.expm1(-h / self._terms.ttl)
        renewed, ending = -math.expm1(-back * h), -math.expm1(-h / self.spec.stale)
        for _ in range(count):
            came = (self._keys - fresh - stale) * filling + job * h
            anew = stale * renewed
            old, ended = fresh * expiring, (stale - anew) * ending
            fresh, stale = fresh + came + anew - old, stale - anew - ended + old
            filled, gone = filled + came + anew, gone + ended
        return fresh, stale, filled, gone

    def missing(self, row: Row) -> float:
        """Part of the lookups of `row` that found nothing."""
        k = self.column
        return row[k + MISSES] / row[k + LOOKUPS] if row[k + LOOKUPS] > 0.0 else 1.0

    def settle(self, row: list[float]) -> None:
        """Write the state that the lookups lead to while the backend answers them."""
        k, each = self.column, row[self.column + LOOKUPS] / self._keys
        if not self.readers or each <= 0.0:
            return
        pace = each / (1.0 + each * row[k + OWN])
        if self.spec.stale <= 0.0:
            fresh, stale = pace * self._keys / (pace + 1.0 / self._terms.ttl), 0.0
        else:
            ratio = 1.0 / self._terms.ttl / (1.0 / self.spec.stale + pace)
            fresh = self._keys / (1.0 + ratio + ratio / (self.spec.stale * pace))
            stale = ratio * fresh
        row[k + FRESH] = min(fresh, self._terms.most)
        row[k + STALE] = max(0.0, min(stale, self._terms.most - row[k + FRESH]))

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """Entries, against all keys."""
        return [(self.column + FRESH, self._keys), (self.column + STALE, self._keys)]

    def corner(self, t: float) -> float:
        """Nothing bends by itself."""
        return math.inf


def _in_time(out: Outcome, most: float) -> float:
    """Part of the good reads that is stored, because somebody still waits for it."""
    if out.wait >= most:
        return 0.0
    return -math.expm1(-(most - out.wait) / out.hold) if out.hold > 0.0 else 1.0


def _readers(spec: Cache, system: System) -> int:
    services = [each for each in system.components if isinstance(each, Service)]
    known = {each.name for each in system.components if each.callable}
    count = sum(call.cache == spec.name and call.to in known for each in services for call in each.calls)
    return count + sum(each.uses is not None and each.uses.cache == spec.name for each in services)
