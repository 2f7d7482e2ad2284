"""Workers and their queues. Rates in messages per second, times in seconds.

With x the messages of a group of workers that are there, λ what comes, W the mean work on one, p the part of
the deliveries that is not acknowledged within consumer_timeout and goes back, θ the rate at which each of
those that wait is withdrawn, and b(x), q(x), l(x) what is worked on, waits and is let in in the equilibrium
that has x messages (`stationary`):

    x' = λ l(x) - (1 - p) b(x)/W - θ q(x)

the pointwise stationary fluid approximation (Wang, Tipper and Banerjee, INFOCOM 1996): exact in equilibrium,
the fluid's answer in overload, and M/M/∞'s in between. One step weighs the rates at its ends so that it is
exact for M/M/∞ of any length (an exponentially fitted θ-method).

Of queues of different rank the first i together hold, in equilibrium (Cobham 1954),

    Q_i = ½(1 + v²) C(c, a) σ_i / (1 - σ_i),  σ_i their part of the capacity c/W

so they move by Q_i' = λ_i - (c/W) Q_i / (½(1 + v²) C + Q_i), solved implicitly. What waits longer than usual
is a backlog, which everybody waits for; the usual wait is exponential for those who wait at all.

The work on a message that goes back is drawn anew (assumption), lognormal with the group's variation.
"""

from __future__ import annotations

import math

from drillbook.model.rabbitmq import Workers
from drillbook.world.parts.rabbitmq.stationary import Endless, Fill, Weight, between, bounded, longer
from drillbook.world.pool import Row
from drillbook.world.queueing import lognormal_tail
from drillbook.world.service import ServiceFlow

CHAINS = 200
"""Workers, and places to wait, up to which chance at the bound is worked out; beyond, the fluid's answer."""
QUICK = 1 / 64
"""Withdrawals per mean work below which those that wait leave so late that chance averages out."""
_LONGEST = 1e6
"""Seconds that stand for a wait without end."""


