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

These steps are the simulation's innermost loop: they read the row of the knot before, leave the next one's
columns as tuples in `part`, and write min and max as expressions, for a call costs more than what it works out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

from drillbook.world.latency import ENDLESS, Latency, late, stay
from drillbook.world.pool import Row, User
from drillbook.world.queueing import attempts

OUT_LAG, BACK_LAG = 30.0, 10.0
SAME = 1e-5
"""Relative change of a latency that is not followed."""
_QUICK = (0.0, 0.0, 0.0, 0.0, 1.0, ENDLESS)
"""What follows m0 in a latency of which nothing is delayed or slow."""


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


@dataclass(slots=True)
class Edge:
    """A call to another service or a third party."""

    share: float
    timeout: float
    retries: int
    backoff: float
    optional: bool
    spread: float
    column: int
    callee: Callee | None = None
    latency: Row = Latency(0.001)
    """Of a third party, by law; a service has its own."""
    error_ratio: float = 0.0
    most: float = 0.0
    """Time of a call of which every attempt runs into the timeout."""
    part: Row = ()
    """The columns: failure of an attempt, lagged; failure after all attempts; time that a call takes; part of the
    calls that meets the callee's slow class, a rise of which shows half a timeout later."""
    known: tuple[Row, float, float] | None = None
    """What `effect` was worked out from."""
    effect: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Failure of an attempt, failure after all attempts, time of a call, now."""

    COLUMNS = 4

    def __post_init__(self) -> None:
        self.most = self.timeout + self.retries * (self.timeout + self.backoff)

    def follow(self, row: Row, dt: float) -> Row:
        """Take over what the callee does now: its latency as the caller meets it."""
        p, _, _, seen = row[self.column : self.column + 4]
        latency, error, away, callee = self.latency, self.error_ratio, 0.0, self.callee
        if callee is not None:
            latency, error, away = callee.out, callee.error_ratio, callee.turned_away
            slow = latency[3]
            if slow > 0 or seen > 0:
                if slow > seen:
                    slow += (seen - slow) * math.exp(-dt / (self.timeout / 2))
                seen = slow
                latency = (*latency[:3], slow, *latency[4:])
        known = (latency, error, away)
        if known != self.known:
            self.known, self.effect = known, self._work_out(latency, error, away)
        failure, final, time = self.effect
        if p != failure:
            p = failure + (p - failure) * math.exp(-dt / (max(1.0, self.backoff)))
        self.part = (p, final, time, seen)
        return latency

    def _work_out(self, latency: Row, error: float, away: float) -> tuple[float, float, float]:
        failure = 1 - (1 - error) * (1 - late(latency, self.spread, self.timeout))
        once = (1 - away) * stay(latency, self.spread, self.timeout)
        tries = attempts(failure, self.retries)
        return failure, failure ** (self.retries + 1), tries * once + (tries - 1) * self.backoff


@dataclass(slots=True)
class ServiceFlow:
    """One service: `admit` goes down the calls, `answer` comes back up and leaves the columns in `part`."""

    name: str
    column: int
    concurrency: float
    latency: float
    cpu: float
    spread: float
    cpu_limit: float
    base_error: float
    edges: list[Edge] = field(default_factory=list)
    user: User | None = None
    limit: float = math.inf
    ready: float = 0.0
    offered: float = 0.0
    out: Row = ()
    error_ratio: float = 0.0
    turned_away: float = 0.0
    part: Row = ()
    _mean: float = 1.0
    """Mean of the own latency over its median."""
    _shed: float = 0.0
    _own: float = 0.0
    _stay: float = 0.0
    _open: float = 0.0

    COLUMNS = 21
    OFFERED, ADMITTED, REFUSED, SHED, FAILED, LATE, OUTCOMES, ERROR, UNREADY, IN_FLIGHT, BUSY = range(11)
    RATIO, AWAY, M0 = 11, 12, 13

    def __post_init__(self) -> None:
        self._mean = math.exp(self.spread * self.spread / 2)

    def untouched(self) -> Row:
        """The columns before anybody called."""
        return (*[0.0] * self.M0, *Latency(0.001), 0.0)

    def stay(self, row: Row) -> float:
        """Mean time that a request stays, the pool included (Little's law)."""
        admitted = row[self.column + self.ADMITTED]
        return row[self.column + self.IN_FLIGHT] / admitted if admitted > 0 else self.latency

    def good(self, row: Row) -> float:
        """Requests per second that succeed."""
        k = self.column
        bad = row[k + self.FAILED] + row[k + self.REFUSED] + row[k + self.SHED]
        return max(0.0, row[k + self.OUTCOMES] - bad)

    def admit(self, row: Row) -> None:
        """Decide what gets in, and pass it on to the callees and the pool."""
        k, ready, cpu = self.column, self.ready, self.cpu
        self._shed = shed = self.offered - self.limit if self.offered > self.limit else 0.0
        rate, unready = self.offered - shed, row[k + 8]
        serving = ready * (1 - unready)
        slots = ready * (1 - unready / 2) * self.concurrency
        power, calls = serving * self.cpu_limit, 0.0
        for edge in self.edges:
            calls += edge.share * row[edge.column + 2]
        own = (
            self.latency
            if serving <= 0
            else self._processing(rate * cpu / power, slots * cpu / power - calls)
        )
        self._own, self._stay = own, own * self._mean + calls
        most, bound = slots / self._stay, power / cpu
        most = min(most, bound)
        self._open = most = min(rate, most)
        passed = rate * (1 - row[k + 11])
        passed = min(most, passed)
        for edge in self.edges:
            if edge.callee is not None:
                calls = passed * edge.share
                edge.callee.offered += (
                    calls * attempts(row[edge.column], edge.retries) if edge.retries else calls
                )
        if self.user is not None:
            self.user.offer = most * self.user.queries
            self.user.room = slots - passed * self._stay

    def _processing(self, load: float, full: float) -> float:
        """Own latency under processor sharing; at full load as many share it as are in flight."""
        most = max(self.latency, full)
        if load >= 1:
            return most
        own = self.latency - self.cpu + self.cpu / (1 - load)
        return min(most, own)

    def answer(self, row: Row, dt: float) -> None:
        """What became of the requests."""
        unready, user, base, shed = row[self.column + 8], self.user, self.base_error, self._shed
        if user is None and not self.edges and self._open >= self.offered and unready <= 0:
            self._answer_all(row)
            return
        fine = self._merge(row, dt)
        rate, pooled = self.offered - shed, 0.0
        refused = rate - self._open if rate > self._open else 0.0
        if user is not None:
            refused += user.turned
            pooled = user.broken
        ratio = refused / rate if rate > 0 else 0.0
        ratio = min(1.0, ratio)
        admitted = rate - refused
        good = (admitted if user is None else self._finished(user)) - pooled
        good = max(0.0, good)
        failed = pooled + good * (1 - fine)
        spoilt = good * (1 - fine / (1 - base)) if base < 1 else 0.0
        outcomes = good + pooled + refused + shed
        self.error_ratio = (failed + refused + shed) / outcomes if outcomes > 0 else 0.0
        self.turned_away = (refused + shed) / outcomes if outcomes > 0 else 0.0
        flight = admitted * self._stay
        if user is not None:
            flight += user.q + user.held
        if unready > 0 or ratio > 0:
            unready = self._probe(unready, ratio, dt)
        self.part = (
            self.offered, admitted, refused, shed, failed, spoilt, outcomes, self.error_ratio, unready, flight,
            admitted * self.cpu, ratio, self.turned_away, *self.out, self._own,
        )  # fmt: skip

    def _answer_all(self, row: Row) -> None:
        """The same for a service that calls nobody and has room for everything."""
        k, rate, own, base = self.column, self.offered, self._own, self.base_error
        out = row[k + 13 : k + 20]
        if abs(own - out[0]) > SAME * own or out[1] > 0 or out[3] > 0:
            out = (own, *_QUICK)
        self.out, self.error_ratio, self.turned_away = out, base, 0.0
        self.part = (
            rate, rate, 0.0, self._shed, rate * base, 0.0, rate, base, row[k + 8], rate * self._stay,
            rate * self.cpu, 0.0, 0.0, *out, own,
        )  # fmt: skip

    def _merge(self, row: Row, dt: float) -> float:
        """Put the latency together from the own, the callees' and the pool's; the part that goes well.

        A callee's parts are cut at the timeout, and repeated when they exceed it.
        """
        m0, w1, d1, w2, d2, h2, c2, fine = self._own, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1 - self.base_error
        for edge in self.edges:
            quick, delayed, by, slow, start, tail, cut = edge.follow(row, dt)
            limit, most = edge.timeout, edge.most
            share = min(1.0, edge.share)
            whole = quick if quick < limit else most
            if whole * (1 - share) > 0.2:
                weight = share * (1 - delayed - slow)
                w1, d1 = w1 + weight, d1 + weight * whole
            else:
                m0 += edge.share * whole
            if delayed > 0:
                weight = share * delayed
                w1, d1 = w1 + weight, d1 + weight * (by if by + quick < limit else most)
            if slow > 0:
                weight, rest = share * slow, limit - start - quick
                if rest <= 0:
                    w1, d1 = w1 + weight, d1 + weight * most
                else:
                    w2, d2, h2 = w2 + weight, d2 + weight * start, h2 + weight * tail
                    c2 += weight * (min(cut, rest))
            if not edge.optional:
                final = edge.part[1]
                fine *= (1 - final) ** edge.share if edge.share > 1 else 1 - edge.share * final
        if self.user is not None:
            queries, wait = self.user.queries, self.user.wait
            weight = queries * self.user.fast
            m0 += weight * self.user.fast_hold
            if wait > 0:
                w1, d1 = w1 + weight, d1 + weight * wait
            for part, group in self.user.slow:
                weight = queries * part
                w2, d2 = w2 + weight, d2 + weight * wait
                h2, c2 = h2 + weight * group.hold, c2 + weight * ENDLESS
        scale = 1 / (w1 + w2) if w1 + w2 > 1 else 1.0
        late_part = (w2 * scale, d2 / w2, h2 / w2, c2 / w2) if w2 > 0 else _QUICK[2:]
        self.out = (m0, w1 * scale, d1 / w1 if w1 > 0 else 0.0, *late_part)
        return fine

    def _finished(self, user: User) -> float:
        """Requests per second that come to an end after having been admitted."""
        offer = user.offer
        unpooled = (1 - user.queries) * self._open * (1 - user.turned / offer if offer > 0 else 1.0)
        return unpooled + user.done + user.dropped

    def _probe(self, unready: float, ratio: float, dt: float) -> float:
        x = 1.2 * ratio**3
        target = x / (1 + x) if self.ready > 0 else 0.0
        lag = OUT_LAG if target > unready else BACK_LAG
        unready = target + (unready - target) * math.exp(-dt / lag)
        return 0.0 if unready < 1e-3 else unready
