"""Grafana OnCall's chains: ten seconds to the first step, five between steps, at most five repetitions."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.errors import NotFound
from drillbook.oncall.page import ChangeKind
from tests.oncall.builders import layer, schedule
from tests.oncall.profiles import chain, edit, persons, script, window

WAIT = {"type": "wait", "duration": 300}
REPEAT = {"type": "repeat_escalation"}
OPENED = ("triggered", "notified ann@1")


def test_steps_follow_each_other_by_five_seconds_ten_after_the_opening() -> None:
    run = script(chain(persons("ann"), persons("bo", "cem"))).at(0).trigger().at(9).expect("triggered")
    run.at(10).expect("notified ann@1").at(15).expect("escalated 1>2", "notified bo@2", "notified cem@2")
    run.at(20).expect("exhausted")


def test_a_wait_lasts_its_duration() -> None:
    run = script(chain(persons("ann"), WAIT, persons("bo"))).at(0).trigger().at(314).expect(*OPENED)
    run.at(315).expect("escalated 2>3", "notified bo@3")


@pytest.mark.parametrize("at", [11, 315])
def test_an_acknowledgement_before_or_at_the_instant_stops_the_chain(at: float) -> None:
    run = script(chain(persons("ann"), WAIT, persons("bo"))).at(0).trigger().at(at).ack("ann")
    run.expect(*OPENED, "acknowledged ann")
    assert run.pager.next_time() is None


def test_an_acknowledgement_that_times_out_begins_the_chain_anew() -> None:
    steps = chain(persons("ann"), WAIT, persons("bo"))
    run = script(steps, {"acknowledgement_timeout": "10m"}).at(0).trigger().at(20).ack("ann").at(629)
    run.expect(*OPENED, "acknowledged ann", "ack-timed-out").at(630).expect("escalated 0>1", "notified ann@1")


def test_a_chain_repeats_five_times_at_most_and_then_goes_on() -> None:
    run = script(chain(persons("ann"), REPEAT, persons("bo"))).at(0).trigger().at(1000)
    told = [change.user for change in run.changes if change.kind is ChangeKind.NOTIFIED]
    assert told == ["ann"] * 6 + ["bo"]
    assert run.changes[-1].kind is ChangeKind.EXHAUSTED


def test_a_chain_may_resolve_the_alert_group() -> None:
    script(chain(persons("ann"), {"type": "resolve"})).at(0).trigger().at(15).expect(
        *OPENED, "resolved policy"
    )


def test_people_on_call_from_a_schedule_are_those_of_the_moment() -> None:
    turns = schedule(layer("ann", "bo", start="2026-03-09T15:00:00+00:00"))
    step = {"type": "notify_on_call_from_schedule", "notify_on_call_from_schedule": "primary"}
    run = script(chain(step, WAIT, step), schedules=[turns.model_dump(mode="json")]).at(3500).trigger()
    run.at(3815).expect("triggered", "notified ann@1", "escalated 2>3", "notified bo@3")


def test_a_step_with_nobody_on_call_is_passed() -> None:
    nobody = schedule(layer("dee", end="2026-02-01T00:00:00+00:00"))
    step = {"type": "notify_on_call_from_schedule", "notify_on_call_from_schedule": "primary"}
    run = script(chain(step, persons("bo")), schedules=[nobody.model_dump(mode="json")]).at(0).trigger()
    run.at(15).expect("triggered", "notified bo@2")


def test_one_person_each_time_goes_by_the_order_of_ids() -> None:
    step = {"type": "notify_person_next_each_time", "persons_to_notify_next_each_time": ["cem", "ann"]}
    run = script(chain(step))
    for number, name in enumerate(("ann", "cem", "ann")):
        run.at(100 * number).trigger(key=str(number)).at(100 * number + 10)
        run.expect("triggered", f"notified {name}@1").at(100 * number + 15).expect("exhausted")


def test_a_team_and_the_whole_channel_are_notified() -> None:
    team = {"id": "two", "name": "Two", "members": [{"user": "bo"}, {"user": "cem"}]}
    steps = ({"type": "notify_team_members", "team_to_notify": "two"}, {"type": "notify_whole_channel"})
    run = script(chain(*steps, persons("dee")), teams=[team]).at(0).trigger().at(15)
    everybody = ("notified dee@2", "notified bo@2", "notified cem@2")
    run.expect("triggered", "notified bo@1", "notified cem@1", "escalated 1>2", *everybody)


def hours(start: str, end: str) -> dict[str, Any]:
    return {
        "type": "notify_if_time_from_to",
        "notify_if_time_from": f"{start}:00Z",
        "notify_if_time_to": f"{end}:00Z",
    }


@pytest.mark.parametrize(
    ("start", "end", "at"),
    [("13:00", "15:00", 15), ("14:30", "15:00", 1805), ("13:00", "14:00", 82805), ("22:00", "06:00", 28805)],
)
def test_hours_let_the_chain_on_within_them_and_hold_it_until_they_begin(
    start: str, end: str, at: int
) -> None:
    """The alert comes at 14:00 UTC; the step before the hours takes until five seconds before `at`."""
    run = script(chain(hours(start, end), persons("ann"))).at(0).trigger()
    first = at - 5 if at > 15 else at
    run.at(first - 1).expect("triggered").at(first).expect("notified ann@2")


def test_few_alerts_hold_the_chain_until_there_are_more() -> None:
    many = {"type": "notify_if_num_alerts_in_window", "num_alerts_in_window": 2, "num_minutes_in_window": 5}
    run = script(chain(many, persons("ann"))).at(0).trigger().at(60).trigger(summary="2").at(400)
    run.expect("triggered", "updated").trigger(summary="3").at(500).trigger(summary="4").at(550)
    run.expect("updated", "updated").trigger(summary="5").at(565)
    run.expect("updated", "notified ann@2")


def test_force_runs_the_next_step_that_notifies() -> None:
    run = script(chain(persons("ann"), WAIT, persons("bo"))).at(0).trigger().at(20).ack("ann").escalate()
    run.expect(*OPENED, "acknowledged ann", "escalated 2>3 by hand", "notified bo@3")
    run.escalate().expect("nobody-on-call")
    with pytest.raises(NotFound, match="steps 1 to 3"):
        run.escalate(4)
    with pytest.raises(NotFound, match=r"step 2 .* notifies nobody"):
        run.escalate(2)


def test_an_open_group_keeps_its_chain_and_a_new_one_follows_the_edited_one() -> None:
    new = chain(persons("dee"))
    run = script(chain(persons("ann"), WAIT, persons("bo")), policy_changes=[edit("14:01:00", new)])
    run.at(0).trigger().at(315).expect(*OPENED, "escalated 2>3", "notified bo@3")
    run.trigger(key="new").at(325).expect("triggered", "exhausted", "notified dee@1")


def test_nothing_opens_in_maintenance() -> None:
    run = script(chain(persons("ann")), maintenance_windows=[window("14:00:00", "14:10:00")]).at(0).trigger()
    run.expect("suppressed").at(600).trigger().expect("triggered")
