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

QUERY_SHOWN = 60
"""Characters of a query that are read (assumption)."""

_SESSIONS = (
    'psql{host} -c "SELECT pid, usename, state, now() - query_start AS age, left(query, {shown}) AS query '
    "FROM pg_stat_activity WHERE state = 'active' ORDER BY query_start;\""
)


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
            probe = _SESSIONS.format(host=host, shown=QUERY_SHOWN)
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
    count, first = row_count(output) or len(rows), rows[0]["query"]
    form = words.ONE_SESSION if count == 1 else words.SESSIONS if first == query else words.OLDEST
    age = rows[0].get("age", "?").partition(".")[0]
    of = "them" if len(rows) == count else f"the {len(rows)} oldest"
    which = "all" if most == count else f"{most} of {of}"
    return form.format(count=count, name=name, which=which, query=_cut(query), age=age, first=_cut(first))


def _cut(query: str) -> str:
    return f"{query}…" if len(query) >= QUERY_SHOWN else query
