"""psql answers in its own format, from the state."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from drillbook.world.selection import Selection
from drillbook.world.state import ComponentState
from tests.world.shell.builders import FAST, REPORT, SLOW, backend, pool, proposed, server, shown

SERVER = server()


def cells(text: str) -> list[list[str]]:
    lines = [line for line in text.split("\n")[2:] if not re.fullmatch(r"\(\d+ rows?\)|-- More --", line)]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def one(sql: str, **changes: ComponentState) -> str:
    return cells(shown(sql, **changes))[0][0]


def test_the_number_of_sessions_is_that_of_the_state() -> None:
    assert shown("SELECT count(*) FROM pg_stat_activity;") == " count\n-------\n    75\n(1 row)"
    assert round(SERVER.connections) == 75


def test_groups_whose_rounding_differs_still_add_up_to_the_connections() -> None:
    for connections in (73.6, 74.4, 76.8):
        off = replace(SERVER, connections=connections)
        total = f"{round(connections)}"
        assert one("SELECT count(*) FROM pg_stat_activity", pg_orders=off) == total
        by_state = cells(shown("SELECT state, count(*) FROM pg_stat_activity GROUP BY 1", pg_orders=off))
        assert str(sum(int(row[1]) for row in by_state)) == total


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("state = 'active'", 61),
        ("state <> 'idle'", 63),
        ("state LIKE 'idle%'", 14),
        ("state IN ('idle', 'active')", 73),
        ("state = 'active' AND usename = 'orders_app'", 60),
        ("application_name ~* '^ORDERS'", 60),
        ("datname = 'orders' AND NOT state = 'idle'", 63),
        ("client_addr IS NULL", 1),
        ("now() - query_start > interval '5 minutes'", 1),
        ("now() - query_start > '00:05:00'", 1),
        ("query_start < now() - interval '400 s'", 1),
        ("age(now(), query_start) >= interval '7 min'", 1),
        ("extract(epoch from now() - query_start) > 400", 1),
        ("wait_event_type = 'Client'", 14),
        ("xact_start IS NULL", 12),
        ("query ILIKE '%ORDER_EVENTS%'", 55),
        ("length(query) > 1 AND (pid > 0 OR false)", 75),
        ("state BETWEEN 'a' AND 'b'", 61),
    ],
)
def test_where_filters_groups_and_single_sessions(where: str, count: int) -> None:
    assert one(f"SELECT count(*) FROM pg_stat_activity WHERE {where}") == str(count)


def test_the_listing_has_the_longest_first_and_says_how_many_there_are() -> None:
    text = shown(
        "SELECT pid, now() - query_start AS duration, state, left(query, 20) AS query FROM pg_stat_activity "
        "WHERE state = 'active' ORDER BY query_start"
    )
    lines = text.split("\n")
    assert re.fullmatch(r" +pid +\| +duration +\| state  \| +query", lines[0])
    assert lines[2].split("|")[1].strip() == "00:07:00"
    assert lines[-2:] == ["-- More --", "(61 rows)"]
    assert len(lines) == 2 + 40 + 2
    durations = [row[1] for row in cells(text)]
    assert durations == sorted(durations, reverse=True)


def test_a_pipe_gets_every_row() -> None:
    assert (
        shown("psql -c \"SELECT pid FROM pg_stat_activity WHERE state = 'active'\" | grep -c '^ *[0-9]'")
        == "61"
    )


def test_the_whole_view_has_the_columns_of_postgresql_15() -> None:
    head = shown("SELECT * FROM pg_stat_activity LIMIT 1").split("\n")[0]
    assert [name.strip() for name in head.split("|")] == [
        "datid", "datname", "pid", "leader_pid", "usesysid", "usename", "application_name", "client_addr",
        "client_hostname", "client_port", "backend_start", "xact_start", "query_start", "state_change",
        "wait_event_type", "wait_event", "state", "backend_xid", "backend_xmin", "query_id", "query",
        "backend_type",
    ]  # fmt: skip


def test_process_ids_are_distinct_and_stay_while_the_group_lives() -> None:
    sql = "psql -At -c \"SELECT pid FROM pg_stat_activity WHERE usename = 'orders_app'\" | sort -n"
    before = shown(sql).split("\n")
    assert len(set(before)) == len(before) == 60
    fewer = replace(
        SERVER, backends=(replace(SERVER.backends[0], count=50), *SERVER.backends[2:]), connections=65
    )
    after = set(shown(sql, pg_orders=fewer).split("\n"))
    assert len(after) == 50
    assert after <= set(before)


def test_a_thousand_clients_never_share_a_process_id() -> None:
    many = tuple(backend("active", 9, FAST, 1.0, 0.5, application=f"a{i}") for i in range(110))
    busy = replace(SERVER, backends=many, connections=990.0, max_connections=2000)
    assert one("SELECT count(DISTINCT pid) FROM pg_stat_activity", pg_orders=busy) == "990"


def test_grouping_orders_by_position_or_alias() -> None:
    by_state = cells(
        shown("SELECT state, count(*) AS n FROM pg_stat_activity GROUP BY state ORDER BY n DESC")
    )
    assert by_state == [["active", "61"], ["idle", "12"], ["idle in transaction", "2"]]
    slowest = cells(
        shown(
            "SELECT usename, max(now() - query_start) FROM pg_stat_activity "
            "GROUP BY 1 HAVING count(*) > 20 ORDER BY 2"
        )
    )
    assert [row[0] for row in slowest] == ["orders_app"]
    assert "00:00:04.1" < slowest[0][1] <= "00:00:09.5"


def test_aggregates_may_be_filtered_and_averaged() -> None:
    row = cells(
        shown(
            "SELECT count(*) FILTER (WHERE state = 'idle') AS idle, round(avg(1), 2), min(state) "
            "FROM pg_stat_activity"
        )
    )[0]
    assert row == ["12", "1.00", "active"]


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        (
            "SELECT foo FROM pg_stat_activity",
            'ERROR:  column "foo" does not exist\nLINE 1: SELECT foo FROM pg_stat_activity\n               ^',
        ),
        (
            "SELECT pid FROM pg_stat_activity whre x",
            None,
        ),
        ("SHOW foo;", 'ERROR:  unrecognized configuration parameter "foo"'),
        ("SELECT 1/0", "ERROR:  division by zero"),
        ("SELECT count(*) FROM pg_stat_activity WHERE count(*) > 1", None),
        ("SELECT state FROM pg_stat_activity GROUP BY usename", None),
        ("SELECT * FROM nothing_here", None),
        ("SELECT a.pid FROM pg_stat_activity a JOIN pg_database d ON true", None),
        ("SELECT pid FROM pg_stat_activity WHERE query_start > 5", None),
        ("DROP TABLE orders;", None),
    ],
)
def test_errors_are_in_postgresql_s_words(sql: str, text: str | None) -> None:
    found = shown(sql)
    assert found.startswith("ERROR:  ")
    assert text is None or found == text


def test_an_error_points_at_its_place() -> None:
    lines = shown("SELECT pid FROM pg_stat_activity whre x").split("\n")
    assert lines[1] == "LINE 1: SELECT pid FROM pg_stat_activity whre x"
    assert lines[2].index("^") == lines[1].rindex("x")
    long = shown("SELECT pid, usename, application_name, state, query, nonsense, state FROM pg_stat_activity")
    _, line, caret = long.split("\n")
    assert line.startswith("LINE 1: ...")
    assert line[caret.index("^") :].startswith("nonsense")


def test_the_applications_tables_may_not_be_read() -> None:
    assert shown("SELECT * FROM orders LIMIT 5").startswith("ERROR:  permission denied for table orders")


def test_settings_are_those_of_the_state() -> None:
    assert one("SHOW max_connections") == "200"
    assert one("SHOW statement_timeout", pg_orders=replace(SERVER, statement_timeout=2.5)) == "2500ms"
    assert one("SELECT setting FROM pg_settings WHERE name = 'max_connections'") == "200"
    assert one("SELECT current_setting('superuser_reserved_connections')") == "3"
    assert one("SELECT version()").startswith("PostgreSQL 15.6 ")


def test_statement_statistics_know_the_slow_statement_of_the_new_release() -> None:
    text = shown("SELECT query, mean_exec_time FROM pg_stat_statements ORDER BY mean_exec_time DESC LIMIT 1")
    assert cells(text) == [[SLOW, "8000"]]


def test_explain_reads_the_whole_table_for_the_slow_statement_only() -> None:
    assert "Seq Scan on order_events" in shown(f"EXPLAIN {SLOW}")
    assert "Index Scan using orders_pkey on orders" in shown(f"EXPLAIN {FAST}")
    everything = shown("EXPLAIN SELECT * FROM invoices")
    assert "Seq Scan on invoices" in everything
    assert "Cond" not in everything
    assert "Filter" not in everything
    assert "Execution Time: 8000.000 ms" in shown(f"EXPLAIN (ANALYZE, BUFFERS) {SLOW}")


def test_sessions_wait_for_the_lock_that_the_oldest_holds() -> None:
    locked = (backend("active", 4, "SELECT * FROM carts WHERE id = $1 FOR UPDATE", 30.0, 12.0),)
    waiting = replace(SERVER, backends=locked, connections=4.0)
    sql = "SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    found = cells(shown(sql, pg_orders=waiting))
    assert len(found) == 3
    assert len({row[1] for row in found}) == 1
    assert cells(shown("SELECT * FROM pg_locks WHERE NOT granted", pg_orders=waiting))[0][7] == "ShareLock"
    joined = "SELECT 1 FROM pg_locks a JOIN pg_locks b ON a.transactionid = b.transactionid"
    assert shown(joined, pg_orders=waiting).endswith("(3 rows)")
    assert shown(joined).endswith("(0 rows)")


@pytest.mark.parametrize(
    ("where", "kind", "value"),
    [
        ("state = 'active'", "kill-active", ""),
        ("state LIKE 'idle%'", "kill-idle", ""),
        ("state = 'idle'", "kill-idle", "state=idle"),
        ("state = 'active' AND usename = 'reports'", "kill-active", "user=reports"),
        ("now() - query_start > interval '5 min' AND state = 'active'", "kill-active", "user=reports"),
        ("state = 'idle in transaction' AND usename = 'reports'", "kill-idle", "state='idle in transaction'"),
        ("pid <> pg_backend_pid()", "kill-active", ""),
    ],
)
def test_terminating_sessions_is_a_remediation(where: str, kind: str, value: Any) -> None:
    found = proposed(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {where};")
    assert (found.action.kind, found.action.target, found.action.value) == (kind, "pg-orders", value)


def test_terminating_old_sessions_selects_them_by_age() -> None:
    old = "state = 'active' AND application_name = 'orders-api' AND now() - query_start > interval '6 s'"
    found = proposed(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {old}")
    selection = Selection.parse(found.action.value)
    assert selection.application in {"", "orders-api"}
    assert selection.user == "orders_app"
    assert selection.older == 6.0
    hit = int(one(f"SELECT count(*) FROM pg_stat_activity WHERE {old}"))
    assert found.text.endswith(f"({hit} rows)")


def test_terminating_one_process_selects_one_session_of_its_group() -> None:
    pid = shown("psql -At -c \"SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT o.%' LIMIT 1\"")
    found = proposed(f"SELECT pg_terminate_backend({pid})")
    assert found.action.kind == "kill-active"
    selection = Selection.parse(found.action.value)
    assert 4.0 <= selection.older <= 9.0
    assert replace(selection, older=0.0) == Selection(user="orders_app", query=SLOW, count=1)
    assert "PID is not a PostgreSQL server process" in shown("SELECT pg_terminate_backend(7)")


def test_a_limit_takes_the_sessions_that_the_order_puts_first() -> None:
    found = proposed(
        "SELECT pid, pg_terminate_backend(pid) AS done FROM pg_stat_activity WHERE usename = 'orders_app' "
        "ORDER BY query_start LIMIT 3"
    )
    assert found.text.endswith("(3 rows)")
    assert Selection.parse(found.action.value).count == 3


def test_a_kill_hidden_in_another_expression_is_refused() -> None:
    for sql in (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity",
        "SELECT pid FROM pg_stat_activity WHERE pg_terminate_backend(pid)",
    ):
        assert "stands by itself" in shown(sql)


def test_cancelling_idle_sessions_does_nothing() -> None:
    assert shown("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE state = 'idle'").endswith(
        "(12 rows)"
    )


@pytest.mark.parametrize(
    ("sql", "kind", "value"),
    [
        ("ALTER SYSTEM SET max_connections = 400", "max-connections", "400"),
        ("ALTER ROLE orders_app SET statement_timeout = '5s';", "statement-timeout", "5"),
        ("ALTER DATABASE orders SET statement_timeout TO 1500", "statement-timeout", "1.5"),
        ("ALTER SYSTEM SET statement_timeout = '2min'; SELECT pg_reload_conf();", "statement-timeout", "120"),
        ("ALTER ROLE orders_app RESET statement_timeout", "statement-timeout", "0"),
    ],
)
def test_settings_that_matter_are_remediations(sql: str, kind: str, value: str) -> None:
    found = proposed(sql)
    assert (found.action.kind, found.action.target, found.action.value) == (kind, "pg-orders", value)


def test_set_is_for_the_session_only() -> None:
    assert shown("SET statement_timeout = '5s';") == "SET"


def test_formats_of_psql() -> None:
    where = "FROM pg_stat_activity WHERE query = '" + REPORT.replace("'", "''") + "' AND state = 'active'"
    select = f"SELECT usename, state {where}"
    assert shown(f'psql -At -c "{select}"') == "reports|active"
    assert shown(f'psql -t -c "{select}"') == " reports | active"
    assert shown(f'psql -x -c "{select}"').startswith("-[ RECORD 1 ]")
    assert "List of databases" in shown("\\l") == shown("psql -l")
    assert "invalid command \\dt" in shown("\\dt")


def test_a_full_or_stopped_server_takes_no_connection() -> None:
    assert "sorry, too many clients already" in shown(
        "SELECT 1;", pg_orders=replace(SERVER, connections=200.0)
    )
    assert "Connection refused" in shown("SELECT 1;", pg_orders=replace(SERVER, up=False))


def test_through_a_full_pool_one_waits_and_may_give_up() -> None:
    assert "1 row" in shown("psql -h pgb-orders -p 6432 orders -c 'SELECT 1'")
    assert "no answer" in shown("psql -h pgb-orders -c 'SELECT 1'", pgb_orders=replace(pool(), maxwait=60.0))


def test_an_unknown_host_names_the_known_ones() -> None:
    assert "pg-orders" in shown("psql -h db9 -c 'SELECT 1'")


def test_psql_without_a_statement_says_how() -> None:
    assert "-c" in shown("psql")
