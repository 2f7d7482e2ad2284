"""PgBouncer's console, curl, hosts, PromQL and releases."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from drillbook.world.shell.answer import Output
from tests.world.shell.builders import answer, pool, proposed, service, shown

POOL = pool()
CLIENTS = 'psql -p 6432 pgbouncer -c "SHOW CLIENTS" | cat'


def row(text: str) -> dict[str, str]:
    lines = text.split("\n")
    return dict(zip(*([c.strip() for c in line.split("|")] for line in (lines[0], lines[2])), strict=True))


def test_show_pools_has_the_numbers_of_the_state_in_pgbouncer_s_columns() -> None:
    found = row(shown("SHOW POOLS;"))
    assert list(found) == [
        "database", "user", "cl_active", "cl_waiting", "cl_active_cancel_req", "cl_waiting_cancel_req",
        "sv_active",
        "sv_active_cancel", "sv_being_canceled", "sv_idle", "sv_used", "sv_tested", "sv_login", "maxwait",
        "maxwait_us", "pool_mode",
    ]  # fmt: skip
    assert found["cl_waiting"] == str(round(POOL.client_waiting)) == "143"
    assert found["sv_active"] == "60"
    assert found["maxwait"] == "14"
    assert 0 <= int(found["maxwait_us"]) < 1_000_000


@pytest.mark.parametrize(
    "command",
    [
        'psql -p 6432 pgbouncer -c "SHOW POOLS"',
        'psql -h pgb-orders -p 6432 -d pgbouncer -c "show pools;"',
        'psql postgresql://me@pgb-orders:6432/pgbouncer -c "SHOW POOLS"',
        "show pools",
    ],
)
def test_the_console_can_be_reached_in_several_ways(command: str) -> None:
    assert shown(command) == shown("SHOW POOLS;")


def test_the_console_s_other_views() -> None:
    assert shown("SHOW CLIENTS").endswith("(223 rows)")
    assert shown("SHOW SERVERS").endswith("(60 rows)")
    assert row(shown("SHOW STATS"))["avg_query_time"] == "1000000"
    assert re.search(r"default_pool_size +\| 60 ", shown("SHOW CONFIG"))
    assert row(shown("SHOW DATABASES"))["current_connections"] == "60"
    assert "used_clients  |   223" in shown("SHOW LISTS")
    assert "unsupported SHOW" in shown("psql -p 6432 pgbouncer -c 'SHOW FOO'")


def test_console_changes() -> None:
    assert proposed("SET default_pool_size = 90;").action.value == "90"
    assert proposed("RELOAD;").action.kind == "pool-reload"
    assert "open to you" in shown("PAUSE orders;")
    assert "fixed here" in shown("SET max_client_conn = 5000;")


def test_a_stopped_pool_refuses() -> None:
    assert "Connection refused" in shown("SHOW POOLS;", pgb_orders=replace(POOL, up=False))


def test_curl_draws_from_error_ratio_and_latency() -> None:
    front = service("storefront")
    command = "curl -s -o /dev/null -w '%{http_code}\\n' https://shop.example.com/"
    assert shown(command, storefront=replace(front, error_ratio=1.0, refused_ratio=1.0)) == "503"
    assert shown(command, storefront=replace(front, error_ratio=0.0)) == "200"
    slow = replace(front, error_ratio=0.0, quantile=lambda q: 60.0)
    assert shown("curl https://shop.example.com/", storefront=slow).startswith(
        "curl: (28) Operation timed out"
    )


def test_curl_shows_headers_and_health() -> None:
    assert shown("curl -I https://shop.example.com/").startswith("HTTP/2 ")
    assert '"status":"ok"' in shown("curl http://orders-api.shop.svc:8080/healthz")
    down = replace(service("orders-api"), pods=())
    assert "(7) Failed to connect" in shown("curl http://orders-api:8080/healthz", orders_api=down)
    assert shown("curl http://nowhere.example/") == "curl: (6) Could not resolve host: nowhere.example"
    assert shown("curl -fsS http://api.paygate.example/status") == '{"status":"ok"}'


def test_hosts_show_the_state_of_their_server() -> None:
    assert "active (running)" in shown("systemctl status postgresql")
    assert "load average: 6.72" in shown("ssh pg-orders uptime")
    assert shown("pg_isready -h pg-orders") == "pg-orders:5432 - accepting connections"
    assert "Leader" in shown("patronictl list")
    assert "could not be found" in shown("systemctl status nginx")
    pid = shown("ssh pg-orders top").split("\n")[6].split()[0]
    assert shown(f"SELECT usename FROM pg_stat_activity WHERE pid = {pid}").endswith("(1 row)")


@pytest.mark.parametrize(
    ("command", "kind", "target"),
    [
        ("systemctl restart postgresql", "db-restart", "pg-orders"),
        ("ssh pg-orders 'sudo systemctl restart postgresql'", "db-restart", "pg-orders"),
        ("patronictl failover pg-orders --force", "db-restart", "pg-orders"),
        ("pg_ctl promote -D /var/lib/postgresql", "db-restart", "pg-orders"),
        ("systemctl reload pgbouncer -H pgb-orders", "pool-reload", "pgb-orders"),
    ],
)
def test_restarts_are_remediations(command: str, kind: str, target: str) -> None:
    found = proposed(command).action
    assert (found.kind, found.target) == (kind, target)


def test_journals_follow_from_the_state() -> None:
    assert "closing because: query_wait_timeout (age=120s)" in shown("journalctl -u pgbouncer -n 5")
    assert "LOG stats: 60 xacts/s" in shown("journalctl -u pgbouncer")
    journal = shown("journalctl -u postgresql.service --no-pager -n 50")
    took = [float(ms) for ms in re.findall(r"duration: ([\d.]+) ms  statement: SELECT o\.\*", journal)]
    assert len(set(took)) > 10
    assert 1000.0 <= min(took) < 4100.0 < max(took) <= 9500.0
    quiet = replace(POOL, timeout_rate=0.0)
    assert "closing" not in shown("journalctl -u pgbouncer", pgb_orders=quiet)
    assert "kubectl logs" in shown("journalctl -u orders-api")


def test_the_pooler_s_journal_and_its_clients_name_the_same_pods() -> None:
    orders = service("orders-api")
    pods = tuple(replace(pod, ip=f"10.42.0.{i}") for i, pod in enumerate(orders.pods))
    of = replace(orders, pods=pods)
    found = set(re.findall(r"@([\d.]+) closing", shown("journalctl -u pgbouncer", orders_api=of)))
    clients = set(re.findall(r"10\.\d+\.\d+\.\d+", shown(CLIENTS, orders_api=of)))
    assert found <= clients == {pod.ip for pod in pods if pod.phase == "Running"}


def test_no_client_was_connected_before_its_pod_was_there() -> None:
    young = tuple(replace(pod, started_at=590.0) for pod in service("orders-api").pods)
    text = shown(CLIENTS, orders_api=replace(service("orders-api"), pods=young))
    times = re.findall(r"2026-03-10 (14:\d\d:\d\d) UTC +\| 2026", text)
    assert len(times) == 223
    assert min(times) >= "14:29:50"


def test_promql_is_handed_on_and_its_errors_are_shown() -> None:
    assert shown("promtool query instant http://p:9090 'up == 0'") == "{} => 1 @[600.0] up == 0"
    assert shown("query sum(rate(x[5m])) by (code)") == "{} => 1 @[600.0] sum(rate(x[5m])) by (code)"
    assert shown("promtool query range --start=10m 'up'") == "up from 0.0 to 600.0"
    assert shown("promtool query range --start=2026-03-10T14:25:00Z 'up'") == "up from 300.0 to 600.0"
    assert shown("query 'broken('") == "parse error at char 8: unclosed left parenthesis"


@pytest.mark.parametrize(
    "typed",
    [
        'sum(rate(x{job="edge",code=~"5..|4.."}[1m])) > 0',
        '\'sum(rate(x{job="edge",code=~"5..|4.."}[1m])) > 0\'',
        '"sum(rate(x{job=\\"edge\\",code=~\\"5..|4..\\"}[1m])) > 0"',
        'sum(rate(x{job="edge",code=~"5..|4.."}[1m])) > 0 | grep sum',
    ],
)
def test_query_takes_the_rest_of_the_line_as_it_stands(typed: str) -> None:
    expr = 'sum(rate(x{job="edge",code=~"5..|4.."}[1m])) > 0'
    assert shown(f"query {typed}") == f"{{}} => 1 @[600.0] {expr}"


def test_a_pooler_is_reloaded_never_restarted() -> None:
    """A restart would drop every client, which a reload does not."""
    assert shown("systemctl restart pgbouncer") == (
        "only reload is permitted on this host: systemctl reload pgbouncer"
    )


def test_releases_say_what_they_change() -> None:
    assert "whole history" in shown("git log orders-api")
    assert shown("git log --oneline -1 orders-api").count("\n") == 0
    assert "whole history" in shown("gh release view 2026.03.2 -R orders-api")


def test_a_log_entry_has_author_and_date() -> None:
    entry = shown("git log orders-api").split("\n")
    assert re.fullmatch(r"commit [0-9a-f]{40} \(tag: orders-api/2026\.03\.2\)", entry[0])
    assert entry[1] == "Author: shop <shop@shop.example.com>"
    assert re.fullmatch(r"Date:   \w{3} \w{3} \d+ \d\d:\d\d:\d\d 2026 \+0000", entry[2])


def test_a_tag_or_the_beginning_of_a_commit_shows_that_release_only() -> None:
    for name in ("2026.03.2", "orders-api/2026.03.2", shown("git log --oneline orders-api")[:7]):
        found = shown(f"git show {name}")
        assert found.count("Author:") == 1
        assert "whole history" in found
    assert "unknown revision" in shown("git show v99")


def test_releases_are_older_than_their_deployments_and_in_order() -> None:
    assert shown("git log").count("Author:") == 3
    text = shown("git log --date=iso orders-api")
    days = re.findall(r"Date:   ([\d-]+ [\d:]+) \+0000", text)
    assert len(days) == 2
    assert days == sorted(days, reverse=True)
    assert days[0] < "2026-03-10 14:20:00"


def test_names_resolve_where_they_are_known() -> None:
    assert "NOERROR" in shown("dig shop.example.com")
    assert "shop.example.com.               60      IN      A" in shown("dig shop.example.com")
    assert shown("dig +short nowhere.example") == ""
    assert "3 received" in shown("ping -c 3 pg-orders")


def test_looking_takes_time() -> None:
    for command, seconds in (("kubectl get pods", 2.0), ("SELECT 1;", 3.0), ("help", 0.0)):
        found = answer(command)
        assert isinstance(found, Output)
        assert found.took == seconds
