"""A replication of a horizon, from an alternative's drills to its row of figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

from drillbook.engine.prepared import Prepared
from drillbook.engine.simulation import Simulation
from drillbook.errors import DrillbookError
from drillbook.model.measures import NAMES
from drillbook.study.bundle import Bundle
from drillbook.study.horizon.figures import figures
from drillbook.study.horizon.incident import Drill
from drillbook.study.horizon.ledger import ledger
from drillbook.study.horizon.watch import Watch
from drillbook.study.measures import Row, row


def quarter(bundle: Bundle, prepared: Sequence[Prepared], seed: int) -> Row:
    """The figures of the horizon of one seed."""
    watch = passed(bundle, prepared, seed)
    found = figures(watch, ledger(watch), bundle.prices.slo.window)
    return tuple(found.get(name, math.nan) for name in NAMES)


def passed(bundle: Bundle, prepared: Sequence[Prepared], seed: int) -> Watch:
    """The horizon of one seed, when it is over: for its figures, its ledger and its incidents."""
    if bundle.horizon is None:
        raise DrillbookError("this study has no horizon: each run is one incident")

    def measure(run: Simulation) -> dict[str, float]:
        return dict(zip(NAMES, row(run, bundle.prices), strict=True))

    watch = Watch(
        drills=[
            Drill(cell.scenario, cell.playbook, ready, cell.skill)
            for cell, ready in zip(bundle.cells, prepared, strict=True)
        ],
        weights=[cell.weight for cell in bundle.cells],
        horizon=bundle.horizon,
        pay=bundle.prices.pay,
        seed=seed,
        measure=measure,
    )
    watch.pass_by()
    return watch
