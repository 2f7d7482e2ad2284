"""How grades become points, scores and ratings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.scoring.grade import Grade, Outcome
from drillbook.scoring.points import BASE, points, rating, score

GRADES = st.builds(
    Grade,
    outcome=st.sampled_from(sorted(BASE)),
    reason=st.just(""),
    late_by=st.none() | st.floats(0, 1e6),
    target=st.none() | st.floats(0, 1e4),
    quality=st.none() | st.floats(0, 1),
)


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        (Grade("met", ""), 10.0),
        (Grade("partly", ""), 5.0),
        (Grade("missed", ""), 0.0),
        (Grade("violated", "", quality=0.9), 0.0),
        (Grade("met", "", late_by=0.0, target=60.0), 10.0),
        (Grade("met", "", late_by=30.0, target=60.0), 8.0),
        (Grade("met", "", late_by=600.0, target=60.0), 6.0),
        (Grade("met", "", quality=0.5), 8.0),
        (Grade("met", "", late_by=60.0, target=60.0, quality=0.0), 2.0),
        (Grade("met", "", late_by=1.0, target=0.0), 6.0),
    ],
)
def test_outcome_gives_the_base_lateness_and_quality_take_their_parts(grade: Grade, expected: float) -> None:
    assert points(grade, 10.0) == expected


@given(GRADES, st.floats(0.1, 100))
def test_points_stay_within_their_maximum(grade: Grade, most: float) -> None:
    assert 0 <= points(grade, most) <= round(most, 2)


def test_the_score_is_what_was_reached_of_what_could_be() -> None:
    assert score([(5.0, 10.0), (10.0, 10.0)]) == 75.0
    assert score([]) == 0.0


@pytest.mark.parametrize(
    ("of", "outcomes", "expected"),
    [
        (100.0, ["met"], "P"), (85.0, ["met", "partly"], "P"), (84.9, ["met"], "S"), (65.0, [], "S"),
        (64.9, [], "M"), (40.0, [], "M"), (39.9, [], "U"), (95.0, ["met", "missed"], "S"),
        (95.0, ["met", "violated"], "S"),
    ],
)  # fmt: skip
def test_ratings_are_the_exercise_programmes(of: float, outcomes: list[Outcome], expected: str) -> None:
    """Performed without challenges takes 85 points and nothing missed or violated."""
    assert rating(of, outcomes) == expected
