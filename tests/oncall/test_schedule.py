from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.model.schedule import Schedule
from drillbook.oncall.schedule import Rota
from drillbook.oncall.wall_clock import instant, local
from tests.oncall.builders import layer, schedule

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = 604800


def at(text: str) -> datetime:
    """An instant: Berlin's wall clock, unless an offset is given."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=BERLIN)


def people(of: Schedule, *moments: str) -> list[str | None]:
    rota = Rota(of)
    return [next(iter(rota.on_call(at(moment))), None) for moment in moments]


def daily(start: str, hours: float) -> dict[str, Any]:
    return {"type": "daily_restriction", "start_time_of_day": start, "duration_seconds": round(hours * 3600)}


def weekly(day: int, start: str, hours: float) -> dict[str, Any]:
    return {**daily(start, hours), "type": "weekly_restriction", "start_day_of_week": day}


def test_turns_pass_in_order_and_a_handoff_belongs_to_the_next_person() -> None:
    rota = schedule(layer("ann", "bo", "cem"))
    moments = (
        "2026-01-05T09:00",
        "2026-01-06T08:59:59",
        "2026-01-06T09:00",
        "2026-01-07T09:00",
        "2026-01-08T09:00",
    )
    assert people(rota, *moments) == ["ann", "ann", "bo", "cem", "ann"]


def test_nobody_is_on_call_before_a_layer_starts_and_after_it_ended() -> None:
    rota = schedule(layer("ann", end="2026-02-01T00:00:00+01:00"))
    assert people(rota, "2026-01-05T08:59", "2026-01-31T23:59", "2026-02-01T00:00") == [None, "ann", None]


def test_a_virtual_start_before_or_after_the_layers_start_only_sets_the_phase() -> None:
    for phase in ("2025-12-29T09:00:00+01:00", "2026-02-02T09:00:00+01:00"):
        rota = schedule(layer("ann", "bo", turn=WEEK, rotation_virtual_start=phase))
        expected = "bo" if phase.startswith("2025") else "ann"
        assert people(rota, "2026-01-06T00:00") == [expected]


@pytest.mark.parametrize("turn", [86400, WEEK])
@pytest.mark.parametrize(("change", "offset"), [("2026-03-29", "+02:00"), ("2026-10-25", "+01:00")])
def test_a_24_h_or_7_d_turn_hands_off_at_the_same_wall_clock_hour_across_a_clock_change(
    turn: int, change: str, offset: str
) -> None:
    rota = Rota(schedule(layer("ann", "bo", turn=turn, start="2026-01-04T09:00:00+01:00")))
    handoff = datetime.fromisoformat(f"{change}T09:00:00{offset}")
    before, after = rota.on_call(handoff - timedelta(seconds=1)), rota.on_call(handoff)
    assert {before, after} == {("ann",), ("bo",)}
    assert rota.next_change(handoff - timedelta(hours=20)) == handoff


def test_a_12_h_turn_is_counted_in_elapsed_time() -> None:
    rota = Rota(schedule(layer("ann", "bo", turn=43200, start="2026-03-28T09:00:00+01:00")))
    assert rota.next_change(at("2026-03-29T00:00")) == at("2026-03-29T10:00")


def test_a_handoff_in_the_hour_that_the_clocks_skip_comes_right_after_it() -> None:
    rota = Rota(schedule(layer("ann", "bo", start="2026-03-27T02:30:00+01:00")))
    assert rota.next_change(at("2026-03-28T12:00")) == datetime.fromisoformat("2026-03-29T03:00:00+02:00")
    assert rota.next_change(at("2026-03-29T12:00")) == at("2026-03-30T02:30")


def test_a_handoff_in_the_hour_that_occurs_twice_comes_once_at_its_first_occurrence() -> None:
    rota = Rota(schedule(layer("ann", "bo", start="2026-10-24T02:30:00+02:00")))
    first = datetime.fromisoformat("2026-10-25T02:30:00+02:00")
    assert rota.next_change(at("2026-10-24T12:00")) == first
    moments = [first + timedelta(minutes=minutes) for minutes in (-1, 0, 29, 30, 59, 60, 61, 300)]
    assert [rota.on_call(moment) for moment in moments] == [("ann",)] + [("bo",)] * 7


def test_a_daily_restriction_may_cross_midnight() -> None:
    rota = schedule(layer("ann", restrictions=[daily("22:00:00", 9)]))
    moments = ("2026-01-10T21:59", "2026-01-10T22:00", "2026-01-11T06:59", "2026-01-11T07:00")
    assert people(rota, *moments) == [None, "ann", "ann", None]


def test_a_weekly_restriction_may_cross_the_week_boundary() -> None:
    """From Saturday 18:00 for 39 h: to Monday 09:00."""
    rota = schedule(layer("ann", restrictions=[weekly(6, "18:00:00", 39)]))
    moments = ("2026-01-10T17:59", "2026-01-10T18:00", "2026-01-12T08:59", "2026-01-12T09:00")
    assert people(rota, *moments) == [None, "ann", "ann", None]


def test_day_1_of_a_weekly_restriction_is_monday() -> None:
    rota = schedule(layer("ann", restrictions=[weekly(1, "00:00:00", 24)]))
    moments = ("2026-01-11T23:59", "2026-01-12T00:00", "2026-01-12T23:59", "2026-01-13T00:00")
    assert people(rota, *moments) == [None, "ann", "ann", None]


def test_several_restrictions_add_up() -> None:
    rota = schedule(layer("ann", restrictions=[daily("08:00:00", 2), daily("12:00:00", 1)]))
    assert people(rota, "2026-01-10T09:00", "2026-01-10T11:00", "2026-01-10T12:30") == ["ann", None, "ann"]


def test_a_restriction_keeps_its_wall_clock_hours_across_a_clock_change() -> None:
    rota = Rota(schedule(layer("ann", restrictions=[daily("22:00:00", 9)])))
    assert rota.next_change(at("2026-03-29T01:00")) == datetime.fromisoformat("2026-03-29T07:00:00+02:00")
    assert rota.next_change(at("2026-10-25T01:00")) == datetime.fromisoformat("2026-10-25T07:00:00+01:00")


def test_a_restriction_that_ends_in_the_repeated_hour_ends_at_its_last_occurrence() -> None:
    rota = Rota(schedule(layer("ann", restrictions=[daily("22:00:00", 4.5)])))
    assert rota.next_change(at("2026-10-25T01:00")) == datetime.fromisoformat("2026-10-25T02:30:00+01:00")


def test_a_rotation_goes_on_while_a_restriction_hides_it() -> None:
    rota = schedule(layer("ann", "bo", restrictions=[daily("10:00:00", 1)]))
    assert people(rota, "2026-01-05T10:30", "2026-01-06T10:30", "2026-01-07T10:30") == ["ann", "bo", "ann"]


def test_of_overlapping_layers_the_last_in_force_wins() -> None:
    rota = schedule(
        layer("ann"),
        layer("bo", restrictions=[daily("08:00:00", 8)]),
        layer("cem", end="2026-01-06T09:00:00+01:00"),
    )
    assert people(rota, "2026-01-05T10:00", "2026-01-06T10:00", "2026-01-06T20:00") == ["cem", "bo", "ann"]


def test_an_override_wins_over_all_layers_from_its_start_to_before_its_end() -> None:
    override = {"start": "2026-01-10T10:00:00+01:00", "end": "2026-01-10T12:00:00+01:00", "user": "dee"}
    rota = schedule(layer("ann"), overrides=[override])
    moments = ("2026-01-10T09:59", "2026-01-10T10:00", "2026-01-10T11:59", "2026-01-10T12:00")
    assert people(rota, *moments) == ["ann", "dee", "dee", "ann"]
    assert Rota(rota).next_change(at("2026-01-10T11:00")) == at("2026-01-10T12:00")


def test_of_overlapping_overrides_the_last_listed_wins() -> None:
    hours = {"start": "2026-01-10T10:00:00+01:00", "end": "2026-01-10T12:00:00+01:00"}
    rota = schedule(layer("ann"), overrides=[{**hours, "user": "bo"}, {**hours, "user": "cem"}])
    assert people(rota, "2026-01-10T11:00") == ["cem"]


def test_the_same_person_going_on_is_no_change() -> None:
    rota = Rota(schedule(layer("ann", "ann", "bo")))
    assert rota.next_boundary(at("2026-01-05T10:00")) == at("2026-01-06T09:00")
    assert rota.next_change(at("2026-01-05T10:00")) == at("2026-01-07T09:00")


def test_where_nothing_ever_changes_there_is_no_next_change() -> None:
    assert Rota(schedule(layer("ann"))).next_change(at("2026-02-01T00:00")) is None


INSTANTS = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
HOURS = st.builds(
    lambda day, hour, half, hours: (
        weekly(day, f"{hour:02}:{half * 30:02}:00", hours)
        if day
        else daily(f"{hour:02}:{half * 30:02}:00", hours)
    ),
    st.integers(0, 7),
    st.integers(0, 23),
    st.integers(0, 1),
    st.integers(1, 23),
)
LAYERS = st.builds(
    lambda users, turn, start, restrictions: layer(*users, turn=turn, start=start, restrictions=restrictions),
    st.lists(st.sampled_from(["ann", "bo", "cem"]), min_size=1, max_size=3),
    st.sampled_from([3600 * 12, 86400, WEEK]),
    st.sampled_from(["2025-12-01T02:30:00+01:00", "2026-03-22T09:00:00+01:00"]),
    st.lists(HOURS, max_size=2),
)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])


@given(st.lists(LAYERS, min_size=1, max_size=3), ZONES, INSTANTS, st.floats(0, 1))
def test_until_the_next_boundary_the_same_person_is_on_call(
    layers: list[dict[str, Any]], zone: str, moment: datetime, share: float
) -> None:
    rota = Rota(schedule(*layers, zone=zone))
    end = rota.next_boundary(moment) or moment + timedelta(days=30)
    assert end > moment
    between = moment + share * (end - moment - timedelta(microseconds=1))
    assert rota.on_call(between) == rota.on_call(moment)


@given(INSTANTS, ZONES)
def test_what_clocks_show_leads_back_to_the_instant(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    shown = local(moment, zone)
    assert moment in (instant(shown, zone), instant(shown, zone, last=True))
