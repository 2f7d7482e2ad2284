"""Quantities are text with a unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from drillbook.model.quantities import Duration, Instant, Rate, Size, duration_text, seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [("250ms", 0.25), ("30s", 30), ("5m", 300), ("1h30m", 5400), ("1d", 86400), ("0s", 0), ("1.5m", 90)],
)
def test_a_duration_is_read_in_seconds(text: str, expected: float) -> None:
    assert TypeAdapter(Duration).validate_python(text) == expected


@pytest.mark.parametrize("bad", [750, 1.5, True, None, "30", "5 m", "-3s", "m", "", "\uff15m"])
def test_a_duration_without_its_unit_is_refused(bad: object) -> None:
    with pytest.raises(ValidationError, match="a duration is text with a unit"):
        TypeAdapter(Duration).validate_python(bad)


@pytest.mark.parametrize(("text", "expected"), [("200/s", 200), ("30/m", 0.5), ("1/h", 1 / 3600)])
def test_a_rate_is_read_per_second(text: str, expected: float) -> None:
    assert TypeAdapter(Rate).validate_python(text) == pytest.approx(expected)


def test_a_size_is_read_in_bytes() -> None:
    assert TypeAdapter(Size).validate_python("512Mi") == 512 * 2**20
    with pytest.raises(ValidationError, match="a size is text"):
        TypeAdapter(Size).validate_python(512)


@pytest.mark.parametrize("bad", ["2026-03-10", "2026-03-10T14:00:00", "noon", 5])
def test_an_instant_needs_its_offset(bad: object) -> None:
    with pytest.raises(ValidationError, match="ISO 8601"):
        TypeAdapter(Instant).validate_python(bad)


@given(st.integers(0, 10**6))
def test_a_duration_written_out_reads_back(value: int) -> None:
    assert seconds(duration_text(value)) == value
