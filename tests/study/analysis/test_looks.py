"""Stopping rules ask for runs until what was asked holds, and remember nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from drillbook.model.study import Precision, Selection
from drillbook.study.analysis.analyse import analyse
from drillbook.study.analysis.looks import BestByBudget, BestByElimination, PreciseEnough
from drillbook.study.analysis.subject import Option, Subject
from drillbook.study.rules import rule_of
from drillbook.study.stopping import FixedRuns, Stopping
from tests.study.analysis.synthetic import Column, minutes_faster, study, table

FAST: dict[str, dict[str, Column]] = {
    "today": {"mitigate_s": minutes_faster(0)},
    "quick": {"mitigate_s": minutes_faster(240)},
    "slow": {"mitigate_s": minutes_faster(-600)},
}


NOISY: dict[str, dict[str, Column]] = {
    "today": {"mitigate_s": lambda hard, own: 1000 * own},
    "quick": {"mitigate_s": lambda hard, own: 1000 * own - 40},
    "slow": {"mitigate_s": lambda hard, own: 1000 * own + 900},
}


def followed(rule: Stopping, columns: dict[str, dict[str, Column]] = FAST) -> list[list[int]]:
    """How many runs each alternative has after each round."""
    counts, seen = [0] * len(columns), []
    while any(wanted := rule.next(table(columns, counts))):
        counts = [count + more for count, more in zip(counts, wanted, strict=True)]
        seen.append(counts)
        assert max(counts) <= rule.at_most
    return seen


def precision(**asked: Any) -> PreciseEnough:
    rule = Precision.model_validate(
        {"kind": "precision", "at_most": 2000, "at_least": 20, "step": 10} | asked
    )
    return PreciseEnough(study(list(FAST), replications=rule.model_dump()), rule)


def selection(procedure: str, **asked: Any) -> Stopping:
    rule = Selection.model_validate(
        {"kind": "selection", "procedure": procedure, "at_most": 2000, "indifference": "30s"} | asked
    )
    made = study(list(FAST), replications=rule.model_dump())
    return BestByElimination(made, rule) if procedure == "kn" else BestByBudget(made, rule)


def findings(rounds: Sequence[Sequence[int]], rule: PreciseEnough) -> Any:
    options = tuple(Option(each, each, {"policy": each}) for each in FAST)
    return analyse(Subject(rule.study, options, table(FAST, rounds[-1])))


def test_a_precision_of_differences_is_reached_and_held_at_a_second_look() -> None:
    rule = precision(half_width="15s")
    rounds = followed(rule)
    assert all(len(set(counts)) == 1 for counts in rounds)
    assert rounds[-1][0] < 1.5 * rounds[-2][0]
    for difference in findings(rounds, rule).measures[0].differences:
        assert difference.difference.half_width <= 15


def test_a_precision_of_values_takes_more_runs_than_one_of_differences() -> None:
    values = followed(precision(half_width="30s", of="value"))[-1][0]
    assert values > 5 * followed(precision(half_width="30s"))[-1][0]


def test_what_cannot_be_reached_ends_at_the_most() -> None:
    assert followed(precision(half_width=0.001, at_most=100))[-1] == [100, 100, 100]


def test_elimination_stops_running_what_is_behind() -> None:
    counts = followed(selection("kn"))[-1]
    assert counts[2] == 20
    assert followed(selection("kn", indifference="400s"))[-1] == [20, 20, 20]


def test_elimination_gives_up_at_the_most() -> None:
    assert max(followed(selection("kn", indifference=1e-3, at_most=20))[-1]) == 20


def test_a_budget_goes_where_it_makes_the_choice_surest() -> None:
    counts = followed(selection("ocba", indifference="5s"), NOISY)[-1]
    assert 2 * counts[2] < min(counts[:2])


@pytest.mark.parametrize("procedure", ["kn", "ocba"])
def test_rules_read_the_time_and_how_long_a_run_was_observed(procedure: str) -> None:
    assert selection(procedure).reads == ("mitigate_s", "observed_s")


@pytest.mark.parametrize(
    ("replications", "rule"),
    [
        ({"kind": "fixed", "runs": 5}, FixedRuns),
        ({"kind": "precision", "half_width": "30s", "at_most": 50}, PreciseEnough),
        ({"kind": "selection", "indifference": "30s", "at_most": 50}, BestByElimination),
        ({"kind": "selection", "procedure": "ocba", "indifference": "30s", "at_most": 50}, BestByBudget),
    ],
)
def test_a_study_is_stopped_by_what_it_asks_for(replications: dict[str, Any], rule: type) -> None:
    assert isinstance(rule_of(study(list(FAST), replications=replications)), rule)
