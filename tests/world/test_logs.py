"""Lines of services say what failed, and after how long."""

from __future__ import annotations

import re

import pytest

from tests.world.builders import Play, database, deploy, orders, pool, service, system

T = 500.0


@pytest.fixture(scope="module")
def play() -> Play:
    """Edge (30 s) -> front (10 s) -> orders, whose new release fills the pool."""
    of = system(
        service("edge", calls=[{"to": "front", "timeout": "30s"}]),
        service("front", calls=[{"to": "orders", "timeout": "10s"}]),
        orders(),
        pool(pool_size=60, query_wait_timeout="60s"),
        database(),
        entry="edge",
    )
    return Play(of, [deploy()], duration=1800.0).to(1800.0)


def test_the_caller_whose_call_timed_out_names_its_timeout(play: Play) -> None:
    text = "\n".join(line.text for line in play.world.logs("front", T, 300))
    assert "POST http://orders: context deadline exceeded (timeout 10s)" in text


def test_a_caller_further_up_names_the_error_that_it_got(play: Play) -> None:
    text = "\n".join(line.text for line in play.world.logs("edge", T, 300))
    assert "POST http://front: 504 Gateway Timeout (its upstream timed out after 10s)" in text
    assert "timeout 30s" not in text


def test_a_slow_request_takes_longer_than_it_waited(play: Play) -> None:
    lines = [line.text for line in play.world.logs("orders", T, 400)]
    slow = [re.search(r"slow request: (\S+), waited (\S+) for", text) for text in lines]
    found = [(match[1], match[2]) for match in slow if match]
    assert len({took for took, _ in found}) > 3
    assert all(took != waited for took, waited in found)


def test_requests_that_were_held_up_say_so_as_often_as_the_percentiles_do() -> None:
    """A quarter of the calls meets a link that loses packets."""
    lossy = {"kind": "link", "name": "bond0", "owner": "network", "device": "eth1", "callees": ["back"],
             "members": 4, "loss": 0.4}  # fmt: skip
    front = service("front", calls=[{"to": "back"}])
    play = Play(system(front, service("back"), lossy, entry="front")).to(T)
    lines = [line.text for line in play.world.logs("front", T, 2000)]
    took = [match[1] for text in lines if (match := re.search(r"duration=(\S+)", text))]
    held = sum(not each.endswith("ms") for each in took) / len(took)
    assert held == pytest.approx(0.25 * (1 - 0.6**4), abs=0.04)
    assert play.service(T, "front").quantile(1 - held - 0.05) < 0.2 < play.service(T, "front").quantile(0.95)


def test_the_lines_of_a_pod_are_those_among_the_lines_of_all(play: Play) -> None:
    lines = play.world.logs("orders", T, 60)
    pods = {line.pod for line in lines}
    assert len(pods) > 1
    for pod in pods:
        assert play.world.logs("orders", T, 60, pod) == [line for line in lines if line.pod == pod]
