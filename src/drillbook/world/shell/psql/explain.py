"""EXPLAIN: a believable plan, slow where the statement is slow."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from drillbook.world.shell.psql.lexer import SqlError
from drillbook.world.shell.psql.relations import Session
from drillbook.world.shell.psql.sessions import table_of
from drillbook.world.shell.psql.workload import statements
from drillbook.world.shell.table import Table

_HEAD = re.compile(
    r"explain\s*(?P<options>\([^)]*\)|(?:analyze\s+|analyse\s+|verbose\s+)*)\s*(?P<query>.*)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"\bwhere\s+([\w.\"]+)\s*(?:=|>=|<=|>|<|in|like|ilike)", re.IGNORECASE)
_WHERE = re.compile(
    r"\bwhere\s+(.+?)\s*(?:\b(?:order|group)\s+by\b|\blimit\b|;|$)", re.IGNORECASE | re.DOTALL
)
_NO_NAME = r"\W+"
_SLOW = 0.5
"""From this mean time on, seconds, a statement reads its table from end to end."""
_ALIKE = 75.0


def explain(session: Session, sql: str) -> Table:
    """The plan of a statement that runs here; an index scan for one that nobody has seen."""
    match = _HEAD.match(sql)
    query = match["query"] if match else ""
    if match is None or not query.strip().lower().startswith(
        ("select", "update", "insert", "delete", "with")
    ):
        raise SqlError('syntax error at or near "explain"' if not query else "EXPLAIN takes a query")
    seconds = _mean(session, query)
    table = table_of(query)
    if table is None:
        raise SqlError("cannot tell which table the statement reads")
    analyze = "analy" in match["options"].lower()
    lines = _plan(session, query, table, seconds, analyze=analyze)
    if analyze:
        lines += ["Planning Time: 0.214 ms", f"Execution Time: {seconds * 1000:.3f} ms"]
    return Table(["QUERY PLAN"], [[line] for line in lines], [False])


def _mean(session: Session, query: str) -> float:
    """The present time of the statement that reads most alike, seconds."""
    wanted = " ".join(query.lower().split())
    best, found = _ALIKE, 0.002
    known = [(s.sql, s.mean) for s in statements(session.look, session.server)]
    known += [(b.query, b.typical) for b in session.server.backends if b.state == "active"]
    for sql, seconds in known:
        score = fuzz.ratio(" ".join(sql.lower().split()), wanted)
        if score > best:
            best, found = score, seconds
    return found


def _plan(session: Session, query: str, table: str, seconds: float, *, analyze: bool) -> list[str]:
    rows = session.look.pick(2_000_000, 9_000_000, "rows", table)
    condition = _CONDITION.search(query)
    column = condition[1].strip('"').rpartition(".")[2] if condition else ""
    timing = f" (actual time=0.031..{seconds * 1000:.3f} rows=1 loops=1)" if analyze else ""
    verb = query.split(None, 1)[0].lower()
    indent = "" if verb in {"select", "with"} else "  ->  "
    head = [] if not indent else [f"{verb.capitalize()} on {table}  (cost=0.43..8.45 rows=0 width=0)"]
    deeper = " " * len(indent)
    if verb == "insert":
        return [*head, f"{indent}Result  (cost=0.00..0.01 rows=1 width=96){timing}"]
    if seconds < _SLOW and column:
        index = (
            f"{table.rpartition('.')[2]}_{column}_idx"
            if column != "id"
            else f"{table.rpartition('.')[2]}_pkey"
        )
        scan = f"Index Scan using {index} on {table}  (cost=0.43..8.45 rows=1 width=184){timing}"
        return [*head, indent + scan, f"{deeper}  Index Cond: ({column} = $1)"]
    cost = f"(cost=0.00..{rows * 0.0242:.2f} rows={rows // 20000} width=184)"
    scan = f"Seq Scan on {table}  {cost}{timing}"
    where = _WHERE.search(query)
    if where is None:
        cost = f"(cost=0.00..{rows * 0.0217:.2f} rows={rows} width=184)"
        return [*head, f"{indent}Seq Scan on {table}  {cost}{timing}"]
    removed = [f"{deeper}  Rows Removed by Filter: {rows - rows // 20000}"] if analyze else []
    return [*head, indent + scan, f"{deeper}  Filter: ({' '.join(where[1].split())})", *removed]
