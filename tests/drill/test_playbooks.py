"""Every drill runs under every playbook, and the playbook's own rules are what counts there."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillbook.cli.drill import cast_for, open_drill
from drillbook.events import facts as f
from drillbook.events.log import EventLog
from drillbook.model.policies.pagerduty import PagerDutyPolicy
from drillbook.scoring.score import score
from drillbook.scoring.scorecard import Scorecard

ROOT = Path(__file__).parents[2]
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yaml"))
SCENARIOS = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))


def played(scenario: str, playbook: str, level: str) -> tuple[EventLog, Scorecard]:
    drill = open_drill(scenario, playbook, ())
    run = drill.simulation(7, cast_for(level))
    run.advance(drill.scenario.duration + 1)
    return run.log, score(drill.scenario, drill.playbook, run.log)


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_an_expert_does_well_and_nobody_badly_under_every_playbook(scenario: str, playbook: str) -> None:
    _, expert = played(scenario, playbook, "expert")
    _, absent = played(scenario, playbook, "absent")
    assert expert.total > 60
    assert absent.total < 20


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_severities_of_scenarios_lead_to_those_of_the_playbook(playbook: str) -> None:
    drill = open_drill(SCENARIOS[0], playbook, ())
    for rank, (name, other) in enumerate((("SEV-1", "P0"), ("SEV-2", "P1"), ("SEV-3", "P2"))):
        assert drill.playbook.severity(name) == drill.playbook.severities[rank]
        assert drill.playbook.severity(other) == drill.playbook.severities[rank]
    assert drill.playbook.severity("SEV-4") == drill.playbook.severity("P3")


def test_each_playbook_keeps_its_own_time_for_the_worst() -> None:
    """The sources differ, and none is bent to another."""
    within = {name: open_drill("db-pool-exhaustion", name, ()).playbook for name in PLAYBOOKS}
    assert {name: book.severities[0].respond_within for name, book in within.items()} == {
        "first-runbook": 300,
        "incident-management": 900,
        "incident-response": 900,
        "insurance-on-call": 300,
        "novacron": 60,
    }


def test_the_target_to_restore_is_told_where_the_playbook_has_one() -> None:
    _, card = played("db-pool-exhaustion", "novacron", "expert")
    told = next(each.reason for each in card.expectations if each.id == "mitigate")
    assert told.endswith("The playbook's target at P0 is 5m.")


def test_novacrons_automation_calls_people_by_its_matrix() -> None:
    log, _ = played("db-pool-exhaustion", "novacron", "absent")
    page = next(event.t for event, fact in log.of(f.PageChanged) if fact.change == "triggered")
    calls = {fact.person: event for event, fact in log.of(f.PersonPaged) if event.actor == "pager"}
    assert calls["service-owners"].t - page >= 300
    assert "owners" in getattr(calls["service-owners"].fact, "text", "")
    assert calls["engineering-manager"].t - page == pytest.approx(300, abs=1)


def test_novacrons_levels_are_left_after_5_10_15_and_30_minutes() -> None:
    policy = open_drill("db-pool-exhaustion", "novacron", ()).playbook.on_call.escalation_policies[0]
    assert isinstance(policy, PagerDutyPolicy)
    delays = [rule.escalation_delay_in_minutes for rule in policy.escalation_rules]
    assert [sum(delays[:number]) for number in range(1, 5)] == [5, 10, 15, 30]


def test_the_insurance_platforms_path_of_a_sev_1_is_15_30_60_and_120_minutes() -> None:
    log, _ = played("db-pool-exhaustion", "insurance-on-call", "absent")
    notified = [(event.t, fact.user) for event, fact in log.of(f.PageChanged) if fact.change == "notified"]
    first = notified[0][0]
    assert [(round(t - first), user) for t, user in notified] == [
        (0, "primary"),
        (900, "secondary"),
        (1800, "platform-lead"),
        (3600, "engineering-manager"),
    ][: len(notified)]
    assert len(notified) >= 3


def test_losing_more_than_10000_dollars_an_hour_calls_the_vp_of_the_insurance_platform_at_once() -> None:
    _, card = played("db-pool-exhaustion", "insurance-on-call", "absent")
    revenue = next(each for each in card.expectations if each.id == "trigger-revenue")
    assert revenue.outcome == "missed"
    assert "$10,000" in revenue.rule


def test_the_course_modules_policy_passes_on_at_once_and_its_sev_1_pages_everybody() -> None:
    log, _ = played("db-pool-exhaustion", "incident-management", "absent")
    pages = [(event.t, fact.user) for event, fact in log.of(f.PageChanged) if fact.change == "notified"]
    assert [user for t, user in pages if t == pages[0][0]] == ["primary", "team-lead"]
    called = {fact.person for event, fact in log.of(f.PersonPaged) if event.actor == "pager"}
    assert {"secondary", "commander", "comms"} <= called
