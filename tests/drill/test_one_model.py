"""One model behind everything: charts, alerts, probes, logs and people agree; fixes act on it."""

from __future__ import annotations

import re

import pytest

from drillbook.cli.drill import Drill, with_person
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.scoring.score import score
from tests.drill.conftest import Play

ERRORS = (
    '100 * sum(rate(http_requests_total{job="edge",code=~"5.."}[1m]))'
    ' / sum(rate(http_requests_total{job="edge"}[1m]))'
)
WAITING = "sum(pgbouncer_pools_client_waiting_connections)"


def begun(drill: Drill, until: float, seed: int = 1) -> Simulation:
    run = drill.simulation(seed, with_person)
    run.advance(until)
    return run


def value(run: Simulation, expr: str, t: float) -> float:
    series = run.query_range(expr, t, t, 15)
    return series[0][2][-1] if series and series[0][2] else 0.0


def ask(run: Simulation, command: str) -> str:
    """Type a probe and wait for what it prints."""
    run.submit(run.person, command)
    answers = run.advance(run.now + 30)
    return next(event.fact.output for event in answers if isinstance(event.fact, f.ProbeAnswered))


def do(run: Simulation, *commands: str) -> None:
    for command in commands:
        run.submit(run.person, command)
        if run.view.confirm:
            run.submit(run.person, "yes")


def minutes(drill: Drill, *commands: str, at: float = 600, until: float = 1800) -> float:
    """User minutes lost by `until` when commands are given at a time."""
    run = begun(drill, at)
    do(run, *commands)
    run.advance(until)
    return run._oracle.measure(until).user_minutes


def test_the_onset_is_visible_in_the_charts(drill: Drill) -> None:
    run = begun(drill, 700)
    assert value(run, ERRORS, 90) < 1
    assert value(run, WAITING, 90) == 0
    assert value(run, ERRORS, 600) > 50
    assert value(run, WAITING, 600) > 100


def test_the_pool_is_exhausted_within_three_minutes_of_the_release(drill: Drill) -> None:
    run = begun(drill, 600)
    deployed = 120.0
    full = next(t for t in range(0, 600, 15) if value(run, WAITING, t) > 0)
    assert deployed < full <= deployed + 180 + 15


def test_what_show_pools_prints_is_what_the_series_say(drill: Drill) -> None:
    run = begun(drill, 600)
    text = ask(run, 'psql -p 6432 pgbouncer -c "SHOW POOLS"')
    row = next(line for line in text.splitlines() if "orders_app" in line)
    cells = [cell.strip() for cell in row.split("|")]
    assert int(cells[3]) == pytest.approx(value(run, WAITING, 600), rel=0.05, abs=3)


def test_the_connections_counted_in_sql_are_those_of_the_series(drill: Drill) -> None:
    run = begun(drill, 600)
    text = ask(run, 'psql -c "SELECT count(*) FROM pg_stat_activity;"')
    found = re.search(r"^\s*(\d+)\s*$", text, re.MULTILINE)
    assert found is not None
    count = int(found[1])
    assert count == pytest.approx(value(run, "sum(pg_stat_activity_count)", 600), rel=0.05, abs=3)


def test_the_colleagues_figures_are_those_of_the_series(play: Play) -> None:
    """Every percentage that somebody posts is near what the series said when they looked."""
    simulation, _ = play("expert", 2)
    checked = 0
    for event, fact in simulation.log.of(f.UpdateSent):
        for number in re.findall(r"(\d+(?:\.\d+)?) ?%", fact.text):
            window = [value(simulation, ERRORS, event.t - back) for back in range(0, 240, 15)]
            assert min(window) - 3 <= float(number) <= max(window) + 3, (event.t, fact.text, window)
            checked += 1
    assert checked > 0


def test_an_alert_fires_only_when_its_series_say_so(drill: Drill) -> None:
    run = begun(drill, 900)
    fired = [
        (event, fact)
        for event, fact in run.log.of(f.AlertChanged)
        if fact.state == "firing" and dict(fact.labels)["alertname"] == "ShopErrorRatioHigh"
    ]
    assert fired
    event, fact = fired[0]
    expr = (
        'sum(rate(http_requests_total{job="edge",code=~"5.."}[2m]))'
        ' / sum(rate(http_requests_total{job="edge"}[2m]))'
    )
    assert fact.value == pytest.approx(value(run, expr, event.t), rel=1e-6)
    assert all(value(run, expr, t) > 0.05 for t in (event.t - 60, event.t - 30, event.t))


@pytest.mark.parametrize(
    "command",
    [
        "kubectl rollout undo deployment/orders-api -n shop",
        "kubectl set env deployment/orders-api ORDER_HISTORY_JOIN=off -n shop",
    ],
)
def test_the_right_fix_brings_the_series_back_and_clears_the_alerts(drill: Drill, command: str) -> None:
    run = begun(drill, 600)
    do(run, command)
    run.advance(1800)
    assert value(run, ERRORS, 1795) < 1
    assert value(run, WAITING, 1795) == 0
    assert [alert.name for alert in run.view.firing if alert.severity == "critical"] == []


