"""What the calendar does to PagerDuty's pages: support hours, maintenance, edited policies, handoffs."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.errors import InvalidInput
from drillbook.model.labels import labels
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.pager import Pager
from tests.oncall.builders import START, PagerScript, directory, layer, on_call, rule, schedule
from tests.oncall.profiles import edit, window

ANN_BO = (rule("ann"), rule("bo"))
OPENED = ("triggered", "notified ann@1")
HOURS = {
    "time_zone": "Etc/UTC",
    "start_time": "09:00:00",
    "end_time": "17:00:00",
    "days_of_week": [1, 2, 3, 4, 5],
}
BY_HOURS = {
    "type": "use_support_hours",
    "during_support_hours": {"type": "constant", "urgency": "high"},
    "outside_support_hours": {"type": "constant", "urgency": "low"},
}
RISES = [{"at": {"name": "support_hours_start"}, "to_urgency": "high"}]
NIGHT = "2026-03-10T03:00:00+00:00"


def support(**more: Any) -> dict[str, Any]:
    return {"support_hours": HOURS, "incident_urgency_rule": BY_HOURS, **more}


def urgency(start: str, **service: Any) -> str:
    """Of a page that an alert opens thirty seconds after `start`."""
    model = on_call(*ANN_BO, **service)
    dispatcher, pager = Dispatcher(model.routing), Pager(model, directory(model, start))
    dispatcher.alert(0, labels(alertname="Down"), (), "firing", 0)
    (sent,) = dispatcher.take(30)
    pager.receive(30, sent)
    return pager.page("P1").urgency


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-10T08:59:29+00:00", "low"),
        ("2026-03-10T08:59:30+00:00", "high"),
        ("2026-03-10T16:59:29+00:00", "high"),
        ("2026-03-10T16:59:30+00:00", "low"),
        ("2026-03-14T12:00:00+00:00", "low"),  # Saturday
    ],
)
def test_urgency_follows_support_hours_from_their_start_to_before_their_end(
    start: str, expected: str
) -> None:
    assert urgency(start, **support()) == expected


def test_support_hours_may_cross_midnight() -> None:
    night = {**HOURS, "start_time": "22:00:00", "end_time": "06:00:00", "days_of_week": [1]}
    assert urgency("2026-03-10T05:00:00+00:00", **support(support_hours=night)) == "high"
    assert urgency("2026-03-09T05:00:00+00:00", **support(support_hours=night)) == "low"


def test_low_becomes_high_at_the_start_of_support_hours_and_escalates_from_then() -> None:
    """The page opens at 03:00, support begins at 09:00."""
    run = PagerScript(*ANN_BO, start=NIGHT, **support(scheduled_actions=RISES, auto_resolve_timeout=None))
    run.at(0).trigger("low").at(6 * 3600).expect(*OPENED, "updated", "notified ann@1")
    assert run.page.urgency == "high"
    run.at(6 * 3600 + 300).expect("escalated 1>2", "notified bo@2")


def test_an_acknowledged_page_keeps_its_low_urgency_until_the_next_start_of_support_hours() -> None:
    run = PagerScript(
        *ANN_BO,
        start=NIGHT,
        **support(scheduled_actions=RISES, auto_resolve_timeout=None, acknowledgement_timeout="10h"),
    )
    run.at(0).trigger("low").ack("ann").at(30 * 3600 - 1)
    run.expect(*OPENED, "acknowledged ann", "ack-timed-out", "notified ann@1")
    run.at(30 * 3600).expect("updated", "notified ann@1")


def test_without_a_scheduled_action_low_stays_low() -> None:
    run = PagerScript(*ANN_BO, start=NIGHT, **support(auto_resolve_timeout=None))
    run.at(0).trigger("low").at(100_000).expect(*OPENED)


def test_support_hours_that_are_needed_and_missing_are_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        PagerScript(*ANN_BO, incident_urgency_rule=BY_HOURS, scheduled_actions=RISES)
    said = [problem.message for problem in caught.value.problems]
    assert said == [
        "services[0].incident_urgency_rule.type: `use_support_hours` needs `support_hours`",
        "services[0].scheduled_actions: a change at the start or end of support hours needs `support_hours`",
    ]


def maintained(*windows: dict[str, Any], **more: Any) -> PagerScript:
    model = on_call(*ANN_BO).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    model |= {"maintenance_windows": list(windows), **more}
    return PagerScript(model=type(on_call(*ANN_BO)).model_validate(model))


def test_no_page_opens_from_the_start_of_maintenance_to_before_its_end() -> None:
    run = maintained(window("14:10:00", "14:20:00"))
    run.at(599).trigger(key="a").expect(*OPENED).at(600).trigger(key="b").expect("suppressed")
    run.at(1199).trigger(key="c").expect("escalated 1>2", "notified bo@2", "suppressed", "exhausted")
    run.at(1200).trigger(key="d").expect(*OPENED)


def test_windows_that_touch_or_overlap_are_one() -> None:
    run = maintained(window("14:00:00", "14:10:00"), window("14:05:00", "14:20:00"))
    for t in (0, 600, 1199):
        run.at(t).trigger().expect("suppressed")
    run.at(1200).trigger().expect(*OPENED)


def test_a_page_that_is_open_when_maintenance_begins_goes_on_escalating_and_is_updated() -> None:
    run = maintained(window("14:01:00", "14:30:00")).at(0).trigger().at(100).trigger(summary="worse")
    run.at(300).expect(*OPENED, "updated", "escalated 1>2", "notified bo@2")


def test_an_open_page_keeps_the_policy_that_it_opened_under() -> None:
    new = {"id": "policy", "name": "Policy", "escalation_rules": [rule("cem"), rule("dee")]}
    run = maintained(policy_changes=[edit("14:02:00", new)]).at(0).trigger().at(300)
    run.expect(*OPENED, "escalated 1>2", "notified bo@2").trigger(key="new")
    run.expect("triggered", "notified cem@1")


def test_an_edit_of_another_tools_policy_or_of_none_is_refused() -> None:
    goalert = {"profile": "goalert", "id": "policy", "name": "P", "steps": [{"delayMinutes": 1}]}
    other = {"id": "polcy", "name": "P", "escalation_rules": [rule("ann")]}
    with pytest.raises(InvalidInput) as caught:
        maintained(policy_changes=[edit("14:02:00", goalert), edit("14:03:00", other)])
    said = "\n".join(problem.message for problem in caught.value.problems)
    assert "the policy 'policy' has the profile 'pagerduty' and keeps it" in said
    assert "there is no escalation policy 'polcy'" in said


@pytest.mark.parametrize(
    ("notifications", "used", "told"),
    [("if_has_services", True, True), ("if_has_services", False, False), ("always", False, True)],
)
def test_people_are_told_when_they_come_on_call_as_the_policy_says(
    notifications: str, used: bool, told: bool
) -> None:
    turns = schedule(layer("ann", "bo", start="2026-03-09T15:00:00+00:00")).model_dump(mode="json")
    policy = {
        "id": "rota",
        "name": "Rota",
        "on_call_handoff_notifications": notifications,
        "escalation_rules": [rule("primary")],
    }
    model = on_call(*ANN_BO).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    model |= {"schedules": [turns], "escalation_policies": [*model["escalation_policies"], policy]}
    if used:
        model["services"] = [*model["services"], {"id": "web", "name": "W", "escalation_policy": "rota"}]
    run = PagerScript(model=type(on_call(*ANN_BO)).model_validate(model), start=START)
    run.at(3600).expect(*(["on-call bo"] if told else []))
