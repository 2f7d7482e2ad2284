"""Updates say status, impact, action and the next time, with the figure that was read."""

import re
from dataclasses import replace
from typing import get_args

import pytest

from drillbook.model.playbook import Audience
from drillbook.model.scenario import ActionKind
from drillbook.people import texts
from drillbook.people.colleagues import words
from tests.people.stage import drill

PLAYBOOK = drill()[1]
JARGON = tuple(PLAYBOOK.jargon.items())


def situation(
    phase: str = "identified", action: str = "rollback", *, healed: bool = False
) -> texts.Situation:
    return texts.Situation(
        phase, 0.3642, healed, False, action, "orders-api", "Larkfield", "edge", "14:43 UTC"
    )


@pytest.mark.parametrize("variant", range(3))
@pytest.mark.parametrize("phase", texts.STATUS)
@pytest.mark.parametrize("audience", get_args(Audience))
def test_an_update_has_all_four_facts_and_the_figure(audience: str, phase: str, variant: int) -> None:
    text = texts.update(situation(phase), audience, variant, JARGON)
    for fact in ("status", "impact", "action", "next update", "14:43", "36%"):
        assert fact in text.lower()


@pytest.mark.parametrize("form", [*texts.UPDATES, *words.COMMS_UPDATE])
def test_where_no_update_is_planned_a_sentence_says_so(form: tuple[str, str]) -> None:
    parts = {"status": "resolved", "impact": "none", "action": "a review follows"}
    assert texts.filled(form, "", **parts).endswith(
        "a review follows. Next update: none planned, unless something changes."
    )
    assert texts.filled(form, "14:43 UTC", **parts).endswith(" 14:43 UTC.")


@pytest.mark.parametrize("action", get_args(ActionKind))
def test_updates_for_laymen_have_no_jargon_whatever_is_done(action: str) -> None:
    for variant in range(3):
        text = texts.update(situation(action=action), "executives", variant, JARGON).lower()
        for word in PLAYBOOK.jargon:
            assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text), (word, text)


def test_plain_words_replace_the_longest_term_in_any_case() -> None:
    assert texts.plain("Connection Pool of PostgreSQL, pooling", JARGON) == (
        "database capacity of the database, pooling"
    )


def test_without_a_measurement_no_figure_is_told() -> None:
    unknown = texts.Situation("investigating", None, False, False, "", "", "Larkfield", "edge", "14:43 UTC")
    assert "%" not in texts.update(unknown, "executives", 0, JARGON)
    assert "%" not in texts.title(unknown)


def test_while_errors_fall_no_figure_is_told_that_would_be_out_of_date() -> None:
    easing = replace(situation(), easing=True)
    assert "%" not in texts.update(easing, "executives", 0, JARGON)
    assert "recovering" in texts.update(easing, "executives", 0, JARGON)


def test_somebody_in_a_hurry_leaves_out_action_and_next_update() -> None:
    text = texts.technical_update(situation(), 1, bare=True)
    assert "36%" in text
    assert "update" not in text
