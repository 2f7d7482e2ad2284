"""Sleep, sleepiness, work and rest of a person: exact on days made for the purpose."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.model.horizon import Fatigue, Limits, Pay
from drillbook.study.horizon.life import Life
from drillbook.study.horizon.rest import breaches, short_rests
from drillbook.study.horizon.spans import length, longest_gap, merged, within, without

ZONE = ZoneInfo("Europe/Berlin")
HOUR = 3600.0


def at(day: int, hour: float) -> float:
    """An hour of a day of the week of Monday, 12 January 2026."""
    return (datetime(2026, 1, 11, tzinfo=ZONE) + timedelta(days=day, hours=hour)).timestamp()


def life(*work: tuple[float, float], lieu: str = "4h") -> Life:
    found = Life(ZONE, Fatigue(), Pay.model_validate({"lieu_per_night_page": lieu}))
    for begin, end in work:
        found.work.append((begin, end))
        found.pages.append(begin)
    return found


def kss(of: Life, t: float, after: float = 0.0) -> float:
    return of.kss(t + after * HOUR, *of.waking(t))


def test_the_published_check_values_hold_within_a_life() -> None:
    assert kss(life(), at(3, 14)) == pytest.approx(3.2, abs=0.1)
    assert kss(life(), at(3, 3)) == pytest.approx(8.6, abs=0.1)
    assert kss(life(), at(3, 3), 0.5) == pytest.approx(6.9, abs=0.1)


def test_a_broken_night_is_felt_the_next_day_and_more_nights_more() -> None:
    nights = [(at(day, 2), at(day, 6)) for day in (2, 3, 4)]
    rested = kss(life(), at(4, 16))
    once = kss(life(nights[2], lieu="0s"), at(4, 16))
    thrice = kss(life(*nights, lieu="0s"), at(4, 16))
    assert rested < once < thrice


def test_time_off_in_lieu_is_slept() -> None:
    night = (at(3, 2), at(3, 4))
    slept = life(night).sleep(at(2, 20), at(3, 20))
    assert slept[-1] == (at(3, 4.5), at(3, 9.5))  # asleep half an hour after the call; the lost 2.5 h on top
    assert life(night, lieu="0s").sleep(at(2, 20), at(3, 20))[-1] == (at(3, 4.5), at(3, 7))
    assert kss(life(night), at(3, 16)) < kss(life(night, lieu="0s"), at(3, 16))


def test_an_evening_call_ends_before_bed_and_costs_no_sleep() -> None:
    assert length(life((at(3, 20), at(3, 21))).sleep(at(3, 12), at(4, 12))) == 8 * HOUR


def test_work_at_two_breaks_the_rest_between_two_days() -> None:
    called = life((at(3, 2), at(3, 3)), lieu="0s")
    # From 17:00 to 2:00 nine hours, from 3:00 to 9:00 six.
    assert short_rests(called, at(3, 0), at(4, 0), 11 * HOUR) == [at(3, 9)]
    assert short_rests(called, at(3, 0), at(4, 0), 9 * HOUR) == []
    assert short_rests(life(), at(3, 0), at(4, 0), 16 * HOUR) == []


def test_each_limit_is_breached_by_what_it_limits() -> None:
    whole_day = life((at(1, 8.5), at(1, 22)), lieu="0s")
    assert [kind for _, kind in breaches(whole_day, at(1, 0), at(8, 0), Limits())] == ["continuous"]
    nights = life(*((at(day, 19), at(day + 1, 3)) for day in range(1, 6)), lieu="0s")
    found = [kind for _, kind in breaches(nights, at(1, 0), at(8, 0), Limits())]
    assert found.count("rest") == 5
    assert "week" in found
    busy = life()
    busy.handled = [(at(2, hour), at(2, hour + 0.5)) for hour in (10, 12, 14)]
    assert [kind for _, kind in breaches(busy, at(1, 0), at(8, 0), Limits())] == ["incidents"]


def test_a_week_of_the_office_alone_breaches_nothing() -> None:
    assert list(breaches(life(), at(1, 0), at(15, 0), Limits())) == []


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


@given(SPANS, SPANS)
def test_spans_are_sets_of_time(some: list[tuple[int, int]], cut: list[tuple[int, int]]) -> None:
    def points(spans: list[tuple[float, float]]) -> set[int]:
        return {t for begin, end in spans for t in range(int(begin), int(end))}

    first, second = ([(float(a), float(b)) for a, b in each] for each in (some, cut))
    assert points(merged(first)) == points(first)
    assert points(without(first, second)) == points(first) - points(second)
    assert length(first) == len(points(first))
    free = set(range(40)) - points(first)
    longest = run = 0
    for t in range(40):
        run = run + 1 if t in free else 0
        longest = max(longest, run)
    assert longest_gap(first, 0, 40) == longest
    assert all(begin < end for begin, end in within(first, 5, 30))
