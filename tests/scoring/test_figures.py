"""Figures: shares and counts of what fails, and what they are about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.scoring.text.figures import Figure, figures, has_figure, number
from drillbook.scoring.text.reading import read


def only(text: str) -> Figure:
    (figure,) = figures(read(text), frozenset({"orders-api"}))
    return figure


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("12% of requests fail", 0.12),
        ("12.5 % of requests are failing", 0.125),
        ("about 12 percent of requests fail", 0.12),
        ("12 per cent of all requests fail", 0.12),
        ("10-20% of requests fail", 0.15),
        ("about a third of requests fail", 1 / 3),
        ("two thirds of requests fail", 2 / 3),
        ("half of the requests fail", 0.5),
        ("1 in 10 requests fails", 0.1),
        ("nine out of ten requests fail", 0.9),
        ("the error rate is 40%", 0.4),
        ("88% of requests succeed", 0.12),
    ],
)
def test_a_share_is_read(text: str, share: float) -> None:
    figure = only(text)
    assert figure.kind == "share"
    assert figure.value == pytest.approx(share)
    assert figure.comparable


@pytest.mark.parametrize(
    "text",
    [
        "40% of requests were failing",
        "at its peak the error rate was 60%",
        "failing: pool at 100%",
        "errors with CPU at 90%",
        "orders-api fails 34% of its calls",
        "60% of checkouts fail",
        "orders-api fails next to nothing (0.1 %)",
    ],
)
def test_the_past_and_other_measures_are_not_compared(text: str) -> None:
    assert not any(figure.comparable for figure in figures(read(text), frozenset({"orders-api"})))


@pytest.mark.parametrize(
    "text",
    [
        "traffic is up 12%",
        "we are 90% done",
        "does 12% of requests fail?",
        "fails since half an hour",
        "v2.3.1 fails",
    ],
)
def test_what_is_no_claim_about_failure_is_no_figure(text: str) -> None:
    assert figures(read(text)) == []


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("up to 40% of requests fail", "at-most"),
        ("less than 5% of requests fail", "at-most"),
        ("more than 10% of requests fail", "at-least"),
        ("at least 10% of requests fail", "at-least"),
        ("more than 90% of requests succeed", "at-most"),
        ("around 10% of requests fail", "about"),
    ],
)
def test_bounds_are_read(text: str, bound: str) -> None:
    assert only(text).bound == bound


@pytest.mark.parametrize(
    ("text", "value", "of"),
    [
        ("1,200 customers are affected", 1200, "people"),
        ("4000 users cannot check out", 4000, "people"),
        ("20k requests failed", 20_000, "requests"),
    ],
)
def test_a_count_is_read(text: str, value: float, of: str) -> None:
    figure = only(text)
    assert (figure.kind, figure.value, figure.of) == ("count", value, of)


def test_a_rate_is_not_compared_with_a_count() -> None:
    assert not only("20 requests per second fail").comparable


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("12", 12), ("12.5", 12.5), ("12,5", 12.5), ("1,200", 1200), ("1.2k", 1200), ("1,200,000", 1.2e6),
        ("2.3.1", None), ("v2", None), ("ten", 10), ("x", None), ("\uff11\uff12", 12),
    ],
)  # fmt: skip
def test_numbers(word: str, value: float | None) -> None:
    assert number(word) == value


def test_a_time_is_no_figure_of_impact() -> None:
    assert not has_figure(read("carts fail since 15 minutes"))
    assert has_figure(read("carts fail for 400 customers"))


@given(
    st.lists(
        st.sampled_from([*"1%-,.?①²k", "10", "in", "out", "of", "half", "a", "third", "users", "fail", "9e9"])
    )
)
def test_any_mixture_of_words_is_read(words: list[str]) -> None:
    for figure in figures(read(" ".join(words))):
        assert not figure.comparable or figure.kind == "count" or 0 <= figure.value <= 1
