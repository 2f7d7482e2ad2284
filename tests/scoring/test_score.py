"""The scorecard as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Check, Playbook
from drillbook.model.scenario import Scenario
from drillbook.scoring.graders.registry import GRADERS
from drillbook.scoring.measure import Measures, measures
from drillbook.scoring.par import Par
from drillbook.scoring.score import score
from tests.scoring.scripts import GOOD, Script
from tests.timing import hundred_thousand_steps, ratio

PEOPLE = ["primary", "secondary", "dba", "comms", "vp-engineering", "support-lead", "stranger"]
AUDIENCES = ["incidents", "executives", "status-page", "team", "customer-success"]
WORDS = st.text(max_size=80) | st.sampled_from(
    [GOOD, "resolved", "not resolved", "12% of users fail", "the release of orders-api", "post-mortem", ""]
)


def test_every_check_has_its_grader() -> None:
    assert set(GRADERS) == set(get_args(Check))


def test_a_run_handled_by_the_book_reaches_everything(drill: Script) -> None:
    card = drill.well_handled().scorecard()
    assert (card.total, card.rating) == (100.0, "P")
    assert all(area.rating == "P" for area in card.areas.values())


def test_an_absent_trainee_reaches_nothing_and_learns_why(drill: Script) -> None:
    card = drill.at(7200).ends("time", user_minutes=200_000).scorecard()
    assert (card.total, card.rating) == (0.0, "U")
    assert all(each.reason for each in card.expectations)
    assert {each.outcome for each in card.expectations} <= {"missed", "not-applicable"}


def test_not_applicable_expectations_leave_the_maximum(drill: Script) -> None:
    card = drill.well_handled().scorecard()
    assert "not-applicable" in {each.outcome for each in card.expectations}
    assert card.total == 100.0


def test_the_json_has_what_the_command_line_promises(drill: Script) -> None:
    data = json.loads(json.dumps(drill.well_handled().scorecard().to_dict(), allow_nan=False))
    assert {
        "scenario", "playbook", "seed", "form", "scoring_version", "total", "rating", "areas", "expectations",
        "measures", "communications", "strengths", "next",
    } <= set(data)  # fmt: skip
    assert (data["scenario"], data["playbook"], data["seed"]) == (
        "db-pool-exhaustion",
        "incident-response",
        7,
    )
    assert set(data["areas"]["closure"]) == {"rating", "score"}
    assert set(data["expectations"][0]) == {
        "id", "area", "outcome", "late_by_s", "quality", "points", "max", "reason", "rule", "evidence",
    }  # fmt: skip
    assert {"detect_s", "acknowledge_s", "mitigate_s", "resolve_s", "failed_requests", "user_minutes"} <= set(
        data["measures"]
    )


def test_evidence_are_numbers_of_events(drill: Script) -> None:
    drill.well_handled()
    numbers = {event.seq for event in drill.log}
    assert all(set(each.evidence) <= numbers for each in drill.scorecard().expectations)


def test_the_same_log_gives_the_same_card(drill: Script) -> None:
    drill.well_handled()
    assert drill.scorecard().to_dict() == drill.scorecard().to_dict()


def test_strengths_are_sentences_with_times(drill: Script) -> None:
    texts = [remark.text for remark in drill.well_handled().scorecard().strengths]
    assert "Acknowledged 1m40s after the page; the playbook gives 5m." in texts


def test_what_to_practise_comes_by_lost_points(drill: Script) -> None:
    """The most lost points first, each with the playbook's rule."""
    card = drill.at("1m").ack().at("60m").ends().scorecard()
    judged = {each.id: each for each in card.expectations}
    lost = [remark.points for remark in card.next]
    assert lost == sorted(lost, reverse=True)
    assert lost[0] == max(each.max - each.points for each in judged.values())
    assert all(f"The playbook: {judged[each.expectation].rule}" in each.text for each in card.next)


def test_nothing_lost_leaves_nothing_to_practise(drill: Script) -> None:
    assert drill.well_handled().scorecard().next == ()


def test_an_empty_log_is_judged_too(scenario: Scenario, playbook: Playbook) -> None:
    assert score(scenario, playbook, []).total == 0.0


def test_par_says_how_many_simulated_responders_did_worse(drill: Script) -> None:
    drill.well_handled()
    runs = [
        Par(50.0, Measures(mitigate_s=2000.0)),
        Par(100.0, Measures(mitigate_s=500.0)),
        Par(20.0, Measures()),
    ]
    card = score(drill.scenario, drill.playbook, drill.log, par=runs)
    assert card.par is not None
    assert card.par.better_than["total"] == pytest.approx(83.3)
    assert card.par.better_than["mitigate_s"] == pytest.approx(66.7)
    assert any("Mitigated sooner than 67 %" in text for text in card.par.texts)
    assert card.to_dict()["par"]["runs"] == 3


def test_another_person_can_be_the_trainee(drill: Script) -> None:
    drill.paged("P1", "secondary").at("2m").ack(person="secondary")
    card = score(drill.scenario, drill.playbook, drill.log, person="secondary")
    assert next(each for each in card.expectations if each.id == "acknowledge-page").outcome == "met"


