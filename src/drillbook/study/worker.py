"""What a process does for a study: the runs of a block, one after the other."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from drillbook import __version__
from drillbook.batch.cast import of_skill
from drillbook.engine.prepared import Prepared, prepare
from drillbook.engine.simulation import Simulation
from drillbook.errors import DrillbookError
from drillbook.model.scenario import Scenario
from drillbook.study import program
from drillbook.study.bundle import Bundle, Cell, unpacked
from drillbook.study.horizon.quarter import quarter
from drillbook.study.measures import Row, row
from drillbook.study.memory import give_back
from drillbook.world.foreseen import Foreseen

_KEPT = 4
"""Alternatives that a process keeps ready, which bounds its memory; making one ready takes milliseconds."""
_SYSTEMS = 16
"""Systems of which the solution is kept."""
_alone = threading.Lock()
"""Runs of one drill share what they solve: with several threads in a process they take turns."""


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive replications of an alternative: the unit of work, of storage and of resumption."""

    alternative: int
    first: int
    """The first replication, from 0."""
    cells: tuple[int, ...]
    """The cell of each replication; with a horizon, which has incidents of all cells, only their number."""
    first_seed: int
    """The seed of replication 0."""
    bundle: bytes
    program: str
    """The digest of the sources that made it."""


@dataclass(frozen=True, slots=True)
class Done:
    """A block that was run: its rows one after the other, as 64-bit floats."""

    alternative: int
    first: int
    count: int
    rows: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Ready:
    """An alternative made ready in this process."""

    bundle: Bundle
    prepared: tuple[Prepared, ...]
    """By cell; shared between cells of one drill."""


def work(block: Block) -> Done:
    """Run a block. DrillbookError where this process runs another program."""
    if block.program != program.digest():
        raise DrillbookError(
            f"a worker runs drillbook {__version__} with other sources than the study's: install the same"
        )
    with _alone:
        begun = time.perf_counter()
        ready = _ready(block.bundle)
        rows = [
            play(ready, cell, block.first_seed + block.first + place)
            for place, cell in enumerate(block.cells)
        ]
    give_back()
    values = np.array(rows, dtype="<f8").tobytes()
    return Done(block.alternative, block.first, len(rows), values, time.perf_counter() - begun)


def play(ready: Ready, cell: int, seed: int) -> Row:
    """The figures of one replication."""
    if ready.bundle.horizon is not None:
        found = quarter(ready.bundle, ready.prepared, seed)
        for each in ready.prepared:
            each.trim()
        return found
    return row(incident(ready, cell, seed), ready.bundle.prices)


def incident(ready: Ready, number: int, seed: int) -> Simulation:
    """One incident, to its end."""
    cell = ready.bundle.cells[number]
    run = Simulation(
        cell.scenario, cell.playbook, seed, cast=of_skill(cell.skill), prepared=ready.prepared[number]
    )
    run.advance(cell.scenario.duration + 1)
    ready.prepared[number].trim()
    return run


def made_ready(bundle: Bundle) -> Ready:
    """Compile each drill of the mix once."""
    compiled: dict[tuple[int, int], Prepared] = {}
    return Ready(bundle, tuple(_prepared(cell, compiled) for cell in bundle.cells))


def _prepared(cell: Cell, compiled: dict[tuple[int, int], Prepared]) -> Prepared:
    key = (id(cell.scenario), id(cell.playbook))
    if key not in compiled:
        own = prepare(cell.scenario, cell.playbook, form=cell.form)
        compiled[key] = replace(own, foreseen=_foreseen(_system(cell.scenario)))
    return compiled[key]


def _system(scenario: Scenario) -> str:
    """Everything that decides how the system behaves as long as nobody intervenes, as text."""
    return scenario.model_dump_json(include={"system", "timeline", "duration", "start"})


@lru_cache(maxsize=_SYSTEMS)
def _foreseen(system: str) -> Foreseen:
    """What runs of a system have in common, whatever the alternative: policies do not change it."""
    return Foreseen()


@lru_cache(maxsize=_KEPT)
def _ready(content: bytes) -> Ready:
    return made_ready(unpacked(content))
