"""The hidden truth: what users suffer, measured beside every claim and recorded at the end."""

from __future__ import annotations

from functools import cache, partial

from drillbook.events import facts as f
from drillbook.events.series import series
from drillbook.model.scenario import Scenario
from drillbook.world.world import World

STEP = 15.0
"""Seconds between the values that are recorded at the end."""


class Oracle:
    """Knows since when users suffer, and what is true now."""

    def __init__(self, scenario: Scenario, world: World) -> None:
        self._level = scenario.needs.healthy_error_ratio
        self._world = world
        self.suffering = False
        self._healthy_since = 0.0

    def next_time(self) -> float | None:
        """When users begin or stop to suffer next, as things stand."""
        return self._world.next_crossing(self._level, self.suffering)

    def take(self, t: float) -> f.ImpactChanged:
        """Users begin or stop to suffer at `t`."""
        self.suffering = not self.suffering
        self._healthy_since = t
        return f.ImpactChanged(self.suffering, round(self._world.error_ratio(t), 6))

    def measure(self, t: float) -> f.TruthMeasured:
        """What is true at `t`."""
        truth = self._world.truth(t)
        return f.TruthMeasured(
            error_ratio=round(truth.error_ratio, 6),
            request_rate=round(truth.request_rate, 3),
            failed_requests=round(truth.failed_requests, 1),
            users_affected=round(truth.users_affected, 1),
            user_minutes=round(truth.user_minutes, 1),
            p99_latency=round(truth.p99, 4),
            suffering=self.suffering,
            since_healthy=0.0 if self.suffering else round(t - self._healthy_since, 3),
        )

    def record(self, t: float) -> f.TruthRecorded:
        """Everything up to `t`, the exercise's end; its course is worked out when somebody reads it."""
        truth = self._world.truth(t)
        read = cache(partial(self._world.truth_series, STEP, t))

        def rounded(which: int, digits: int) -> tuple[float, ...]:
            return series(lambda: [round(value, digits) for value in read()[which].tolist()])

        return f.TruthRecorded(
            step=STEP,
            request_rate=rounded(0, 3),
            error_ratio=rounded(1, 6),
            p99_latency=rounded(2, 4),
            user_minutes=round(truth.user_minutes, 1),
            failed_requests=round(truth.failed_requests, 1),
            users_affected=round(truth.users_affected, 1),
            lost_revenue=round(truth.lost_revenue, 2),
        )