FACTS = st.one_of(
    st.builds(f.UpdateSent, st.sampled_from(AUDIENCES), WORDS),
    st.builds(f.StatusUpdated, st.sampled_from(["investigating", "resolved", "odd"]), WORDS),
    st.builds(f.MessagePosted, st.sampled_from(["#incidents", "#x", "@dba", "@vp-engineering", "@"]), WORDS),
    st.builds(f.MessagePosted, st.just("#executives"), WORDS, st.just(value=True)),
    st.builds(f.IncidentDeclared, st.sampled_from(["SEV-1", "SEV-3", "SEV-9", ""]), WORDS),
    st.builds(f.SeverityChanged, st.sampled_from(["SEV-1", "SEV-2", "nonsense"])),
    st.builds(f.RoleAssigned, st.sampled_from(["commander", "communications", "x"]), st.sampled_from(PEOPLE)),
    st.builds(f.PersonPaged, st.sampled_from(PEOPLE), WORDS),
    st.builds(f.CauseStated, WORDS),
    st.builds(f.NoteTaken, WORDS),
    st.builds(f.MitigationClaimed, WORDS),
    st.builds(f.IncidentResolved, WORDS),
    st.builds(f.IncidentReopened, WORDS),
    st.builds(f.HandedOff, st.sampled_from(PEOPLE), WORDS),
    st.builds(f.HintGiven, st.integers(1, 3), WORDS),
    st.builds(f.RunbookOpened, st.sampled_from(["db-pool-exhaustion", "nothing"])),
    st.builds(f.StepChecked, st.just("db-pool-exhaustion"), st.sampled_from(["connections", "leaks", "x"])),
    st.builds(f.ProbeAnswered, WORDS, WORDS, st.just(1.0)),
    st.builds(
        f.ActionStarted, st.sampled_from(["A1", "A2"]), st.sampled_from(["rollback", "scale", "x"]),
        st.just("orders-api"), st.just(""), WORDS,
    ),
    st.builds(f.ActionFinished, st.sampled_from(["A1", "A2", "A9"]), st.booleans(), WORDS),
    st.builds(f.ImpactChanged, st.booleans(), st.floats(0, 1)),
    st.builds(
        f.PageChanged, st.sampled_from(["P1", "P2"]),
        st.sampled_from(["triggered", "notified", "acknowledged", "escalated", "resolved", "nobody-on-call"]),
        user=st.sampled_from(PEOPLE),
    ),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(st.lists(st.tuples(FACTS, st.sampled_from(PEOPLE), st.integers(0, 900), st.booleans()), max_size=30))
def test_any_log_is_judged_within_bounds(
    begin: Callable[[], Script], acts: list[tuple[f.Fact, str, int, bool]]
) -> None:
    """Whatever is typed by whomever in whatever order: 0 to 100, nothing crashes, and it is JSON."""
    drill = begin()
    for fact, person, later, true in acts:
        drill.at(drill.now + later)
        if true:
            drill.says(fact, person)
        else:
            drill.does(fact, person)
    card = drill.scorecard()
    assert 0 <= card.total <= 100
    assert all(0 <= each.points <= each.max for each in card.expectations)
    assert all(0 <= area.score <= 100 for area in card.areas.values())
    json.dumps(card.to_dict(), allow_nan=False)


def test_each_remark_is_made_of_whole_sentences(drill: Script) -> None:
    """A reason that ends with a command still ends with a full stop."""
    remarks = drill.at("1m").ack().at("60m").ends().scorecard().next
    reasons = [remark.text.split(" The playbook:")[0] for remark in remarks]
    assert any("kubectl" in reason for reason in reasons)
    assert all(reason.endswith((".", "!", "?")) for reason in reasons)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(AUDIENCES), WORDS, st.integers(5, 55)), max_size=6),
    st.sampled_from(AUDIENCES),
    st.integers(5, 55),
)
def test_a_further_good_update_never_lowers_the_total(
    begin: Callable[[], Script], others: list[tuple[str, str, int]], audience: str, minute: int
) -> None:
    """True, complete and plain: another such update can only help, whatever else was sent."""

    def total(updates: list[tuple[str, str, int]]) -> float:
        drill = begin()
        drill.at("2m").ack().at("4m").declare()
        for to, text, at in sorted(updates, key=lambda each: each[2]):
            drill.at(f"{at}m").update(to, text)
        return drill.at("60m").ends().scorecard().total

    assert total([*others, (audience, GOOD, minute)]) >= total(others)


@given(
    st.permutations(
        [GOOD, "resolved", "carts fail", "40% of requests fail", "%%% , . ? 1 in", "\x1b[31m\u202e"]
    )
)
def test_texts_may_stand_anywhere(begin: Callable[[], Script], texts: list[str]) -> None:
    drill = begin().at("3m").declare("SEV-1", texts[0])
    drill.update("executives", texts[1]).status("identified", texts[2]).post("#incidents", texts[3])
    drill.says(f.CauseStated(texts[4]))
    assert 0 <= drill.resolve(texts[5]).scorecard().total <= 100


def _long_log(drill: Script) -> list[Event]:
    for number in range(20):
        drill.post("#incidents", f"checked {number}: nothing there yet", person="secondary")
    drill.well_handled()
    return list(drill.log)


def test_judging_is_quick(drill: Script) -> None:
    """2 ms for a scorecard of about 150 events, 0.3 for measures, where the loop takes 6."""
    log = _long_log(drill)
    assert 120 <= len(log) <= 180
    assert ratio(lambda: score(drill.scenario, drill.playbook, log), hundred_thousand_steps) < 1.5
    assert ratio(lambda: measures(log), hundred_thousand_steps) < 0.25


def test_colleagues_do_not_earn_points_for_one_who_did_nothing(drill: Script) -> None:
    drill.at("5m").does(f.IncidentDeclared("SEV-1", "carts fail"), "secondary")
    drill.update("incidents", person="secondary").acts("rollback", "orders-api", person="secondary")
    card = drill.at("15m").recovers().at("20m").ends("resolved").scorecard()
    assert card.total == 0.0
