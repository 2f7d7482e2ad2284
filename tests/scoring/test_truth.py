"""Truth: claims against what was true at that moment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.events import facts as f
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from tests.scoring.scripts import Script

OVER = ["resolved", "fixed", "back to normal", "restored", "mitigated", "all clear"]
CLAIMS = [
    "The incident is {}.",
    "{}!",
    "Status: {}",
    "The shop is {}, thank you for waiting.",
    "It's {} now.",
]
DENIALS = [
    "It is not {} yet.", "It will be {} soon.", "We hope it is {} in an hour.", "It isn't {}.", "Is it {}?",
    "We tell you when it is {}.", "This could be {} by a roll-back.", "Not {}",
]  # fmt: skip


def test_resolved_while_users_suffer_is_violated_and_gives_the_true_figure(drill: Script) -> None:
    drill.error_ratio = 0.123
    judged = drill.at("10m").update("executives", "The incident is resolved.").judged("truth")
    assert judged.outcome == "violated"
    assert "12.3% of requests were failing" in judged.reason
    assert judged.points == 0


@given(st.sampled_from(OVER), st.sampled_from(CLAIMS), st.floats(0.03, 1.0))
def test_a_contradiction_is_always_found(
    scenario: Scenario, playbook: Playbook, state: str, claim: str, ratio: float
) -> None:
    drill = Script.begin(scenario, playbook)
    drill.error_ratio = ratio
    assert drill.at("5m").update("executives", claim.format(state)).judged("truth").outcome == "violated"


@given(st.sampled_from(OVER), st.sampled_from(DENIALS), st.floats(0.03, 1.0))
def test_a_denied_claim_is_never_charged(
    scenario: Scenario, playbook: Playbook, state: str, denial: str, ratio: float
) -> None:
    drill = Script.begin(scenario, playbook)
    drill.error_ratio = ratio
    assert drill.at("5m").update("executives", denial.format(state)).judged("truth").outcome == "met"


@pytest.mark.parametrize(
    "fact",
    [
        f.StatusUpdated("resolved", "Thank you."),
        f.MitigationClaimed("done"),
        f.IncidentResolved("done"),
    ],
)
def test_some_statements_claim_by_what_they_are(drill: Script, fact: f.Fact) -> None:
    drill.at("5m").says(fact)
    assert drill.judged("truth").outcome == "violated"


@pytest.mark.parametrize(
    "text", ["35% of requests fail", "about half of the requests fail", "up to 60% of requests fail"]
)
def test_a_share_within_tolerance_is_true(drill: Script, text: str) -> None:
    assert drill.at("5m").update("executives", text).judged("truth").outcome == "met"


@pytest.mark.parametrize(
    "text", ["5% of requests fail", "80% of requests fail", "less than 10% of requests fail"]
)
def test_a_share_beyond_tolerance_is_untrue(drill: Script, text: str) -> None:
    assert drill.at("5m").update("executives", text).judged("truth").outcome == "violated"


def test_a_small_share_may_be_off_by_five_points(drill: Script) -> None:
    """Relative tolerance alone would charge 6 % against a true 3 %."""
    drill.error_ratio = 0.03
    assert drill.at("5m").update("executives", "6% of requests fail").judged("truth").outcome == "met"


def test_a_figure_that_held_within_the_last_three_minutes_is_true(drill: Script) -> None:
    """Dashboards average minutes and writing takes time; the record of the run shows what held before."""
    drill.at("5m").recovers().at("7m").update("incidents", "40% of requests fail")
    assert drill.judged("truth").outcome == "violated"
    drill.at("9m").ends()
    assert drill.judged("truth").outcome == "met"


def test_a_figure_that_held_long_ago_is_untrue(drill: Script) -> None:
    drill.at("5m").recovers().at("20m").update("incidents", "40% of requests fail").at("21m").ends()
    assert drill.judged("truth").outcome == "violated"


@pytest.mark.parametrize(
    "text", ["Some users see errors", "We are recovering", "Service is degraded", "Investigating."]
)
def test_vague_claims_are_not_punished(drill: Script, text: str) -> None:
    assert drill.at("5m").update("executives", text).judged("truth").outcome == "met"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0.4, "No customer impact"), (0.1, "All users are affected"), (0.8, "Only a few users are affected")],
)
def test_the_extent_of_the_impact_is_checked(drill: Script, ratio: float, text: str) -> None:
    drill.error_ratio = ratio
    assert drill.at("5m").update("status-page", text).judged("truth").outcome == "violated"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("5,000 users cannot order", "met"),
        ("100k users cannot order", "violated"),
        ("50 users cannot order", "violated"),
    ],
)
def test_counts_may_be_three_times_too_high_or_ten_times_too_low(
    drill: Script, text: str, outcome: str
) -> None:
    assert drill.at("5m").update("executives", text).judged("truth").outcome == outcome


def test_what_a_simulated_colleague_wrote_is_listed_but_not_charged(drill: Script) -> None:
    drill.at("5m").update("incidents").update("executives", "It is resolved.", person="comms")
    assert drill.judged("truth").outcome == "met"
    theirs = drill.scorecard().communications[-1]
    assert theirs.contradictions
    assert not theirs.charged
    assert theirs.quality == 0


def test_resolved_when_it_is_over_is_true(drill: Script) -> None:
    drill.at("5m").recovers().at("9m").update("executives", "The incident is resolved.")
    assert drill.judged("truth").outcome == "met"


def test_saying_nothing_is_no_truthfulness(drill: Script) -> None:
    assert drill.judged("truth").outcome == "missed"


def test_without_a_measurement_nothing_is_charged(drill: Script) -> None:
    drill.does(f.UpdateSent("executives", "It is resolved."))
    assert drill.judged("truth").outcome == "met"


def test_many_contradictions_are_summed_up(drill: Script) -> None:
    drill.at("5m").update("executives", "Resolved. Fixed. Restored. Back to normal. No customer impact.")
    assert "and 2 more" in drill.judged("truth").reason


def test_a_count_cannot_be_checked_while_nobody_is_affected(drill: Script) -> None:
    truth = f.TruthMeasured(0.0, 50.0, 0.0, 0.0, 0.0, 0.1, suffering=False, since_healthy=60.0)
    event = drill.does(f.UpdateSent("executives", "500 users cannot order"))
    drill.add("world", truth, cause=event.seq, to="hidden")
    assert drill.judged("truth").outcome == "met"
