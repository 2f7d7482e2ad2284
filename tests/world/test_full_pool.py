"""What a full pool comes to depends on its bounds alone, not on how the solution gets there."""

from __future__ import annotations

from bisect import bisect_right

import pytest

from drillbook.model.system import System
from tests.world.builders import Play, database, deploy, orders, plain, pool, system

FULL = 2100.0
"""When everything has settled."""


def _two(replicas: int, concurrency: int, max_client_conn: int) -> System:
    """Two services on one pool; the called one as given."""
    called = orders(name="stock", replicas=replicas, concurrency=concurrency)
    calls = [{"to": "stock", "timeout": "60s", "optional": True}]
    caller = orders(replicas=10, concurrency=1600, calls=calls)
    return system(caller, called, pool(max_client_conn=max_client_conn), database(), rate="60/s")


SYSTEMS = {
    "query_wait_timeout": system(
        orders(replicas=100), pool(query_wait_timeout="20s", max_client_conn=90000), database(), rate="50/s"
    ),
    "max_client_conn": system(orders(replicas=20), pool(max_client_conn=700), database(), rate="90/s"),
    "max_client_conn, more servers than PostgreSQL allows": system(
        orders(replicas=20), pool(max_client_conn=700), database(max_connections=200), rate="90/s"
    ),
    "replicas": plain("90/s", concurrency=50),
    "replicas and query_wait_timeout": system(
        orders(concurrency=50), pool(query_wait_timeout="10s"), database(), rate="90/s"
    ),
    "max_client_conn and query_wait_timeout": system(
        orders(replicas=20), pool(max_client_conn=500, query_wait_timeout="10s"), database(), rate="90/s"
    ),
    "max_client_conn, for two services": _two(10, 400, 900),
}


@pytest.mark.parametrize("bounds", SYSTEMS)
def test_the_length_of_a_step_does_not_matter(bounds: str) -> None:
    play = Play(SYSTEMS[bounds], [deploy()]).to(10)
    trajectory, network = play.world._plant.trajectory, play.world._plant.network
    trajectory.reach(FULL)
    knots = bisect_right(trajectory.times, FULL)
    times, rows = trajectory.times[:knots], trajectory.rows[:knots]
    network.use(trajectory._terms)
    flow = network.pools["pool"]
    found = []
    for dt in (1.0, 4.0, 15.0, 60.0, 300.0):
        row = network.step(rows[-1], (times, rows), times[-1] + dt, dt)
        columns = [flow.column + k for k in (1, 4, 5, 6, 7)]
        columns += [user.column + k for user in flow.users for k in (0, 3, 6)]
        found.append([row[column] for column in columns])
    assert sum(found[0][2:]) > 1
    for each in found[1:]:
        assert each == pytest.approx(found[0], rel=0.01, abs=0.05)


@pytest.mark.parametrize("bounds", SYSTEMS)
def test_it_settles_in_long_steps(bounds: str) -> None:
    play = Play(SYSTEMS[bounds], [deploy()]).to(10)
    steps = play.world._plant.trajectory.times
    play.pool(3600)
    assert sum(t > 1200 for t in steps) < 40


@pytest.mark.parametrize(
    "bounds", ["max_client_conn", "max_client_conn, more servers than PostgreSQL allows"]
)
def test_max_client_conn_is_made_full_use_of(bounds: str) -> None:
    state = Play(SYSTEMS[bounds], [deploy()]).to(10).pool(3000)
    assert state.server_active + state.client_waiting == pytest.approx(700, abs=1e-3)


def test_of_two_services_one_turns_its_own_away_and_the_other_gets_the_room_that_is_left() -> None:
    play = Play(_two(2, 60, 1500), [deploy()]).to(10)
    flow = play.world._plant.network.pools["pool"]
    row = play.world._plant.trajectory.at(FULL)
    few, many = sorted(flow.users, key=lambda user: user.service == "orders")
    assert row[few.column + 3] > 1  # turned away by the service
    assert row[many.column + 3] == 0.0
    assert row[flow.column + 9] == pytest.approx(1500, abs=1e-3)
