"""HTTP services: replicas with bounded concurrency, calls with timeouts and retries, readiness.

Rates per second, times in seconds. With λ offered, U the part of the started replicas that fails its
readiness probe, K = ready (1 − U/2) · concurrency (a replica out of rotation keeps half of its requests, an
assumption) and W the mean time a request stays (pool excluded):

    own latency = latency − cpu + cpu/(1 − ρ), ρ = λ cpu / (ready (1 − U) · limit)      processor sharing, up
    to K in flight
    admitted = min(λ, K/W, CPU's capacity); the rest is refused at once (503)            Little's law
    attempts of a call = (1 − p^(R+1)) / (1 − p), p following the failure of one attempt with a lag of max(1
    s, backoff) U follows x/(1 + x), x = 1.2 r³, with a lag of 30 s up and 10 s down, r the part refused

The last is the mean field of pods whose probe (every 10 s) is refused with chance r, out after three
failures in a row (failureThreshold × period = 30 s) and back about 12 s later, when threads are free again
(assumption).

A caller sees its callees' delayed and slow parts cut at its timeout; several callees' parts are merged by
weight (assumption). A request that a caller gave up goes on to the end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

from drillbook.world.latency import ENDLESS, Latency, late, stay
from drillbook.world.pool import User
from drillbook.world.queueing import attempts

OUT_LAG, BACK_LAG = 30.0, 10.0
SAME = 1e-5
"""Relative change of a latency that is not followed."""


class Callee(Protocol):
    """Whatever services call: calls per second come in, latency and failures go back."""

    offered: float
    """Calls per second, attempts that repeat a failed one included; 0 at the beginning of each step."""
    out: Latency
    spread: float
    error_ratio: float
    turned_away: float
    """Part of the calls that is refused at once."""


@dataclass(slots=True)
class Edge:
    """A call to another service or a third party."""

    share: float
    timeout: float
    retries: int
    backoff: float
    optional: bool
    column: int
    callee: Callee | None = None
    latency: Latency = field(default_factory=lambda: Latency(0.001))
    spread: float = 0.0
    error_ratio: float = 0.0
    p: float = 0.0
    """Failure of an attempt, lagged."""
    final: float = 0.0
    """Failure after all attempts, now."""
    time: float = 0.0
    """Time that a call takes, all attempts together."""
    seen: float = 0.0
    """Part of the calls that meets the callee's slow class; a rise shows half a timeout later."""
    failure: float = 0.0
    """Failure of an attempt, now."""
    known: tuple[Latency | None, float, float] = (None, 0.0, 0.0)
    """What `failure`, `final` and `time` were worked out from."""

    COLUMNS = 4

    def store(self, row: list[float]) -> None:
        """Append the columns."""
        row += (self.p, self.final, self.time, self.seen)

    def load(self, row: tuple[float, ...]) -> None:
        """Take the state back from a row."""
        self.p, self.final, self.time, self.seen = row[self.column : self.column + 4]
        self.known = (None, 0.0, 0.0)

    def follow(self, dt: float) -> None:
        """Take over what the callee does now."""
        if self.callee is not None:
            self.latency, self.error_ratio = self.callee.out, self.callee.error_ratio
            if self.latency.w2 > 0 or self.seen > 0:
                self._see(dt)
        away = 0.0 if self.callee is None else self.callee.turned_away
        known = self.known
        if self.latency is not known[0] or self.error_ratio != known[1] or away != known[2]:
            self._work_out(away)
        self.p = self.failure + (self.p - self.failure) * math.exp(-dt / max(1.0, self.backoff))

    def _work_out(self, away: float) -> None:
        failure = 1 - (1 - self.error_ratio) * (1 - late(self.latency, self.spread, self.timeout))
        once = (1 - away) * stay(self.latency, self.spread, self.timeout)
        tries = attempts(failure, self.retries)
        self.time = tries * once + (tries - 1) * self.backoff
        self.failure, self.final = failure, failure ** (self.retries + 1)
        self.known = (self.latency, self.error_ratio, away)

    def _see(self, dt: float) -> None:
        slow = self.latency.w2
        if slow > self.seen:
            slow += (self.seen - slow) * math.exp(-dt / (self.timeout / 2))
        self.seen = slow
        self.latency = self.latency._replace(w2=slow)