def test_doing_nothing_leaves_it_broken(drill: Drill) -> None:
    run = begun(drill, 3600)
    assert value(run, ERRORS, 3595) > 50


@pytest.mark.parametrize(
    "commands",
    [
        ("kubectl rollout restart deployment/storefront -n shop",),
        ("kubectl scale deployment/orders-api --replicas=16 -n shop",),
        ('psql -p 6432 pgbouncer -c "SET default_pool_size = 400"', 'psql -p 6432 pgbouncer -c "RELOAD"'),
        ("kubectl rollout restart deployment/orders-api -n shop",),
    ],
)
def test_a_wrong_fix_leaves_users_no_better_off(drill: Drill, commands: tuple[str, ...]) -> None:
    assert minutes(drill, *commands) >= minutes(drill) * 0.995


@pytest.mark.parametrize(
    "commands",
    [
        ("systemctl restart postgresql",),
        ("kubectl rollout restart deployment/orders-api -n shop",),
    ],
)
def test_a_wrong_fix_while_some_requests_still_succeed_makes_it_worse(
    drill: Drill, commands: tuple[str, ...]
) -> None:
    assert minutes(drill, *commands, at=200, until=330) > minutes(drill, at=200, until=330) * 1.02


def test_an_undo_after_a_restart_goes_back_to_the_same_release(drill: Drill) -> None:
    """`kubectl rollout restart` writes a revision of its own, as in Kubernetes: the trap of a restart."""
    run = begun(drill, 600)
    do(run, "kubectl rollout restart deployment/orders-api -n shop")
    run.advance(900)
    do(run, "kubectl rollout undo deployment/orders-api -n shop")
    run.advance(1500)
    assert value(run, ERRORS, 1495) > 50


def test_an_undo_of_an_undo_is_judged_by_where_it_leads(drill: Drill) -> None:
    run = begun(drill, 600)
    do(run, "kubectl rollout undo deployment/orders-api -n shop")
    run.advance(900)
    first = {each.id: each.outcome for each in score(drill.scenario, drill.playbook, run.log).expectations}
    assert (first["remedy"], first["no-harm"]) == ("met", "met")
    do(run, "kubectl rollout undo deployment/orders-api -n shop")
    values = [fact.value for event, fact in run.log.of(f.ActionStarted) if event.actor == run.person]
    assert values == ["v2.3.0", "v2.3.1"]
    card = score(drill.scenario, drill.playbook, run.log)
    harm = next(each for each in card.expectations if each.id == "no-harm")
    assert harm.outcome in {"violated", "missed"}


def test_a_colleague_who_is_asked_answers(drill: Drill) -> None:
    run = begun(drill, 400)
    do(run, "/page secondary")
    run.advance(2400)
    assert "secondary" in run.view.present
    do(run, "/ask @secondary what do you see?", "/ask #incidents can somebody check the pool?")
    seen = run.advance(2520)
    said = [event for event in seen if event.actor == "secondary" and isinstance(event.fact, f.MessagePosted)]
    assert said


def test_the_tickets_that_support_speaks_of_are_those_of_the_series(play: Play) -> None:
    simulation, _ = play("absent", 2)
    asked = [
        (event.t, int(found[1]))
        for event, fact in simulation.log.of(f.MessagePosted)
        if event.actor == "support-lead" and (found := re.search(r"(\d+) tickets", fact.text))
    ]
    assert asked
    for t, count in asked:
        told = [
            value(simulation, "sum(increase(support_tickets_total[10m]))", t - back) for back in range(15)
        ]
        assert min(abs(count - each) for each in told) <= 0.5


def test_killing_the_active_sessions_is_relief_for_a_moment_only(drill: Drill) -> None:
    run = begun(drill, 600)
    before = value(run, "sum(pgbouncer_pools_server_active_connections)", 600)
    do(run, "psql -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active'\"")
    run.advance(900)
    waiting = [value(run, WAITING, t) for t in range(615, 900, 15)]
    assert min(waiting) < value(run, WAITING, 600) / 2
    assert waiting[-1] > 100
    assert value(run, "sum(pgbouncer_pools_server_active_connections)", 890) == pytest.approx(before, rel=0.1)


def test_nothing_in_title_or_briefing_gives_the_cause_away(drill: Drill) -> None:
    shown = f"{drill.scenario.title} {drill.scenario.briefing}".lower()
    for word in (
        "pool",
        "connection",
        "pgbouncer",
        "postgres",
        "database",
        "rollback",
        "v2.3.1",
        "orders-api",
    ):
        assert word not in shown
