"""What users had suffered at each moment, worked out anew from the recorded truth.

The same sums as the world's own (users hit, revenue lost), over the recorded steps instead of seconds, and
scaled so that their ends agree with the recorded totals.
"""

from __future__ import annotations

import math

from drillbook.events import facts as f
from drillbook.model.system import Workload
from drillbook.oncall.watch import Impact


def impacts(workload: Workload, truth: f.TruthRecorded | None) -> list[tuple[float, Impact]]:
    """Times and impact at every recorded step; empty where the truth is not recorded."""
    if truth is None or not truth.error_ratio:
        return []
    value = workload.orders_per_request * workload.order_value
    each, stay, step = workload.requests_per_user, workload.session, truth.step
    ordinary = truth.error_ratio[0]
    users = here = lost = 0.0
    sums: list[tuple[float, float, float, float]] = []
    for number, (rate, error) in enumerate(zip(truth.request_rate, truth.error_ratio, strict=True)):
        excess = max(0.0, error - ordinary)
        here *= math.exp(-step / stay)
        fresh = max(0.0, rate / each - here) * -math.expm1(-each * excess * step) if number else 0.0
        here, users = here + fresh, users + fresh
        lost += rate * excess * step * value if number else 0.0
        sums.append((number * step, users, lost, rate * excess * value * 3600))
    of_users = truth.users_affected / users if users > 0 else 0.0
    of_lost = truth.lost_revenue / lost if lost > 0 else 0.0
    return [(t, Impact(hit * of_users, gone * of_lost, hourly)) for t, hit, gone, hourly in sums]
