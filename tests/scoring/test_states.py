"""State claims: what counts as saying that it is over, and what takes the claim out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.scoring.text.reading import LONGEST, read
from drillbook.scoring.text.states import states


def kinds(text: str) -> list[str]:
    return [claim.kind for claim in states(read(text)) if claim.kind != "vague"]


@pytest.mark.parametrize(
    "text",
    [
        "The incident is resolved.",
        "RESOLVED: all good",
        "It's fixed now",
        "Everything is back to normal",
        "We have mitigated the problem",
        "The shop is up and running. Next update at 15:00.",
        "no errors and back to normal",
        "Customers can use the shop again",
        "We resolved the incident",
        "The roll-back is done, service is restored and we are monitoring",
    ],
)
def test_saying_that_it_is_over_is_a_claim(text: str) -> None:
    assert "over" in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "not resolved yet",
        "This is not yet fully resolved",
        "It isn't fixed",
        "It hasn’t been resolved",
        "It will be resolved by 15:00",
        "We expect it to be fixed soon",
        "We will write again when it is resolved",
        "Next update once fixed",
        "We are working to get it resolved",
        "Resolved?",
        "Is it back to normal?",
        "This should be fixed shortly",
        "trying to have it resolved",
        "It can be resolved by a roll-back",
        "Nobody knows when it will be back to normal",
        "The problem is being fixed",
        "Far from resolved",
        "still unresolved",
        "We fixed the pool size, but requests still fail",
        "We roll back so that customers can order again",
        "Customers cannot order again",
        "Customers will write when they can order again",
    ],
)
def test_denied_future_and_conditional_states_are_no_claims(text: str) -> None:
    assert "over" not in kinds(text)


@pytest.mark.parametrize(
    "text", ["No customer impact", "There is no impact on users", "users are unaffected"]
)
def test_no_impact_is_a_claim(text: str) -> None:
    assert kinds(text) == ["harmless"]


def test_no_impact_on_something_in_particular_is_none() -> None:
    assert kinds("There is no impact on payments") == []


@pytest.mark.parametrize("text", ["All users are affected", "complete outage", "everyone sees errors"])
def test_everybody_is_a_claim_where_the_sentence_speaks_of_failure(text: str) -> None:
    assert kinds(text) == ["everybody"]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("A third of requests fail: nobody can save.", []),
        ("36 % fail, nobody can save", []),
        ("Texts open, but saving fails for everybody", []),
        ("Nobody can save, reading works", []),
        ("Nobody can save", ["everybody"]),
        ("Nothing works, saving fails for everybody", ["everybody"]),
        ("100 % fail, nobody can pay", ["everybody"]),
    ],
)
def test_who_says_what_still_works_does_not_say_that_all_is_down(text: str, claims: list[str]) -> None:
    assert kinds(text) == claims


def test_a_part_of_all_is_not_everybody() -> None:
    assert kinds("A third of all requests fail") == []
    assert kinds("Half of all users are affected") == []


@pytest.mark.parametrize(
    "text", ["All users were told.", "Hello everyone", "fixed for all customers who were affected"]
)
def test_everybody_without_failure_is_none(text: str) -> None:
    assert "everybody" not in kinds(text)


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    reading = read(text)
    states(reading)
    assert reading.padded.startswith(" ")


@pytest.mark.parametrize(
    "unit", ["a", "a-", "1.", "1,", "'", "- ", "not ", "resolved ", "%", "1 in ", "é\u0301"]
)
def test_long_texts_are_cut_and_read_at_once(unit: str) -> None:
    """Reading is linear: what would make a backtracking pattern explode takes no longer than prose."""
    reading = read(unit * 200_000)
    states(reading)
    assert len(reading.text) == LONGEST
