"""Bringing people in."""

from __future__ import annotations

import pytest

from drillbook.events import facts as f
from tests.scoring.scripts import GOOD, Script


def test_everybody_paged_is_met(drill: Script) -> None:
    drill.at("5m").declare().does(f.PersonPaged("team-lead", ""))
    assert drill.judged("bring-in").outcome == "partly"
    drill.at("9m").does(f.PersonPaged("vp-engineering", ""))
    assert drill.judged("bring-in").outcome == "met"


def test_the_last_one_gives_the_time(drill: Script) -> None:
    drill.at("5m").declare().does(f.PersonPaged("team-lead", ""))
    drill.at("30m").does(f.PersonPaged("vp-engineering", ""))
    assert drill.judged("bring-in").late_by_s == 300.0


def test_an_update_to_their_audience_tells_them(drill: Script) -> None:
    drill.at("5m").declare().update("executives").update("incidents")
    assert drill.judged("bring-in").outcome == "met"


def test_a_line_without_any_fact_tells_nobody(drill: Script) -> None:
    drill.at("5m").declare().update("executives", "hello there").update("incidents", "hello there")
    assert drill.judged("bring-in").outcome == "missed"


def test_a_direct_message_tells_its_reader(drill: Script) -> None:
    drill.at("5m").declare().post("@vp-engineering", "please call me").post("@team-lead", "please call me")
    assert drill.judged("bring-in").outcome == "met"


def test_the_pagers_own_escalation_is_not_the_trainees_doing(drill: Script) -> None:
    drill.at("5m").add("pager", f.PageChanged("P1", "escalated", level=3, why="timeout"))
    drill.add("pager", f.PageChanged("P1", "notified", user="team-lead", level=3))
    assert drill.judged("bring-in").outcome == "missed"


def test_an_escalation_by_hand_is(drill: Script) -> None:
    drill.at("5m").does(f.PageChanged("P1", "escalated", level=3, why="manual"))
    drill.add("primary", f.PageChanged("P1", "notified", user="team-lead", level=3))
    assert drill.judged("bring-in").outcome == "partly"


def test_who_is_stuck_for_half_an_hour_calls_somebody(drill: Script) -> None:
    drill.at("40m").update("incidents", GOOD)
    assert drill.judged("escalate-when-stuck").outcome == "missed"
    drill.does(f.PersonPaged("dba", "help"))
    judged = drill.judged("escalate-when-stuck")
    assert (judged.outcome, judged.late_by_s) == ("met", 600.0)


@pytest.mark.parametrize("solved", ["cause", "mitigation"])
def test_who_solved_it_sooner_need_not_escalate(drill: Script, solved: str) -> None:
    drill.at("20m")
    if solved == "cause":
        drill.says(f.CauseStated("release v2.3.1 of orders-api"))
    else:
        drill.acts("rollback", "orders-api").recovers()
    assert drill.at("40m").ends().judged("escalate-when-stuck").outcome == "not-applicable"


def test_a_mention_tells_who_is_mentioned(drill: Script) -> None:
    drill.at("5m").declare().post("#team", "waiting for team-lead")
    assert drill.judged("bring-in").outcome == "missed"
    drill.post("#team", "@team-lead please look at this")
    assert drill.judged("bring-in").outcome == "partly"


def test_nobody_is_wanted_where_severity_and_incident_call_for_nobody(drill: Script) -> None:
    severities = [each.model_copy(update={"escalate_to": ["primary"]}) for each in drill.playbook.severities]
    drill.playbook = drill.playbook.model_copy(update={"severities": severities})
    needs = drill.scenario.needs.model_copy(update={"page": []})
    drill.scenario = drill.scenario.model_copy(update={"needs": needs})
    assert drill.at("5m").declare().judged("bring-in").outcome == "not-applicable"


def test_the_reason_says_how_each_came_to_know(drill: Script) -> None:
    """Who, by which way, from whom: a colleague's post is not the trainee's call."""
    drill.at("5m").declare().does(f.PersonPaged("team-lead", ""))
    drill.update("executives", person="comms")
    reason = drill.judged("bring-in").reason
    assert "team-lead was paged by you" in reason
    assert "vp-engineering read the update to executives by comms" in reason


def test_the_reason_of_a_cadence_says_whose_updates_they_are(drill: Script) -> None:
    drill.at("5m").declare().update("incidents").update("incidents", person="comms")
    assert "1 by you, 1 by comms" in drill.judged("cadence", "incidents").reason
