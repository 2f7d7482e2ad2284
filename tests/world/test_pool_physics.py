"""A connection pool follows its closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drillbook.world.queueing import erlang_c, erlang_wait
from tests.world.builders import Play, database, deploy, orders, plain, pool, service, system

SHARE, HOLD, SLOTS = 0.3, 30.0, 260.0


@pytest.mark.parametrize("rate", [40.0, 50.0, 90.0])
def test_an_instant_release_exhausts_the_pool_at_the_closed_form_time(rate: float) -> None:
    left = SLOTS - rate * (1 - SHARE) * 0.02
    expected = 1 - HOLD * math.log(1 - left / (rate * SHARE * HOLD))  # the pods are ready after 1 s
    play = Play(plain(f"{rate:g}/s"), [deploy()]).to(10)
    full = next(t for t in range(600) if play.pool(t).server_active > SLOTS - 0.5)
    assert full == pytest.approx(expected, abs=2)


def test_slots_fill_as_one_minus_an_exponential() -> None:
    play = Play(plain("50/s"), [deploy()]).to(10)
    for t in (5, 10, 20):
        expected = 50 * SHARE * HOLD * (1 - math.exp(-(t - 1) / HOLD))
        assert play.held(t, "search") == pytest.approx(expected, rel=0.02, abs=4)


def test_load_below_the_pool_never_exhausts_it() -> None:
    play = Play(plain("24/s"), [deploy()]).to(10)
    assert play.pool(3600).server_active == pytest.approx(24 * (0.3 * 30 + 0.7 * 0.02), rel=0.01)
    assert play.pool(3600).client_waiting < 1
    assert play.service(3600).error_ratio < 0.001


def test_a_larger_pool_a_lower_share_or_less_traffic_avoids_it() -> None:
    larger = system(orders(), pool(pool_size=500), database(max_connections=600, cores=64), rate="50/s")
    for of in (larger, plain("50/s", share=0.15), plain("25/s")):
        assert Play(of, [deploy()]).to(10).service(3600).error_ratio < 0.001


def test_a_partial_rollout_avoids_it() -> None:
    of = plain("50/s", rollout={"max_unavailable": 2, "ready_after": "20s"})
    play = Play(of, [deploy()])
    play.at(21, "pause-rollout", "orders")  # 4 of 8 pods
    play.to(3600)
    assert sum(pod.version == "v2" for pod in play.service(3600).pods) == 4
    assert play.pool(3600).server_active < 240


def test_nobody_waits_longer_than_query_wait_timeout() -> None:
    of = system(
        orders(replicas=100), pool(query_wait_timeout="20s", max_client_conn=90000), database(), rate="50/s"
    )
    play = Play(of, [deploy()]).to(10)
    assert play.pool(600).maxwait == pytest.approx(20, abs=1)
    state = play.pool(600)
    assert state.timeout_rate == pytest.approx(50 - state.query_rate, rel=0.02)


def test_clients_are_bounded_by_max_client_conn() -> None:
    of = system(orders(replicas=20), pool(max_client_conn=700), database(), rate="90/s")
    play = Play(of, [deploy()]).to(10)
    state = play.pool(300)
    assert state.server_active + state.client_waiting == pytest.approx(700, abs=2)
    assert state.refused_rate > 20


def test_a_service_holds_no_more_requests_than_its_replicas_allow() -> None:
    play = Play(plain("90/s", concurrency=50), [deploy()]).to(10)
    assert play.service(300).in_flight <= 8 * 50 + 1
    assert play.service(300).refused_ratio > 0.5


def test_requests_are_conserved() -> None:
    """What arrives has succeeded, failed, or is still inside."""
    play = Play(plain("50/s"), [deploy("60s")]).to(70)
    trajectory, flow = play.world._plant.trajectory, play.world._plant.network.entry
    times = np.array([0.0, 1500.0])
    sums = [np.diff(trajectory.sample(times).sums(flow.column + k))[0] for k in (flow.OFFERED, flow.OUTCOMES)]
    inside = [play.pool(t).client_waiting + play.pool(t).server_active for t in (0, 1500)]
    assert sums[0] - sums[1] == pytest.approx(inside[1] - inside[0], rel=0.01, abs=5)


def test_killing_active_sessions_gives_relief_that_decays_at_the_same_pace() -> None:
    of = system(orders(concurrency=40), pool(), database(), rate="50/s")
    play = Play(of, [deploy()])
    play.at(600, "kill-active", "db")
    before, after = play.held(600, "search"), play.held(601, "search")
    assert before > 250
    assert after < 110  # at most the share of the 60 that waited, and a second's arrivals
    for t in (5, 10):
        grown = after * math.exp(-(t - 1) / HOLD) + 50 * SHARE * HOLD * (1 - math.exp(-(t - 1) / HOLD))
        assert play.held(600 + t, "search") == pytest.approx(min(grown, SLOTS), rel=0.03, abs=4)


def test_those_whose_session_is_killed_fail() -> None:
    play = Play(plain("30/s", share=0.2), [deploy()])
    play.at(600, "kill-active", "db")
    assert play.service(600).error_ratio < 0.001
    assert play.service(601).error_ratio > 0.8
    assert play.service(602).error_ratio < 0.05


def test_killing_idle_sessions_changes_nothing_for_the_pool() -> None:
    play = Play(plain("50/s"), [deploy()])
    play.at(600, "kill-idle", "db")
    assert play.pool(610).server_active == pytest.approx(play.pool(600).server_active)


def test_a_rollback_drains_the_pool() -> None:
    play = Play(plain("50/s"), [deploy()])
    play.at(600, "rollback", "orders")
    play.to(700)
    assert play.service(600).error_ratio > 0.05 or play.pool(600).client_waiting > 100
    assert play.service(800).version == "v1"
    assert play.pool(800).client_waiting < 1
    assert play.held(800, "search") == pytest.approx(50 * 0.3 * 0.25, rel=0.3)


def test_a_pool_beyond_max_connections_makes_clients_fail() -> None:
    """PostgreSQL refuses the surplus: it does no more than a pool that just fits, and clients get errors."""
    too_large, fitting = Play(plain("50/s"), [deploy()]), Play(plain("50/s"), [deploy()])
    for play, size in ((too_large, "500"), (fitting, "297")):
        play.at(600, "pool-size", "pool", size)
        play.at(601, "pool-reload", "pool")
    assert too_large.pool(599).server_error_rate == fitting.pool(900).server_error_rate == 0
    assert too_large.pool(900).server_error_rate > 5
    assert too_large.pool(900).server_active < 297.01
    assert too_large.pool(900).query_rate <= fitting.pool(900).query_rate + 0.01


def test_pool_size_takes_effect_at_once_and_a_reload_leaves_it() -> None:
    play = Play(plain())
    play.at(10, "pool-size", "pool", "120")
    assert play.pool(11).pool_size == 120
    play.at(30, "pool-reload", "pool")
    assert play.pool(31).pool_size == 120


def test_more_heavy_queries_than_the_server_carries_slow_everything() -> None:
    """Beyond 9 per core a pool twice as large gets less done."""

    def finished(size: int) -> float:
        of = system(orders(), pool(pool_size=size), database(max_connections=1200, cores=8), rate="200/s")
        return Play(of, [deploy()]).to(10).pool(1200).query_rate

    assert finished(800) < finished(144)


def test_statement_timeout_frees_the_pool_and_fails_the_long_ones() -> None:
    play = Play(plain("50/s"), [deploy()])
    play.at(600, "statement-timeout", "db", "2")
    assert play.pool(760).client_waiting < 1
    assert play.pool(760).server_active < 60
    assert play.service(760).error_ratio == pytest.approx(0.3 * math.exp(-2 / 30), rel=0.02)


def test_scaling_out_in_front_of_an_exhausted_pool_does_not_help() -> None:
    of = system(orders(concurrency=60, max_replicas=40), pool(max_client_conn=800), database(), rate="50/s")
    alone, scaled = Play(of, [deploy()]), Play(of, [deploy()])
    scaled.at(600, "scale", "orders", "24")
    scaled.to(700)
    assert scaled.service(1500).error_ratio >= alone.to(5).service(1500).error_ratio - 0.01
    assert scaled.pool(1500).refused_rate > 0 == alone.pool(1500).refused_rate


def test_a_database_restart_drops_everybody_and_comes_back() -> None:
    play = Play(plain("100/s"))
    play.at(100, "max-connections", "db", "500")
    name = play.at(110, "db-restart", "db")
    play.to(300)
    assert play.postgres(109).max_connections == 300
    assert not play.postgres(150).up
    assert play.service(150).error_ratio > 0.99
    assert play.ended(name).ok
    assert play.postgres(200).up
    assert play.postgres(200).max_connections == 500
    assert play.service(200).error_ratio < 0.001


def test_a_caller_that_gives_up_leaves_its_query_running() -> None:
    store = service("store", calls=[{"to": "orders", "timeout": "2s"}])
    play = Play(system(store, orders(), pool(), database(), entry="store", rate="28/s"), [deploy()]).to(10)
    assert play.pool(600).server_active == pytest.approx(28 * 0.3 * 30, rel=0.05)
    assert play.service(600, "store").error_ratio == pytest.approx(0.3 * math.exp(-1.98 / 30), rel=0.05)


@pytest.mark.parametrize(("servers", "load", "chance"), [(3, 2.0, 0.4444), (14, 10.0, 0.1741)])
def test_erlang_c_equals_its_published_values(servers: int, load: float, chance: float) -> None:
    assert erlang_c(servers, load) == pytest.approx(chance, abs=1e-4)
    wait = erlang_wait(servers, load, departures=load)  # mean service time 1
    assert wait == pytest.approx(chance / (servers - load), rel=1e-3)


def test_a_pool_that_is_overloaded_before_the_drill_begins_can_be_played() -> None:
    """The state of an ordinary day is found although nobody can say when those who wait came."""
    queries = [{"name": "report", "share": 1.0, "hold": "2s", "sql": "select report"}]
    of = system(
        orders(uses={"pool": "pool", "queries": queries}), pool(pool_size=20), database(), rate="50/s"
    )
    play = Play(of)
    assert play.pool(0).server_active == pytest.approx(20, rel=0.01)
    assert play.pool(0).client_waiting > 100


def test_sessions_of_others_take_the_connections_that_a_pool_kept_idle() -> None:
    """What PostgreSQL can give is all that there is: a superuser's slots stay free."""
    session = {"user": "batch", "application": "worker", "database": "orders", "state": "idle in transaction",
               "count": 285, "query": "SELECT 1", "age": "1s"}  # fmt: skip
    starts = {"do": "session", "at": "60s", "postgres": "db", "session": session}
    play = Play(plain("300/s"), [starts]).to(70)
    assert play.postgres(50).connections > 40
    assert 290 < play.postgres(70).connections <= 297.001
