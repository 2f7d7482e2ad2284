"""A row of a study's results that is a whole horizon, passed again: its incidents and its ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drillbook.errors import DrillbookError, NotFound
from drillbook.study.horizon.ledger import PersonWeek, ledger
from drillbook.study.horizon.quarter import passed
from drillbook.study.horizon.watch import Watch
from drillbook.study.manifest import kept_files
from drillbook.study.material import load
from drillbook.study.results import load as load_results
from drillbook.study.setup import Setup
from drillbook.study.worker import made_ready


@dataclass(frozen=True, slots=True)
class Weeks:
    """A horizon, passed again."""

    row: int
    alternative: str
    seed: int
    watch: Watch
    ledger: Sequence[PersonWeek]


def weeks(folder: Path, number: int) -> Weeks:
    """Pass the horizon of a row again, by its number from 1. NotFound, DrillbookError."""
    results = load_results(folder)
    table = results.table
    if not 1 <= number <= len(table):
        raise NotFound(f"there is no row {number}; the results have rows 1 to {len(table)}")
    place = number - 1
    if int(table.cell[place]) >= 0:
        raise DrillbookError(f"row {number} is one incident; `drillbook study replay` looks back on it")
    path, find = kept_files(folder, results.manifest)
    alternative, seed = int(table.alternative[place]), int(table.seed[place])
    bundle = Setup.of(load(path, find)).bundle(alternative)
    watch = passed(bundle, made_ready(bundle).prepared, seed)
    return Weeks(number, table.alternatives[alternative], seed, watch, ledger(watch))
