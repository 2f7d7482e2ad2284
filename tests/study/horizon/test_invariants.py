"""Whatever incidents come and however long they take: one call at a time, and every cent is somebody's."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.engine.prepared import prepare
from drillbook.engine.randomness import Randomness
from drillbook.loading.catalog import Catalog
from drillbook.model.horizon import Horizon, Pay
from drillbook.people.skill import SKILLS
from drillbook.study.horizon import watch as module
from drillbook.study.horizon.figures import figures
from drillbook.study.horizon.incident import Drill, Notice, Traces
from drillbook.study.horizon.ledger import ledger
from drillbook.study.horizon.watch import Watch


@pytest.fixture(scope="module")
def drill() -> Drill:
    found = Catalog.standard().drill("quotes-fail")
    prepared = prepare(found.scenario, found.playbook)
    return Drill(found.scenario, found.playbook, prepared, SKILLS["average"])


def shortened(drill: Drill, at: Any, seed: int, conditions: Any, missing: Any) -> tuple[int, Any]:
    """In place of a run: only what it would have taken from the horizon."""
    return seed, conditions


def made_up(run: tuple[int, Any]) -> Traces:
    """The primary or the secondary takes it when they are free, and works for minutes to hours."""
    seed, conditions = run
    draws = Randomness(seed)
    on_call = [each for each in ("primary", "secondary") if each in conditions]
    notices = tuple(Notice(60.0 + 300 * level, each, level + 1) for level, each in enumerate(on_call))
    if not on_call or draws.uniform("nobody") < 0.1:
        return Traces(notices, {}, "", 0.0, 7200.0)
    owner = min(on_call, key=lambda each: (conditions[each].free_at, draws.uniform(each)))
    taken = max(90.0, conditions[owner].free_at)
    over = taken + draws.lognormal(3600, 1.0, "length")
    return Traces(notices, {owner: (taken, over)}, owner, taken, over)


@given(
    seed=st.integers(0, 10_000),
    per_month=st.sampled_from([10, 60, 300]),
    engineers=st.integers(1, 5),
    secondary=st.booleans(),
)
@settings(max_examples=15)
def test_one_call_at_a_time_and_the_ledger_adds_up(
    drill: Drill, seed: int, per_month: int, engineers: int, secondary: bool
) -> None:
    rota = {"sites": [{"id": "home", "engineers": engineers}], "secondary": secondary}
    horizon = Horizon.model_validate({"days": 9, "arrivals": {"per_month": per_month}, "rota": rota})
    passing = Watch([drill], [1.0], horizon, Pay(), seed, lambda run: {"notifications": 1.0})
    with mock.patch.object(module, "run", shortened), mock.patch.object(module, "traces", made_up):
        passing.pass_by()
    for life in passing.lives.values():
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(life.work)))
    weeks = ledger(passing)
    begin, end = passing.start.timestamp(), passing.end.timestamp()
    worked = sum(
        max(0.0, min(high, end) - max(low, begin))
        for life in passing.lives.values()
        for low, high in life.work
    )
    assert sum(row.worked_hours for row in weeks) == pytest.approx(worked / 3600)
    seats = 1 + (secondary and engineers > 1)
    assert sum(row.on_call_hours for row in weeks) == pytest.approx(9 * 24 * seats)
    found = figures(passing, weeks, 1.0)
    assert found["cost"] == pytest.approx(
        sum(row.stipend + row.bonus + row.lieu + row.labour for row in weeks)
    )
    assert found["incidents"] == len(passing.met)