class GroupFlow:
    """A group of workers and its queues while the solution is stepped.

    The columns: x, b, q, what came, was refused, went back and was withdrawn per second, W, and the chance
    that no worker is free; then by queue what waits, what comes, how long it waits, and the part that waits
    longer than it may.
    """

    HELD, BUSY, WAITING, CAME, REFUSED, BACK, WITHDRAWN, WORK, FULL = range(9)
    OWN = 9
    READY, RATE, WAIT, LATE = range(4)
    EACH = 4

    def __init__(self, spec: Workers, column: int) -> None:
        self.spec, self.column = spec, column
        self.columns = self.OWN + self.EACH * len(spec.queues)
        self.workers, self.work, self.back = 0, 1.0, 0.0
        self.timeout = 0.0
        """Of acknowledgements; 0 for none."""
        self.seats = 0
        """Messages that all ready pods can work on at once."""
        self.withdrawn = 0.0 if spec.patience is None else 1.0 / spec.patience
        self.part: Row = ()

    def queue(self, place: int) -> int:
        """Where the columns of a queue begin."""
        return self.column + self.OWN + self.EACH * place

    def feed(self, row: Row, worker: ServiceFlow) -> float:
        """Messages per second that are worked on; looks up how many work, and how long they need."""
        serving = worker.ready * (1 - row[worker.column + ServiceFlow.UNREADY])
        self.workers = round(serving * worker.concurrency)
        took = worker.stay(row)
        self.work, self.back = took, 0.0
        if not self.workers:
            return 0.0
        self.work = max(took, self.workers * worker.cpu / (serving * worker.cpu_limit))
        if self.timeout > 0.0:
            self.back = _returned(self.timeout, self.work, self.spec.variation)
        return row[self.column + self.BUSY] / self.work

    def step(self, row: Row, dt: float, rates: list[float]) -> None:
        """Move on by `dt`, in which so much comes for each queue per second, and leave the columns."""
        came, before = sum(rates), row[self.column + self.CAME]
        mean = (before + came) / 2.0 if dt > 1.0 else came
        then = self._before(row)
        going = _fitted(dt * (1.0 - self.back) / self.work)
        now = self._move(then, dt, mean, going) if self.workers else self._stand(then, dt, mean)
        busy = (1.0 - going) * then.busy + going * now.busy
        waiting = (1.0 - going) * then.waiting + going * now.waiting
        self.part = (
            now.held, now.busy, now.waiting, came, mean * (1.0 - now.let), busy * self.back / self.work,
            waiting * self.withdrawn, self.work, now.full, *self._ranks(row, dt, rates, now),
        )  # fmt: skip

    def _before(self, row: Row) -> Fill:
        """What was there; what the present workers cannot hold waits."""
        k = self.column
        held, busy = row[k], min(row[k + self.BUSY], float(self.workers))
        return Fill(0.0, held, busy, max(row[k + self.WAITING], held - busy), row[k + self.FULL])

    def _stand(self, then: Fill, dt: float, mean: float) -> Fill:
        """Nobody works."""
        held = (then.held + dt * mean) / (1.0 + dt * self.withdrawn)
        return self._bound(Fill(0.0, held, 0.0, held, 1.0), dt * mean)

    def _move(self, then: Fill, dt: float, mean: float, going: float) -> Fill:
        """The equilibrium that the queue is in after the step."""
        done, left, fresh = dt * (1.0 - self.back) / self.work, dt * self.withdrawn, dt * mean
        gone = (1.0 - going) * (done * then.busy + left * then.waiting)

        def weight(of: Fill) -> float:
            return of.held + going * (done * of.busy + left * of.waiting) + fresh * (1.0 - of.let)

        return self._bound(self._find(weight, then.held + fresh - gone), fresh)

    def _find(self, weight: Weight, total: float) -> Fill:
        room, small = self.spec.room, self.workers <= CHAINS
        if room is not None and small and room <= CHAINS:
            return bounded(self.workers, room).find(weight, total)
        if small and self.work * self.withdrawn >= QUICK:
            return between(self.workers, self.work * self.withdrawn, weight, total)
        return Endless(self.workers, self.spec.variation).find(weight, total)

    def _bound(self, of: Fill, fresh: float) -> Fill:
        """Where the room is too large for chance to matter, what exceeds it is refused."""
        room = self.spec.room
        if room is None or of.waiting <= room or fresh <= 0.0:
            return of
        over = of.waiting - room
        return of._replace(held=of.held - over, waiting=float(room), let=max(0.0, of.let - over / fresh))

    def _ranks(self, row: Row, dt: float, rates: list[float], now: Fill) -> list[float]:
        """The columns of the queues."""
        out: list[float] = []
        came, capacity, scale = sum(rates), self.workers / self.work, longer(self.spec.variation) * now.full
        entered = now.let + (self.back * now.busy / self.work / came if came > 0.0 else 0.0)
        over = before = so_far = 0.0
        for place, rate in enumerate(rates):
            old = row[self.queue(place)]
            free = (capacity - so_far) / capacity if capacity > 0.0 else 0.0
            before, so_far = before + old, so_far + rate * entered
            reached = now.waiting
            if place < len(rates) - 1:
                reached = max(over, min(reached, _ahead(before + dt * so_far, dt * capacity, scale)))
            here, over = reached - over, reached
            begun = rate * entered - (here - old) / dt
            wait = min(_LONGEST, here / begun if begun > 1e-9 else here / capacity if capacity else _LONGEST)
            wait = wait if here > 0.0 else 0.0
            left = free * (capacity - so_far)
            usual = min(wait, scale / left) if left > 0.0 and so_far < capacity else 0.0
            limit = self.spec.queues[place].fresh_within
            late = 0.0 if limit is None else _late(limit, wait, usual, now.full)
            out += (here, rate, wait, late)
        return out


def _ahead(there: float, capacity: float, scale: float) -> float:
    """What waits in the first queues together, of what is there, once a step's capacity has been at them."""
    half = (scale - there + capacity) / 2.0
    root = math.sqrt(half * half + scale * there)
    return scale * there / (half + root) if half > 0.0 else root - half


def _late(limit: float, wait: float, usual: float, full: float) -> float:
    """Part that waits longer than `limit`: all of it while the backlog alone takes longer."""
    backlog = wait - usual
    if backlog >= limit:
        return 1.0
    return full * math.exp(-(limit - backlog) * full / usual) if usual > 0.0 else 0.0


def _returned(timeout: float, work: float, variation: float) -> float:
    """Part of the deliveries that is worked on for longer than the timeout."""
    square = 1.0 + variation * variation
    return min(0.95, lognormal_tail(timeout, work / math.sqrt(square), math.sqrt(math.log(square))))


def _fitted(h: float) -> float:
    """Weight of a step's end that makes it exact for x' = λ - x."""
    return 0.5 + h / 12.0 if h < 1e-4 else 1.0 / -math.expm1(-h) - 1.0 / h
