"""A dry run is what the dispatcher and the pager do; its holes are what somebody would point at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from drillbook.model.labels import labels
from drillbook.model.people import Answer
from drillbook.model.policy import OnCall
from drillbook.oncall.directory import Directory
from drillbook.oncall.dry_run import DryRun, dry_run
from drillbook.oncall.holes import Hole, answered, gaps, holes, unanswered
from drillbook.oncall.page import ChangeKind
from tests.oncall.builders import PEOPLE, START, layer, on_call, rule, schedule

ANSWER = Answer()
DOWN = labels(alertname="Down", severity="critical")


def rehearsed(of: OnCall, ack_after: float | None = None, start: str = START, **more: str) -> DryRun:
    directory = Directory(of, PEOPLE, datetime.fromisoformat(start))
    return dry_run(of, directory, labels(dict(DOWN) | more), ack_after=ack_after)


def found(of: OnCall, start: str = START, **more: str) -> dict[str, Hole]:
    directory = Directory(of, PEOPLE, datetime.fromisoformat(start))
    run = dry_run(of, directory, labels(dict(DOWN) | more))
    return {each.kind: each for each in holes(run, of, directory, ANSWER, 1.0)}


def rings(run: DryRun) -> list[tuple[float, int | None, str | None]]:
    return [(each.t, each.level, each.user) for each in run.notified]


def test_the_group_wait_comes_before_the_first_level() -> None:
    run = rehearsed(on_call(rule("ann"), rule("bo")))
    assert [(each.t, each.receiver, each.service) for each in run.told] == [(30.0, "pager", "api")]
    assert rings(run) == [(30.0, 1, "ann"), (330.0, 2, "bo")]
    assert run.first(ChangeKind.EXHAUSTED) == 630.0


def test_the_alert_is_routed_by_its_labels() -> None:
    run = rehearsed(on_call(rule("ann")), chat="yes")
    assert [(each.receiver, each.service, each.channel) for each in run.told] == [("chat", None, "#a")]
    assert rings(run) == []


def test_an_acknowledgement_stops_it_and_its_end_begins_it_again() -> None:
    run = rehearsed(on_call(rule("ann"), rule("bo"), acknowledgement_timeout="10m"), ack_after=360.0)
    acknowledged = next(each for each in run.changes if each.kind is ChangeKind.ACKNOWLEDGED)
    assert (acknowledged.t, acknowledged.user) == (390.0, "bo")
    assert rings(run) == [(30.0, 1, "ann"), (330.0, 2, "bo"), (990.0, 2, "bo")]


def test_an_acknowledgement_at_the_instant_of_an_escalation_stops_it() -> None:
    run = rehearsed(on_call(rule("ann"), rule("bo"), acknowledgement_timeout=None), ack_after=300.0)
    assert rings(run) == [(30.0, 1, "ann")]


def test_it_ends_when_the_page_closes_by_itself() -> None:
    run = rehearsed(on_call(rule("ann", minutes=60), rule("bo"), auto_resolve_timeout="20m"))
    assert run.end == 1230.0
    assert [each.kind for each in run.changes][-1] is ChangeKind.RESOLVED


def following(policy: dict[str, Any], *schedules: dict[str, Any]) -> OnCall:
    """One service under another tool's policy."""
    return OnCall.model_validate(
        {
            "routing": {
                "route": {"receiver": "pager"},
                "receivers": [{"name": "pager", "pager_service": "api"}],
            },
            "services": [{"id": "api", "name": "API", "escalation_policy": "policy"}],
            "escalation_policies": [{"id": "policy", "name": "P", **policy}],
            "schedules": list(schedules),
        }
    )


def test_a_policy_that_repeats_for_ever_is_cut_off() -> None:
    steps = [{"delayMinutes": 60, "targets": [{"id": "ann", "type": "user"}]}]
    run = rehearsed(following({"profile": "goalert", "repeat": -1, "steps": steps}))
    assert 23 <= len(run.notified) <= 24
    assert run.end <= 86400


def test_opsgenie_levels_are_counted_by_their_delays() -> None:
    """The rule that is written first comes last; nobody is on call for it."""
    rules = [
        {"delay": {"timeAmount": minutes}, "condition": "if-not-acked", "recipient": recipient}
        for minutes, recipient in (
            (30, {"type": "schedule", "id": "empty"}),
            (0, {"type": "user", "id": "ann"}),
            (10, {"type": "user", "id": "bo"}),
        )
    ]
    rotation = {
        "name": "r",
        "type": "weekly",
        "startDate": "2026-01-05T00:00:00Z",
        "participants": [{"type": "none"}],
    }
    empty = {"profile": "opsgenie", "id": "empty", "name": "E", "timezone": "UTC", "rotations": [rotation]}
    of = following({"profile": "opsgenie", "rules": rules}, empty)
    assert [(each.level, each.user) for each in rehearsed(of).notified] == [(1, "ann"), (2, "bo")]
    assert found(of)["level-empty"].message == "level 3 reaches nobody: nobody is on call for empty"


def test_who_has_the_page_from_when_to_when() -> None:
    run = rehearsed(on_call(rule("ann", "cem"), rule("bo")))
    assert [(hold.level, hold.user, hold.start, hold.end) for hold in run.holds()] == [
        (1, "ann", 30.0, 330.0),
        (1, "cem", 30.0, 330.0),
        (2, "bo", 330.0, run.end),
    ]


