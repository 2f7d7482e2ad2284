"""From the results of a study to what is analysed."""

from __future__ import annotations

import numpy as np

from drillbook.engine.randomness import Randomness
from drillbook.loading.files import read_document, read_study
from drillbook.model.design import LatinHypercube, Morris, Sobol
from drillbook.model.study import Study
from drillbook.study import designs
from drillbook.study.alternatives import Plan, plan
from drillbook.study.analysis.subject import Option, Subject
from drillbook.study.manifest import kept_files
from drillbook.study.results import Results
from drillbook.study.table import Floats, Table


def opened(results: Results) -> Subject:
    """A study that was run, by the copy of it beside its results. DrillbookError for a changed copy."""
    path, _ = kept_files(results.folder, results.manifest)
    study = read_study(read_document(path)).model
    return subject(study, plan(study), results.table)


def subject(study: Study, made: Plan, table: Table) -> Subject:
    """A study with its alternatives and the table of their runs so far."""
    options = tuple(Option(each.id, each.title, each.levels) for each in made.alternatives)
    return Subject(study, options, table, made.points, _places(study), made.aliases)


def _places(study: Study) -> Floats | None:
    """Where the points of a design over ranges lie; drawn again, which gives the same."""
    design, factors = study.design, len(study.factors)
    if isinstance(design, LatinHypercube):
        return np.array(designs.latin(design.alternatives, factors, Randomness(design.seed)))
    if isinstance(design, Morris):
        return np.array(designs.morris(design.trajectories, design.grid, factors, Randomness(design.seed)))
    if isinstance(design, Sobol):
        return np.array(designs.saltelli(design.base, factors, Randomness(design.seed)))
    return None
