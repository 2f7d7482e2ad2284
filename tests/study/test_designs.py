"""Designs are those of the textbooks."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness
from drillbook.model.design import Range
from drillbook.model.quantities import seconds
from drillbook.model.spread import ValueRange
from drillbook.study import designs


def word(text: str) -> frozenset[str]:
    return frozenset(text)


@pytest.mark.parametrize(
    ("factors", "generators", "resolution"),
    [
        ("abc", ["c = a b"], 3),
        ("abcd", ["d = a b c"], 4),
        ("abcde", ["e = a b c d"], 5),
        ("abcde", ["d = a b", "e = a c"], 3),
        ("abcdef", ["e = a b c", "f = b c d"], 4),
        ("abcdefg", ["d = a b", "e = a c", "f = b c", "g = a b c"], 3),
        ("abcdefgh", ["e = b c d", "f = a c d", "g = a b c", "h = a b d"], 4),
    ],
)
def test_fractions_have_the_resolution_of_the_tables(
    factors: str, generators: list[str], resolution: int
) -> None:
    """Box, Hunter & Hunter 2005, table 6.22."""
    parsed = designs.parsed(generators)
    assert designs.resolution(parsed) == resolution
    assert len(designs.fractional(list(factors), parsed)) == 2 ** (len(factors) - len(generators))


def test_the_aliases_of_the_half_fraction_of_four_factors() -> None:
    """I = abcd: each pair is mixed up with the other pair, main effects with no pair."""
    lines = list(designs.alias_lines(list("abcd"), designs.parsed(["d = a b c"])))
    assert lines == ["a b = c d", "a c = b d", "a d = b c"]


def test_the_aliases_of_the_quarter_fraction_of_five_factors() -> None:
    """I = abd = ace = bcde."""
    parsed = designs.parsed(["d = a b", "e = a c"])
    assert [sorted(each) for each in designs.defining(parsed)] == [list("abd"), list("ace"), list("bcde")]
    lines = list(designs.alias_lines(list("abcde"), parsed))
    assert lines == ["a = b d = c e", "b = a d", "c = a e", "d = a b", "e = a c", "b c = d e", "b e = c d"]


@pytest.mark.parametrize(
    ("count", "resolution", "runs"),
    [(3, 3, 4), (4, 4, 8), (5, 3, 8), (5, 5, 16), (6, 4, 16), (7, 3, 8), (7, 4, 16), (8, 4, 16), (6, 6, 32)],
)
def test_the_smallest_fraction_of_a_resolution_is_found(count: int, resolution: int, runs: int) -> None:
    factors = list("abcdefgh"[:count])
    found = designs.generators_for(factors, resolution)
    assert found is not None
    assert len(designs.fractional(factors, found)) == runs
    assert (designs.resolution(found) or 99) >= resolution


@pytest.mark.parametrize("count", [3, 4, 5, 6, 7])
def test_a_fraction_is_balanced_and_its_columns_orthogonal(count: int) -> None:
    factors = list("abcdefg"[:count])
    rows = designs.fractional(factors, designs.generators_for(factors, 3) or {})
    for column in zip(*rows, strict=True):
        assert sum(column) * 2 == len(rows)
    for one, other in combinations(zip(*rows, strict=True), 2):
        assert sum((2 * a - 1) * (2 * b - 1) for a, b in zip(one, other, strict=True)) == 0


def test_the_full_design_is_every_combination_once() -> None:
    assert designs.full([2, 3]) == list(product(range(2), range(3)))


@given(st.integers(2, 60), st.integers(1, 6), st.integers(0, 99))
def test_a_latin_hypercube_hits_each_stratum_once(runs: int, factors: int, seed: int) -> None:
    points = designs.latin(runs, factors, Randomness(seed))
    for column in zip(*points, strict=True):
        assert sorted(int(value * runs) for value in column) == list(range(runs))


@given(st.integers(2, 8), st.sampled_from([2, 4, 6]), st.integers(1, 6), st.integers(0, 99))
def test_a_trajectory_changes_each_factor_once_and_stays_inside(
    trajectories: int, grid: int, factors: int, seed: int
) -> None:
    points = designs.morris(trajectories, grid, factors, Randomness(seed))
    assert len(points) == trajectories * (factors + 1)
    assert all(0 <= value <= 1 for point in points for value in point)
    for start in range(0, len(points), factors + 1):
        steps = zip(points[start:], points[start + 1 : start + factors + 1], strict=False)
        moved = [
            [i for i, (a, b) in enumerate(zip(p, q, strict=True)) if abs(a - b) > 1e-9] for p, q in steps
        ]
        assert sorted(moved) == [[factor] for factor in range(factors)]


def test_saltellis_sample_takes_one_column_of_b_at_a_time() -> None:
    points = designs.saltelli(4, 3, Randomness(1))
    first, second, mixed = points[:4], points[4:8], points[8:]
    for factor in range(3):
        for row in range(4):
            expected = [second[row][f] if f == factor else first[row][f] for f in range(3)]
            assert list(mixed[4 * factor + row]) == expected


@given(st.floats(0, 1), st.sampled_from(["linear", "log"]))
def test_values_of_a_range_are_written_as_its_bounds(share: float, scale: str) -> None:
    values = ValueRange.of(Range.model_validate({"low": "30s", "high": "15m", "scale": scale}))
    assert 30 <= seconds(str(values.at(share))) <= 900


def test_whole_values_and_units() -> None:
    assert ValueRange.of(Range(low=1, high=9, whole=True)).at(0.5) == 5
    assert ValueRange.of(Range(low="100/s", high="200/s")).at(0.25) == "125/s"
    assert ValueRange.of(Range(low="1Gi", high="3Gi", whole=True)).at(0.5) == "2Gi"
    assert ValueRange.of(Range(low=1, high=100, scale="log")).at(0.5) == 10
