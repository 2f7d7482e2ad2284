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


def test_the_lines_of_a_pod_are_those_among_the_lines_of_all(play: Play) -> None:
    lines = play.world.logs("orders", T, 60)
    pods = {line.pod for line in lines}
    assert len(pods) > 1
    for pod in pods:
        assert play.world.logs("orders", T, 60, pod) == [line for line in lines if line.pod == pod]
