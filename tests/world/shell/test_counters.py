"""Totals of statements, pools and databases only ever grow, as fast as the state says."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from drillbook.engine.randomness import Randomness
from drillbook.world.shell.answer import Output
from drillbook.world.shell.shell import Shell
from tests.world.builders import SLOW, Play, database, deploy, orders, pool, system
from tests.world.shell.builders import FakeAlertmanager, FakeMetrics

TIMES = (0.0, 45.0, 60.0, 200.0, 299.0, 300.0, 330.0, 420.0, 600.0, 900.0)
OLD, NEW = "select search", "select * from search_everything"


def play() -> Play:
    """A release at 120 s whose query has another text and holds connections for 12 s; taken back at 600 s."""
    releases = [
        {"version": "v1", "notes": "first"},
        {"version": SLOW, "notes": "second", "queries": {"search": {"hold": "12s", "sql": NEW}}},
    ]
    of = system(orders(share=0.2, releases=releases), pool(), database(), rate="100/s")
    found = Play(of, [deploy("120s")], duration=1800.0)
    found.at(600.0, "rollback", "orders")
    return found.to(1800.0)


@pytest.fixture(scope="module")
def run() -> tuple[Play, Shell]:
    played = play()
    return played, Shell(played.world, FakeMetrics(), Randomness(1), FakeAlertmanager())


def table(shell: Shell, t: float, sql: str) -> dict[str, list[str]]:
    answer = shell.run(t, f'psql -At -c "{sql}"')
    assert isinstance(answer, Output)
    return {cells[0]: cells[1:] for cells in (line.split("|") for line in answer.text.split("\n"))}


def calls(shell: Shell, t: float) -> dict[str, tuple[float, float, float]]:
    rows = table(shell, t, "SELECT query, calls, total_exec_time, max_exec_time FROM pg_stat_statements")
    return {query: (float(n), float(total), float(top)) for query, (n, total, top) in rows.items()}


def stats(shell: Shell, t: float) -> dict[str, float]:
    text = shell.run(t, "SHOW STATS").text.split("\n")
    rows = ([cell.strip() for cell in text[i].split("|")] for i in (0, 2))
    return {name: float(cell) for name, cell in zip(*rows, strict=True) if name != "database"}


def test_no_total_ever_falls(run: tuple[Play, Shell]) -> None:
    _, shell = run
    for before, after in pairwise(TIMES):
        first, second = calls(shell, before), calls(shell, after)
        assert all(a >= b for query in first for a, b in zip(second[query], first[query], strict=True))
        one, two = stats(shell, before), stats(shell, after)
        assert all(two[name] >= one[name] for name in one if name.startswith("total_"))


def test_statements_grow_by_the_queries_that_the_pool_finished(run: tuple[Play, Shell]) -> None:
    played, shell = run
    for start in (0.0, 300.0, 1200.0):
        grown = sum(v[0] for v in calls(shell, start + 60).values()) - sum(
            v[0] for v in calls(shell, start).values()
        )
        assert grown == pytest.approx(60 * played.pool(start).query_rate, rel=0.01, abs=3)


def test_a_long_statement_finishes_no_more_often_than_its_connections_allow(run: tuple[Play, Shell]) -> None:
    played, shell = run
    grown = calls(shell, 360.0)[NEW][0] - calls(shell, 300.0)[NEW][0]
    assert grown == pytest.approx(60 * played.held(300.0, "search") / 12.0, rel=0.05)


def test_a_text_that_no_pod_runs_is_counted_no_more(run: tuple[Play, Shell]) -> None:
    _, shell = run
    assert calls(shell, 300.0)[OLD] == calls(shell, 600.0)[OLD]
    assert calls(shell, 900.0)[OLD][0] > calls(shell, 600.0)[OLD][0]


def test_pool_totals_grow_with_the_busy_connections(run: tuple[Play, Shell]) -> None:
    played, shell = run
    before, after = stats(shell, 300.0), stats(shell, 360.0)
    busy = sum(n for _, _, n in played.pool(300.0).held)
    assert after["total_query_time"] - before["total_query_time"] == pytest.approx(60e6 * busy, rel=1e-3)
    count = after["total_query_count"] - before["total_query_count"]
    assert count == pytest.approx(60 * played.pool(300.0).query_rate, abs=1)


def test_databases_commit_at_their_own_rates(run: tuple[Play, Shell]) -> None:
    _, shell = run
    rows: dict[str, Any] = table(shell, 600.0, "SELECT datname, xact_commit FROM pg_stat_database")
    assert int(rows["orders"][0]) > 10 * int(rows["postgres"][0]) > 0


def test_the_order_of_looks_does_not_matter() -> None:
    played = play()
    one, two = (Shell(played.world, FakeMetrics(), Randomness(1), FakeAlertmanager()) for _ in range(2))
    late = calls(one, 900.0)
    assert calls(one, 200.0) == calls(two, 200.0)
    assert calls(two, 900.0) == late
