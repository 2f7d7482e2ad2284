"""Incidents come as often as asked, by the hours asked, and stay themselves when anything else changes."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness
from drillbook.model.horizon import Arrivals, HourWeight
from drillbook.study.horizon.arrivals import Arrival, arrivals

START = datetime(2026, 1, 5, tzinfo=UTC)
FLAT = Arrivals(day=[HourWeight(at="00:00", weight=1)], weekend=1)


def come(spec: Arrivals, days: int, seed: int = 1) -> list[Arrival]:
    return arrivals(spec, START, days, Randomness(seed))


def flat(**changes: float) -> Arrivals:
    return FLAT.model_copy(update=changes)


def test_as_many_come_as_asked() -> None:
    assert len(come(Arrivals(per_month=60), 3000)) == pytest.approx(6000, rel=0.05)


@pytest.mark.parametrize("cv", [0.5, 1.0, 1.3])
def test_gaps_vary_as_asked(cv: float) -> None:
    gaps = [second.t - first.t for first, second in pairwise(come(flat(per_month=300, cv=cv), 1000))]
    assert pstdev(gaps) / fmean(gaps) == pytest.approx(cv, rel=0.06)


def test_without_variation_they_come_by_the_clock() -> None:
    found = come(flat(per_month=30, cv=0), 10)
    assert [round(second.t - first.t, 2) for first, second in pairwise(found)] == [86400] * 9


def test_working_hours_bring_twice_as_many_and_weekends_fewer() -> None:
    found = [
        datetime.fromtimestamp(START.timestamp() + each.t, UTC) for each in come(Arrivals(per_month=600), 700)
    ]
    office = sum(9 <= at.hour < 18 for at in found) / 9
    other = sum(not 9 <= at.hour < 18 for at in found) / 15
    weekend = sum(at.weekday() >= 5 for at in found) / 2
    week = sum(at.weekday() < 5 for at in found) / 5
    assert office / other == pytest.approx(2, rel=0.06)
    assert weekend / week == pytest.approx(0.7, rel=0.06)


def test_hours_are_those_of_the_zone() -> None:
    noon = Arrivals(
        day=[HourWeight(at="12:00", weight=1), HourWeight(at="13:00", weight=0)], time_zone="Asia/Tokyo"
    )
    assert {int(each.t % 86400 // 3600) for each in come(noon, 300)} == {3}


def test_nothing_comes_where_no_hour_has_a_weight() -> None:
    assert come(Arrivals(day=[HourWeight(at="00:00", weight=0)]), 30) == []


@given(st.integers(0, 50), st.floats(1, 100), st.integers(1, 60))
def test_a_longer_horizon_begins_alike_and_a_higher_rate_keeps_each_incident_its_number(
    seed: int, per_month: float, days: int
) -> None:
    short, long = (
        come(flat(per_month=per_month), days, seed),
        come(flat(per_month=per_month), days + 20, seed),
    )
    assert long[: len(short)] == short
    assert [each.t for each in short] == sorted(each.t for each in short)
    assert all(0 <= each.t < 86400 * days for each in short)
    more = come(flat(per_month=2 * per_month), days, seed)
    assert [each.number for each in more[: len(short)]] == [each.number for each in short]
