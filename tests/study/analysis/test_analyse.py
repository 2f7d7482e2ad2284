"""Findings say what the rows say, and no more."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from drillbook.study.analysis.analyse import analyse
from drillbook.study.analysis.findings import Findings, MeasureFound
from tests.study.analysis.synthetic import Column, minutes_faster, subject

TIME = {"measure": "mitigate_s"}
LEAST = {"measure": "mitigate_s", "goal": "min"}


def times(**faster: float) -> dict[str, dict[str, Column]]:
    """Alternatives and by how many seconds each mitigates faster than today."""
    return {
        name: {"mitigate_s": minutes_faster(seconds)} for name, seconds in {"today": 0.0, **faster}.items()
    }


def late(part: float) -> Column:
    return lambda hard, own: (hard > 1 - part).astype(float)


def only(found: Findings) -> MeasureFound:
    return found.measures[0]


def test_a_clear_gain_is_recommended_with_its_size() -> None:
    found = analyse(subject(times(quick=240, same=0), 100))
    verdicts = {each.alternative: each.verdict for each in only(found).differences}
    assert verdicts == {"quick": "better", "same": "no-difference-detectable"}
    told = found.recommendation
    assert (told.kind, told.alternative) == ("change", "quick")
    assert told.text.startswith("Change to “Quick” (quick): time to mitigate is better: ")
    assert "min less (" in told.text


def test_no_detectable_difference_is_an_answer_that_says_what_more_runs_would_show() -> None:
    found = analyse(subject(times(same=2), 60))
    difference = only(found).differences[0]
    assert difference.verdict == "no-difference-detectable"
    assert difference.more is not None
    assert difference.text.endswith(f"{difference.more.runs} more runs would show ± 16.7 s")
    assert found.recommendation.kind == "no-difference"
    assert found.recommendation.alternative == "today"
    assert f"{difference.more.runs} more runs of each would show" in found.recommendation.text


def test_the_runs_that_were_promised_show_what_was_promised() -> None:
    few = only(analyse(subject(times(same=2), 60))).differences[0]
    assert few.more is not None
    more = only(analyse(subject(times(same=2), few.pairs + few.more.runs))).differences[0]
    assert more.difference.half_width == pytest.approx(few.more.half_width, rel=0.15)


def test_the_same_in_every_run_is_called_identical() -> None:
    columns: dict[str, dict[str, Column]] = {
        "today": {"mitigate_s": lambda hard, own: hard},
        "alike": {"mitigate_s": lambda hard, own: hard},
    }
    found = analyse(subject(columns, 20))
    difference = only(found).differences[0]
    assert difference.verdict == "identical"
    assert "(alike) did the same in every run, by time to mitigate" in found.recommendation.text
    assert difference.text == "the same in every one of 20 pairs of runs"


def test_a_worse_alternative_leaves_everything_as_it_is() -> None:
    told = analyse(subject(times(slow=-300), 100)).recommendation
    assert (told.kind, told.alternative) == ("keep", "today")


def test_one_alternative_that_often_fails_is_not_called_fast() -> None:
    """Where it happens it is quick; where it does not, it counts as lasting until the end of the run."""
    columns: dict[str, dict[str, Column]] = {
        **times(),
        "reckless": {"mitigate_s": lambda hard, own: np.where(hard > 0.5, np.nan, 60.0)},
    }
    found = analyse(subject(columns, 100, measures=[TIME, TIME | {"quantile": 0.9}]))
    mean, ninety = found.measures
    assert mean.differences[0].verdict == "worse"
    assert ninety.differences[0].text == "worse: never instead of a time"
    reckless = ninety.estimates[1]
    assert reckless.figure.never
    assert reckless.figure.value is None
    assert reckless.never is not None
    assert reckless.never.value == pytest.approx(0.5, abs=0.1)
    assert found.recommendation.kind == "keep"


def test_many_comparisons_are_corrected() -> None:
    """Of twenty alternatives that do nothing, one differs by itself at 5 %; together none does."""
    noise: Column = lambda hard, own: own
    columns = {f"a{number}": {"mitigate_s": noise} for number in range(21)}
    differences = only(analyse(subject(columns, 80, seed=4))).differences
    assert min(each.p or 1 for each in differences) < 0.05
    assert {each.verdict for each in differences} == {"no-difference-detectable"}


@pytest.mark.parametrize(
    ("parts", "kind", "chosen"),
    [
        ((0.9, 0.05), "change", "quick"),  # today breaks it
        ((0.05, 0.9), "keep", "today"),  # the quick one breaks it
        ((0.9, 0.9), "none-allowed", None),
    ],
)
def test_only_what_keeps_the_constraints_is_recommended(
    parts: tuple[float, float], kind: str, chosen: str | None
) -> None:
    columns = times(quick=240)
    for name, part in zip(columns, parts, strict=True):
        columns[name]["mitigate_breach"] = late(part)
    rule = [{"measure": "mitigate_breach", "at_most": 0.5}]
    found = analyse(subject(columns, 100, measures=[TIME, {"measure": "mitigate_breach"}], constraints=rule))
    assert (found.recommendation.kind, found.recommendation.alternative) == (kind, chosen)
    assert found.constraints[0].text == "mitigated too late or never at most 50 %"


def test_what_may_break_a_constraint_is_named() -> None:
    columns = times(quick=240)
    for name, part in {"today": 0.05, "quick": 0.4}.items():
        columns[name]["mitigate_breach"] = late(part)
    rule = [{"measure": "mitigate_breach", "at_most": 0.4}]
    found = analyse(subject(columns, 60, measures=[TIME, {"measure": "mitigate_breach"}], constraints=rule))
    assert [each.status for each in found.constraints[0].alternatives] == ["kept", "undecided"]
    assert found.recommendation.alternative == "today"
    assert any("not considered" in each and "quick" in each for each in found.recommendation.caveats)


def test_the_next_priority_decides_between_what_is_alike() -> None:
    columns = times(same=0)
    for name, pages in {"today": 3.0, "same": 1.0}.items():
        columns[name]["pages"] = lambda hard, own, pages=pages: pages + own  # type: ignore[misc]
    goals = [LEAST, {"measure": "pages", "goal": "min", "priority": 2}]
    found = analyse(subject(columns, 60, measures=[TIME, {"measure": "pages"}], objectives=goals))
    assert [len(each.ranked) for each in found.tiers] == [2, 2]
    assert (found.recommendation.kind, found.recommendation.alternative) == ("change", "same")


def test_weighted_objectives_trade_off_as_changes_against_the_baseline() -> None:
    columns = times(quick=400)
    for name, pages in {"today": 1.0, "quick": 1.5}.items():
        columns[name]["pages"] = lambda hard, own, pages=pages: pages + 0.1 * own  # type: ignore[misc]
    measures = [TIME, {"measure": "pages"}]

    def weighed(weight: float) -> Findings:
        goals = [LEAST, {"measure": "pages", "goal": "min", "weight": weight}]
        return analyse(subject(columns, 60, measures=measures, objectives=goals))

    assert weighed(0.1).recommendation.alternative == "quick"
    heavy = weighed(10.0)
    assert heavy.recommendation.alternative == "today"
    changes = {each.alternative: each.change for each in heavy.tiers[0].ranked}
    assert changes["today"] is None
    quick = changes["quick"]
    assert quick is not None
    assert 0 < (quick.low or 0) < (quick.value or 0) < (quick.high or 0)  # half as many pages more, ten times


def test_several_objectives_have_a_pareto_front() -> None:
    columns = times(quick=300, bad=-300)
    for name, pages in {"today": 1.0, "quick": 2.0, "bad": 3.0}.items():
        columns[name]["pages"] = lambda hard, own, pages=pages: pages + own  # type: ignore[misc]
    goals = [LEAST, {"measure": "pages", "goal": "min", "priority": 2}]
    front = analyse(subject(columns, 80, measures=[TIME, {"measure": "pages"}], objectives=goals)).pareto
    assert front is not None
    assert [each.standing for each in front.alternatives] == ["front", "front", "dominated"]
    assert front.alternatives[2].by == ["today", "quick"]


def test_what_is_to_be_large_is_better_when_larger() -> None:
    found = analyse(subject(times(quick=240), 60, objectives=[{"measure": "mitigate_s", "goal": "max"}]))
    assert only(found).better == "more"
    assert only(found).differences[0].verdict == "worse"


@pytest.mark.parametrize("runs", [0, 1])
def test_without_runs_nothing_is_claimed(runs: int) -> None:
    found = analyse(subject(times(quick=240), runs))
    assert found.recommendation.kind == "no-data"
    assert only(found).differences[0].verdict == "no-data"


def test_a_measure_that_never_applies_says_so() -> None:
    columns: dict[str, dict[str, Column]] = {
        name: {**column, "pages": lambda hard, own: np.full(hard.size, math.nan)}
        for name, column in times(quick=240).items()
    }
    found = analyse(subject(columns, 30, measures=[TIME, {"measure": "pages"}]))
    pages = found.measures[1]
    assert (pages.estimates[0].runs, pages.estimates[0].figure.value) == (0, None)
    assert pages.differences[0].verdict == "no-data"


def test_without_an_objective_nothing_is_recommended() -> None:
    assert analyse(subject(times(quick=240), 30, objectives=[])).recommendation.kind == "no-objective"


def test_alternatives_with_unequal_runs_are_paired_on_what_they_share() -> None:
    found = analyse(subject(times(quick=240, slow=-240), [100, 100, 40]))
    assert [each.pairs for each in only(found).differences] == [100, 40]


def test_common_random_numbers_are_worth_runs() -> None:
    common = only(analyse(subject(times(quick=240), 100))).differences[0].common_numbers
    assert common is not None
    assert common.factor is not None
    assert common.factor > 20


def test_findings_are_the_same_after_json() -> None:
    written: dict[str, Any] = {"measures": [TIME, TIME | {"quantile": 0.5}]}
    found = analyse(subject(times(quick=240, same=1), 50, **written))
    assert Findings.model_validate_json(found.model_dump_json()) == found
    assert analyse(subject(times(quick=240, same=1), 50, **written)) == found


def test_the_selection_tells_its_probability() -> None:
    rule = {"kind": "selection", "procedure": "kn", "indifference": "1m", "at_most": 500}
    found = analyse(subject(times(quick=240, slow=-240), 40, replications=rule)).selection
    assert found is not None
    assert (found.selected, found.probability) == ("quick", 0.95)
    assert set(found.eliminated) == {"today", "slow"}
    assert "at least 95 %, quick is the best or within 60 s of it (KN" in found.text