class _Merge:
    """Adds up the delayed and slow parts of a mixture."""

    __slots__ = ("c2", "d1", "d2", "h2", "m0", "w1", "w2")

    def __init__(self, m0: float) -> None:
        self.m0 = m0
        self.w1 = self.d1 = self.w2 = self.d2 = self.h2 = self.c2 = 0.0

    def delayed(self, weight: float, by: float) -> None:
        self.w1 += weight
        self.d1 += weight * by

    def slow(self, weight: float, by: float, tail: float, cut: float) -> None:
        self.w2 += weight
        self.d2 += weight * by
        self.h2 += weight * tail
        self.c2 += weight * cut

    def call(self, edge: Edge) -> None:
        """The parts of a callee, cut at the timeout and repeated when they exceed it."""
        of, share, limit = edge.latency, min(1.0, edge.share), edge.timeout
        again = edge.retries * (limit + edge.backoff)
        whole = of.m0 if of.m0 < limit else limit + again
        if whole * (1 - share) > 0.2:
            self.delayed(share * (1 - of.w1 - of.w2), whole)
        else:
            self.m0 += edge.share * whole
        if of.w1 > 0:
            self.delayed(share * of.w1, of.d1 if of.d1 + of.m0 < limit else limit + again)
        if of.w2 > 0:
            rest = limit - of.d2 - of.m0
            if rest <= 0:
                self.delayed(share * of.w2, limit + again)
            else:
                self.slow(share * of.w2, of.d2, of.h2, min(of.c2, rest))

    def result(self) -> Latency:
        total = self.w1 + self.w2
        scale = 1 / total if total > 1 else 1.0
        w1, w2 = self.w1 * scale, self.w2 * scale
        d1 = self.d1 / self.w1 if self.w1 > 0 else 0.0
        if self.w2 <= 0:
            return Latency(self.m0, w1, d1)
        return Latency(self.m0, w1, d1, w2, self.d2 / self.w2, self.h2 / self.w2, self.c2 / self.w2)


