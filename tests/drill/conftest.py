"""Whole runs of the first drill."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from drillbook.cli.drill import Drill, cast_for, open_drill
from drillbook.engine.simulation import Simulation
from drillbook.scoring.score import score
from drillbook.scoring.scorecard import Scorecard

SCRIPTS = Path(__file__).parents[2] / "docs" / "how-to" / "scripts"


@cache
def _drill() -> Drill:
    return open_drill("db-pool-exhaustion", None, ())


@cache
def _run(responder: str, seed: int) -> tuple[Simulation, Scorecard]:
    drill = _drill()
    simulation = drill.simulation(seed, cast_for(responder))
    simulation.advance(drill.scenario.duration + 1)
    return simulation, score(drill.scenario, drill.playbook, simulation.log)


@pytest.fixture(scope="session")
def drill() -> Drill:
    return _drill()


Play = Callable[[str, int], tuple[Simulation, Scorecard]]
Name = Callable[[str], str]


@pytest.fixture(scope="session")
def play() -> Play:
    """Plays a run to its end: (responder, seed) -> simulation and scorecard; shared between tests."""
    return _run


@pytest.fixture(scope="session")
def script() -> Name:
    """The responder that types a script of the documentation."""
    return lambda name: f"script:{SCRIPTS / name}.yaml"
