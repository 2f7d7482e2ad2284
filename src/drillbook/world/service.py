"""HTTP services: replicas with bounded concurrency, calls with timeouts and retries, readiness.

Rates per second, times in seconds. With λ offered, U the part of the started replicas that fails its
readiness probe, K = ready (1 − U/2) · concurrency (a replica out of rotation keeps half of its requests, an
assumption) and W the mean time a request stays (pool excluded):

    own latency = latency − cpu + cpu/(1 − ρ), ρ = λ cpu / (ready (1 − U) · limit)      processor sharing, up
    to K in flight
    admitted = min(λ, K/W, CPU's capacity); the rest is refused at once (503)            Little's law
    U follows x/(1 + x), x = 1.2 r³, with a lag of 30 s up and 10 s down, r the part refused

The last is the mean field of pods whose probe (every 10 s) is refused with chance r, out after three
failures in a row (failureThreshold × period = 30 s) and back about 12 s later, when threads are free again
(assumption).

Several callees' delayed and slow parts are merged by weight (assumption).

These steps are the simulation's innermost loop: they read the row of the knot before, leave the next one's
columns in `part` and `out`, and write min and max as expressions, for a call costs more than what it does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from drillbook.world.edge import Edge
from drillbook.world.latency import ENDLESS, Latency
from drillbook.world.pool import Row, User
from drillbook.world.queueing import attempts

OUT_LAG, BACK_LAG = 30.0, 10.0
SAME = 1e-5
"""Relative change of a latency that is not followed."""


@dataclass(slots=True)
class ServiceFlow:
    """One service: `admit` goes down the calls, `answer` comes back up."""

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
    """Replicas that have started; a rate limit and these are set by law, with `govern`."""
    offered: float = 0.0
    error_ratio: float = 0.0
    turned_away: float = 0.0
    timed: float = 0.0
    """Part of the failed answers that say of a call that it took too long (504)."""
    part: Row = ()
    """The columns before `M0`."""
    out: Row = ()
    """Those of the latency."""
    own: float = 0.0
    """The last column: the own latency."""
    _mean: float = 1.0
    """Mean of the own latency over its median."""
    _room: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    """Requests in flight, cores, own latency at full load less calls, and requests per second that there is
    room for while every replica is in rotation."""
    _shed: float = 0.0
    _stay: float = 0.0
    opened: float = 0.0
    """Requests per second that there is room for, in this step."""
    _sound: float = 0.0
    """Part of the requests that its own work fails on a node that is well."""

    COLUMNS = 22
    OFFERED, ADMITTED, REFUSED, SHED, FAILED, LATE, OUTCOMES, ERROR, UNREADY, IN_FLIGHT, BUSY = range(11)
    RATIO, AWAY, TIMED, M0 = 11, 12, 13, 14

    def __post_init__(self) -> None:
        self._mean = math.exp(self.spread * self.spread / 2.0)
        self._sound = self.base_error

    def untouched(self) -> Row:
        """The columns before anybody called."""
        return (*[0.0] * self.M0, *Latency(0.001), 0.0)

    def stay(self, row: Row) -> float:
        """Mean time that a request stays, the pool included (Little's law)."""
        admitted = row[self.column + self.ADMITTED]
        return row[self.column + self.IN_FLIGHT] / admitted if admitted > 0 else self._alone(row)

    def _alone(self, row: Row) -> float:
        """Mean time that a request would stay while there are no others."""
        stay, user = self.latency * self._mean, self.user
        for edge in self.edges:
            stay += edge.share * row[edge.column + 2]
        if user is not None:
            holds = user.fast * user.fast_hold + sum([part * group.hold for part, group in user.slow])
            stay += user.queries * holds
        return stay

    def good(self, row: Row) -> float:
        """Requests per second that succeed."""
        k = self.column
        bad = row[k + self.FAILED] + row[k + self.REFUSED] + row[k + self.SHED]
        return max(0.0, row[k + self.OUTCOMES] - bad)

    def govern(self, ready: float, limit: float) -> None:
        """Set what the law says: started replicas, and a rate limit."""
        self.ready, self.limit = ready, limit
        self._room = self._bounds(0.0)

    def work(self, latency: float, cpu: float, error_ratio: float) -> None:
        """Set what the releases and settings of its pods make of its own work."""
        self.latency, self.cpu, self.base_error = latency, cpu, error_ratio
        self._sound = error_ratio
        self._room = self._bounds(0.0)

    def hinder(self, cpu_limit: float, lost: float) -> None:
        """Set what its nodes leave it: cores per replica, and the part of requests that goes to lost ones."""
        self.cpu_limit = cpu_limit
        self.base_error = 1.0 - (1.0 - self._sound) * (1.0 - lost)
        self._room = self._bounds(0.0)

    def _bounds(self, unready: float) -> tuple[float, float, float, float]:
        slots = self.ready * (1.0 - unready / 2.0) * self.concurrency
        power = self.ready * (1.0 - unready) * self.cpu_limit
        return slots, power, slots * self.cpu / power if power > 0.0 else 0.0, power / self.cpu

    def admit(self, row: Row) -> bool:
        """Decide what gets in, and pass it on; whether that leaves something to `answer`."""
        k, cpu, edges, user = self.column, self.cpu, self.edges, self.user
        self._shed = shed = self.offered - self.limit if self.offered > self.limit else 0.0
        rate, unready, calls = self.offered - shed, row[k + 8], 0.0
        slots, power, full, bound = self._bounds(unready) if unready > 0.0 else self._room
        for edge in edges:
            calls += edge.share * row[edge.column + 2]
        own = slowest = self.latency
        if power > 0.0:  # processor sharing; at full load as many share it as are in flight
            full, load = full - calls, rate * cpu / power
            slowest = full if full > slowest else slowest
            shared = own - cpu + cpu / (1.0 - load) if load < 1.0 else slowest
            own = shared if shared < slowest else slowest
        self.own, self._stay = own, own * self._mean + calls
        most = slots / self._stay
        most = bound if bound < most else most
        self.opened = most = most if most < rate else rate
        if user is None and not edges and most >= self.offered and unready <= 0.0:
            self._serve(row)
            return False
        passed = rate * (1.0 - row[k + 11])
        passed = passed if passed < most else most
        for edge in edges:
            if edge.callee is not None:
                load = passed * edge.load
                if edge.retries:
                    load *= attempts(row[edge.column], edge.retries)
                edge.callee.offered += load
        if user is not None:
            room, riders = slots - passed * self._stay, user.riders
            user.offer, user.room = most * user.load, room / riders if riders > 0.0 else math.inf
        return True

    def _serve(self, row: Row) -> None:
        """Answer for a service that calls nobody and has room for everything."""
        k, rate, own, base = self.column, self.offered, self.own, self.base_error
        out = row[k + 14 : k + 21]
        if abs(own - out[0]) > SAME * own or out[1] > 0.0 or out[3] > 0.0:
            out = (own, 0.0, 0.0, 0.0, 0.0, 1.0, ENDLESS)
        self.out, self.error_ratio, self.turned_away, self.timed = out, base, 0.0, 0.0
        self.part = (
            rate, rate, 0.0, 0.0, rate * base, 0.0, rate, base, row[k + 8], rate * self._stay,
            rate * self.cpu, 0.0, 0.0, 0.0,
        )  # fmt: skip

    def answer(self, row: Row, dt: float) -> None:
        """What became of the requests."""
        fine, user, shed, base = self._merge(row, dt), self.user, self._shed, self.base_error
        rate, unready = self.offered - shed, row[self.column + 8]
        refused, admitted, good = rate - self.opened, rate, rate
        pooled = flight = ratio = away = 0.0
        if user is not None:
            riders = user.riders
            refused, pooled = refused + riders * user.turned, riders * user.broken
            flight = riders * (user.q + user.held)
            if user.q <= 0.0:
                flight += riders * user.done * user.wait
            good = self._finished(user) - pooled
            good = good if good > 0.0 else 0.0
        if refused > 0.0:
            ratio = refused / rate if rate > 0.0 else 0.0
            ratio = ratio if ratio < 1.0 else 1.0
            admitted = rate - refused
            good = admitted if user is None else good
        if unready > 0.0 or ratio > 0.0:
            unready = self._probe(unready, ratio, dt)
        failed = pooled + good * (1.0 - fine)
        spoilt = good * (1.0 - fine / (1.0 - base)) if base < 1.0 else 0.0
        outcomes, lost = good + pooled + refused + shed, refused + shed
        error = (failed + refused + shed) / outcomes if outcomes > 0.0 else 0.0
        if lost > 0.0:
            away = lost / outcomes
        timed = self._timed_out(spoilt) if spoilt > 0.0 else 0.0
        self.error_ratio, self.turned_away = error, away
        self.timed = timed / (failed + lost) if timed > 0.0 else 0.0
        self.part = (
            self.offered, admitted, refused, shed, failed, spoilt, outcomes, error, unready,
            admitted * self._stay + flight, admitted * self.cpu, ratio, away, timed,
        )  # fmt: skip

    def _timed_out(self, spoilt: float) -> float:
        """Of the requests that calls spoil, per second, those of which a call took too long somewhere."""
        bad = late = 0.0
        for edge in self.edges:
            lost, callee = 1.0 - edge.fine, edge.callee
            if lost > 0.0:
                bad += lost
                late += lost * edge.late
                if isinstance(callee, ServiceFlow) and callee.timed > 0.0:
                    late += lost * (1.0 - edge.late) * callee.timed
        return spoilt * late / bad if bad > 0.0 else 0.0

    def _merge(self, row: Row, dt: float) -> float:
        """Put the latency together from the own, the callees' and the pool's; the part that goes well.

        A callee's parts are cut at the timeout, and repeated when they exceed it.
        """
        m0, w1, d1, w2, d2, h2, c2, fine = self.own, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0 - self.base_error
        for edge in self.edges:
            quick, delayed, by, slow, start, tail, cut = edge.follow(row, dt)
            fine *= edge.fine
            limit, most, share = edge.timeout, edge.most, edge.once
            whole = quick if quick < limit else most
            if whole * (1.0 - share) > 0.2:
                weight = share * (1.0 - delayed - slow)
                w1, d1 = w1 + weight, d1 + weight * whole
            else:
                m0 += edge.share * whole
            if delayed > 0.0:
                weight = share * delayed
                w1, d1 = w1 + weight, d1 + weight * (by if by + quick < limit else most)
            if slow > 0.0:
                weight, rest = share * slow, limit - start - quick
                if rest <= 0.0:
                    w1, d1 = w1 + weight, d1 + weight * most
                else:
                    w2, d2, h2 = w2 + weight, d2 + weight * start, h2 + weight * tail
                    c2 += weight * (rest if rest < cut else cut)
        user = self.user
        if user is not None:
            queries, wait = user.queries, user.wait
            weight = queries * user.fast
            m0 += weight * (user.fast_hold + user.extra)
            if wait > 0.0:
                w1, d1 = w1 + weight, d1 + weight * wait
            for part, group in user.slow:
                weight = queries * part
                w2, d2 = w2 + weight, d2 + weight * wait
                h2, c2 = h2 + weight * group.hold, c2 + weight * ENDLESS
        scale = 1.0 / (w1 + w2) if w1 + w2 > 1.0 else 1.0
        w1, d1 = w1 * scale, d1 / w1 if w1 > 0.0 else 0.0
        if w2 > 0.0:
            self.out = (m0, w1, d1, w2 * scale, d2 / w2, h2 / w2, c2 / w2)
        else:
            self.out = (m0, w1, d1, 0.0, 0.0, 1.0, ENDLESS)
        return fine

    def _finished(self, user: User) -> float:
        """Requests per second that come to an end after having been admitted."""
        offer = user.offer
        unpooled = (1.0 - user.queries) * self.opened * (1.0 - user.turned / offer if offer > 0.0 else 1.0)
        return unpooled + user.riders * user.done + user.riders * user.dropped

    def _probe(self, unready: float, ratio: float, dt: float) -> float:
        x = 1.2 * ratio**3
        target = x / (1.0 + x) if self.ready > 0.0 else 0.0
        lag = OUT_LAG if target > unready else BACK_LAG
        unready = target + (unready - target) * math.exp(-dt / lag)
        return 0.0 if unready < 1e-3 else unready
