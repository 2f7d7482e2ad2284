from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.model.routing import TimeInterval, TimeIntervalSpec
from drillbook.oncall.intervals import MONTHS, WEEKDAYS, compile_interval, interval_problems


def within(at: str, *specs: dict[str, Any]) -> bool:
    model = TimeInterval.model_validate({"name": "t", "time_intervals": list(specs)})
    return any(part.contains(datetime.fromisoformat(at)) for part in compile_interval(model))


def hours(start: str, end: str) -> dict[str, Any]:
    return {"times": [{"start_time": start, "end_time": end}]}


@pytest.mark.parametrize(
    ("at", "spec", "inside"),
    [
        ("2026-03-10T09:00:00Z", hours("09:00", "17:00"), True),
        ("2026-03-10T16:59:59Z", hours("09:00", "17:00"), True),
        ("2026-03-10T17:00:00Z", hours("09:00", "17:00"), False),
        ("2026-03-10T23:59:59Z", hours("22:00", "24:00"), True),
        ("2026-03-10T09:00:00Z", {"weekdays": ["tuesday"]}, True),
        ("2026-03-10T09:00:00Z", {"weekdays": ["Wednesday:Saturday", "sunday"]}, False),
        ("2026-03-10T23:30:00Z", {"weekdays": ["wednesday"], "location": "Europe/Berlin"}, True),
        ("2026-03-31T09:00:00Z", {"days_of_month": ["-1"]}, True),
        ("2026-02-28T09:00:00Z", {"days_of_month": ["-1"]}, True),
        ("2026-02-28T09:00:00Z", {"days_of_month": ["29:31"]}, False),
        ("2026-02-26T09:00:00Z", {"days_of_month": ["-3:-1"]}, True),
        ("2026-02-25T09:00:00Z", {"days_of_month": ["-3:-1"]}, False),
        ("2026-03-29T09:00:00Z", {"days_of_month": ["20:-3"]}, True),
        ("2026-03-10T09:00:00Z", {"months": ["january:march"]}, True),
        ("2026-03-10T09:00:00Z", {"months": ["4:12"]}, False),
        ("2026-03-10T09:00:00Z", {"months": ["MARCH"], "years": [2026]}, True),
        ("2026-03-10T09:00:00Z", {"years": ["2027:2030"]}, False),
        ("2026-03-10T09:00:00Z", {}, True),
        ("2026-03-10T09:00:00Z", {"months": []}, False),
    ],
)
def test_an_instant_is_within_when_every_field_that_is_given_holds(
    at: str, spec: dict[str, Any], inside: bool
) -> None:
    assert within(at, spec) == inside


def test_one_part_is_enough_and_none_is_never() -> None:
    assert within("2026-03-10T09:00:00Z", {"years": ["1999"]}, {"months": ["march"]})
    assert not within("2026-03-10T09:00:00Z")


def test_hours_follow_the_wall_clock_of_their_zone_across_a_change_of_clocks() -> None:
    """In Berlin clocks go from 02:00 to 03:00 on 29 March 2026: 02:30 does not occur, 03:30 is 01:30 UTC."""
    berlin = {"location": "Europe/Berlin"}
    assert not within("2026-03-29T00:59:59Z", hours("02:00", "03:00") | berlin)
    assert not within("2026-03-29T01:00:00Z", hours("02:00", "03:00") | berlin)
    assert within("2026-03-29T01:30:00Z", hours("03:00", "04:00") | berlin)
    for at in ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"):
        assert within(at, hours("02:00", "03:00") | berlin)


MOMENTS = st.integers(900_000_000, 2_200_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS, st.integers(1, 31), st.integers(1, 31))
def test_days_from_the_end_are_days_from_the_start_of_the_same_month(
    at: datetime, one: int, other: int
) -> None:
    first, last = sorted((one, other))
    length = calendar.monthrange(at.year, at.month)[1]
    spec = TimeIntervalSpec(days_of_month=[f"{-last}:{-first}"])
    (part,) = compile_interval(TimeInterval(name="t", time_intervals=[spec]))
    assert part.contains(at) == (length - last + 1 <= at.day <= length - first + 1)


@given(MOMENTS, st.integers(0, 6), st.integers(1, 12))
def test_days_and_months_are_those_of_the_calendar(at: datetime, day: int, month: int) -> None:
    spec = {"weekdays": [WEEKDAYS[day]], "months": [f"{MONTHS[month - 1]}:december"]}
    assert within(at.isoformat(), spec) == (at.strftime("%A").lower() == WEEKDAYS[day] and at.month >= month)


@given(MOMENTS, st.integers(0, 1439), st.integers(1, 1440))
def test_a_day_is_divided_into_what_is_within_and_what_is_not(at: datetime, one: int, other: int) -> None:
    start, end = min(one, other), max(one, other)
    if start == end:
        return

    def clock(minute: int) -> str:
        return f"{minute // 60:02}:{minute % 60:02}"

    inside = within(at.isoformat(), hours(clock(start), clock(end)))
    before = start > 0 and within(at.isoformat(), hours("00:00", clock(start)))
    after = end < 1440 and within(at.isoformat(), hours(clock(end), "24:00"))
    assert [inside, before, after].count(True) == 1
    assert within((at + timedelta(days=1)).isoformat(), hours(clock(start), clock(end))) == inside


def test_every_problem_has_its_place() -> None:
    spec = TimeIntervalSpec.model_validate(
        {
            "times": [{"start_time": "9", "end_time": "17:00"}],
            "weekdays": ["monday", "tues"],
            "days_of_month": ["0"],
            "years": ["2027:2026"],
            "location": "Mars",
        }
    )
    assert [path for path, _ in interval_problems(spec)] == [
        ("times", 0), ("weekdays", 1), ("days_of_month", 0), ("years", 0), ("location",)
    ]  # fmt: skip
