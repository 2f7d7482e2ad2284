"""What users suffer at the entry: the hidden truth.

With λ the request rate, ε the failed part, ε₀ that of an ordinary day (the state before the exercise) and r
the requests per second of one active user (so N = λ/r users are active):

    failed requests = ∫ λ ε dt                                       ordinary failures included
    user minutes    = ∫ N (ε − ε₀)⁺ dt / 60                          beyond the ordinary, as are the next two
    users affected  : A' = (N − H)⁺ r (ε − ε₀)⁺, H' = A' − H / S     distinct users; H of those here now were
                                                                     hit, one stays S on average (assumption)
    lost revenue    = ∫ λ (ε − ε₀)⁺ dt · orders per request · value of an order
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import partial
from typing import NamedTuple

import numpy as np

from drillbook.model.system import Workload
from drillbook.world.latency import Latency, Mixture, Quantiles
from drillbook.world.queueing import Floats
from drillbook.world.service import ServiceFlow
from drillbook.world.state import Truth
from drillbook.world.trajectory import Trajectory


class _Sums(NamedTuple):
    """What adds up from 0 until a second; `changes` is how often the law had changed when that was so."""

    until: float = 0.0
    changes: int = 0
    failed: float = 0.0
    affected: float = 0.0
    here: float = 0.0
    """Users who were hit and were still there at `seen`."""
    seen: float = 0.0
    hurt: float = 0.0
    """Failures beyond the ordinary ones, requests."""


class Ledger:
    """Adds up what users suffer from t = 0 on, along a trajectory's knots."""

    def __init__(self, trajectory: Trajectory, entry: ServiceFlow, workload: Workload) -> None:
        self._trajectory, self._entry, self._workload = trajectory, entry, workload
        self._ordinary = trajectory.rows[0][entry.column + ServiceFlow.ERROR]
        self._known = _Sums()

    def at(self, t: float) -> Truth:
        """The truth at `t` >= 0."""
        last = float(math.floor(t))
        k = self._entry.column
        flow = self._trajectory.at(last, k, k + ServiceFlow.M0 + 7)
        sums = self._sums(last)
        value = self._workload.orders_per_request * self._workload.order_value
        return Truth(
            request_rate=flow[ServiceFlow.OFFERED],
            error_ratio=flow[ServiceFlow.ERROR],
            quantile=Quantiles(Latency(*flow[ServiceFlow.M0 :]), self._entry.spread),
            failed_requests=sums.failed,
            users_affected=sums.affected,
            user_minutes=sums.hurt / self._workload.requests_per_user / 60,
            lost_revenue=sums.hurt * value,
        )

    def error_ratio(self, t: float) -> float:
        """The failed part of users' requests at `t` >= 0, without what adds up."""
        return self._trajectory.value(float(math.floor(t)), self._entry.column + ServiceFlow.ERROR)

    def _sums(self, last: float) -> _Sums:
        """What adds up from 0 to a second: what was known is only gone on with while the past stays."""
        known, changes = self._known, self._trajectory.changes
        if last < known.until or min(changes[known.changes :], default=math.inf) < known.until:
            known = _Sums()
        if last > known.until:
            known = self._trajectory.once((known, last), partial(self._further, known, last))
        self._known = known._replace(changes=len(changes))
        return self._known

    def _further(self, known: _Sums, last: float) -> _Sums:
        """The same up to a later second."""
        seconds, k = np.arange(known.until + 1, last + 1), self._entry.column
        times, rows = self._trajectory.between(known.until, last)
        rate = np.interp(seconds, times, [row[k + ServiceFlow.OFFERED] for row in rows])
        error = np.interp(seconds, times, [row[k + ServiceFlow.ERROR] for row in rows])
        excess = np.maximum(error - self._ordinary - 1e-6, 0.0)
        affected, here, seen = self._hit(known, seconds, rate, excess)
        failed, more = float(np.add.reduce(rate * error)), float(np.add.reduce(rate * excess))
        return _Sums(last, 0, known.failed + failed, affected, here, seen, known.hurt + more)

    def _hit(self, known: _Sums, seconds: Floats, rate: Floats, excess: Floats) -> tuple[float, float, float]:
        """Distinct users hit so far, those of them who are still here, and when that was."""
        each, stay = self._workload.requests_per_user, self._workload.session
        affected, here, seen = known.affected, known.here, known.seen
        hurt = np.flatnonzero(excess)
        if hurt.size < excess.size:
            seconds, rate, excess = seconds[hurt], rate[hurt], excess[hurt]
        second = math.exp(-1.0 / stay)
        users, shares = rate / each, -np.expm1(-each * excess)
        for t, n, share in zip(seconds.tolist(), users.tolist(), shares.tolist(), strict=True):
            here *= second if t - seen == 1.0 else math.exp((seen - t) / stay)
            seen = t
            if n > here:
                fresh = (n - here) * share
                here += fresh
                affected += fresh
        return affected, here, seen

    def series(self, step: float, t: float) -> tuple[Floats, Floats, Floats]:
        """Request rate, failed part and p99 every `step` seconds from 0 to `t`, both included."""
        times = np.floor(np.arange(0.0, t + 1e-9, step))
        sampler, k = self._trajectory.sample(times), self._entry.column
        parameters = np.array([sampler.column(k + ServiceFlow.M0 + p) for p in range(7)])
        p99 = Mixture(parameters, self._entry.spread).quantile(0.99)
        return sampler.column(k + ServiceFlow.OFFERED), sampler.column(k + ServiceFlow.ERROR), p99

    def next_crossing(self, after: float, until: float, level: float, *, above: bool) -> float | None:
        """The first whole second in (after, until] at which ε > `level` is not `above`; None if none."""
        trajectory, column = self._trajectory, self._entry.column + ServiceFlow.ERROR
        trajectory.reach(until)
        times, rows = trajectory.times, trajectory.rows
        first = max(1, trajectory.knot_after(after))
        before = (rows[first - 1][column] > level) != above
        for k in range(first, len(times)):
            if times[k - 1] > until:
                break
            now = (rows[k][column] > level) != above
            if now or before:
                seconds = range(max(int(times[k - 1]), math.floor(after) + 1), int(min(times[k], until)) + 1)
                found = self._crossing(seconds, column, level, above=above)
                if found is not None:
                    return found
            before = now
        return None

    def _crossing(self, seconds: range, column: int, level: float, *, above: bool) -> float | None:
        """The first of some seconds between two knots, where the column follows a straight line."""

        def crossed(t: int) -> bool:
            return (self._trajectory.value(float(t), column) > level) != above

        if not seconds or not (crossed(seconds[0]) or crossed(seconds[-1])):
            return None
        return float(seconds[0 if crossed(seconds[0]) else bisect_left(seconds, True, key=crossed)])
