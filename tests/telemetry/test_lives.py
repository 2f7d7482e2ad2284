"""Rows without gaps in their lives are computed together, with the same result as one by one."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.telemetry.rates import extrapolated
from drillbook.telemetry.vectors import Index
from drillbook.telemetry.windows import Grid, Regular, Windows

COLUMNS, WIDTH = 24, 8
_LIVES = st.tuples(st.integers(0, COLUMNS - 1), st.integers(1, COLUMNS))
_ADDED = st.lists(st.integers(0, 40), min_size=COLUMNS, max_size=COLUMNS)


def _windows(lives: list[tuple[int, int]], counts: list[list[int]], *, together: bool) -> Windows:
    values, mask = np.cumsum(np.array(counts, np.float64), axis=1), np.zeros((len(lives), COLUMNS), np.bool_)
    for row, (begin, length) in enumerate(lives):
        mask[row, begin : begin + length] = True
    values = np.where(mask, values, np.nan)
    ticks = (np.arange(COLUMNS - WIDTH + 1, dtype=np.int64) + WIDTH - 1) * 15_000
    samples = (Index(tuple((("pod", str(row)),) for row in range(len(lives)))), values, mask)
    windows = Windows(samples, Regular(0, 1, WIDTH), (ticks + 4000, ticks), Grid(15_000, 0), 120_000)
    if not together:
        windows.lives = None  # the way of rows with gaps
    return windows


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("counter", [False, True])
@given(rows=st.lists(st.tuples(_LIVES, _ADDED), min_size=1, max_size=6), reset=st.booleans())
def test_rates_of_rows_that_live_for_a_while_are_those_of_rows_with_gaps(
    rows: list[tuple[tuple[int, int], list[int]]], *, reset: bool, counter: bool, old: bool
) -> None:
    lives, counts = [life for life, _ in rows], [added for _, added in rows]
    if reset:
        counts = [[-3 * each if each == max(added) else each for each in added] for added in counts]
    rate = partial(extrapolated, counter=counter, per_second=True, old=old)
    with np.errstate(all="ignore"):
        values, there = rate(_windows(lives, counts, together=True))
        expected, present = rate(_windows(lives, counts, together=False))
    shown, wanted = (np.ones(values.shape, np.bool_) if each is None else each for each in (there, present))
    assert shown.tolist() == wanted.tolist()
    assert (values[shown].view(np.int64) == expected[shown].view(np.int64)).all()
