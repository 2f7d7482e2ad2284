"""The statements that services run on a server, as `pg_stat_statements` counts them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from drillbook.world.shell.look import Look
from drillbook.world.state import PostgresState

_EULER = 0.5772
"""The longest of n exponential times is, on average, ln n + 0.5772 times their mean."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as `pg_stat_statements` counts it. Times in seconds."""

    database: str
    user: str
    sql: str
    calls: float
    total: float
    longest: float

    @property
    def mean(self) -> float:
        """Mean time of a call."""
        return self.total / self.calls if self.calls else 0.0


def statements(look: Look, server: PostgresState) -> list[Statement]:
    """What ran since the statistics were reset; nothing in it ever falls.

    One entry per database, user and text, in the order of the pools.
    """
    pools = {p.spec.name: p.spec for p in look.pools if p.server == server.spec.name}
    entries: dict[tuple[str, str, str], Statement] = {}
    for item, (calls, total, ran) in look.counters.at(look.t).items():
        if not item.sql or item.pool not in pools or calls < 1.0:
            continue
        pool = pools[item.pool]
        key = (pool.database, pool.user, item.sql)
        old = entries.get(key)
        longest = min(item.hold * (math.log(calls) + _EULER), max(ran, item.hold))
        entries[key] = Statement(
            *key,
            calls + (old.calls if old else 0.0),
            total + (old.total if old else 0.0),
            max(longest, old.longest if old else 0.0),
        )
    return list(entries.values())