class ServiceFlow:
    """One service: `admit` goes down the calls, `answer` comes back up."""

    COLUMNS = 21
    OFFERED, ADMITTED, REFUSED, SHED, FAILED, LATE, OUTCOMES, ERROR, UNREADY, IN_FLIGHT, BUSY = range(11)
    RATIO, AWAY, M0 = 11, 12, 13

    def __init__(self, name: str, column: int) -> None:
        self.name = name
        self.column = column
        self.edges: list[Edge] = []
        self.user: User | None = None
        self.concurrency = 1.0
        self.latency = self.cpu = 0.001
        self.spread = 0.5
        self.cpu_limit = 1.0
        self.base_error = 0.0
        self.limit = math.inf
        self.ready = 0.0
        self.offered = self.admitted = self.refused = self.shed = self.failed = self.late = 0.0
        self.outcomes = self.error_ratio = self.unready = self.in_flight = self.busy = 0.0
        self.ratio = self.turned_away = 0.0
        self.out = Latency(0.001)
        self._own = self._stay = self._open = 0.0

    @property
    def stay(self) -> float:
        """Mean time that a request stays, the pool included (Little's law)."""
        return self.in_flight / self.admitted if self.admitted > 0 else self.latency

    @property
    def good(self) -> float:
        """Requests per second that succeed."""
        return max(0.0, self.outcomes - self.failed - self.refused - self.shed)

    def store(self, row: list[float]) -> None:
        """Append the columns."""
        row += (self.offered, self.admitted, self.refused, self.shed, self.failed, self.late, self.outcomes)
        row += (self.error_ratio, self.unready, self.in_flight, self.busy, self.ratio, self.turned_away)
        row += self.out
        row.append(self._own)

    def load(self, row: tuple[float, ...]) -> None:
        """Take the state back from a row."""
        k = self.column
        self.offered, self.admitted, self.refused, self.shed, self.failed, self.late, self.outcomes = row[
            k : k + 7
        ]
        self.error_ratio, self.unready, self.in_flight, self.busy, self.ratio, self.turned_away = row[
            k + 7 : k + 13
        ]
        self.out = Latency(*row[k + 13 : k + 20])
        self._own = row[k + 20]

    def admit(self) -> None:
        """Decide what gets in, and pass it on to the callees and the pool."""
        self.shed = max(0.0, self.offered - self.limit)
        rate = self.offered - self.shed
        serving = self.ready * (1 - self.unready)
        slots = self.ready * (1 - self.unready / 2) * self.concurrency
        calls = 0.0
        for edge in self.edges:
            calls += edge.share * edge.time
        self._own = self._processing(rate, serving, slots, calls)
        self._stay = self._own * math.exp(self.spread * self.spread / 2) + calls
        most = min(slots / self._stay, serving * self.cpu_limit / self.cpu)
        self._open = min(rate, most)
        passed = min(self._open, rate * (1 - self.ratio))
        for edge in self.edges:
            if edge.callee is not None:
                edge.callee.offered += passed * edge.share * attempts(edge.p, edge.retries)
        if self.user is not None:
            self.user.offer = self._open * self.user.queries
            self.user.room = slots - passed * self._stay

    def _processing(self, rate: float, serving: float, slots: float, calls: float) -> float:
        """Own latency under processor sharing; at full load as many share it as are in flight."""
        if serving <= 0:
            return self.latency
        load = rate * self.cpu / (serving * self.cpu_limit)
        full = slots * self.cpu / (serving * self.cpu_limit) - calls
        most = max(self.latency, full)
        return most if load >= 1 else min(most, self.latency - self.cpu + self.cpu / (1 - load))

    def answer(self, dt: float, wait: float) -> None:
        """What became of the requests; `wait` is the pool's."""
        if self.user is None and not self.edges and self._open >= self.offered and self.unready <= 0:
            self._answer_all()
            return
        merge = _Merge(self._own)
        fine = 1 - self.base_error
        for edge in self.edges:
            edge.follow(dt)
            merge.call(edge)
            if not edge.optional:
                fine *= (1 - edge.final) ** edge.share if edge.share > 1 else 1 - edge.share * edge.final
        rate = self.offered - self.shed
        pooled = self._pooled(merge, wait)
        self.refused = max(0.0, rate - self._open) + (self.user.turned if self.user is not None else 0.0)
        self.ratio = min(1.0, self.refused / rate) if rate > 0 else 0.0
        self.admitted = rate - self.refused
        self.out = merge.result()
        good = max(0.0, self._finished() - pooled)
        self.failed = pooled + good * (1 - fine)
        self.late = good * (1 - fine / (1 - self.base_error)) if self.base_error < 1 else 0.0
        self.outcomes = good + pooled + self.refused + self.shed
        bad = self.failed + self.refused + self.shed
        self.error_ratio = bad / self.outcomes if self.outcomes > 0 else 0.0
        self.turned_away = (self.refused + self.shed) / self.outcomes if self.outcomes > 0 else 0.0
        self.in_flight = self.admitted * self._stay
        if self.user is not None:
            self.in_flight += self.user.q + self.user.held
        self.busy = self.admitted * self.cpu
        self._probe(dt)

    def _answer_all(self) -> None:
        """The same for a service that calls nobody and has room for everything."""
        rate = self.offered
        if abs(self._own - self.out.m0) > SAME * self._own or self.out.w1 > 0 or self.out.w2 > 0:
            self.out = Latency(self._own)
        self.admitted = self.outcomes = rate
        self.failed = rate * self.base_error
        self.refused = self.ratio = self.turned_away = self.late = 0.0
        self.error_ratio = self.base_error
        self.in_flight, self.busy = rate * self._stay, rate * self.cpu

    def _pooled(self, merge: _Merge, wait: float) -> float:
        """Merge the pool's part into the latency; requests per second that fail for the pool."""
        user = self.user
        if user is None:
            return 0.0
        merge.m0 += user.queries * user.fast * user.fast_hold
        if wait > 0:
            merge.delayed(user.queries * user.fast, wait)
        for part, group in user.slow:
            merge.slow(user.queries * part, wait, group.hold, ENDLESS)
        return user.broken

    def _finished(self) -> float:
        """Requests per second that come to an end after having been admitted."""
        user = self.user
        if user is None:
            return self.admitted
        unpooled = (1 - user.queries) * self._open * (1 - user.turned / user.offer if user.offer > 0 else 1.0)
        return unpooled + user.done + user.dropped

    def _probe(self, dt: float) -> None:
        x = 1.2 * self.ratio**3
        target = x / (1 + x) if self.ready > 0 else 0.0
        lag = OUT_LAG if target > self.unready else BACK_LAG
        self.unready = target + (self.unready - target) * math.exp(-dt / lag)
        if self.unready < 1e-3:
            self.unready = 0.0
