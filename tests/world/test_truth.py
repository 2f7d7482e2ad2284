"""What users suffer, and when they begin to."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.world.builders import Play, deploy, plain


def test_nobody_suffers_on_an_ordinary_day() -> None:
    truth = Play(plain("100/s", error_ratio=0.001)).world.truth(3600)
    assert truth.failed_requests == pytest.approx(100 * 3600 * 0.001, rel=0.01)
    assert (truth.users_affected, truth.user_minutes, truth.lost_revenue) == (0, 0, 0)


def test_a_total_outage_hits_every_active_user_and_those_who_come_meanwhile() -> None:
    """100/s at 4 requests per minute and user are 1500 users; one stays 480 s and is hit after 15 s."""
    rollout = {"max_unavailable": 100, "ready_after": "10m"}
    play = Play(plain("100/s", rollout=rollout), [deploy("60s")]).to(60)
    truth = play.world.truth(660)
    assert truth.error_ratio == 1
    at_first, then = 1500 * (480 / 495) ** 2, 1500 * 600 / 495
    assert truth.users_affected == pytest.approx(at_first + then, rel=0.01)
    assert truth.user_minutes == pytest.approx(1500 * 10, rel=0.01)
    assert truth.failed_requests == pytest.approx(100 * 600, rel=0.01)
    assert truth.lost_revenue == pytest.approx(100 * 600 * 0.01 * 50, rel=0.01)


def test_totals_never_fall() -> None:
    play = Play(plain("60/s"), [deploy("30s")]).to(100)
    seen = [play.world.truth(t) for t in range(0, 1200, 50)]
    for before, after in pairwise(seen):
        assert after.failed_requests >= before.failed_requests
        assert after.users_affected >= before.users_affected
        assert after.user_minutes >= before.user_minutes


def test_series_agree_with_the_moments() -> None:
    play = Play(plain("60/s"), [deploy("30s")]).to(100)
    rate, error, p99 = play.world.truth_series(30, 600)
    assert len(rate) == len(error) == len(p99) == 21
    for k in (0, 7, 20):
        truth = play.world.truth(30 * k)
        assert (rate[k], error[k], p99[k]) == pytest.approx(
            (truth.request_rate, truth.error_ratio, truth.p99)
        )


def test_crossings_are_found_to_the_second_and_one_after_the_other() -> None:
    play = Play(
        plain("60/s", concurrency=50, rollout={"max_unavailable": 2, "ready_after": "10s"}), [deploy("30s")]
    )
    assert play.world.next_crossing(0.02, False) is None
    play.to(100)
    up = play.world.next_crossing(0.02, False)
    assert up is not None
    assert play.world.truth(up - 1).error_ratio <= 0.02 < play.world.truth(up).error_ratio
    assert play.world.next_crossing(0.02, True) is None
    play.at(600, "rollback", "orders")
    play.to(700)
    down = play.world.next_crossing(0.02, True)
    assert down is not None
    assert 600 < down < 800
    assert play.world.truth(down).error_ratio <= 0.02 < play.world.truth(down - 1).error_ratio
    assert play.world.next_crossing(0.02, False) is None
