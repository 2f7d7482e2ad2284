"""Restoration and closure."""

from __future__ import annotations

import pytest

from drillbook.events import facts as f
from tests.scoring.scripts import ONSET, Script

GOOD_SUMMARY = "Carts failed after a release; resolved by a roll-back. Follow-up: post-mortem."


@pytest.mark.parametrize(
    ("minutes", "outcome", "late"),
    [(16, "met", 0.0), (20, "met", 240.0), (48, "met", 1920.0), (49, "partly", 1980.0)],
)
def test_suffering_is_measured_from_its_onset_against_par(
    drill: Script, minutes: int, outcome: str, late: float
) -> None:
    judged = drill.ack().at(ONSET + 60 * minutes).recovers().judged("mitigate")
    assert (judged.outcome, judged.late_by_s) == (outcome, late)


def test_relief_for_a_moment_is_no_mitigation(drill: Script) -> None:
    drill.at("1m").ack().at("5m").recovers().at("6m").relapses()
    assert drill.judged("mitigate").outcome == "missed"
    assert drill.at("9m").recovers().judged("mitigate").outcome == "met"


@pytest.mark.parametrize(
    ("of_par", "outcome"),
    [(0.5, "met"), (1.0, "met"), (1.09, "met"), (1.11, "partly"), (1.99, "partly"), (2.01, "missed")],
)
def test_user_minutes_against_par(drill: Script, of_par: float, outcome: str) -> None:
    lost = of_par * drill.scenario.needs.par_user_minutes
    assert drill.ack().at("20m").ends(user_minutes=lost).judged("user-minutes").outcome == outcome


def test_resolving_while_users_suffer_is_violated(drill: Script) -> None:
    drill.error_ratio = 0.123
    drill.at("10m").resolve()
    assert drill.judged("validate").outcome == "violated"
    assert "12.3%" in drill.judged("validate").reason
    assert drill.judged("resolve").outcome == "violated"


@pytest.mark.parametrize(
    ("wait", "looks", "outcome"),
    [("14m", True, "met"), ("14m", False, "partly"), ("11m", True, "partly"), ("11m", False, "missed")],
)
def test_validation_is_health_for_long_enough_and_a_look(
    drill: Script, wait: str, looks: bool, outcome: str
) -> None:
    drill.at("10m").recovers()
    if looks:
        drill.look("curl -sI https://shop.larkfield.example/")
    assert drill.at(wait).resolve().judged("validate").outcome == outcome


def test_suffering_that_came_back_is_not_told_as_one_spell(drill: Script) -> None:
    drill.ack().at("10m").recovers().at("12m").relapses().at("15m").recovers().at("19m").ends()
    assert "to end for good" in drill.judged("mitigate").reason
    assert "Users suffered for" not in drill.judged("mitigate").reason


def test_a_look_before_the_mitigation_validates_nothing(drill: Script) -> None:
    drill.at("8m").look("curl x").at("10m").recovers().at("14m").resolve()
    assert drill.judged("validate").outcome == "partly"


def test_a_reopened_incident_was_resolved_too_early(drill: Script) -> None:
    drill.at("5m").resolve().at("7m").add("engine", f.IncidentReopened("an alert fires"))
    drill.at("10m").recovers().look("curl x").at("15m").resolve()
    assert drill.judged("validate").outcome == "partly"
    assert drill.judged("resolve").outcome == "partly"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Rolled back orders-api.", "met"),
        ("The certificate was reissued for 85 days.", "met"),
        ("Ended the sessions of the backfill.", "met"),
        ("Pointed the agent to the other collector.", "met"),
        ("done", "partly"),
        ("The incident ended.", "partly"),
    ],
)
def test_a_resolution_says_what_fixed_it(drill: Script, text: str, outcome: str) -> None:
    assert drill.at("10m").recovers().at("14m").resolve(text).judged("resolve").outcome == outcome


@pytest.mark.parametrize(
    "text", ["Post-mortem on Thursday", "we hold a postmortem", "A retrospective follows"]
)
def test_a_review_is_announced_anywhere(drill: Script, text: str) -> None:
    drill.does(f.NoteTaken(text))
    assert drill.judged("post-mortem").outcome == "met"


def test_a_handoff_tells_what_happened_the_state_and_what_is_left(drill: Script) -> None:
    drill.does(f.HandedOff("secondary", GOOD_SUMMARY))
    assert drill.judged("handoff").outcome == "met"


def test_a_thin_handoff_lacks_something(drill: Script) -> None:
    drill.does(f.HandedOff("secondary", "yours now"))
    judged = drill.judged("handoff")
    assert (judged.outcome, judged.quality) == ("partly", 0.0)


def test_a_handoff_to_oneself_is_none(drill: Script) -> None:
    drill.does(f.HandedOff("primary", GOOD_SUMMARY))
    assert drill.judged("handoff").outcome == "missed"


def test_a_relapse_is_no_suffering_in_between(drill: Script) -> None:
    drill.at("1m").ack().at("10m").recovers().at("20m").relapses().at("21m").recovers()
    reason = drill.judged("mitigate").reason
    spells = "It took 23m to end for good, with users suffering for 13m"
    assert reason == spells + "; a good responder needs 16m."
