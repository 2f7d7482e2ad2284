from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.debrief.wording import Clock, amount, listing, percent, points, span, visible


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (67, "1 min 07 s"),
        (3600, "1 h 00 min"),
        (7384, "2 h 03 min"),
    ],
)
def test_durations_read_as_people_say_them(seconds: float, said: str) -> None:
    assert span(seconds) == said


@pytest.mark.parametrize(
    ("ratio", "said"),
    [(0, "0%"), (0.0004, "0%"), (0.004, "0.4%"), (0.0994, "9.9%"), (0.241, "24%"), (1, "100%")],
)
def test_ratios_get_a_decimal_only_where_it_matters(ratio: float, said: str) -> None:
    assert percent(ratio) == said


def test_points_have_no_needless_decimal() -> None:
    assert [points(8.0), points(4.5), points(0)] == ["8", "4.5", "0"]


def test_a_listing_ends_with_and() -> None:
    assert [listing([]), listing(["a"]), listing(["a", "b", "c"])] == ["", "a", "a, b and c"]


def test_the_clock_tells_the_next_day_after_midnight() -> None:
    clock = Clock(datetime(2026, 3, 10, 23, 59, 30, tzinfo=UTC))
    assert (clock.time(45.7), clock.full(45.7)) == ("00:00:15", "2026-03-11 00:00:15 UTC")


@given(st.text(st.characters(exclude_categories=())))
def test_visible_text_has_nothing_that_acts_and_visible_signs_stay(text: str) -> None:
    shown = visible(text)
    assert not {char for char in shown if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}} - {
        "\n",
        "\t",
    }
    assert not any(0x202A <= ord(char) <= 0x202E or 0x2066 <= ord(char) <= 0x2069 for char in shown)
    shown.encode("utf-8")
    assert visible(shown) == shown


@given(st.text("abc <>&'\"äß漢字é\n\t"))
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(264e9, "bytes", "245.9 GiB"), (52428800.0, "bytes", "50 MiB"), (24.12, "%", "24.1 %")],
)
def test_bytes_are_told_in_binary_units(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text
