"""Telling, cadence, facts, fit, questions."""

from __future__ import annotations

import pytest

from drillbook.events import facts as f
from drillbook.scoring.text.fit import fit
from drillbook.scoring.text.reading import read
from tests.scoring.scripts import GOOD, Script


def test_telling_an_audience_in_time_is_met(drill: Script) -> None:
    drill.at("5m").declare().at("15m").update("executives")
    assert drill.judged("notify", "executives").outcome == "met"
    assert drill.judged("notify", "executives").late_by_s == 0


def test_a_support_channel_reaches_customer_success(drill: Script) -> None:
    drill.at("5m").declare().post("#support", GOOD)
    assert drill.judged("notify", "customer-success").outcome == "met"


def test_a_question_is_no_news(drill: Script) -> None:
    drill.at("5m").declare().does(f.MessagePosted("#executives", GOOD, asks=True))
    assert drill.judged("notify", "executives").outcome == "missed"


def test_an_update_every_fifteen_minutes_keeps_the_cadence(drill: Script) -> None:
    drill.at("5m").declare()
    for minute in (15, 30, 45):
        drill.at(f"{minute}m").status()
    judged = drill.at("55m").ends().judged("cadence", "status-page")
    assert (judged.outcome, judged.late_by_s, judged.quality) == ("met", 0.0, 1.0)


def test_a_gap_makes_news_stale_and_is_named(drill: Script) -> None:
    drill.at("5m").declare().at("6m").status().at("46m").status().at("55m").ends()
    judged = drill.judged("cadence", "status-page")
    assert judged.outcome == "partly"
    assert judged.quality == 0.5
    assert judged.late_by_s == 25 * 60
    assert "25m over" in judged.reason


def test_silence_until_the_end_counts_as_a_gap(drill: Script) -> None:
    drill.at("5m").declare().status().at("65m").ends()
    assert drill.judged("cadence", "status-page").late_by_s == 45 * 60


def test_cadence_ends_with_a_justified_resolution(drill: Script) -> None:
    drill.at("5m").declare().status().at("10m").recovers().at("15m").resolve().at("60m").ends()
    assert drill.judged("cadence", "status-page").outcome == "met"


def test_a_false_resolution_does_not_end_it(drill: Script) -> None:
    drill.at("5m").declare().status().at("15m").resolve().at("60m").ends()
    assert drill.judged("cadence", "status-page").outcome == "missed"


def test_cadence_follows_the_severity_in_force(drill: Script) -> None:
    """SEV-2 asks for half-hourly updates, and is acceptable here."""
    drill.at("5m").declare("SEV-2").at("30m").status().at("58m").ends()
    assert drill.judged("cadence", "status-page").outcome == "met"


def test_a_severity_that_is_too_low_does_not_slow_the_cadence(drill: Script) -> None:
    drill.at("5m").declare("SEV-3").at("30m").status().at("58m").ends()
    assert drill.judged("cadence", "status-page").outcome != "met"


def test_updates_of_colleagues_keep_the_cadence_too(drill: Script) -> None:
    drill.at("5m").declare().update("incidents", person="comms").at("15m").update("incidents", person="dba")
    assert drill.at("25m").ends().judged("cadence", "incidents").outcome == "met"


def test_what_the_scenario_lets_a_colleague_say_is_nobodys_response(drill: Script) -> None:
    drill.at("5m").declare().add("secondary", f.MessagePosted("#incidents", GOOD))
    drill.at("40m").ends()
    for check in ("cadence", "bring-in", "facts"):
        assert drill.judged(check, "incidents" if check == "cadence" else None).outcome == "missed"


@pytest.mark.parametrize("doing", ["We are looking for the cause", "We are correcting it", "We put it aside"])
def test_plain_words_say_what_is_done(drill: Script, doing: str) -> None:
    text = f"Investigating: 40% of requests fail. {doing}. Next update at 15:00."
    assert drill.at("5m").declare().status(text=text).judged("facts").outcome == "met"


def test_stakeholders_do_not_inform_themselves(drill: Script) -> None:
    drill.at("5m").declare().post("#incidents", GOOD, person="support-lead").at("30m").ends()
    assert drill.judged("cadence", "incidents").outcome == "missed"


def test_what_says_nothing_is_no_update(drill: Script) -> None:
    drill.at("5m").declare().post("#incidents", "lol").at("30m").ends()
    assert drill.judged("cadence", "incidents").outcome == "missed"


def test_no_update_is_owed_when_it_is_over_before_the_first_is_due(drill: Script) -> None:
    drill.at("5m").declare().at("8m").recovers().at("12m").resolve().at("15m").ends()
    assert drill.judged("cadence", "status-page").outcome == "not-applicable"


