"""Happenings have a time or a condition that can be told; what is wrong with one is told at its place."""

from __future__ import annotations

import pytest

from tests.loading.sample import SCENARIO, edited, line_of, told

LINE = "- {do: traffic, at: 1m, factor: 1.12, over: 8m, lasts: 50m}"


def with_moment(moment: str) -> str:
    return edited(SCENARIO, LINE, f"- {{do: traffic, {moment} factor: 1.12}}")


@pytest.mark.parametrize(
    "moment",
    [
        "when: {state: declared, after: 2m},",
        "id: storm, when: {any: [{error_ratio_above: 0.2}, {lacking: declared, time: 20m}]},",
        "when: {remedy: rollback, target: orders-api},",
        "when: {all: [{any: [{state: paged}]}], query: 'up == 0'},",
    ],
)
def test_conditions_that_can_be_told(moment: str) -> None:
    assert told(with_moment(moment)) == []


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("at: 5h,", "`at` must be at most 2h, the scenario's duration"),
        ("at: 1m, when: {state: declared},", "it has `at` as well as `when`"),
        ("", "it says not when it happens"),
        ("when: {after: 2m},", "the condition says nothing"),
        ("when: {state: declarred},", "did you mean declared?"),
        ("when: {remedy: rolback},", "there is no action `rolback`, did you mean rollback?"),
        (
            "when: {remedy: rollback, target: orders-app},",
            "there is no component `orders-app`, did you mean orders-api?",
        ),
        ("when: {state: paged, target: orders-api},", "a `target` goes with a `remedy`"),
        ("when: {any: [{query: 'nope(x)'}]},", "PromQL function `nope` is not supported"),
        ("when: {time: 3h},", "`time` must be at most 2h"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(moment: str, message: str) -> None:
    text = with_moment(moment)
    (problem,) = told(text)
    assert message in problem
    assert problem.startswith(f"f.yaml:{line_of(text, 'factor: 1.12')}:")


def test_two_happenings_of_one_id() -> None:
    text = edited(SCENARIO, "{do: traffic, at", "{do: traffic, id: x, at").replace(
        "{do: deploy, at: 2m", "{do: deploy, id: x, at: 2m"
    )
    assert any("there are two happenings called `x`" in problem for problem in told(text))
