"""Services: Little's law, retries, readiness, rollouts, limits."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.model.system import System
from drillbook.world.state import Action
from tests.world.builders import Play, database, deploy, orders, plain, pool, service, system

SLOW_ROLL = {"max_unavailable": 2, "ready_after": "30s"}


def test_requests_in_flight_follow_littles_law() -> None:
    play = Play(system(service("web", latency="80ms", spread=0.0), entry="web", rate="300/s"))
    state = play.service(0, "web")
    assert state.in_flight == pytest.approx(300 * state.p50, rel=0.02)


def test_beyond_concurrency_requests_are_refused() -> None:
    of = system(
        service("web", replicas=2, concurrency=5, latency="100ms", spread=0.0), entry="web", rate="200/s"
    )
    state = Play(of).service(0, "web")
    assert state.in_flight <= 10.1
    assert state.refused_ratio == pytest.approx(0.5, abs=0.15)


def test_cpu_is_shared_and_bounds_what_gets_through() -> None:
    web = service("web", replicas=2, cpu_limit=1.0, cpu_per_request="10ms", latency="10ms")
    calm, busy = (Play(system(web, entry="web", rate=rate)).service(0, "web") for rate in ("20/s", "180/s"))
    assert busy.p50 > 3 * calm.p50
    assert Play(system(web, entry="web", rate="400/s")).service(0, "web").refused_ratio >= 0.5


def test_saturation_takes_pods_out_of_rotation_and_they_come_back() -> None:
    play = Play(plain("90/s", concurrency=40), [deploy("60s")])
    play.at(900, "rollback", "orders")
    play.to(1000)
    ready = [sum(pod.ready for pod in play.service(t).pods) for t in range(300, 800, 20)]
    assert min(ready) < 7
    assert sum(pod.ready for pod in play.service(1500).pods) == 8


def test_a_failing_callee_is_offered_its_load_times_the_attempts() -> None:
    web = service("web", calls=[{"to": "api", "retries": 2, "timeout": "1s"}])
    api = service("api", replicas=1, concurrency=1, latency="100ms", spread=0.0)
    state = Play(system(web, api, entry="web", rate="100/s")).service(0, "api")
    assert state.request_rate == pytest.approx(100 * (1 + state.error_ratio + state.error_ratio**2), rel=0.02)


@pytest.mark.parametrize(("load", "sticks"), [(0.45, False), (0.7, True)])
def test_retries_keep_an_overload_alive_when_load_times_attempts_exceeds_capacity(
    load: float, sticks: bool
) -> None:
    """A trigger of a minute; with one retry the threshold is ρ(1 + R) = 1."""
    capacity = 20 / 0.5
    web = service(
        "web", replicas=50, concurrency=2000, calls=[{"to": "orders", "retries": 1, "timeout": "2s"}]
    )
    queries = [{"name": "search", "share": 1.0, "hold": "500ms", "sql": "s"}]
    uses = {"pool": "pool", "queries": queries}
    api = orders(replicas=20, concurrency=100, cpu_per_request="1ms", uses=uses)
    of = system(web, api, pool(pool_size=20, query_wait_timeout="30s"), database(), entry="web",
                rate=f"{load * capacity:g}/s")  # fmt: skip
    play = Play(of, [{"do": "traffic", "at": "60s", "factor": 4, "lasts": "60s"}], duration=7200).to(200)
    assert play.service(150, "web").error_ratio > 0.5
    assert (play.service(3000, "web").error_ratio > 0.5) == sticks


def test_a_rollout_replaces_pods_batch_by_batch() -> None:
    play = Play(plain("20/s", rollout=SLOW_ROLL), [deploy()]).to(200)
    versions = [
        [pod.version for pod in play.service(t).pods if pod.phase != "Terminating"] for t in (0, 15, 45, 130)
    ]
    assert [found.count("v2") for found in versions] == [0, 2, 4, 8]
    assert sum(pod.ready for pod in play.service(15).pods) == 6
    texts = [each.text for _, each in play.happened if each.kind == "advanced"]
    assert (
        texts[0]
        == 'Waiting for deployment "orders" rollout to finish: 2 out of 8 new replicas have been updated...'
    )
    assert play.happened[-1][1].text == 'deployment "orders" successfully rolled out'
    assert play.happened[-1][0] == 120


def test_a_rollback_in_the_middle_touches_only_the_new_pods() -> None:
    play = Play(plain("20/s", rollout=SLOW_ROLL), [deploy()])
    kept = {pod.name for pod in play.service(35).pods if pod.version == "v1" and pod.phase == "Running"}
    name = play.at(40, "rollback", "orders")
    play.to(300)
    after = play.service(300)
    assert kept & {pod.name for pod in after.pods}
    assert {pod.version for pod in after.pods} == {"v1"}
    assert play.ended(name).ok
    assert not play.ended("W1").ok
    assert [revision.number for revision in after.revisions] == [2, 3]


def test_restarting_everything_at_once_costs_all_capacity() -> None:
    rollout = {"max_unavailable": 100, "ready_after": "60s"}
    play = Play(plain("20/s", rollout=rollout))
    play.at(100, "restart", "orders")
    play.to(300)
    assert play.service(130).error_ratio == pytest.approx(1.0)
    assert play.service(200).error_ratio < 0.001


def test_setting_a_variable_that_matters_changes_the_queries() -> None:
    setting = {"name": "SEARCH", "value": "new", "effects": {"old": {"search": {"hold": "10ms"}}}}
    play = Play(plain("50/s", settings=[setting]), [deploy()])
    play.at(600, "set-env", "orders", "SEARCH=old")
    play.to(700)
    assert play.service(700).settings == {"SEARCH": "old"}
    assert play.service(700).version == "v2"
    assert play.held(900, "search") < 2


def test_a_limit_at_the_entry_sheds_the_surplus_as_failures() -> None:
    play = Play(plain("100/s"))
    play.at(10, "rate-limit", "orders", "60")
    play.to(50)
    assert play.service(50).error_ratio == pytest.approx(0.4, abs=0.001)
    play.at(60, "rate-limit", "orders", "0")
    play.to(100)
    assert play.service(100).error_ratio < 0.001


def test_a_third_party_gets_slow_and_recovers() -> None:
    pay = {"kind": "external", "name": "pay", "owner": "Pay", "latency": "100ms", "error_ratio": 0.0}
    web = service("web", calls=[{"to": "pay", "timeout": "1s"}])
    trouble = {"do": "external", "at": "60s", "name": "pay", "latency": "5s", "lasts": "120s"}
    play = Play(system(web, pay, entry="web"), [trouble]).to(300)
    assert play.service(60, "web").error_ratio < 0.01
    assert play.service(100, "web").error_ratio > 0.95
    assert play.service(200, "web").error_ratio < 0.01


def test_an_optional_call_never_fails_the_request() -> None:
    pay = {"kind": "external", "name": "pay", "owner": "Pay", "latency": "100ms", "error_ratio": 0.9}
    web = service("web", calls=[{"to": "pay", "timeout": "1s", "optional": True}])
    assert Play(system(web, pay, entry="web")).service(0, "web").error_ratio < 0.001


@pytest.mark.parametrize(
    ("kind", "target", "value"),
    [("rollback", "nobody", ""), ("scale", "orders", "9999"), ("scale", "orders", "x"),
     ("deploy", "orders", "v9"),
     ("rollback", "orders", "7"), ("pool-size", "pool", "0"), ("kill-active", "db", "colour=red"),
     ("statement-timeout", "db", "soon"), ("restart", "orders", "no-such-pod"),
     ("pause-rollout", "orders", "off"),
     ("rollback", "orders", "")],
)  # fmt: skip
def test_what_makes_no_sense_is_answered_with_the_tools_own_words(kind: str, target: str, value: str) -> None:
    play = Play(plain())
    before = play.world.version("up")
    ended = play.ended(play.at(10, kind, target, value))
    assert not ended.ok
    assert ended.text
    assert play.world.version("up") == before


def test_consequences_name_figures_and_never_the_cause() -> None:
    play = Play(plain("50/s"), [deploy()]).to(600)

    def said(kind: Any, target: str, value: str = "") -> str | None:
        return play.world.consequence(Action(kind, target, value), 600)

    assert "8 of 8" in (said("restart", "orders") or "")
    assert "1m" in (said("db-restart", "db") or "")
    assert "297" in (said("pool-size", "pool", "400") or "")
    assert "60%" in (said("rate-limit", "orders", "20") or "")
    assert said("pool-size", "pool", "265") is None
    assert said("rate-limit", "orders", "100") is None
    assert said("scale", "nobody", "3") is None
    for kind, target, value in (
        ("restart", "orders", ""),
        ("rollback", "orders", ""),
        ("kill-active", "db", ""),
    ):
        assert "search" not in (said(kind, target, value) or "")


def working(**release: Any) -> System:
    """A service whose release v2 does its own work in another way; it rolls out at once."""
    releases = [{"version": "v1", "notes": "first"}, {"version": "v2", "notes": "second"} | release]
    rollout = {"max_unavailable": 100, "ready_after": "1s"}
    return system(service("api", releases=releases, rollout=rollout), entry="api")


def test_a_release_can_be_slower_dearer_or_wrong_and_a_roll_back_ends_it() -> None:
    play = Play(working(latency="80ms", error_ratio=0.3, cpu_per_request="10ms"), [deploy("1m", "v2", "api")])
    before, during = play.service(50, "api"), play.to(300).service(300, "api")
    assert before.p50 == pytest.approx(0.02, rel=0.1)
    assert during.p50 == pytest.approx(0.08, rel=0.15)
    assert during.error_ratio == pytest.approx(0.3, abs=0.01)
    assert sum(pod.cpu for pod in during.pods) == pytest.approx(2.0, rel=0.1)
    play.at(300, "rollback", "api")
    after = play.to(400).service(400, "api")
    assert (after.p50, after.error_ratio) == pytest.approx((before.p50, before.error_ratio), rel=0.05)


def test_requests_that_need_more_cpu_than_there_is_are_turned_away() -> None:
    """200 requests a second of 100 ms of CPU each need 20 cores; eight pods have 16, and fail probes then."""
    play = Play(working(cpu_per_request="100ms"), [deploy("1m", "v2", "api")])
    assert 0.2 < play.to(600).service(600, "api").error_ratio < 0.5


def test_a_setting_can_change_how_a_service_works() -> None:
    flag = {"name": "NEW_RANKING", "value": "off", "behaviours": {"on": {"latency": "200ms"}}}
    one = service("api", settings=[flag], rollout={"max_unavailable": 100, "ready_after": "1s"})
    play = Play(system(one, entry="api"))
    play.at(60, "set-env", "api", "NEW_RANKING=on")
    assert play.to(200).service(200, "api").p50 == pytest.approx(0.2, rel=0.1)