def test_an_ordinary_policy_has_no_holes() -> None:
    assert found(on_call(rule("ann"), rule("bo"), rule("cem", minutes=15), num_loops=1)) == {}


def test_an_alert_that_pages_nobody() -> None:
    assert set(found(on_call(rule("ann")), chat="yes")) == {"nobody-paged"}


NIGHTS = schedule(
    layer(
        "ann",
        restrictions=[
            {"type": "daily_restriction", "start_time_of_day": "20:00:00", "duration_seconds": 12 * 3600}
        ],
    )
)
"""Nobody is on call from 08:00 to 20:00 in Berlin; the run begins at 15:00 there."""


def test_nobody_on_call_at_all() -> None:
    of = on_call(rule("primary"), schedules=[NIGHTS])
    assert {"nobody-on-call", "level-empty", "gap"} <= set(found(of))


def test_a_level_that_reaches_nobody_at_that_hour() -> None:
    of = on_call(rule("primary"), rule("bo"), rule("cem"), schedules=[NIGHTS])
    assert "nobody is on call for primary" in found(of)["level-empty"].message
    assert "level-empty" not in found(of, start="2026-03-10T23:00:00+01:00")


def test_gaps_of_the_next_week_are_counted() -> None:
    of = on_call(rule("primary"), rule("bo"), schedules=[NIGHTS])
    directory = Directory(of, PEOPLE, datetime.fromisoformat(START))
    assert len(gaps(directory, "primary")) == 8
    assert sum(gap.end - gap.start for gap in gaps(directory, "primary")) == 7 * 12 * 3600
    assert "8 times in the next 7 days, 84 h in all" in found(of)["gap"].message


def test_hours_in_which_no_level_reaches_anybody() -> None:
    evening = {"type": "daily_restriction", "start_time_of_day": "08:00:00", "duration_seconds": 10 * 3600}
    other = schedule(layer("bo", restrictions=[evening])).model_copy(update={"id": "backup"})
    of = on_call(rule("primary"), rule("backup"), schedules=[NIGHTS, other])
    assert (
        found(of)["uncovered"].message == "no level reaches anybody 7 times in the next 7 days, 14 h in all"
    )
    with_person = on_call(rule("primary"), rule("backup", "ann"), schedules=[NIGHTS, other])
    assert "uncovered" not in found(with_person)


def test_low_urgency_never_reaches_the_other_levels() -> None:
    of = on_call(rule("ann"), rule("bo"))
    assert "never escalates, and level 2 never acts" in found(of, severity="warning")["level-unused"].message


def test_a_level_without_a_delay_has_no_time_to_answer() -> None:
    of = on_call(rule("ann", minutes=0), rule("bo"), num_loops=3)
    assert "level 2 is notified at the same moment" in found(of)["no-time"].message


def test_a_level_that_is_left_before_most_people_answer() -> None:
    hole = found(on_call(rule("ann", minutes=1), rule("bo", minutes=30)))["no-time"]
    assert hole.message == "level 1 is left after 60 s: 25% of people answer so fast"


def test_the_same_person_on_successive_levels() -> None:
    of = on_call(rule("ann"), rule("ann"), rule("bo", minutes=30))
    assert found(of)["same-person"].message.startswith("level 2 brings nobody new: ann")


def test_somebody_new_beside_the_same_person_is_no_hole() -> None:
    assert "same-person" not in found(on_call(rule("ann"), rule("ann", "bo", minutes=30)))


def test_it_gives_up_before_anybody_has_answered() -> None:
    hole = found(on_call(rule("ann")))["gives-up"]
    assert hole.message == "it gives up before anybody has answered in 24% of cases"
    assert hole.t == 330.0


def test_more_people_and_more_time_make_giving_up_rare() -> None:
    assert "gives-up" not in found(on_call(rule("ann"), rule("bo"), num_loops=2))


def test_a_handoff_while_the_page_is_open() -> None:
    rota = schedule(layer("ann", "bo"))
    of = on_call(rule("primary"), rule("cem"), schedules=[rota], num_loops=1)
    hole = found(of, start="2026-03-11T08:57:00+01:00")["handoff"]
    assert hole.message.startswith(
        "primary hands over while the page is open: bo is notified at the next step"
    )
    alone = on_call(rule("primary", minutes=10), rule("cem"), schedules=[rota])
    assert "bo is not notified" in found(alone, start="2026-03-11T08:57:00+01:00")["handoff"].message


@pytest.mark.parametrize(("seconds", "share"), [(0, 0.0), (120, 0.475), (600, 0.8819)])
def test_half_of_those_who_answer_do_so_within_the_median(seconds: float, share: float) -> None:
    assert answered(seconds, ANSWER, 1.0) == pytest.approx(share, abs=1e-4)


def test_at_night_it_takes_longer() -> None:
    assert answered(150, ANSWER, 1.25) == answered(120, ANSWER, 1.0)


def test_people_answer_their_first_ring_independently() -> None:
    run = rehearsed(on_call(rule("ann"), rule("bo")))
    chance = unanswered(run, 630.0, ANSWER, 1.0)
    assert chance == pytest.approx((1 - answered(600, ANSWER, 1)) * (1 - answered(300, ANSWER, 1)))
