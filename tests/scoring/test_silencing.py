"""Silencing noise is free; silencing what tells of the fault is not."""

from __future__ import annotations

import pytest

from drillbook.events import facts as f
from drillbook.model.labels import labels
from tests.scoring.scripts import Script


def silences(
    drill: Script,
    alert: str,
    *more: str,
    hours: float = 1.0,
    comment: str = "known, see the vendor's page",
    matcher: str = "",
    person: str = "primary",
    severity: str = "warning",
) -> int:
    """Somebody silences an alert (or several, by another matcher) that fires; the silence's event number."""
    name = f"s{len(drill.log)}"
    texts = (matcher or f'alertname="{alert}"',)
    ends = drill.now + hours * 3600
    added = drill.does(f.SilenceAdded(name, texts, drill.now, ends, person, comment), person)
    for each in (alert, *more):
        of = labels(alertname=each, severity=severity)
        drill.add("alertmanager", f.AlertSilenced(of, name), cause=added.seq)
    return added.seq


def test_who_silences_nothing_is_not_judged(drill: Script) -> None:
    drill.ack().ends()
    assert drill.judged("silence").outcome == "not-applicable"


def test_silencing_noise_by_name_with_a_comment_is_met(drill: Script) -> None:
    silences(drill.at("2m"), "PaymentProviderSlow")
    drill.ends()
    judged = drill.judged("silence")
    assert judged.outcome == "met"
    assert judged.points == judged.max


def test_silencing_what_tells_of_the_fault_is_violated_with_both_events_and_the_rule(drill: Script) -> None:
    seq = silences(drill.at("2m"), "OrdersApiSlow")
    drill.ends()
    judged = drill.judged("silence")
    assert (judged.outcome, judged.points) == ("violated", 0)
    assert "OrdersApiSlow" in judged.reason
    assert judged.evidence == (seq, seq + 1)
    assert "Silence noise only" in judged.rule


def test_an_alert_of_a_teams_own_rules_counts_when_it_is_critical(drill: Script) -> None:
    silences(drill.at("2m"), "OurDiskAlmostFull")
    assert drill.judged("silence").outcome == "met"
    silences(drill, "OurShopDown", severity="critical")
    assert drill.judged("silence").outcome == "violated"


def test_once_the_cause_is_stated_the_alerts_are_no_news(drill: Script) -> None:
    drill.at("2m").says(f.CauseStated("orders-api release v2.3.1 holds connections"))
    silences(drill.at("3m"), "OrdersApiSlow")
    assert drill.judged("silence").outcome == "met"


def test_once_a_right_remedy_is_under_way_the_alerts_are_no_news(drill: Script) -> None:
    drill.at("2m").acts("rollback", "orders-api")
    silences(drill.at("3m"), "OrdersApiSlow")
    assert drill.judged("silence").outcome == "met"


def test_a_wrong_cause_makes_no_alert_known(drill: Script) -> None:
    drill.at("2m").says(f.CauseStated("the payment provider"))
    silences(drill.at("3m"), "OrdersApiSlow")
    assert drill.judged("silence").outcome == "violated"


@pytest.mark.parametrize(
    ("flaw", "said"),
    [
        ({"comment": " "}, "no comment"),
        ({"hours": 4.0}, "lasts 4h, longer than 2h"),
        ({"matcher": 'team!="platform"'}, "too broad"),
    ],
)
def test_a_careless_silence_of_noise_is_partly_met(drill: Script, flaw: dict[str, object], said: str) -> None:
    silences(drill.at("2m"), "PaymentProviderSlow", **flaw)  # type: ignore[arg-type]
    judged = drill.judged("silence")
    assert (judged.outcome, judged.quality) == ("partly", 0.0)
    assert said in judged.reason


def test_several_alerts_without_their_names_are_too_broad_and_one_is_not(drill: Script) -> None:
    silences(drill.at("2m"), "PaymentProviderSlow", matcher='team="payments"')
    assert drill.judged("silence").outcome == "met"
    silences(drill, "PaymentProviderSlow", "DeploymentReplicasUnavailable", matcher='severity="warning"')
    assert drill.judged("silence").outcome == "partly"
    assert drill.judged("silence").quality == 0.5


def test_what_a_colleague_silences_is_not_charged_to_you(drill: Script) -> None:
    silences(drill.at("2m"), "OrdersApiSlow", person="secondary")
    assert drill.judged("silence").outcome == "not-applicable"


def test_silencing_is_no_response(drill: Script) -> None:
    drill.at("2m").typed("/silence PaymentProviderSlow 1h noise")
    assert drill.judged("join-in-time").outcome == "missed"
