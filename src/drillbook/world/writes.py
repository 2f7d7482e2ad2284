"""What a service's queries do besides holding connections: what they write, and how fresh they must be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from drillbook.world.fleet import FleetState, Template, queries
from drillbook.world.law import Law


class Doing(NamedTuple):
    """Of a service's queries, on average."""

    writes: float = 0.0
    """Part of them that writes."""
    wal: float = 0.0
    """Bytes per query that go to the write-ahead log."""
    fresh: tuple[tuple[float, float], ...] = ()
    """Seconds of lag beyond which an answer is stale, each with the part of the queries that minds."""

    def stale(self, lag: float) -> float:
        """Part of the queries for which `lag` seconds are too much."""
        return sum([part for within, part in self.fresh if lag > within])


def doing(fleet: FleetState, t: float) -> Doing:
    """What the ready pods of a fleet do; the template's where none is."""
    counts: dict[Template, int] = {}
    for pod in fleet.ready(t):
        counts[pod.template] = counts.get(pod.template, 0) + 1
    counts = counts or {fleet.template: 1}
    total = writes = wal = 0.0
    fresh: dict[float, float] = {}
    for template, count in counts.items():
        for query in queries(fleet.spec, template):
            weight = count * query.share
            total += weight
            writes += weight if query.wal > 0 else 0.0
            wal += weight * query.wal
            if math.isfinite(query.fresh_within):
                fresh[query.fresh_within] = fresh.get(query.fresh_within, 0.0) + weight
    if total <= 0.0:
        return Doing()
    parts = tuple([(within, part / total) for within, part in sorted(fresh.items())])
    return Doing(writes / total, wal / total, parts)


def users_of(law: Law, server: str) -> Iterator[str]:
    """The services whose pool leads to a server."""
    for name, fleet in law.fleets.items():
        uses = fleet.spec.uses
        if uses is not None and law.pools[uses.pool].server == server:
            yield name
