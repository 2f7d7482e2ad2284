"""What a process does for a study: the runs of a block, one after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from drillbook import __version__
from drillbook.batch.cast import of_skill
from drillbook.engine.prepared import Prepared, prepare
from drillbook.engine.simulation import Simulation
from drillbook.errors import DrillbookError
from drillbook.model.rules import RuleGroup
from drillbook.model.scenario import Scenario
from drillbook.study import program
from drillbook.study.bundle import Bundle, Cell, unpacked
from drillbook.study.horizon.quarter import quarter
from drillbook.study.measures import Row, row
from drillbook.study.memory import give_back
from drillbook.telemetry.rules import CompiledRules, compile_rules
from drillbook.world.foreseen import Foreseen

TOGETHER = 4
"""Alternatives that are run together, which a process keeps ready; making one ready takes milliseconds."""
_SYSTEMS = 16
"""Systems of which the solution is kept, and rules that are kept compiled."""
_alone = threading.Lock()
"""Runs of one drill share what they solve: with several threads in a process they take turns."""


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive replications of an alternative: the unit of storage and of resumption."""

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


@dataclass(frozen=True, slots=True)
class _Rules:
    """Rules, the same where their text is."""

    text: str
    groups: Sequence[RuleGroup] = field(compare=False)


def work(blocks: Sequence[Block]) -> list[Done]:
    """Run blocks of the same replications under different alternatives, one seed after the other.

    DrillbookError where this process runs another program.
    """
    if any(block.program != program.digest() for block in blocks):
        raise DrillbookError(
            f"a worker runs drillbook {__version__} with other sources than the study's: install the same"
        )
    rows: list[list[Row]] = [[] for _ in blocks]
    seconds = [0.0] * len(blocks)
    with _alone:
        begun = time.perf_counter()
        ready = [_ready(block.bundle) for block in blocks]
        for seed, cell in enumerate(blocks[0].cells, blocks[0].first_seed + blocks[0].first):
            for number, found in enumerate(together(ready, cell, seed)):
                rows[number].append(found)
                now = time.perf_counter()
                seconds[number] += now - begun
                begun = now
    give_back()
    return [
        Done(block.alternative, block.first, len(found), np.array(found, dtype="<f8").tobytes(), took)
        for block, found, took in zip(blocks, rows, seconds, strict=True)
    ]


def play(ready: Ready, cell: int, seed: int) -> Row:
    """The figures of one replication."""
    (found,) = together([ready], cell, seed)
    return found


def together(ready: Sequence[Ready], cell: int, seed: int) -> Iterator[Row]:
    """The figures of one replication under each alternative: what the runs have in common is done once."""
    if ready[0].bundle.horizon is not None:
        for each in ready:
            yield quarter(each.bundle, each.prepared, seed)
        used = [prepared for each in ready for prepared in each.prepared]
    else:
        used = [each.prepared[cell] for each in ready]
        systems = [prepared.foreseen for prepared in used]
        for system in systems:
            if systems.count(system) > 1:
                system.keep(seed)
        for each in ready:
            yield row(incident(each, cell, seed), each.bundle.prices)
    for prepared in used:
        prepared.trim()


def incident(ready: Ready, number: int, seed: int) -> Simulation:
    """One incident, to its end."""
    cell = ready.bundle.cells[number]
    run = Simulation(
        cell.scenario, cell.playbook, seed, cast=of_skill(cell.skill), prepared=ready.prepared[number]
    )
    run.advance(cell.scenario.duration + 1)
    return run


def made_ready(bundle: Bundle) -> Ready:
    """Compile each drill of the mix once."""
    compiled: dict[tuple[int, int], Prepared] = {}
    return Ready(bundle, tuple(_prepared(cell, compiled) for cell in bundle.cells))


def _prepared(cell: Cell, compiled: dict[tuple[int, int], Prepared]) -> Prepared:
    key = (id(cell.scenario), id(cell.playbook))
    if key not in compiled:
        rules = _Rules(cell.scenario.model_dump_json(include={"rules"}), cell.scenario.rules)
        own = prepare(cell.scenario, cell.playbook, _compiled(rules), cell.form)
        compiled[key] = replace(own, foreseen=_foreseen(_system(cell.scenario)))
    return compiled[key]


def _system(scenario: Scenario) -> str:
    """Everything that decides how the system behaves as long as nobody intervenes, as text."""
    return scenario.model_dump_json(include={"system", "timeline", "duration", "start"})


@lru_cache(maxsize=_SYSTEMS)
def _foreseen(system: str) -> Foreseen:
    """What runs of a system have in common, whatever the alternative: policies do not change it."""
    return Foreseen()


@lru_cache(maxsize=_SYSTEMS)
def _compiled(rules: _Rules) -> CompiledRules:
    """The rules of all alternatives that do not change them."""
    return compile_rules(rules.groups)


@lru_cache(maxsize=TOGETHER)
def _ready(content: bytes) -> Ready:
    return made_ready(unpacked(content))
