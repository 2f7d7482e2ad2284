"""Any row of a study's results, run again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from drillbook.engine.simulation import Simulation
from drillbook.errors import DrillbookError, NotFound
from drillbook.model.measures import NAMES
from drillbook.study import program
from drillbook.study.manifest import kept_files
from drillbook.study.material import load
from drillbook.study.measures import row
from drillbook.study.results import load as load_results
from drillbook.study.setup import Setup
from drillbook.study.worker import incident, made_ready


@dataclass(frozen=True, slots=True)
class Replayed:
    """A row run again."""

    row: int
    alternative: str
    seed: int
    responder: str
    run: Simulation
    measures: dict[str, float]
    differing: dict[str, tuple[float, float]]
    """Measures that came out otherwise than in the results: as stored, and now. Empty as it should be."""
    version: str
    """Of the program that ran the study."""
    same_program: bool
    """Whether this program has the same sources as the one that ran the study."""


def replay(folder: Path, number: int) -> Replayed:
    """Run a row again, by its number from 1. NotFound, DrillbookError."""
    results = load_results(folder)
    table = results.table
    if not 1 <= number <= len(table):
        raise NotFound(f"there is no row {number}; the results have rows 1 to {len(table)}")
    path, find = kept_files(folder, results.manifest)
    setup = Setup.of(load(path, find))
    place = number - 1
    alternative, cell = int(table.alternative[place]), int(table.cell[place])
    if cell < 0:
        raise DrillbookError(
            f"row {number} is a whole stretch of days, no incident that could be looked back on"
        )
    bundle = setup.bundle(alternative)
    run = incident(made_ready(bundle), cell, int(table.seed[place]))
    stored = {name: float(table.values[name][place]) for name in results.manifest.measures}
    found = dict(zip(NAMES, row(run, bundle.prices), strict=True))
    differing = {
        name: (value, found.get(name, math.nan))
        for name, value in stored.items()
        if not np.array_equal(value, found.get(name, math.nan), equal_nan=True)
    }
    return Replayed(
        number,
        table.alternatives[alternative],
        int(table.seed[place]),
        bundle.cells[cell].responder,
        run,
        found,
        differing,
        results.manifest.version,
        results.manifest.program == program.digest(),
    )
