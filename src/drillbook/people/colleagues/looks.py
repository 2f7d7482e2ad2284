"""What a colleague looks at in the components that they know, and how they put it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from drillbook.model.system import Component, Pgbouncer, Postgres, Service
from drillbook.people.colleagues import words
from drillbook.people.reading import failing_share_probe, percent, row_count, share, table

NOTEWORTHY = 0.01
"""Failing share of a service from which a colleague mentions it as failing (assumption)."""

_SESSIONS = (
    'psql{host} -c "SELECT pid, usename, state, now() - query_start AS age, left(query, {shown}) AS query '
    "FROM pg_stat_activity WHERE state = 'active' ORDER BY query_start;\""
)
_SHOWN = 60
"""Characters of a query that this look shows."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A probe and the words for what it shows; empty words where it shows nothing worth saying."""

    probe: str
    say: Callable[[str], str]


def sights(component: Component, *, releases: bool, servers: int = 1) -> list[Sight]:
    """What one looks at in a component.

    `releases` for somebody who answers for its releases; `servers` of PostgreSQL there are to be told apart.
    """
    match component:
        case Service(name=name, namespace=namespace):
            rates = Sight(failing_share_probe(name), lambda output: _rates(name, output))
            history = f"kubectl rollout history deployment/{name} -n {namespace}"
            told = Sight(history, lambda output: _history(name, output))
            return [told, rates] if releases else [rates]
        case Pgbouncer():
            return [Sight("psql -p 6432 pgbouncer -c 'SHOW POOLS'", _pools)]
        case Postgres(name=name):
            host = f" -h {name}" if servers > 1 else ""
            probe = _SESSIONS.format(host=host, shown=_SHOWN)
            return [Sight(probe, lambda output: _sessions(name, output))]
        case _:
            return []


def _rates(name: str, output: str) -> str:
    value = share(output)
    if value is None:
        return ""
    form = words.SERVICE_RATES if value >= NOTEWORTHY else words.SERVICE_FINE
    return form.format(name=name, share=percent(value))


def _history(name: str, output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()[:1].isdigit()]
    return words.HISTORY.format(name=name, entry=" ".join(lines[-1].split())) if lines else ""


def _pools(output: str) -> str:
    rows = [row for row in table(output) if row.get("database") != "pgbouncer"]
    if not rows:
        return ""
    worst = max(rows, key=lambda row: float(row.get("cl_waiting") or 0))
    said = words.POOL.format(
        user=worst.get("user", ""),
        active=worst.get("cl_active", "?"),
        waiting=worst.get("cl_waiting", "?"),
        maxwait=worst.get("maxwait", "?"),
        servers=worst.get("sv_active", "?"),
    )
    return f"{said} {words.POOL_ROW.format(row=' | '.join(worst.values()))}"


def _sessions(name: str, output: str) -> str:
    rows = [row for row in table(output) if row.get("query")]
    if not rows:
        return ""
    query, most = Counter(row["query"] for row in rows).most_common(1)[0]
    count = row_count(output) or len(rows)
    said = words.SESSIONS.format(count=count, name=name, shown=len(rows), most=most, query=_cut(query))
    age = rows[0].get("age", "?").partition(".")[0]
    return f"{said} {words.OLDEST.format(age=age, query=_cut(rows[0]['query']))}"


def _cut(query: str) -> str:
    """A query as the look shows it, marked where the look cut it off (a space at the end is lost)."""
    return f"{query}…" if len(query) >= _SHOWN - 1 else query
