"""What people type reaches the incident; what they get wrong is answered and changes nothing."""

from __future__ import annotations

import pytest

from drillbook.cli.drill import Drill, open_drill
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.events.event import Event


@pytest.fixture(scope="module")
def drill() -> Drill:
    return open_drill("db-pool-exhaustion", None, ())


@pytest.fixture
def run(drill: Drill) -> Simulation:
    """Ten minutes in, nobody simulated."""
    simulation = Simulation(drill.scenario, drill.playbook, 1, prepared=drill.prepared)
    simulation.advance(320)
    return simulation


def replies(events: list[Event]) -> list[f.Replied]:
    return [event.fact for event in events if isinstance(event.fact, f.Replied)]


def type_(run: Simulation, text: str) -> list[Event]:
    return list(run.submit(run.person, text))


def test_a_command_comes_first_and_is_the_cause_of_what_follows(run: Simulation) -> None:
    given, acknowledged = type_(run, "/ack")[:2]
    assert isinstance(given.fact, f.CommandGiven)
    assert isinstance(acknowledged.fact, f.PageChanged)
    assert (acknowledged.fact.change, acknowledged.cause) == ("acknowledged", given.seq)


def test_a_page_is_found_by_the_alert_that_it_holds(run: Simulation) -> None:
    type_(run, "/ack ShopErrorRatioHigh")
    assert [page.state for page in run.view.open_pages] == ["acknowledged"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/akc", "did you mean ack?"),
        ("/declare", "usage: /declare SEV TEXT"),
        ("/declare SEV-9 x", "the playbook has SEV-1, SEV-2, SEV-3"),
        ("/severity 2", "nothing is declared yet"),
        ("/assign king primary", "roles are commander"),
        ("/assign scribe nobody", "there is nobody called 'nobody'"),
        ("/page dbaa", "did you mean dba?"),
        ("/post #incidnts hello", "did you mean #incidents?"),
        ("/status fine all good", "a status is one of"),
        ("/update everybody x", "an audience is one of"),
        ("/check 1", "no runbook is open"),
        ("/runbook kafka", "kafka-consumer-lag, pod-memory-pressure"),
        ("/escalate up", "a level is a number"),
        ("/ack P9", "no open page 'P9'"),
        ("/yes", "nothing waits for a yes or no"),
        ("kubctl get pods", "kubectl"),
    ],
)
def test_what_cannot_be_meant_is_answered_and_changes_nothing(run: Simulation, text: str, told: str) -> None:
    events = type_(run, text)
    answers = replies(events)
    assert [answer.ok for answer in answers] == [False]
    assert told in answers[0].text
    assert len(events) == 2


def test_somebody_is_paged_by_name_title_part_or_team(run: Simulation) -> None:
    for who in ("vp-engineering", "VP Engineering now please", "executive", "database"):
        events = type_(run, f"/page {who}")
        assert any(isinstance(event.fact, f.PersonPaged) for event in events), who


def test_a_risky_action_waits_for_a_yes_and_a_no_leaves_it(run: Simulation) -> None:
    assert any(
        isinstance(each.fact, f.ConfirmationAsked) for each in type_(run, "systemctl restart postgresql")
    )
    assert not any(isinstance(each.fact, f.ActionStarted) for each in type_(run, "no"))
    type_(run, "systemctl restart postgresql")
    assert any(isinstance(each.fact, f.ActionStarted) for each in type_(run, "yes"))


def test_another_command_in_between_forgets_the_question(run: Simulation) -> None:
    type_(run, "systemctl restart postgresql")
    type_(run, "kubectl get pods -n shop")
    assert not replies(type_(run, "yes"))[0].ok


def test_every_claim_has_the_truth_beside_it(run: Simulation) -> None:
    type_(run, "/ack")
    for text in ("/declare SEV-1 shop down", "/post #incidents x", "/status investigating y",
                 "/update executives z", "/cause v2.3.1", "/mitigated m", "/resolve r"):  # fmt: skip
        claim = next(event for event in type_(run, text) if not isinstance(event.fact, f.CommandGiven))
        beside = run.log[claim.seq]
        assert isinstance(beside.fact, f.TruthMeasured), text
        assert (beside.cause, beside.to) == (claim.seq, "hidden")


def test_resolving_too_early_opens_the_incident_again_and_pages(run: Simulation) -> None:
    type_(run, "/ack")
    type_(run, "/resolve it will be fine")
    seen = run.advance(run.now + 200)
    assert any(isinstance(event.fact, f.IncidentReopened) for event in seen)
    assert run.view.resolved_at is None
    assert [page.state for page in run.view.open_pages][-1] == "triggered"


def test_hints_come_in_time_and_one_by_one(run: Simulation) -> None:
    assert "the next hint comes in" in replies(type_(run, "/hint"))[0].text
    run.advance(400)
    assert "SHOW POOLS" in replies(type_(run, "/hint"))[-1].text
    assert run.view.hints == 1


def test_after_the_end_nothing_is_accepted(run: Simulation) -> None:
    type_(run, "/end")
    assert run.ended
    assert type_(run, "/ack") == []
    assert list(run.advance(run.now + 600)) == []


def test_escape_codes_and_control_characters_never_reach_the_log(run: Simulation) -> None:
    type_(run, "/note \x1b[31mred\x07 \u202eback\u2066")
    note = next(fact for _, fact in run.log.of(f.NoteTaken))
    assert note.text == "[31mred back"
