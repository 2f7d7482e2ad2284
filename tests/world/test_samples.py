"""Samples: the same whenever and in whatever order they are read; the past never changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drillbook.errors import NotFound
from drillbook.model.labels import Labels, get
from drillbook.world.noise import bits, poisson
from tests.world.builders import Play, database, deploy, orders, pool, service, system

STALE, MISSING = 0x7FF0000000000002, 0x7FF800006D697373
NAMES = (
    "http_requests_total", "http_request_duration_seconds_bucket", "http_request_duration_seconds_count",
    "http_requests_in_flight", "pgbouncer_pools_server_active_connections", "pgbouncer_errors_count",
    "pgbouncer_pools_client_waiting_connections", "pg_stat_activity_count", "pg_stat_database_xact_commit",
    "kube_deployment_status_replicas_available", "kube_pod_status_ready",
    "container_cpu_usage_seconds_total", "up",
)  # fmt: skip
Plan = list[tuple[float, tuple[str, str, str]]]
Samples = dict[str, tuple[tuple[Labels, ...], NDArray[np.uint64]]]
SYSTEM = system(
    service("store", calls=[{"to": "orders", "timeout": "5s", "retries": 1}]),
    orders(concurrency=60, rollout={"max_unavailable": 2, "ready_after": "25s"}),
    pool(),
    database(sessions=[{"user": "etl", "application": "etl", "database": "orders", "state": "active",
                        "count": 3,
                                "query": "select 1", "age": "5m"}]),
    entry="store", rate="60/s",
)  # fmt: skip
ACTIONS = st.sampled_from([
    ("kill-active", "db", ""), ("rollback", "orders", ""), ("scale", "orders", "12"),
    ("scale", "orders", "3"),
    ("restart", "store", ""), ("statement-timeout", "db", "2"), ("pool-size", "pool", "400"),
    ("pool-reload", "pool", ""),
    ("db-restart", "db", ""), ("rate-limit", "store", "20"), ("kill-idle", "db", ""),
    ("set-env", "orders", "A=1"),
    ("pause-rollout", "orders", ""), ("kill-active", "db", "older=10 count=20"),
])  # fmt: skip
PLANS = st.lists(st.tuples(st.floats(1, 900).map(lambda t: round(t, 3)), ACTIONS), max_size=5).map(sorted)


def play_() -> Play:
    return Play(
        SYSTEM, [deploy("30s"), {"do": "traffic", "at": "100s", "factor": 1.3, "over": "60s"}], duration=1200
    )


def everything(play: Play, last: int = 80) -> Samples:
    out = {}
    for name in NAMES:
        rows, values = play.world.matrix(name, play.world.first, last)
        out[name] = (rows, values.view(np.uint64))
    return out


def scraped(samples: tuple[tuple[Labels, ...], NDArray[np.uint64]]) -> dict[Labels, bytes]:
    """The series that have a sample; what was foreseen and never came keeps an empty row."""
    rows, values = samples
    return {row: line.tobytes() for row, line in zip(rows, values, strict=True) if (line != MISSING).any()}


def same_until(before: Samples, after: Samples, count: int) -> None:
    for name, (rows, values) in before.items():
        assert after[name][0][: len(rows)] == rows
        assert np.array_equal(values[:, :count], after[name][1][: len(rows), :count]), name


@settings(max_examples=25)
@given(PLANS, ACTIONS)
def test_what_was_read_up_to_a_change_never_changes(plan: Plan, last_action: tuple[str, str, str]) -> None:
    play = play_()
    for t, (kind, target, value) in [*plan, (950.0, last_action)]:
        play.to(t)
        before = everything(play)
        states = [play.world.state(s) for s in (0, t - 1, t)] if t > 1 else []
        play.at(t, kind, target, value)
        known = int(t // 15) - play.world.first + 1
        same_until(before, everything(play), known)
        if states:
            assert [play.world.state(s) for s in (0, t - 1, t)] == states


@settings(max_examples=15)
@given(PLANS)
def test_reading_ahead_changes_nothing(plan: Plan) -> None:
    curious, patient = play_(), play_()
    for t, (kind, target, value) in plan:
        curious.to(t)
        everything(curious)
        curious.world.next_crossing(0.02, False)
        curious.world.truth_series(15, 1200)
        for play in (curious, patient):
            play.at(t, kind, target, value)
    curious.to(1200)
    patient.to(1200)
    assert curious.happened == patient.happened
    first, second = everything(curious), everything(patient)
    for name in NAMES:
        assert scraped(first[name]) == scraped(second[name]), name
    assert curious.world.truth(1200) == patient.world.truth(1200)


def test_traffic_that_grows_does_not_reach_back() -> None:
    """The solver takes long steps in quiet times: one over the moment when traffic begins to grow, too."""
    growth = {"do": "traffic", "at": "60s", "factor": 1.5, "over": "480s"}
    grown, even = Play(SYSTEM, [growth], duration=1200), Play(SYSTEM, [], duration=1200)
    rates, before = (play.to(300).world.truth_series(1, 300)[0] for play in (grown, even))
    assert rates[:61].tolist() == pytest.approx(before[:61].tolist(), rel=1e-9)
    assert rates[120] > before[120]


def test_samples_are_the_same_in_any_order_and_in_pieces() -> None:
    whole, pieces = play_().to(1200), play_().to(1200)
    for name in reversed(NAMES):
        for first, last in ((20, 40), (0, 19), (41, 80), (-40, -1)):
            pieces.world.matrix(name, first, last)
    for name in NAMES:
        _, values = whole.world.matrix(name, -40, 80)
        parts = [pieces.world.matrix(name, first, last)[1] for first, last in ((-40, -1), (0, 80))]
        assert np.array_equal(values.view(np.uint64), np.hstack(parts).view(np.uint64))


def test_another_seed_gives_other_noise_and_the_same_physics() -> None:
    one, two = Play(SYSTEM, [deploy()], seed=1).to(300), Play(SYSTEM, [deploy()], seed=2).to(300)
    assert one.world.truth(600).failed_requests == two.world.truth(600).failed_requests
    name = "http_requests_total"
    assert not np.array_equal(one.world.matrix(name, 0, 20)[1][:8], two.world.matrix(name, 0, 20)[1][:8])


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name.endswith(("_total", "_bucket", "seconds_count", "commit"))]
)
def test_counters_never_fall(name: str) -> None:
    play = play_()
    play.at(400, "db-restart", "db")
    play.at(600, "rollback", "orders")
    _, values = play.to(1200).world.matrix(name, play.world.first, 80)
    for row in values:
        present = row[~np.isnan(row)]
        assert (np.diff(present) >= 0).all()
        assert (present >= 0).all()


def test_buckets_of_a_histogram_add_up() -> None:
    play = play_().to(1200)
    rows, buckets = play.world.matrix("http_request_duration_seconds_bucket", 0, 80)
    _, count = play.world.matrix("http_request_duration_seconds_count", 0, 80)
    cumulative = buckets.reshape(-1, 12, 81)
    assert [get(row, "le") for row in rows[:12]][-1] == "+Inf"
    assert (np.diff(np.nan_to_num(cumulative), axis=1) >= 0).all()
    assert np.array_equal(np.nan_to_num(cumulative[:, -1]), np.nan_to_num(count))


def test_a_removed_pod_ends_with_one_stale_marker_and_a_new_one_begins_late() -> None:
    play = play_().to(1200)
    rows, values = play.world.matrix("http_requests_total", 0, 80)
    raw = values.view(np.uint64)
    assert (raw[:, 80] == MISSING).any()
    gone = [row for row in raw if STALE in row]
    assert gone
    for row in gone:
        at = list(row).index(STALE)
        assert list(row).count(STALE) == 1
        assert set(row[at + 1 :]) <= {np.uint64(MISSING)}
    fresh = [index for index, row in enumerate(raw) if row[0] == MISSING]
    assert all(get(rows[index], "job") == "orders" for index in fresh)


def test_gauges_are_what_the_real_ones_could_be() -> None:
    play = play_().to(1200)
    active = play.world.matrix("pgbouncer_pools_server_active_connections", -40, 80)[1]
    idle = play.world.matrix("pgbouncer_pools_server_idle_connections", -40, 80)[1]
    waiting = play.world.matrix("pgbouncer_pools_client_waiting_connections", -40, 80)[1]
    for values in (active, idle, waiting):
        assert (values >= 0).all()
        assert (values == np.floor(values)).all()
    assert (active + idle <= 260).all()
    assert active.max() == 260


def test_while_the_database_is_down_its_exporter_says_so_and_nothing_else() -> None:
    play = play_()
    play.at(300, "db-restart", "db")
    play.to(1200)
    assert list(play.world.matrix("pg_up", 20, 26)[1][0]) == [1, 0, 0, 0, 0, 1, 1]
    rest = play.world.matrix("pg_settings_max_connections", 20, 26)[1].view(np.uint64)[0]
    assert list(rest[1:5]) == [STALE, MISSING, MISSING, MISSING]


def test_counts_agree_with_the_truth() -> None:
    play = play_().to(1200)
    rows, values = play.world.matrix("nginx_ingress_controller_requests", 0, 80)
    failed = sum(
        row[-1] - row[0] for labels, row in zip(rows, values, strict=True) if get(labels, "status") >= "429"
    )
    assert failed == pytest.approx(play.world.truth(1200).failed_requests, rel=0.05)


def test_an_unknown_metric_is_not_found() -> None:
    with pytest.raises(NotFound, match="no_such_metric"):
        play_().world.matrix("no_such_metric", 0, 1)


@pytest.mark.parametrize("mean", [0.02, 0.7, 3.0, 7.9, 8.1, 40.0, 900.0])
def test_poisson_counts_have_their_mean_and_variance(mean: float) -> None:
    numbers = np.arange(20000, dtype=np.int64)
    drawn = poisson(np.full((1, 20000), mean), np.array([12345], dtype=np.uint64), numbers)[0]
    assert drawn.mean() == pytest.approx(mean, abs=5 * (mean / 20000) ** 0.5)
    assert drawn.var() == pytest.approx(mean, rel=0.1)


def test_bits_of_different_series_are_unrelated() -> None:
    drawn = bits(np.arange(1, 65, dtype=np.uint64), np.arange(-32, 32, dtype=np.int64))
    assert len(np.unique(drawn)) == drawn.size
