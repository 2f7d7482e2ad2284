"""How long a study will take, from one incident of each drill in its mix."""

from __future__ import annotations

import time

from drillbook.study.setup import Setup
from drillbook.study.worker import made_ready, play

_MOST = 6
"""Incidents that are tried at most; the heaviest cells of the mix count for the others."""


def seconds_per_run(setup: Setup) -> float:
    """Mean time of a run of the baseline on this processor, in seconds."""
    ready = made_ready(setup.baseline)
    cells = sorted(range(len(setup.cells)), key=lambda number: -setup.cells[number].weight)[:_MOST]
    if setup.baseline.horizon is not None:
        cells = [-1]
    seed = setup.material.model.first_seed
    play(ready, cells[0], seed)  # what is compiled on first use is no part of a run
    spent = weights = 0.0
    for cell in cells:
        begun = time.perf_counter()
        play(ready, cell, seed + 1)
        weight = setup.cells[cell].weight
        spent += weight * (time.perf_counter() - begun)
        weights += weight
    return max(spent / weights, 1e-6)
