"""The statements that services run on a server, with their present cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drillbook.model.system import Query
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


def cost(service: ServiceState, query: Query, version: str) -> tuple[float, str]:
    """Hold time and text of a query in a version of its service, settings included."""
    hold, sql = query.hold, query.sql
    changes = [r.queries.get(query.name) for r in service.spec.releases if r.version == version]
    if version == service.version:
        changes += [
            setting.effects.get(service.settings.get(setting.name, setting.value), {}).get(query.name)
            for setting in service.spec.settings
        ]
    for change in changes:
        if change is not None:
            hold = hold if change.hold is None else change.hold
            sql = change.sql or sql
    return hold, sql


def statements(look: Look, server: PostgresState) -> list[Statement]:
    """What ran since the statistics were reset, one entry per text, in the order of the services."""
    entries: dict[str, Statement] = {}
    for service, database, user in _users_of(look, server):
        for query in service.spec.uses.queries if service.spec.uses else ():
            rate = max(service.request_rate * (1.0 - service.refused_ratio), 0.0) * query.share
            for version, spell in _spells(look, service):
                hold, sql = cost(service, query, version)
                calls = rate * spell
                old = entries.get(sql)
                entries[sql] = Statement(
                    service.spec.name,
                    database,
                    user,
                    sql,
                    calls + (old.calls if old else 0.0),
                    calls * hold + (old.total if old else 0.0),
                    max(4.0 * hold, old.longest if old else 0.0),
                )
    return [entry for entry in entries.values() if entry.calls >= 1.0]


def _users_of(look: Look, server: PostgresState) -> Iterator[tuple[ServiceState, str, str]]:
    pools = {p.spec.name: p.spec for p in look.pools if p.spec.server == server.spec.name}
    for service in look.services:
        pool = pools.get(service.spec.uses.pool) if service.spec.uses else None
        if pool is not None:
            yield service, pool.database, pool.user


def _spells(look: Look, service: ServiceState) -> Iterator[tuple[str, float]]:
    """How long each version ran since the reset."""
    starts = [max(r.at, look.t - _KEPT) for r in service.revisions]
    ends = [*starts[1:], look.t]
    for revision, start, end in zip(service.revisions, starts, ends, strict=True):
        if end > start:
            yield revision.version, end - start
