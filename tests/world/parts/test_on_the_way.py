"""Certificates, names, quotas and lost packets follow their equations, and every view of them agrees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drillbook.model.system import System
from drillbook.world.parts.certificate.state import CertificateState
from drillbook.world.parts.dns.state import DnsState
from drillbook.world.parts.link.state import LinkState
from drillbook.world.parts.vendor.state import VendorState
from tests.world.builders import Play, service, system

RATE = 100.0


def front(**call: Any) -> dict[str, Any]:
    """A service that calls `back` once per request."""
    return service("front", calls=[{"to": "back", "timeout": "2s"} | call])


def certificate(**over: Any) -> dict[str, Any]:
    base = {"kind": "certificate", "name": "back-tls", "owner": "security", "of": "back", "host": "back.shop",
            "expires": "5m", "duration": "2160h", "connection_lifetime": "4m"}  # fmt: skip
    return base | over


def zone(**over: Any) -> dict[str, Any]:
    record = {"name": "back.shop.internal", "to": "back", "ttl": "100s", "address": "10.20.2.41"}
    base = {"kind": "dns", "name": "zone", "owner": "platform", "zone": "shop.internal", "records": [record],
            "negative": "50s"}  # fmt: skip
    return base | over


def vendor(**over: Any) -> dict[str, Any]:
    base = {"kind": "vendor", "name": "back", "owner": "Back BV", "latency": "100ms", "error_ratio": 0.0,
            "quota": "60/s", "burst": 6000}  # fmt: skip
    return base | over


def link(**over: Any) -> dict[str, Any]:
    base = {"kind": "link", "name": "bond0", "owner": "network", "device": "eth1", "callees": ["back"]}
    return base | over


def of(*components: dict[str, Any], **call: Any) -> System:
    return system(front(**call), *components, rate=f"{RATE}/s", entry="front")


def error(play: Play, t: float) -> float:
    return play.service(t, "front").error_ratio


def increase(play: Play, name: str, first: int, last: int, **wanted: str) -> float:
    rows, values = play.world.matrix(name, first, last)
    chosen = [k for k, row in enumerate(rows) if wanted.items() <= dict(row).items()]
    assert chosen, (name, wanted)
    return float(np.nansum(values[chosen, -1] - values[chosen, 0]))


# --- certificates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 30, 60, 120, 180, 239])
def test_pooled_connections_run_out_evenly_after_the_certificate_has(after: int) -> None:
    """What still works t after the end is 1 - t / lifetime."""
    play = Play(of(service("back"), certificate())).to(3600)
    assert 1 - error(play, 300 + after) == pytest.approx(1 - after / 240, abs=1e-6)


def test_the_last_pooled_connection_dies_one_lifetime_after_the_end() -> None:
    play = Play(of(service("back"), certificate())).to(3600)
    assert error(play, 300 + 239) < 1.0
    assert error(play, 300 + 240) == pytest.approx(1.0, abs=1e-9)
    assert play.service(900, "back").request_rate == pytest.approx(0.0, abs=1e-9)


def test_a_renewed_certificate_that_is_reloaded_lets_everybody_in_at_once() -> None:
    play = Play(of(service("back"), certificate(issue="20s"))).to(420)
    name = play.at(420, "cert-renew", "back-tls")
    play.to(1000)
    assert play.ended(name).ok
    assert error(play, 440) > 0.5
    assert error(play, 442) == pytest.approx(0.0, abs=1e-6)


def test_one_that_is_not_reloaded_waits_for_new_pods() -> None:
    play = Play(of(service("back", replicas=4), certificate(reloads=False))).to(700)
    play.at(700, "cert-renew", "back-tls")
    play.to(800)
    state = play.world.state(800)["back-tls"]
    assert isinstance(state, CertificateState)
    assert (state.own.expires > 800, state.shown) == (True, 300)
    assert error(play, 800) == pytest.approx(1.0)
    play.at(800, "restart", "back")
    play.to(1200)
    assert error(play, 1100) == pytest.approx(0.0, abs=1e-6)


def test_restarting_either_side_takes_the_connections_that_still_worked() -> None:
    for who in ("front", "back"):
        play = Play(of(service("back"), certificate(connection_lifetime="1h"))).to(400)
        assert error(play, 400) < 0.05
        play.at(400, "restart", who)
        play.to(1200)
        assert error(play, 1100) == pytest.approx(1.0, abs=1e-6)


def test_a_refused_renewal_says_why_until_it_is_asked_for_otherwise() -> None:
    spec = certificate(refusal={"says": "no 29 February", "cured_by": "duration"})
    play = Play(of(service("back"), spec)).to(400)
    first = play.at(400, "cert-renew", "back-tls")
    play.to(500)
    assert (play.ended(first).ok, "no 29 February" in play.ended(first).text) == (False, True)
    second = play.at(500, "cert-renew", "back-tls", "duration=2160h")
    play.to(600)
    assert play.ended(second).ok
    assert error(play, 600) == pytest.approx(0.0, abs=1e-6)


def test_a_caller_that_does_not_check_gets_through() -> None:
    caller = front() | {"settings": [{"name": "VERIFY", "value": "on"}]}
    play = Play(system(caller, service("back"), certificate(unchecked_by="VERIFY=off"), entry="front")).to(
        700
    )
    assert error(play, 700) == pytest.approx(1.0)
    play.at(700, "set-env", "front", "VERIFY=off")
    play.to(1200)
    assert error(play, 1100) == pytest.approx(0.0, abs=1e-6)


# --- names ------------------------------------------------------------------------------------------------

LOST = {"do": "change", "at": "60s", "component": "zone", "set": {"record": "back", "answer": "empty"}}


@pytest.mark.parametrize("after", [0, 10, 50, 90, 100, 300])
def test_a_lost_record_reaches_clients_as_their_answers_run_out(after: int) -> None:
    """Of the clients 1 - t / TTL still have the address."""
    play = Play(of(service("back"), zone()), [LOST]).to(3600)
    assert 1 - error(play, 60 + after) == pytest.approx(max(0.0, 1 - after / 100), abs=1e-6)


def test_a_retry_meets_the_same_missing_record() -> None:
    play = Play(of(service("back"), zone(), retries=3), [LOST]).to(3600)
    assert error(play, 110) == pytest.approx(0.5, abs=1e-6)
    assert play.service(110, "back").request_rate == pytest.approx(RATE / 2, rel=1e-6)


def test_a_record_that_is_back_reaches_clients_as_denials_run_out() -> None:
    play = Play(of(service("back"), zone()), [LOST]).to(400)
    state = play.world.state(400)["zone"]
    assert isinstance(state, DnsState)
    play.at(400, "dns-record", "zone", "back 10.20.2.41 100")
    play.to(1000)
    assert [error(play, 400 + s) for s in (25, 50, 60)] == pytest.approx([0.5, 0.0, 0.0], abs=1e-6)


def test_flushing_the_resolvers_helps_only_once_the_record_is_back() -> None:
    play = Play(of(service("back"), zone(negative="10m")), [LOST]).to(120)
    play.at(120, "dns-flush", "zone")
    play.to(200)
    assert error(play, 200) == pytest.approx(1.0)
    state = play.world.state(200)["zone"]
    assert isinstance(state, DnsState)
    play.at(200, "dns-record", "zone", "back 10.20.2.41 100")
    play.at(210, "dns-flush", "zone")
    play.to(400)
    assert error(play, 224) > 0.9
    assert error(play, 230) == pytest.approx(0.0, abs=1e-6)


def test_a_wrong_address_keeps_callers_waiting_to_their_timeout() -> None:
    play = Play(of(service("back"), zone()), [LOST]).to(400)
    play.at(400, "dns-record", "zone", "back 10.1.2.3 100")
    play.to(900)
    assert error(play, 800) == pytest.approx(1.0)
    assert play.service(800, "front").timed_ratio == pytest.approx(1.0)
    assert "i/o timeout" in "\n".join(line.text for line in play.world.logs("front", 800, 50))


def test_what_writes_the_zone_undoes_a_record_unless_it_is_stopped() -> None:
    writer = {"unit": "enactor", "every": "2m", "says": "applying plan 7"}
    for stops in (False, True):
        play = Play(of(service("back"), zone(writer=writer)), [LOST]).to(370)
        if stops:
            play.at(370, "dns-writer", "zone", "stop")
        state = play.world.state(370)["zone"]
        assert isinstance(state, DnsState)
        play.at(371, "dns-record", "zone", "back 10.20.2.41 100")
        play.to(1200)
        assert error(play, 470) == pytest.approx(0.0, abs=1e-6)
        assert error(play, 900) == pytest.approx(0.0 if stops else 1.0, abs=1e-6)


LESS = {"do": "change", "at": "0s", "component": "back", "set": {"quota": "60/s"}}

# --- quotas -----------------------------------------------------------------------------------------------


def test_what_a_vendor_takes_is_the_rate_times_the_time_and_the_burst() -> None:
    """100 calls a second, a quota that falls to 60 with a burst of 6000 left: taken = 60 t + 6000."""
    play = Play(of(vendor(quota="200/s")), [LESS], duration=1800).to(1800)
    for last in (8, 40, 80, 120):
        taken = increase(play, "http_client_requests_seconds_count", 0, last, status="200")
        assert taken == pytest.approx(min(RATE * last * 15, 60 * last * 15 + 6000), rel=0.02)
    flow = play.world._plant.network.parts["back"]
    solved = play.world._plant.trajectory
    assert solved.value(140, flow.column + 1) == 0.0
    assert solved.value(152, flow.column + 1) == pytest.approx(0.4, abs=1e-6)


def test_calls_are_counted_once_whatever_becomes_of_them() -> None:
    play = Play(of(vendor(), retries=1), duration=1800).to(1800)
    every = increase(play, "http_client_requests_seconds_count", 40, 120)
    offered = sum(play.world.state(1000)["back"].offered.values())  # type: ignore[union-attr]
    assert every == pytest.approx(offered * 80 * 15, rel=0.01)
    assert offered == pytest.approx(RATE * (1 + 0.4**0.5), rel=0.001), "p = 1 - 60 / (100 (1 + p))"


def test_nothing_is_refused_below_the_quota_and_the_bucket_fills_up() -> None:
    play = Play(of(vendor(quota="120/s")), duration=1800).to(1800)
    state = play.world.state(900)["back"]
    assert isinstance(state, VendorState)
    assert (state.refused, state.tokens) == (0.0, 6000.0)
    assert error(play, 900) < 1e-6


def test_a_higher_quota_comes_when_support_has_decided_and_is_never_more_than_it_grants() -> None:
    play = Play(of(vendor(grants="90/s", grants_after="10m")), duration=3000).to(600)
    name = play.at(600, "vendor-quota", "back", "500")
    play.to(2000)
    assert play.ended(name).ok
    assert error(play, 1190) == pytest.approx(0.4, abs=1e-3)
    assert error(play, 1300) == pytest.approx(0.1, abs=1e-3)


def test_a_setting_that_stops_optional_calls_spares_the_quota() -> None:
    caller = front(optional=False) | {
        "settings": [{"name": "LOOKUP", "value": "on", "calls": {"off": {"back": {"share": 0}}}}]
    }
    play = Play(system(caller, vendor(), rate="100/s", entry="front")).to(700)
    assert error(play, 700) == pytest.approx(0.4, abs=1e-3)
    play.at(700, "set-env", "front", "LOOKUP=off")
    play.to(1200)
    assert error(play, 1100) == 0.0
    assert sum(play.world.state(1100)["back"].offered.values()) == 0.0  # type: ignore[union-attr]


# --- lost packets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [0.01, 0.05, 0.2])
def test_a_lossy_member_adds_the_retransmission_timeouts_to_the_mean(loss: float) -> None:
    """On half of the connections n segments are each late by RTO p / (1 - 2p) on average."""
    late = Play(of(service("back"), link(loss=loss), timeout="60s")).to(60).world._plant
    well = Play(of(service("back"), link(), timeout="60s")).to(60).world._plant
    column = late.network.services["front"].edges[0].column + 2
    more = late.trajectory.value(60, column) - well.trajectory.value(60, column)
    cut = 4 * 0.2 * loss / (1 - 2 * loss) / 2
    assert more == pytest.approx(cut, rel=0.03 if loss < 0.1 else 0.15)


def test_a_timeout_shorter_than_the_retransmissions_makes_them_errors() -> None:
    """Four segments, RTO 200 ms, a timeout of 150 ms: every call that loses anything fails."""
    play = Play(
        of(service("back", latency="1ms", cpu_per_request="1ms"), link(loss=0.1), timeout="150ms")
    ).to(60)
    assert error(play, 60) == pytest.approx((1 - 0.9**4) / 2, rel=0.01)


def test_taking_the_lossy_member_out_ends_it() -> None:
    play = Play(of(service("back"), link(loss=0.3), timeout="1s")).to(100)
    before = error(play, 100)
    play.at(100, "link-down", "bond0")
    play.to(600)
    assert before > 0.05
    assert error(play, 500) == pytest.approx(0.0, abs=1e-6)


def test_a_members_counters_only_rise_and_rest_once_it_is_out() -> None:
    lossy = {"do": "change", "at": "60s", "component": "bond0", "set": {"loss": 0.3}}
    play = Play(of(service("back"), link(), timeout="1s"), [lossy])

    def counted(t: float) -> tuple[int, int]:
        state = play.to(t).world.state(t)["bond0"]
        assert isinstance(state, LinkState)
        return state.packets, state.broken

    before, during, later = counted(60), counted(120), counted(300)
    play.at(300, "link-down", "bond0")
    out, after = counted(310), counted(600)
    assert before[1] == 0 < during[1] < later[1]
    assert before[0] < during[0] < later[0]
    assert out == after
    seen = increase(play, "node_network_receive_errs_total", 4, 40, device="eth1")  # scrapes of 15 s
    assert seen == pytest.approx(after[1], rel=0.05)


# --- what is seen -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("things", "timeline", "words", "code"),
    [
        ([service("back"), certificate()], [], "x509: certificate has expired", "502"),
        ([service("back"), zone()], [LOST], "lookup back.shop.internal on 10.96.0.10:53: no such host",
         "502"),
        ([vendor()], [], "429 Too Many Requests", "502"),
        ([service("back", latency="5s")], [], "context deadline exceeded (timeout 2s)", "504"),
        ([service("back", replicas=1, concurrency=1)], [], "503 Service Unavailable", "502"),
        ([service("back", error_ratio=0.5)], [], "500 Internal Server Error", "502"),
    ],
)  # fmt: skip
def test_logs_codes_and_curl_say_what_happened(
    things: list[dict[str, Any]], timeline: list[dict[str, Any]], words: str, code: str
) -> None:
    play = Play(of(*things), timeline, duration=1800).to(1800)
    said = [line.text for line in play.world.logs("front", 900, 200) if line.level == "ERROR"]
    assert said
    assert sum(words in text for text in said) > 0.9 * len(said), said[:5]
    failed = {
        c: increase(play, "http_requests_total", 50, 60, job="front", code=c) for c in ("500", "502", "504")
    }
    assert failed[code] > 0.9 * sum(failed.values()) > 0
    state = play.service(900, "front")
    told = state.timed_ratio if code == "504" else state.broken_ratio
    assert told == pytest.approx(state.error_ratio, rel=0.05)


def test_counters_of_the_resolvers_and_sidecars_count_what_is_lost() -> None:
    play = Play(of(service("back"), zone(), certificate(expires="2h")), [LOST], duration=1800).to(1800)
    denied = increase(play, "coredns_cache_hits_total", 40, 80, type="denial")
    others = 180 * 0.8 * 0.2 * 600
    assert denied - others == pytest.approx(RATE * 600, rel=0.02)
    play = Play(of(service("back"), certificate()), duration=1800).to(1800)
    failed = increase(play, "envoy_cluster_ssl_fail_verify_error", 40, 80, app="front")
    assert failed == pytest.approx(RATE * 600, rel=0.02)
