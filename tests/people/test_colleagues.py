"""Colleagues come or do not, report what tools say, ask when nobody tells them, never take the page."""

import re
from collections import Counter

import pytest

from drillbook.engine.randomness import Randomness
from drillbook.events import facts as f
from drillbook.people.cast import colleagues
from tests.people.stage import PAGED, Stage, drill, lines, play

SCENARIO, PLAYBOOK = drill()


def alone(seed: int = 1, **options: object) -> Stage:
    """All colleagues, and nobody in the primary's seat."""
    cast = colleagues(SCENARIO, PLAYBOOK, Randomness(seed), seats={"primary"})
    return Stage(cast, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("level", ["expert", "average", "novice", "absent"])
def test_a_colleague_never_acknowledges_and_never_remedies(level: str) -> None:
    stage = play(level, 4)
    others = [text for _, who, text in stage.typed if who != "primary"]
    assert not any(text.startswith("/ack") for text in others)
    assert not any(re.search(r"undo|restart|scale|terminate|ALTER|SET d", text) for text in others)


@pytest.mark.parametrize("seed", range(1, 6))
def test_nobody_spams(seed: int) -> None:
    stage = alone(seed)
    stage.run()
    said = Counter(who for _, who, text in stage.typed if text.startswith(("/post", "/ask")))
    assert all(count <= 12 for count in said.values())


def test_a_held_seat_has_no_simulated_person() -> None:
    cast = colleagues(SCENARIO, PLAYBOOK, Randomness(1), seats={"primary", "dba", "comms"})
    people = [agent.person for agent in cast]
    assert people == ["secondary", "team-lead", "commander", "vp-engineering", "support-lead"]


def test_where_nobody_responds_executives_and_support_still_ask() -> None:
    stage = play("absent", 1)
    assert {who for _, who, _ in stage.typed} == {"vp-engineering", "support-lead"}


def test_an_executive_asks_after_patience_without_an_update_and_not_before() -> None:
    stage = alone(quiet=True)
    stage.run(100)
    stage.obey("primary", "/declare SEV-1 carts fail")
    stage._alert("firing")
    stage.run(100 + 18 * 60 - 1)
    assert lines(stage, "vp-engineering", "/ask") == []
    stage.run(100 + 18 * 60 + 1)
    assert lines(stage, "vp-engineering", "/ask")[0][1].startswith("/ask #executives I keep hearing")


@pytest.mark.parametrize(
    "told", ["/update executives All is known.", "/post #executives All is known.", "/post @vp-engineering x"]
)
def test_an_update_or_an_answer_calms_an_executive(told: str) -> None:
    stage = alone(quiet=True)
    stage.run(100)
    stage.obey("primary", "/declare SEV-1 carts fail")
    stage._alert("firing")
    stage.run(1000)
    stage.obey("primary", told)
    stage.run(1000 + 18 * 60 - 1)
    assert lines(stage, "vp-engineering", "/ask") == []
    stage.run(1000 + 18 * 60 + 1)
    assert "18 minutes" in lines(stage, "vp-engineering", "/ask")[0][1] or lines(
        stage, "vp-engineering", "/ask"
    )


def test_an_executive_says_thanks_for_an_answer_once() -> None:
    stage = alone(quiet=True)
    stage.run(10)
    stage.obey("primary", "/declare SEV-1 carts fail")
    stage._alert("firing")
    stage.run(1200)
    stage.obey("primary", "/update executives 36% of requests fail.")
    stage.obey("primary", "/update executives 36% of requests fail.")
    stage.run(1500)
    assert len(lines(stage, "vp-engineering", "/post #executives")) == 1


def test_support_says_so_when_resolved_came_too_early() -> None:
    stage = alone(quiet=True)
    stage._alert("firing")
    stage.run(300)
    stage.obey("primary", "/resolve all good")
    stage.run(300 + 170)
    assert lines(stage, "support-lead", "/post #incidents")


def test_support_is_quiet_when_resolved_is_true() -> None:
    stage = alone(quiet=True)
    stage._alert("firing")
    stage.run(300)
    stage._alert("inactive")
    stage.obey("primary", "/resolve all good")
    stage.run(300 + 170)
    assert lines(stage, "support-lead", "/post #incidents") == []


def test_a_specialist_comes_when_paged_looks_and_reports_in_numbers() -> None:
    stage = alone(2, quiet=True)
    stage.run(200)
    stage.obey("primary", "/page dba please look at the pool")
    stage.run(2500)
    typed = [text for _, text in lines(stage, "dba")]
    assert typed[0].startswith("/join")
    report = next(text for text in typed if text.startswith("/post #incidents"))
    assert "312 waiting" in report
    assert "262 active sessions" in report
    assert "6 run “SELECT o.*" in report


def test_a_team_lead_tells_what_was_released_lately() -> None:
    stage = alone(2, quiet=True)
    stage.run(200)
    stage.obey("primary", "/page team-lead what changed?")
    stage.run(2500)
    report = lines(stage, "team-lead", "/post #incidents")[0][1]
    assert "v2.3.1: optimise order history lookup" in report


def test_a_secondary_calls_a_primary_who_does_not_answer() -> None:
    calls = []
    for seed in range(1, 6):
        stage = alone(seed)
        stage.run(3000)
        calls += lines(stage, "secondary", "/page primary")
        assert all(t > PAGED + 300 for t, _ in lines(stage, "secondary"))
    assert len(calls) >= 3


def test_a_commander_asks_for_severity_and_impact_where_nobody_declared() -> None:
    stage = alone(2, quiet=True)
    stage.run(200)
    stage.obey("primary", "/assign commander commander")
    stage.run(2000)
    assert len(lines(stage, "commander", "/ask #incidents")) == 1


def test_a_commander_has_somebody_communicate_and_reminds_of_overdue_updates() -> None:
    stage = alone(2, quiet=True)
    stage.run(200)
    stage.obey("primary", "/declare SEV-1 carts fail")
    stage.obey("primary", "/assign commander commander")
    stage.run(7000)
    assert len(lines(stage, "commander", "/assign communications comms")) == 1
    reminders = [
        text for _, text in lines(stage, "commander", "/post") if "overdue" in text or "Reminder" in text
    ]
    assert 1 <= len(reminders) <= 4


def test_a_commander_takes_what_the_engineer_writes_in_the_channel_for_news() -> None:
    reminded = []
    for writes in (False, True):
        stage = alone(2, quiet=True)
        stage.run(200)
        stage.obey("primary", "/ack")
        stage.obey("primary", "/declare SEV-1 carts fail")
        stage.obey("primary", "/assign commander commander")
        for t in range(600, 5400, 300):
            stage.run(t)
            for audience in ("executives", "customer-success"):
                stage.obey("primary", f"/update {audience} Carts fail. We look for the cause.")
            stage.obey("primary", "/status investigating Carts fail. We look for the cause.")
            if writes:
                stage.obey("primary", "/post #incidents 40 % of carts fail, I look at the pool.")
        texts = [text for _, text in lines(stage, "commander", "/post #incidents")]
        reminded.append(any("to #incidents" in text or "for #incidents" in text for text in texts))
    assert reminded == [True, False]


def comms_stage(*said: str) -> Stage:
    stage = alone(2, quiet=True)
    stage.run(200)
    for text in said:
        stage.obey("primary", text)
    stage.obey("primary", "/assign communications comms")
    stage.run(1400)
    return stage


def published(stage: Stage) -> list[str]:
    return [text for _, text in lines(stage, "comms") if text.startswith(("/status", "/update"))]


def test_a_communications_lead_repeats_the_responders_figures() -> None:
    stage = alone(2, quiet=True)
    stage.run(200)
    stage.obey("primary", "/declare SEV-1 carts fail")
    stage.obey("primary", "/assign communications comms")
    while not published(stage):
        stage.run(stage.now + 30)
        stage.obey("primary", "/post #incidents 41% of requests fail at the edge.")
    assert "41%" in published(stage)[0]


def test_a_communications_lead_never_invents_a_figure() -> None:
    stage = comms_stage("/declare SEV-1 carts fail")
    assert published(stage)
    assert not any("%" in text for text in published(stage))
    assert lines(stage, "comms", "/ask #incidents")


def test_figures_of_customers_and_executives_are_no_facts() -> None:
    stage = alone(2, quiet=True)
    stage.run(200)
    stage.obey("primary", "/declare SEV-1 carts fail")
    stage.obey("primary", "/assign communications comms")
    while not published(stage):
        stage.run(stage.now + 30)
        stage.say("support-lead", f.MessagePosted("#incidents", "90% of customers see errors"))
    assert not any("%" in text for text in published(stage))


def test_the_public_hears_of_each_phase() -> None:
    stage = comms_stage("/declare SEV-1 carts fail")
    stage.obey("primary", "/cause the release")
    stage.run(1600)
    stage.obey("primary", "/mitigated back to 0.1%")
    stage.run(1800)
    stage.obey("primary", "/resolve done")
    stage.run(1979)
    states = [text.split()[1] for _, text in lines(stage, "comms", "/status")]
    assert list(dict.fromkeys(states)) == ["investigating", "identified", "monitoring", "resolved"]


def test_a_look_that_the_shell_does_not_know_ends_in_a_report_all_the_same() -> None:
    stage = alone(2, quiet=True)
    stage._shell = lambda person, text: stage.say("engine", f.Replied("unknown", ok=False), person)  # type: ignore[assignment,method-assign]
    stage.run(200)
    stage.obey("primary", "/page dba please look")
    stage.run(2500)
    assert "nothing stands out" in lines(stage, "dba", "/post #incidents")[0][1]
