"""What tools say of names, certificates, quotas and links is so; whatever is typed gets an answer."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness
from drillbook.world.parts.certificate.state import CertificateState
from drillbook.world.parts.vendor.state import VendorState
from drillbook.world.shell.answer import Answer, Proposal
from drillbook.world.shell.shell import Shell
from tests.world.builders import Play, service, system
from tests.world.parts.test_on_the_way import LESS, LOST, certificate, front, link, of, vendor, zone
from tests.world.shell.builders import FakeAlertmanager, FakeMetrics

WRITER = {"unit": "enactor", "every": "2m", "says": "applying plan 7"}


def ask(play: Play, t: float, text: str) -> Answer:
    return Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager()).run(t, text)


@pytest.fixture(scope="module")
def everything() -> Play:
    """All kinds at once, an hour in which a record is lost and a certificate ends."""
    other = vendor(name="maps")
    caller = front() | {"calls": [{"to": "back", "timeout": "2s"}, {"to": "maps", "timeout": "2s"}]}
    parts = (caller, service("back"), other, certificate(refusal={"says": "no", "cured_by": "issuer"}),
             zone(writer=WRITER), link(loss=0.2))  # fmt: skip
    less = LESS | {"component": "maps"}
    return Play(system(*parts, rate="100/s", entry="front"), [less, LOST]).to(3600)


def test_openssl_shows_the_end_that_the_metrics_have(everything: Play) -> None:
    text = ask(
        everything, 600, "openssl s_client -connect back:8443 </dev/null | openssl x509 -noout -enddate"
    ).text
    assert text == "notAfter=Mar 10 14:25:00 2026 GMT"
    _, values = everything.world.matrix("probe_ssl_earliest_cert_expiry", 40, 40)
    assert values[0, 0] == everything.world.start.timestamp() + 300
    state = everything.world.state(600)["back-tls"]
    assert isinstance(state, CertificateState)
    assert state.shown == 300


def test_kubectl_says_of_a_certificate_what_curl_says(everything: Play) -> None:
    assert re.search(r"back-tls\s+True", ask(everything, 200, "kubectl get certificate -n default").text)
    assert re.search(r"back-tls\s+False", ask(everything, 400, "kubectl get certificates -A").text)
    assert "has expired" in ask(everything, 400, "curl https://back:8443/health").text
    assert '"status":"ok"' in ask(everything, 400, "curl -k https://back:8443/health").text
    assert '"status":"ok"' in ask(everything, 200, "curl https://back:8443/health").text


@pytest.mark.parametrize(("at", "last"), [(0, "10:40"), (1190, "10:40"), (1210, "14:40")])
def test_a_refused_certificate_says_why_and_when_it_was_last_asked_for(at: float, last: str) -> None:
    """It was due at 07:40; the attempts are 1, 2 and 4 hours apart, and events live for an hour."""
    refused = certificate(
        refusal={"says": "no room", "cured_by": "issuer"}, expires="24m", renew_before="7h4m"
    )
    text = ask(
        Play(system(front(), service("back"), refused, entry="front")), at, "kubectl describe cert back-tls"
    ).text
    assert f"Last Failure Time:  2026-03-10T{last}:00Z" in text
    assert "will be retried: no room\n    Reason:     Failed" in text
    assert ("Warning  Failed" in text) is (last == "14:40")


def test_dig_shows_the_address_until_it_is_lost(everything: Play) -> None:
    assert ask(everything, 50, "dig +short back.shop.internal").text == "10.20.2.41"
    text = ask(everything, 100, "dig back.shop.internal @10.96.0.10").text
    assert "status: NOERROR" in text
    assert "ANSWER: 0, AUTHORITY: 1" in text
    assert "No answer" in ask(everything, 100, "nslookup back.shop.internal").text
    assert ask(everything, 100, "getent hosts back.shop.internal").text == ""
    assert "(6) Could not resolve host" in ask(everything, 100, "curl http://back.shop.internal/").text
    assert "ANSWER: 1" not in text


def test_the_writers_log_names_what_it_deleted(everything: Play) -> None:
    text = ask(everything, 400, "journalctl -u enactor").text
    assert "deleted rrset back.shop.internal A 10.20.2.41" in text
    assert "applying plan 7 (back.shop.internal)" in text
    assert "deleted" not in ask(everything, 50, "journalctl -u enactor").text
    whole = text.splitlines()
    assert ask(everything, 400, "journalctl -u enactor -n 2").text.splitlines() == whole[-2:]


def test_a_vendors_answers_are_refused_as_often_as_its_counters_say() -> None:
    play = Play(of(vendor(quota="200/s")), [LESS], duration=1800).to(1800)
    state = play.world.state(900)["back"]
    assert isinstance(state, VendorState)
    told = [ask(play, 900 + k / 8, "curl -i https://back.example/v1/query").text for k in range(200)]
    refused = [text for text in told if text.startswith("HTTP/2 429")]
    assert len(refused) / len(told) == pytest.approx(state.refused, abs=0.1)
    assert all("retry-after: 1" in text and "x-ratelimit-remaining: 0" in text for text in refused)
    assert '"front": 6000' in ask(play, 900, "curl -s https://back.example/account/usage").text


def test_ping_loses_what_the_link_loses(everything: Play) -> None:
    text = ask(everything, 600, "ping -c 200 back").text
    found = re.search(r"([\d.]+)% packet loss", text)
    assert found is not None
    assert float(found[1]) == pytest.approx(100 * (1 - 0.9**2), abs=7)
    assert "0% packet loss" in ask(Play(of(service("back"), link())), 0, "ping back").text
    assert "retrans:1/" in ask(everything, 600, "ss -ti dst back").text
    assert "rx_crc_errors" in ask(everything, 600, "ethtool -S eth1").text


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("cmctl renew back-tls -n default", "cert-renew", ""),
        ("kubectl patch cert back-tls -p '{\"spec\":{\"duration\":\"24h\"}}'", "cert-renew", "duration=24h"),
        ("pdnsutil replace-rrset shop.internal back A 60 10.20.2.41", "dns-record", "back 10.20.2.41 60"),
        ("kubectl rollout restart deploy/coredns -n kube-system", "dns-flush", ""),
        ("systemctl stop enactor", "dns-writer", "stop"),
        ("ip link set dev eth1 down", "link-down", ""),
        ("curl https://maps.example/account/limits -d '{\"requests_per_second\": 90}'", "vendor-quota", "90"),
    ],
)  # fmt: skip
def test_remedies_are_understood_in_the_tools_words(
    everything: Play, text: str, kind: str, value: str
) -> None:
    answer = ask(everything, 600, text)
    assert isinstance(answer, Proposal), answer.text
    assert (answer.action.kind, answer.action.value) == (kind, value)


@settings(deadline=None, max_examples=60)
@given(
    tool=st.sampled_from(
        ["openssl s_client", "cmctl", "dig", "pdnsutil", "journalctl -u enactor", "mtr", "ss", "ip", "ping",
         "ethtool", "kubectl patch certificate back-tls -p", "systemctl status enactor",
         "curl https://maps.example/account/limits -d", "kubectl -n kube-system"]
    ),
    rest=st.text(alphabet="abk.-{}:/'\"0 =\\|", max_size=30),
)  # fmt: skip
def test_whatever_is_typed_gets_an_answer(everything: Play, tool: str, rest: str) -> None:
    assert isinstance(ask(everything, 600, f"{tool} {rest}").text, str)
