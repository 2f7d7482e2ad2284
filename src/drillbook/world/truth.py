"""What users suffer at the entry: the hidden truth.

With λ the request rate, ε the failed part, ε₀ that of an ordinary day (the state before the exercise) and r
the requests per second of one active user (so N = λ/r users are active):

    failed requests = ∫ λ ε dt                                       ordinary failures included
    user minutes    = ∫ N (ε − ε₀)⁺ dt / 60                          beyond the ordinary, as are the next two
    users affected  : A' = (N − A)⁺ r (ε − ε₀)⁺                      distinct users; active ones stay
    (assumption)
    lost revenue    = ∫ λ (ε − ε₀)⁺ dt · orders per request · value of an order
"""

from __future__ import annotations

import math

import numpy as np

from drillbook.model.system import Workload
from drillbook.world.latency import Mixture
from drillbook.world.queueing import Floats
from drillbook.world.service import ServiceFlow
from drillbook.world.state import Truth
from drillbook.world.trajectory import Trajectory


class Ledger:
    """Adds up what users suffer from t = 0 on, along a trajectory's knots."""

    def __init__(self, trajectory: Trajectory, entry: ServiceFlow, workload: Workload) -> None:
        self._trajectory, self._entry, self._workload = trajectory, entry, workload
        self._ordinary = trajectory.rows[0][entry.column + ServiceFlow.ERROR]

    def at(self, t: float) -> Truth:
        """The truth at `t` >= 0."""
        last = float(math.floor(t))
        times = np.arange(1.0, last + 1) if last >= 1 else np.empty(0)
        here = np.array([last])
        rate, error = self._series(here)
        failed, minutes, affected, lost = self._totals(times) if times.size else (0.0, 0.0, 0.0, 0.0)
        return Truth(
            float(rate[0]), float(error[0]), float(self.p99(here)[0]), failed, affected, minutes, lost
        )

    def _series(self, times: Floats) -> tuple[Floats, Floats]:
        column = self._entry.column
        sampler = self._trajectory.sample(times)
        return sampler.column(column + ServiceFlow.OFFERED), sampler.column(column + ServiceFlow.ERROR)

    def _totals(self, times: Floats) -> tuple[float, float, float, float]:
        rate, error = self._series(times)
        excess = np.maximum(error - self._ordinary - 1e-6, 0.0)
        each = self._workload.requests_per_user
        users = rate / each
        value = self._workload.orders_per_request * self._workload.order_value
        affected = 0.0
        hurt = np.flatnonzero(excess)
        for n, share in zip(users[hurt].tolist(), (-np.expm1(-each * excess[hurt])).tolist(), strict=True):
            if n > affected:
                affected += (n - affected) * share
        minutes = float(np.sum(users * excess)) / 60
        return float(np.sum(rate * error)), minutes, affected, float(np.sum(rate * excess)) * value

    def p99(self, times: Floats) -> Floats:
        """99th percentile of the latency of admitted requests, seconds."""
        column = self._entry.column + ServiceFlow.M0
        sampler = self._trajectory.sample(times)
        parameters = np.array([sampler.column(column + k) for k in range(7)])
        return Mixture(parameters, self._entry.spread).quantile(0.99)

    def series(self, step: float, t: float) -> tuple[Floats, Floats, Floats]:
        """Request rate, failed part and p99 every `step` seconds from 0 to `t`, both included."""
        times = np.floor(np.arange(0.0, t + 1e-9, step))
        rate, error = self._series(times)
        return rate, error, self.p99(times)

    def next_crossing(self, after: float, until: float, level: float, *, above: bool) -> float | None:
        """The first whole second in (after, until] at which ε > `level` is not `above`; None if none."""
        trajectory, column = self._trajectory, self._entry.column + ServiceFlow.ERROR
        trajectory.reach(until)
        k = max(1, trajectory.knot_after(after))
        while k < len(trajectory.times):
            t0, t1 = trajectory.times[k - 1], trajectory.times[k]
            v0, v1 = trajectory.rows[k - 1][column], trajectory.rows[k][column]
            if (v1 > level) != above or (v0 > level) != above:
                for t in range(max(int(t0), math.floor(after) + 1), int(min(t1, until)) + 1):
                    if (trajectory.at(float(t))[column] > level) != above:
                        return float(t)
            k += 1
        return None
