"""Opsgenie's escalations: rules at their times since creation, on conditions."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.errors import InvalidInput, NotFound
from drillbook.oncall.pager import Pager
from tests.oncall.builders import directory, layer, schedule
from tests.oncall.profiles import edit, model, opsgenie, script, window

THREE = ((0, "ann", "acked"), (5, "bo", "acked"), (10, "cem", "closed"))
OPENED = ("triggered", "notified ann@1")


def test_delays_count_from_the_creation_of_the_alert() -> None:
    run = script(opsgenie(*THREE)).at(7).trigger().at(307).expect(*OPENED, "escalated 1>2", "notified bo@2")
    run.at(607).expect("escalated 2>3", "notified cem@3", "exhausted")


def test_the_order_of_rules_is_that_of_their_delays() -> None:
    script(opsgenie((5, "bo", "acked"), (0, "ann", "acked"))).at(0).trigger().at(300).expect(
        *OPENED, "escalated 1>2", "notified bo@2", "exhausted"
    )


def test_a_first_rule_with_a_delay_leaves_the_alert_with_nobody_until_then() -> None:
    run = script(opsgenie((5, "bo", "acked"))).at(0).trigger().at(299).expect("triggered")
    run.at(300).expect("escalated 0>1", "notified bo@1", "exhausted")


@pytest.mark.parametrize("at", [1, 300])
def test_acknowledged_before_or_at_its_instant_a_rule_for_unacknowledged_alerts_passes_in_silence(
    at: float,
) -> None:
    run = (
        script(opsgenie(*THREE)).at(0).trigger().at(at).ack("ann").at(599).expect(*OPENED, "acknowledged ann")
    )
    run.at(600).expect("escalated 2>3", "notified cem@3", "exhausted")


def test_a_closed_alert_escalates_no_more() -> None:
    script(opsgenie(*THREE)).at(0).trigger().resolve("ann").at(9000).expect(*OPENED, "resolved ann")


def test_repetitions_begin_the_wait_interval_after_the_last_rule() -> None:
    again = {"waitInterval": 20, "count": 2}
    run = script(opsgenie((0, "ann", "acked"), (5, "bo", "acked"), repeat=again)).at(0).trigger().at(1499)
    run.expect(*OPENED, "escalated 1>2", "notified bo@2").at(1500).expect("escalated 0>1", "notified ann@1")
    run.at(20_000)
    run.expect(
        *("escalated 1>2", "notified bo@2", "escalated 0>1", "notified ann@1"),
        *("escalated 1>2", "notified bo@2", "exhausted"),
    )


def test_repetitions_may_take_acknowledgements_back() -> None:
    again = {"waitInterval": 20, "count": 1, "resetRecipientStates": True}
    run = script(opsgenie((0, "ann", "acked"), repeat=again)).at(0).trigger().ack("ann").at(1200)
    run.expect(*OPENED, "acknowledged ann", "ack-timed-out", "escalated 0>1", "notified ann@1", "exhausted")


def test_without_that_an_acknowledged_alert_stays_quiet_in_repetitions() -> None:
    again = {"waitInterval": 20, "count": 1}
    run = script(opsgenie((0, "ann", "acked"), repeat=again)).at(0).trigger().ack("ann").at(5000)
    run.expect(*OPENED, "acknowledged ann", "exhausted")


def test_the_alert_may_close_itself_after_all_repetitions() -> None:
    again = {"waitInterval": 20, "count": 1, "closeAlertAfterAll": True}
    run = script(opsgenie((0, "ann", "acked"), repeat=again)).at(0).trigger().at(2399)
    run.expect(*OPENED, "escalated 0>1", "notified ann@1").at(2400).expect("resolved policy")


def test_force_runs_the_next_rule_now_and_leaves_the_others_their_times() -> None:
    run = (
        script(opsgenie(*THREE))
        .at(0)
        .trigger()
        .at(60)
        .escalate()
        .expect(*OPENED, "escalated 1>2 by hand", "notified bo@2")
    )
    run.at(599).expect().at(600).expect("escalated 2>3", "notified cem@3", "exhausted")


def test_force_runs_the_rule_that_passed_in_silence_while_acknowledged() -> None:
    run = script(opsgenie(*THREE)).at(0).trigger().ack("ann").at(400).escalate()
    run.expect(*OPENED, "acknowledged ann", "escalated 2>2 by hand", "notified bo@2")


def test_force_runs_a_named_rule_even_while_acknowledged() -> None:
    run = script(opsgenie(*THREE)).at(0).trigger().ack("ann").at(60).escalate(1)
    run.expect(*OPENED, "acknowledged ann", "escalated 1>1 by hand", "notified ann@1")
    with pytest.raises(NotFound, match="rules 1 to 3"):
        run.escalate(4)


def test_somebody_given_the_alert_joins_and_the_rules_go_on() -> None:
    run = script(opsgenie(*THREE)).at(0).trigger().reassign("dee").at(300)
    run.expect(*OPENED, "reassigned dee", "notified dee@1", "escalated 1>2", "notified bo@2")


def test_no_alert_opens_in_maintenance_and_open_ones_go_on() -> None:
    run = script(opsgenie(*THREE), maintenance_windows=[window("14:02:00", "14:20:00")]).at(0).trigger()
    run.at(300).trigger(key="other").expect(*OPENED, "suppressed", "escalated 1>2", "notified bo@2")


def test_an_open_alert_keeps_the_escalation_that_it_began_with() -> None:
    new = opsgenie((0, "dee", "acked"))
    run = script(opsgenie(*THREE), policy_changes=[edit("14:01:00", new)]).at(0).trigger().at(300)
    run.expect(*OPENED, "escalated 1>2", "notified bo@2").resolve().trigger()
    run.expect("resolved recovered", "triggered", "notified dee@1", "exhausted")


def rule(notify: str, kind: str, name: str) -> dict[str, Any]:
    return {
        "condition": "if-not-acked",
        "notifyType": notify,
        "delay": {"timeAmount": 0},
        "recipient": {"type": kind, "id": name},
    }


@pytest.mark.parametrize(
    ("notify", "kind", "found"),
    [
        ("default", "schedule", ["ann"]),
        ("next", "schedule", ["bo"]),
        ("previous", "schedule", ["cem"]),
        ("all", "team", ["ann", "bo", "dee"]),
        ("default", "team", ["ann", "bo", "dee"]),
        ("users", "team", ["bo", "dee"]),
        ("admins", "team", ["ann"]),
        ("random", "team", ["ann"]),
    ],
)
def test_a_rule_notifies_whom_its_notify_type_says(notify: str, kind: str, found: list[str]) -> None:
    turns = schedule(layer("ann", "bo", "cem", turn=604800, start="2026-03-09T00:00:00+00:00"))
    members = [{"user": "ann", "role": "admin"}, {"user": "bo"}, {"user": "dee"}]
    policy = opsgenie() | {"rules": [rule(notify, kind, "primary")]}
    team = {"id": "primary", "name": "Team", "members": members}
    run = script(policy, teams=[team], schedules=[turns.model_dump(mode="json")])
    run.at(0).trigger().expect("triggered", *(f"notified {name}@1" for name in found), "exhausted")


def test_random_members_of_a_team_take_turns() -> None:
    policy = opsgenie() | {"rules": [rule("random", "team", "two")]}
    team = {"id": "two", "name": "Two", "members": [{"user": "ann"}, {"user": "bo"}]}
    run = script(policy, teams=[team]).at(0)
    for number, name in enumerate(("ann", "bo", "ann")):
        run.trigger(key=str(number)).expect("triggered", f"notified {name}@1", "exhausted")


def test_what_does_not_fit_together_is_refused_with_its_place() -> None:
    policy = opsgenie() | {"rules": [rule("next", "user", "ann")], "repeat": {"count": 3}}
    of = model(policy)
    with pytest.raises(InvalidInput) as caught:
        Pager(of, directory(of))
    said = "\n".join(problem.message for problem in caught.value.problems)
    assert "escalation_policies[0].rules[0].notifyType: `next` is for a schedule, not for a user" in said
    assert "escalation_policies[0].repeat.count: repetitions need a `waitInterval`" in said
