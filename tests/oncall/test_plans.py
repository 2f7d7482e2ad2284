"""Schedules in GoAlert's and Opsgenie's words; wall clocks are Berlin's unless an offset is given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.model.schedule import GoAlertSchedule, OpsgenieSchedule, Rotation
from drillbook.oncall.schedule import Rota

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = {"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6}
ALL_DAYS = tuple(DAYS)


def at(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=BERLIN)


def turns(kind: str, *users: str, start: str = "2026-01-05T09:00:00+01:00", length: int = 1) -> Rotation:
    return Rotation.model_validate(
        {
            "id": "turns",
            "name": "Turns",
            "type": kind,
            "start": start,
            "timeZone": "Europe/Berlin",
            "shiftLength": length,
            "userIDs": list(users),
        }
    )


def hours(start: str, end: str, *days: str) -> dict[str, Any]:
    on = [name in (days or ALL_DAYS) for name in DAYS]
    return {"start": start, "end": end, "weekdayFilter": on}


def goalert(*targets: tuple[str, str, list[dict[str, Any]]], **more: Any) -> GoAlertSchedule:
    given = [{"target": {"id": name, "type": kind}, "rules": rules} for name, kind, rules in targets]
    return GoAlertSchedule.model_validate(
        {
            "profile": "goalert",
            "id": "s",
            "name": "S",
            "timeZone": "Europe/Berlin",
            "targets": given,
            **more,
        }
    )


def opsgenie(*rotations: dict[str, Any], **more: Any) -> OpsgenieSchedule:
    return OpsgenieSchedule.model_validate(
        {
            "profile": "opsgenie",
            "id": "s",
            "name": "S",
            "timezone": "Europe/Berlin",
            "rotations": list(rotations),
            **more,
        }
    )


def rotation(*users: str, kind: str = "daily", **more: Any) -> dict[str, Any]:
    people = [{"type": "user", "id": user} if user else {"type": "none"} for user in users]
    given = {"name": "r", "type": kind, "startDate": "2026-01-05T09:00:00+01:00", "participants": people}
    return {**given, **more}


def test_everybody_whose_hours_it_is_is_on_call_together_in_goalert() -> None:
    rota = Rota(
        goalert(
            ("ann", "user", [hours("08:00", "16:00")]),
            ("bo", "user", [hours("12:00", "20:00")]),
        )
    )
    found = [rota.on_call(at(f"2026-01-07T{hour}:00")) for hour in ("07", "08", "12", "16", "20")]
    assert found == [(), ("ann",), ("ann", "bo"), ("bo",), ()]


def test_hours_that_end_before_they_start_go_on_into_the_next_day() -> None:
    rota = Rota(goalert(("ann", "user", [hours("22:00", "06:00", "sunday")])))
    moments = (
        "2026-01-11T21:59",
        "2026-01-11T22:00",
        "2026-01-12T05:59",
        "2026-01-12T06:00",
        "2026-01-12T23:00",
    )
    assert [bool(rota.on_call(at(each))) for each in moments] == [False, True, True, False, False]


def test_equal_hours_mean_the_whole_day() -> None:
    rota = Rota(goalert(("ann", "user", [hours("00:00", "00:00", "monday")])))
    moments = ("2026-01-11T23:59", "2026-01-12T00:00", "2026-01-12T23:59", "2026-01-13T00:00")
    assert [bool(rota.on_call(at(each))) for each in moments] == [False, True, True, False]


def test_an_override_adds_removes_or_replaces() -> None:
    span = {"start": "2026-01-07T10:00:00+01:00", "end": "2026-01-07T11:00:00+01:00"}
    for override, expected in (
        ({"addUserID": "dee"}, ("ann", "dee")),
        ({"removeUserID": "ann"}, ()),
        ({"addUserID": "dee", "removeUserID": "ann"}, ("dee",)),
        ({"addUserID": "dee", "removeUserID": "bo"}, ("ann",)),
    ):
        rota = Rota(goalert(("ann", "user", [hours("08:00", "16:00")]), userOverrides=[span | override]))
        assert rota.on_call(at("2026-01-07T10:30")) == expected, override
        assert rota.on_call(at("2026-01-07T11:00")) == ("ann",)


def test_a_temporary_schedule_replaces_everything() -> None:
    shift = {"start": "2026-01-07T09:00:00+01:00", "end": "2026-01-07T10:00:00+01:00", "userID": "cem"}
    temporary = {"start": "2026-01-07T09:00:00+01:00", "end": "2026-01-07T11:00:00+01:00", "shifts": [shift]}
    rota = Rota(goalert(("ann", "user", [hours("00:00", "00:00")]), temporarySchedules=[temporary]))
    moments = ("2026-01-07T08:59", "2026-01-07T09:00", "2026-01-07T10:00", "2026-01-07T11:00")
    assert [rota.on_call(at(each)) for each in moments] == [("ann",), ("cem",), (), ("ann",)]


def test_a_goalert_rotation_on_a_schedule_hands_off_by_its_own_clock() -> None:
    weekly = turns("weekly", "ann", "bo")
    rota = Rota(goalert(("turns", "rotation", [hours("00:00", "00:00")])), {"turns": weekly})
    assert rota.on_call(at("2026-01-12T08:59")) == ("ann",)
    assert rota.on_call(at("2026-01-12T09:00")) == ("bo",)
    assert rota.next_change(at("2026-01-12T10:00")) == at("2026-01-19T09:00")


@pytest.mark.parametrize(
    ("kind", "length", "first", "second"),
    [
        ("hourly", 5, "2026-01-05T14:00", "2026-01-05T19:00"),
        ("daily", 2, "2026-01-07T09:00", "2026-01-09T09:00"),
        ("weekly", 1, "2026-01-12T09:00", "2026-01-19T09:00"),
        ("monthly", 1, "2026-02-05T09:00", "2026-03-05T09:00"),
    ],
)
def test_goalert_rotations_turn_every_shift_length(kind: str, length: int, first: str, second: str) -> None:
    rota = Rota(turns(kind, "ann", "bo", length=length))
    assert rota.next_change(at("2026-01-05T09:00")) == at(first)
    assert rota.next_change(at(first)) == at(second)


def test_a_monthly_turn_on_a_day_that_a_month_lacks_goes_over_into_the_next() -> None:
    rota = Rota(turns("monthly", "ann", "bo", start="2026-01-31T09:00:00+01:00"))
    assert rota.next_change(at("2026-02-01T00:00")) == at("2026-03-03T09:00")


def test_months_are_counted_by_the_calendar_years_later_too() -> None:
    rota = Rota(turns("monthly", "ann", "bo", start="2026-01-05T09:00:00+01:00"))
    moments = (
        "2030-01-05T08:59",
        "2030-01-05T09:00",
        "2030-02-05T08:59",
        "2030-02-05T09:00",
        "2025-12-05T09:00",
    )
    assert [rota.on_call(at(each))[0] for each in moments] == ["bo", "ann", "ann", "bo", "bo"]


def test_goalerts_hourly_turns_follow_the_wall_clock_and_opsgenies_elapsed_time() -> None:
    """Twelve hours from 21:00 on the evening before the clocks go forward."""
    evening = "2026-03-28T21:00:00+01:00"
    wall = Rota(turns("hourly", "ann", "bo", start=evening, length=12))
    elapsed = Rota(opsgenie(rotation("ann", "bo", kind="hourly", length=12, startDate=evening)))
    assert wall.next_change(at("2026-03-28T22:00")) == at("2026-03-29T09:00")
    assert elapsed.next_change(at("2026-03-28T22:00")) == at("2026-03-29T10:00")


@pytest.mark.parametrize("kind", ["daily", "weekly"])
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_daily_and_weekly_handoffs_keep_their_hour_across_a_clock_change(kind: str, day: str) -> None:
    start = "2026-01-04T09:00:00+01:00"
    for rota in (
        Rota(turns(kind, "ann", "bo", start=start)),
        Rota(opsgenie(rotation("ann", "bo", kind=kind, startDate=start))),
    ):
        handoff = at(f"{day}T09:00")
        assert rota.on_call(handoff) != rota.on_call(handoff - timedelta(seconds=1))


def test_a_goalert_handoff_in_a_skipped_hour_comes_right_after_it_and_in_a_repeated_one_at_once() -> None:
    spring = Rota(turns("daily", "ann", "bo", start="2026-03-27T02:30:00+01:00"))
    assert spring.next_change(at("2026-03-28T12:00")) == at("2026-03-29T03:00:00+02:00")
    autumn = Rota(turns("daily", "ann", "bo", start="2026-10-23T02:30:00+02:00"))
    assert autumn.next_change(at("2026-10-24T12:00")) == at("2026-10-25T02:30:00+02:00")


def test_opsgenies_rotations_are_on_call_side_by_side_and_a_turn_may_be_empty() -> None:
    rota = Rota(opsgenie(rotation("ann", ""), rotation("bo")))
    assert rota.on_call(at("2026-01-05T10:00")) == ("ann", "bo")
    assert rota.on_call(at("2026-01-06T10:00")) == ("bo",)


@pytest.mark.parametrize(
    ("restriction", "inside", "outside"),
    [
        (
            {"type": "time-of-day", "restriction": {"startHour": 22, "endHour": 6}},
            ["2026-01-07T22:00", "2026-01-08T05:59"],
            ["2026-01-07T21:59", "2026-01-08T06:00"],
        ),
        (
            {
                "type": "weekday-and-time-of-day",
                "restrictions": [
                    {"startDay": "friday", "startHour": 18, "endDay": "monday", "endHour": 8},
                ],
            },
            ["2026-01-09T18:00", "2026-01-12T07:59"],
            ["2026-01-09T17:59", "2026-01-12T08:00"],
        ),
    ],
)
def test_opsgenies_restrictions_may_cross_midnight_and_the_week(
    restriction: dict[str, Any], inside: list[str], outside: list[str]
) -> None:
    rota = Rota(opsgenie(rotation("ann", timeRestriction=restriction)))
    assert all(rota.on_call(at(each)) for each in inside)
    assert not any(rota.on_call(at(each)) for each in outside)


def test_an_opsgenie_override_stands_in_for_the_rotations_it_names() -> None:
    span = {"startDate": "2026-01-07T10:00:00+01:00", "endDate": "2026-01-07T11:00:00+01:00", "user": "dee"}
    for named, expected in (([], ("dee",)), (["b"], ("ann", "dee"))):
        rota = Rota(
            opsgenie(
                rotation("ann") | {"name": "a"},
                rotation("bo") | {"name": "b"},
                overrides=[span | {"rotations": named}],
            )
        )
        assert rota.on_call(at("2026-01-07T10:30")) == expected


def test_overrides_and_temporary_schedules_are_changes_too() -> None:
    span = {"start": "2026-01-07T10:00:00+01:00", "end": "2026-01-07T11:00:00+01:00"}
    everyday = ("ann", "user", [hours("00:00", "00:00")])
    shift = [span | {"userID": "bo"}]
    dates = {"startDate": span["start"], "endDate": span["end"], "user": "dee"}
    for rota in (
        Rota(goalert(everyday, userOverrides=[span | {"addUserID": "dee"}])),
        Rota(goalert(everyday, temporarySchedules=[span | {"shifts": shift}])),
        Rota(opsgenie(rotation("ann"), overrides=[dates])),
    ):
        assert rota.next_change(at("2026-01-07T00:00")) == at("2026-01-07T10:00")
        assert rota.next_change(at("2026-01-07T10:00")) == at("2026-01-07T11:00")


ROTAS = st.one_of(
    st.builds(
        lambda kind, users, length, start: Rota(turns(kind, *users, start=start, length=length)),
        st.sampled_from(["hourly", "daily", "weekly", "monthly"]),
        st.lists(st.sampled_from(["ann", "bo", "cem"]), min_size=1, max_size=3),
        st.integers(1, 5),
        st.sampled_from(["2026-01-31T02:30:00+01:00", "2026-03-22T09:00:00+01:00"]),
    ),
    st.builds(
        lambda start, end, days: Rota(
            goalert(("ann", "user", [hours(f"{start:02}:30", f"{end:02}:00", *days)]))
        ),
        st.integers(0, 23),
        st.integers(0, 23),
        st.lists(st.sampled_from(ALL_DAYS), min_size=1, max_size=7),
    ),
)
INSTANTS = st.integers(0, 366 * 24 * 60).map(lambda m: at("2026-01-01T00:00:00+00:00") + timedelta(minutes=m))


@given(ROTAS, INSTANTS, st.floats(0, 1))
def test_until_the_next_boundary_the_same_people_are_on_call(
    rota: Rota, moment: datetime, share: float
) -> None:
    end = rota.next_boundary(moment) or moment + timedelta(days=30)
    assert end > moment
    between = moment + share * (end - moment - timedelta(microseconds=1))
    assert rota.on_call(between) == rota.on_call(moment)
