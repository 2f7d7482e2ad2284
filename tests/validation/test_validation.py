"""The page of the physics' validation is what the code gives now, in the parts that are quick to work out."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from tests.validation import backcast, closed_forms, components, on_the_way, people, retries
from tests.validation.claims import Claim
from tests.validation.drawing import Line, chart
from tests.validation.judge import REDUCED, Interval, Queue, measured

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "validation.md").read_text(encoding="utf-8")
OUTSIDE = {
    "Service, room and load 10: refused (Erlang B)",
    "Pool, c = 14, a = 10: within 20 s of 180 s",
    "Pool, c = 1, ρ = 0.8, hold constant: wait / hold",
    "Pool, c = 1, ρ = 0.8, hold lognormal: wait / hold",
    "Pool, c = λ = 10, timeout 1 hold: gave up (Erlang-A)",
    "Pool, c = 3, λ = 2, timeout 2 holds: gave up (Erlang-A)",
    "Pool, the same: lag of the peak, h",
}
"""What the page owns up to; what is no longer so is to be taken from this list."""


def told(claim: Claim) -> Claim:
    """The claim with the interval that stands on the page, after making sure that all the rest does, too."""
    begin = " | ".join(claim.row().split(" | ")[:3])
    found = [line for line in PAGE.splitlines() if line.startswith(begin + " |")]
    assert found, f"not on the page: {begin}"
    judged = found[0].split(" | ")[3].split(" … ")
    between = Interval(float(judged[0]), float(judged[1])) if len(judged) == 2 else None
    return Claim(claim.name, claim.asked, claim.product, between, claim.allowed, claim.digits, claim.note)


@pytest.mark.parametrize(
    "section", ["erlang", "single", "impatient", "approximate", "overloaded", "tidal", "pools"]
)
def test_closed_forms_hold_where_the_page_says_so(section: str) -> None:
    for claim in getattr(closed_forms, section)(REDUCED):
        shown = told(claim)
        assert shown.sound
        assert shown.holds == (claim.name not in OUTSIDE), claim.row()


def test_requests_in_flight_are_rate_times_latency() -> None:
    for claim in closed_forms.little():
        assert told(claim).holds, claim.row()


def test_messages_are_conserved_and_memory_is_arithmetic() -> None:
    for claim in (*components.kafka(), *components.memory()):
        assert told(claim).holds, claim.row()


def test_what_stands_on_the_way_keeps_to_its_arithmetic() -> None:
    for claim in on_the_way.every():
        assert told(claim).holds, claim.row()


@pytest.mark.parametrize("row", retries.ROWS, ids=retries.name)
def test_the_published_retry_experiments_come_out_as_published(row: retries.Row) -> None:
    play = retries.triggered(retries.LOAD * row.traffic, 4, row.cut, row.lasts)
    assert retries.word(retries.failing(play, retries.LAST) > 0.5) == retries.word(row.sticks)


def test_a_storm_stays_where_load_with_retries_exceeds_capacity() -> None:
    for claim in retries.threshold((0.9, 1.1), (1, 2)):
        assert told(claim).holds, claim.row()


def test_the_judge_knows_erlang() -> None:
    """The judge is independent of the product, and right: M/M/1 at ρ = 0.5 waits one hold."""
    waits = measured(Queue(1, (0.5,)), REDUCED, [lambda outcome: float(outcome.wait.mean())], 1)
    assert waits[0].holds(1.0)


def test_figures_on_the_page_exist_and_are_drawn_alike_each_time() -> None:
    for name in ("retries", "threshold", "pool", "tide"):
        assert f"images/validation/{name}.svg" in PAGE
        assert (DOCS / "images" / "validation" / f"{name}.svg").read_text("utf-8").startswith("<svg")
    lines = [Line("a < b", [(0.0, 0.0), (1.0, 1.0)])]
    drawn = chart("t", ("x", (0, 1)), ("y", (0, 1)), lines)
    assert "a &lt; b" in drawn
    assert drawn == chart("t", ("x", (0, 1)), ("y", (0, 1)), lines)


def test_a_claim_that_is_off_says_so() -> None:
    assert Claim("x", 1.0, 2.0, Interval(0.9, 1.1)).verdict.startswith("**outside")
    assert Claim("x", 1.0, math.pi, allowed=0.5).verdict.startswith("**off")
    assert not Claim("x", 1.0, None).holds


@pytest.mark.parametrize("section", ["tired", "erring", "arriving"])
def test_people_tire_err_and_are_paged_as_the_page_says(section: str) -> None:
    for claim in getattr(people, section)():
        assert told(claim).holds, claim.row()


def test_fitted_intervals_hold_the_known_parameters_about_as_often_as_they_say() -> None:
    intervals = people.fitting(40)[:2]
    assert all(isinstance(each.product, float) and each.product >= 0.85 for each in intervals)
    assert all(f"| {each.name} | 0.950 |" in PAGE for each in intervals)


def published(factor: float = 1.0) -> backcast.Times:
    """Incidents whose stages are the published laws' own quantiles, times a factor."""
    parts = [(n + 0.5) / 400 for n in range(400)]
    stages = {
        name: factor * np.array([math.exp(law.mu + law.sigma * NormalDist().inv_cdf(each)) for each in parts])
        for name, law in backcast.STAGES.items()
    }
    law = backcast.GITHUB
    open_ = np.array([factor * math.exp(law.mu + law.sigma * NormalDist().inv_cdf(each)) for each in parts])
    return backcast.Times(stages, open_, ("fix",) * 400, 400)


def test_the_back_cast_tells_what_was_published_from_what_takes_longer() -> None:
    right, slow = published(), published(1.6)
    assert all(line.endswith("| hit |") for line in backcast.stages(right).splitlines()[2:])
    assert all(line.endswith("| agrees |") for line in backcast.shapes(right).splitlines()[2:])
    assert not any(line.endswith("| hit |") for line in backcast.stages(slow).splitlines()[2:])
    assert all(line.endswith("| shape agrees |") for line in backcast.shapes(slow).splitlines()[2:])


def test_the_page_has_the_back_cast() -> None:
    for name, stage in backcast.STAGES.items():
        assert f"| {name}: {stage.what} |" in PAGE
    assert all(f"| {name} (" in PAGE for name in backcast.ACTIONS)
    assert "**Verdict:** means and medians hit in" in PAGE
