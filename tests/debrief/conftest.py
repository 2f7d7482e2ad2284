from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from drillbook.debrief.build import Chart, Debrief, build
from drillbook.events.event import Event
from drillbook.loading.catalog import Catalog
from drillbook.loading.files import Drill
from drillbook.scoring.score import score
from tests.debrief import runs

Make: TypeAlias = Callable[[Sequence[Event]], Debrief]


@pytest.fixture(scope="session")
def drill() -> Drill:
    return Catalog.standard().drill("db-pool-exhaustion")


@pytest.fixture(scope="session")
def charts() -> list[Chart]:
    """What responders could see: one series, one with a gap, one with nothing in it."""
    times = [float(t) for t in range(-300, 1815, 15)]
    errors = [0.1 if t < 285 or t > 1290 else 21.0 for t in times]
    waiting = [float("nan") if 600 < t < 700 else (143.0 if 285 <= t < 1260 else 0.0) for t in times]
    return [
        Chart("Errors", "%", [("Errors", times, errors), ("none", [], [])]),
        Chart("Saturation orders-pool", "clients waiting", [("orders-pool", times, waiting)]),
        Chart("Latency p95", "s", []),
    ]


@pytest.fixture(scope="session")
def make(drill: Drill, charts: list[Chart]) -> Make:
    def make(log: Sequence[Event]) -> Debrief:
        return build(drill.scenario, drill.playbook, log, score(drill.scenario, drill.playbook, log), charts)

    return make


@pytest.fixture(scope="session")
def handled(drill: Drill, make: Make) -> Debrief:
    return make(runs.handled(drill.scenario))


@pytest.fixture(scope="session")
def absent(drill: Drill, make: Make) -> Debrief:
    return make(runs.absent(drill.scenario))
