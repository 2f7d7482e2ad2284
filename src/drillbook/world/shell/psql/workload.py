"""The statements that services run on a server, with their present cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drillbook.world.fleet import Template, queries
from drillbook.world.shell.look import Look
from drillbook.world.state import PostgresState, ServiceState

_KEPT = 86400.0
"""Statistics of statements are reset once a day (assumption)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as `pg_stat_statements` counts it. Times in seconds."""

    service: str
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
    """What ran since the statistics were reset, one entry per text, in the order of the services."""
    entries: dict[str, Statement] = {}
    for service, database, user in _users_of(look, server):
        admitted = max(service.request_rate * (1.0 - service.refused_ratio), 0.0)
        for template, spell in _spells(look, service):
            for query in queries(service.spec, template):
                calls = admitted * query.share * spell
                old = entries.get(query.sql)
                entries[query.sql] = Statement(
                    service.spec.name,
                    database,
                    user,
                    query.sql,
                    calls + (old.calls if old else 0.0),
                    calls * query.hold + (old.total if old else 0.0),
                    max(4.0 * query.hold, old.longest if old else 0.0),
                )
    return [entry for entry in entries.values() if entry.calls >= 1.0]


def _users_of(look: Look, server: PostgresState) -> Iterator[tuple[ServiceState, str, str]]:
    pools = {p.spec.name: p.spec for p in look.pools if p.spec.server == server.spec.name}
    for service in look.services:
        pool = pools.get(service.spec.uses.pool) if service.spec.uses else None
        if pool is not None:
            yield service, pool.database, pool.user


def _spells(look: Look, service: ServiceState) -> Iterator[tuple[Template, float]]:
    """How long each revision ran since the reset; earlier ones with the settings of the start."""
    starts = [max(r.at, look.t - _KEPT) for r in service.revisions]
    ends = [*starts[1:], look.t]
    first = tuple((setting.name, setting.value) for setting in service.spec.settings)
    for revision, start, end in zip(service.revisions, starts, ends, strict=True):
        if end > start:
            settings = tuple(service.settings.items()) if revision is service.revisions[-1] else first
            yield Template(revision.version, settings), end - start
