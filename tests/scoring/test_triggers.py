"""Triggers of a playbook's escalation matrix as the scorecard judges them; times count from the page."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.events import facts as f
from drillbook.events.event import HIDDEN
from drillbook.model.people import Person
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.model.trigger import Trigger
from drillbook.oncall.watch import Impact
from drillbook.scoring.impact import impacts
from drillbook.scoring.scorecard import Judged
from tests.scoring.scripts import ONSET, PAGE, Script

MANAGER = Person(id="manager", part="lead")


def script(scenario: Scenario, playbook: Playbook, when: dict[str, Any], **more: Any) -> Script:
    given = {"id": "t", "rule": "The rule.", "when": when, "escalate_to": ["manager"], "points": 3, **more}
    trigger = Trigger.model_validate(given)
    with_manager = scenario.model_copy(update={"people": [*scenario.people, MANAGER]})
    return Script.begin(with_manager, playbook.model_copy(update={"triggers": [trigger]}))


def judged(run: Script) -> Judged:
    return next(each for each in run.scorecard().expectations if each.id == "trigger-t")


AFTER_10 = {"kind": "unresolved", "after": "10m"}


def ended(run: Script, t: str) -> Script:
    run.at(t).add("engine", f.Ended("time"))
    return run


def test_who_hears_in_time_meets_it_and_the_playbooks_rule_is_cited(
    scenario: Scenario, playbook: Playbook
) -> None:
    run = script(scenario, playbook, AFTER_10, within="5m")
    call = run.at("14m").does(f.PersonPaged("manager", "please"))
    grade = judged(ended(run, "20m"))
    assert (grade.outcome, grade.points, grade.max, grade.area) == ("met", 3.0, 3, "escalation")
    assert grade.rule == "The rule."
    assert grade.evidence == (call.seq,)
    assert "10m after the page" in grade.reason


def test_late_is_late_by_what_goes_beyond_the_playbooks_time(scenario: Scenario, playbook: Playbook) -> None:
    run = script(scenario, playbook, AFTER_10, within="5m")
    run.at("17m").does(f.PersonPaged("manager", "please"))
    assert judged(ended(run, "20m")).late_by_s == 120


def test_nobody_told_is_missed_and_who_acted_before_counts(scenario: Scenario, playbook: Playbook) -> None:
    run = script(scenario, playbook, AFTER_10, within="5m")
    run.at("1m").does(f.NoteTaken("looking"))
    assert judged(ended(run, "20m")).outcome == "missed"
    early = script(scenario, playbook, AFTER_10, within="5m")
    early.at("2m").does(f.PersonPaged("manager", "please"))
    assert judged(ended(early, "20m")).outcome == "met"


def test_what_is_due_at_once_leaves_two_minutes_to_type(scenario: Scenario, playbook: Playbook) -> None:
    run = script(scenario, playbook, AFTER_10)
    run.at("12m").does(f.PersonPaged("manager", "please"))
    assert judged(ended(run, "20m")).late_by_s == 0


def test_a_trigger_that_never_held_or_was_over_before_it_was_due_asks_nothing(
    scenario: Scenario, playbook: Playbook
) -> None:
    run = script(scenario, playbook, AFTER_10)
    assert judged(ended(run, "9m")).outcome == "not-applicable"
    over = script(scenario, playbook, AFTER_10, within="5m")
    over.at("1m").does(f.NoteTaken("looking"))
    over.at("12m").add("world", f.ImpactChanged(suffering=False, error_ratio=0.0), to=HIDDEN)
    assert judged(ended(over, "30m")).outcome == "not-applicable"


def test_the_pagers_own_calls_earn_responders_nothing(scenario: Scenario, playbook: Playbook) -> None:
    run = script(scenario, playbook, AFTER_10, within="5m")
    run.at("11m").add("pager", f.PageChanged("P1", "notified", user="manager", level=3))
    assert judged(ended(run, "20m")).outcome == "not-applicable"


def test_automatic_triggers_are_not_judged(scenario: Scenario, playbook: Playbook) -> None:
    run = script(scenario, playbook, AFTER_10, automatic=True)
    assert "trigger-t" not in [each.id for each in ended(run, "20m").scorecard().expectations]


def test_impact_is_judged_by_the_hidden_truth(scenario: Scenario, playbook: Playbook) -> None:
    run = script(scenario, playbook, {"kind": "users-affected", "above": 1000}, within="5m")
    run.at("1m").does(f.NoteTaken("looking"))
    steps = int((PAGE + 1200) // 15) + 1
    ratios = [0.4 if number * 15 >= ONSET else 0.001 for number in range(steps)]
    truth = f.TruthRecorded(
        15.0, (60.0,) * steps, tuple(ratios), (1.0,) * steps, 9000.0, 5000.0, 4000.0, 900.0
    )
    run.at("20m").add("world", truth, to=HIDDEN)
    run.add("engine", f.Ended("time"))
    grade = judged(run)
    assert grade.outcome == "missed"
    assert "after the page" in grade.reason or "from the page on" in grade.reason


def test_the_sums_of_users_and_revenue_end_at_the_recorded_totals(scenario: Scenario) -> None:
    truth = f.TruthRecorded(15.0, (50.0,) * 4, (0.0, 0.5, 0.5, 0.0), (1.0,) * 4, 1.0, 1.0, 700.0, 1200.0)
    found = impacts(scenario.system.workload, truth)
    assert [t for t, _ in found] == [0, 15, 30, 45]
    assert found[0][1] == Impact(0, 0, 0)
    assert found[-1][1].users == pytest.approx(700)
    assert found[-1][1].lost == pytest.approx(1200)
    assert found[1][1].per_hour > 0
    assert found[-1][1].per_hour == 0
