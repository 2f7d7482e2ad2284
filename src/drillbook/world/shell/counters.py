"""Statistics that only ever grow: statements, transactions and waits since their counters were reset.

Up to the exercise's start they count at the rate of an ordinary day; from then on they sum up what the state
says, read once in `STEP` seconds and taken to hold until the next reading.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from drillbook.world.fleet import Template, queries
from drillbook.world.pool import FAST
from drillbook.world.shell.ports import Sight
from drillbook.world.state import ComponentState, PoolState, PostgresState, ServiceState
from drillbook.world.terms import limited

STEP = 15.0
"""Seconds between readings of the state."""
DAY = 86400.0
"""Statements and PgBouncer's totals count since a day before the exercise's start (assumption)."""
MONTH = 30 * DAY
"""Databases count since so long before the exercise's start (assumption)."""
_ALONE = 0.2
"""Transactions per second of a database that no pool serves: monitoring and vacuum (assumption)."""
ROLLED_BACK = 0.001

States: TypeAlias = Mapping[str, ComponentState]
Amounts: TypeAlias = tuple[float, float, float]
Rates: TypeAlias = dict["Counted", Amounts]


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: a statement of a pool's service, or a pool as a whole.

    Of a statement: calls, seconds of execution, seconds during which it ran. Of a pool: queries, seconds of
    execution, seconds that clients waited.
    """

    pool: str
    service: str = ""
    sql: str = ""
    hold: float = 0.0


class Counters:
    """The counters of a system. What was read is kept: the past does not change."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._read: list[Rates] = []
        self._sums: list[Rates] = []

    def at(self, t: float) -> Rates:
        """All amounts at t, since a day before the start; none falls as t grows."""
        t = max(t, 0.0)
        step = math.floor(t / STEP)
        while len(self._read) <= step:
            k = len(self._read)
            self._sums.append(_plus(self._sums[-1], self._read[-1], STEP) if k else self._before())
            self._read.append(self._rates(k * STEP))
        return _plus(self._sums[step], self._read[step], t - step * STEP)

    def ordinary(self, pool: str) -> float:
        """Queries per second of a pool on an ordinary day."""
        return self.at(0.0).get(Counted(pool), (0.0, 0.0, 0.0))[0] / DAY

    # --- before the exercise ------------------------------------------------------------------------------

    def _before(self) -> Rates:
        """A day at the mean rate, with the queries of the pods that are there at the start."""
        states = self._sight.state(0.0)
        day = self._sight.system.workload.day
        entry = states[self._sight.system.workload.entry]
        offered = entry.request_rate if isinstance(entry, ServiceState) else 0.0
        usual = sum(point.rate for point in day) / len(day)
        factor = usual / offered * DAY if offered > 0.0 else 0.0
        found: Rates = {}
        for pool in _pools(states):
            calls_of_all = busy_of_all = 0.0
            for item, rate in self._arrivals(states, pool, 0.0):
                calls = rate * factor
                found[item] = _sum(found.get(item), (calls, calls * item.hold, DAY))
                calls_of_all += calls
                busy_of_all += calls * item.hold
            found[Counted(pool.spec.name)] = (calls_of_all, busy_of_all, 0.0)
        return found

    # --- during the exercise ------------------------------------------------------------------------------

    def _rates(self, t: float) -> Rates:
        states = self._sight.state(t)
        found: Rates = {}
        for pool in _pools(states):
            busy = sum(held for _, _, held in pool.held) or pool.server_active
            found[Counted(pool.spec.name)] = (pool.query_rate, busy, pool.client_waiting)
            server = states[pool.server]
            limit = server.statement_timeout if isinstance(server, PostgresState) else 0.0
            for item, amounts in self._statements(states, pool, t, limit):
                found[item] = _sum(found.get(item), amounts)
        return found

    def _statements(
        self, states: States, pool: PoolState, t: float, limit: float
    ) -> Iterator[tuple[Counted, Amounts]]:
        """Long statements finish as fast as their connections let them, short ones as they arrive."""
        arriving = list(self._arrivals(states, pool, t))
        long = {item: rate for item, rate in arriving if limited(item.hold, limit)[0] > FAST and rate > 0.0}
        weights = {item: rate * limited(item.hold, limit)[0] for item, rate in long.items()}
        short = {item: rate for item, rate in arriving if item not in long and rate > 0.0}
        brief = sum(rate * item.hold for item, rate in short.items())
        held = max(0.0, sum(n for _, _, n in pool.held) - min(brief, pool.query_rate * FAST))
        total = sum(weights.values())
        finishing = {item: held * weights[item] / total / limited(item.hold, limit)[0] for item in long}
        slowed = min(1.0, pool.query_rate / max(sum(finishing.values()), 1e-9))
        for item, rate in finishing.items():
            kept = 1.0 - limited(item.hold, limit)[1]
            yield item, (rate * slowed * kept, held * weights[item] / total * kept, 1.0)
        rest = max(0.0, pool.query_rate - slowed * sum(finishing.values()))
        asked = sum(short.values())
        for item, rate in short.items():
            calls = rest * rate / asked
            yield item, (calls, calls * limited(item.hold, limit)[0], 1.0)

    def _arrivals(self, states: States, pool: PoolState, t: float) -> Iterator[tuple[Counted, float]]:
        """Queries per second that arrive at a pool, by statement, as the pods that take requests do them."""
        for service in states.values():
            if not isinstance(service, ServiceState):
                continue
            if service.spec.uses is None or service.spec.uses.pool != pool.spec.name:
                continue
            admitted = max(service.request_rate * (1.0 - service.refused_ratio), 0.0)
            for template, part in self._templates(service, t):
                for query in queries(service.spec, template):
                    item = Counted(pool.spec.name, service.spec.name, query.sql, query.hold)
                    share = query.share * service.missed if query.cached else query.share
                    yield item, admitted * share * part

    def _templates(self, service: ServiceState, t: float) -> Iterator[tuple[Template, float]]:
        """What the pods that take requests run, and which part of them it is."""
        pods = [pod for pod in service.pods if pod.ready]
        pods = pods or [pod for pod in service.pods if pod.phase == "Running"]
        latest = service.revisions[-1].at
        now, before = tuple(service.settings.items()), tuple(service.settings.items())
        if 0.0 <= latest <= t:
            earlier = self._sight.state(latest)[service.spec.name]
            before = tuple(earlier.settings.items()) if isinstance(earlier, ServiceState) else now
        counts: dict[Template, int] = {}
        for pod in pods:
            template = Template(pod.version, now if pod.started_at >= latest else before)
            counts[template] = counts.get(template, 0) + 1
        for template, count in counts.items():
            yield template, count / len(pods)


def _pools(states: States) -> list[PoolState]:
    return [state for state in states.values() if isinstance(state, PoolState)]


def _sum(a: Amounts | None, b: Amounts) -> Amounts:
    return b if a is None else (a[0] + b[0], a[1] + b[1], max(a[2], b[2]))


def _plus(amounts: Rates, rates: Rates, span: float) -> Rates:
    """Amounts after `span` seconds at these rates."""
    found = dict(amounts)
    for item, (a, b, c) in rates.items():
        x, y, z = found.get(item, (0.0, 0.0, 0.0))
        found[item] = (x + a * span, y + b * span, z + c * span)
    return found


def commits(counters: Counters, pools: list[PoolState], t: float) -> float:
    """Transactions of a database since a month before the start, by the pools that serve it."""
    if not pools:
        return _ALONE * (t + MONTH)
    now = counters.at(t)
    counted = sum(now[Counted(pool.spec.name)][0] for pool in pools)
    return counted + sum(counters.ordinary(pool.spec.name) for pool in pools) * (MONTH - DAY)