def test_a_complete_update_has_all_facts(drill: Script) -> None:
    drill.at("5m").declare().update("executives")
    assert (drill.judged("facts").outcome, drill.judged("facts").quality) == ("met", 1.0)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Investigating, customers cannot pay. We are rolling back.", ["next-update"]),
        ("Investigating, customers cannot pay. We are rolling back. Next update soon-ish", ["next-update"]),
        ("Customers cannot pay. More at 15:00.", ["status", "action"]),
        ("Resolved. Customers can order again after we rolled back.", []),
        ("Resolved. Customers can order again, a certificate was replaced.", []),
        ("Investigating errors for customers, checking databases, next update in 15 minutes", []),
        ("Investigating errors for customers, checking databases, next update in 15m", []),
    ],
)
def test_missing_facts_are_named(drill: Script, text: str, missing: list[str]) -> None:
    """An update that says it is over needs no next one."""
    drill.at("5m").declare().update("executives", text)
    assert list(drill.scorecard().communications[0].facts_missing) == missing


def test_a_line_of_chat_owes_no_facts(drill: Script) -> None:
    drill.at("5m").declare().update("incidents").post("#incidents", "carts fail, rolling back now")
    assert drill.judged("facts").quality == 1.0


def test_only_the_trainees_own_updates_are_judged_where_there_are_any(drill: Script) -> None:
    drill.at("5m").declare().update("executives").update("executives", "we know", person="comms")
    assert drill.judged("facts").quality == 1.0


def test_a_delegated_update_counts_where_the_trainee_wrote_none(drill: Script) -> None:
    drill.at("5m").declare().update("executives", person="comms")
    assert drill.judged("facts").outcome == "met"


def test_jargon_lowers_the_fit_and_is_translated(drill: Script) -> None:
    text = "The pgbouncer connection pool is full, p99 is high, we do a rollback of a deployment."
    drill.at("5m").declare().update("executives", text)
    judged = drill.judged("audience-fit")
    assert judged.outcome == "missed"
    assert "pgbouncer (say: the database's connection handling)" in judged.reason


def test_jargon_among_engineers_is_fine(drill: Script) -> None:
    drill.at("5m").declare().update("incidents", "The pgbouncer pool is full.").update("executives")
    assert drill.judged("audience-fit").quality == 1.0


def test_a_longer_term_hides_the_shorter_one() -> None:
    glossary = {"pool": "capacity", "connection pool": "database capacity"}
    assert fit(read("The connection pool is full today"), glossary).jargon == ("connection pool",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("We see that " + "and then something else happened " * 6, "a sentence of"),
        ("Customers wait. " * 70, "140 words"),
        ("All down", "only 2 words"),
        ("CUSTOMERS CANNOT ORDER AND NOBODY KNOWS WHY", "capitals"),
    ],
)
def test_form_matters(text: str, reason: str) -> None:
    judged = fit(read(text), {})
    assert judged.quality < 1
    assert any(reason in each for each in judged.reasons)


def test_questions_are_to_be_answered(drill: Script) -> None:
    drill.at("10m").asks("vp-engineering", "#executives").at("12m").update("executives").at("30m").ends()
    judged = drill.judged("answer-questions")
    assert (judged.outcome, judged.late_by_s) == ("met", 0.0)


def test_a_late_answer_is_late(drill: Script) -> None:
    drill.at("10m").asks("vp-engineering", "#executives").at("17m").post("@vp-engineering", "still down")
    assert drill.at("30m").ends().judged("answer-questions").late_by_s == 120.0


def test_an_open_question_is_missed(drill: Script) -> None:
    drill.at("10m").asks("support-lead", "#support").at("12m").update("executives").at("30m").ends()
    assert drill.judged("answer-questions").outcome == "missed"


def test_a_question_at_the_very_end_is_not_charged(drill: Script) -> None:
    drill.at("28m").asks("vp-engineering", "#executives").at("30m").ends()
    assert drill.judged("answer-questions").outcome == "not-applicable"


def test_the_list_of_communications_gives_the_gap_since_the_last_one(drill: Script) -> None:
    drill.at("5m").declare().at("9m").update("executives").at("20m").update("executives")
    assert [each.cadence_gap_s for each in drill.scorecard().communications] == [240.0, 660.0]


def test_a_severity_without_readers_outside_asks_for_nothing(drill: Script) -> None:
    severities = [each.model_copy(update={"updates": []}) for each in drill.playbook.severities]
    drill.playbook = drill.playbook.model_copy(update={"severities": severities})
    drill.at("5m").declare()
    assert drill.judged("audience-fit").outcome == "not-applicable"
    assert drill.judged("cadence", "status-page").outcome == "not-applicable"


def test_a_line_to_readers_outside_that_says_as_much_as_an_update_owes_all(drill: Script) -> None:
    drill.at("5m").declare().update("incidents").post("#executives", "Outage: customers cannot order.")
    assert drill.judged("facts").quality == 0.75


def test_lines_that_inform_nobody_are_not_listed(drill: Script) -> None:
    drill.at("5m").declare().post("#incidents", "hello there", person="dba").update("incidents")
    assert len(drill.scorecard().communications) == 1


def test_reasons_name_no_numbers_of_the_log(drill: Script) -> None:
    """The debrief numbers its timeline; a reason tells by time, author and audience instead."""
    drill.at("5m").declare().update("executives", "RESOLVED")
    reasons = [each.reason for each in drill.scorecard().expectations]
    assert not any("event " in reason.lower() for reason in reasons)
    assert "5m after the page" in drill.judged("truth").reason
    assert "Your update to executives" in drill.judged("audience-fit").reason
