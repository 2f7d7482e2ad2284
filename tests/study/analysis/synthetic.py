"""Studies whose truth is known: rows drawn around what each alternative truly does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from drillbook.model.study import Study
from drillbook.study.analysis.subject import Option, Subject
from drillbook.study.statistics.chance import uniforms
from drillbook.study.statistics.interval import Floats
from drillbook.study.table import Table

HORIZON = 7200.0
Column = Callable[[Floats, Floats], Floats]
"""From the hardness of each replication and chance of the alternative's own (both uniform) to values."""


def lognormal(mean: float, deviation: float, quantiles: Floats) -> Floats:
    """Values of a lognormal with that mean and standard deviation."""
    variance = math.log1p((deviation / mean) ** 2)
    normal = NormalDist()
    z = np.array([normal.inv_cdf(each) for each in quantiles.tolist()])
    return np.asarray(np.exp(math.log(mean) - variance / 2 + math.sqrt(variance) * z))


def minutes_faster(seconds: float) -> Column:
    """Times to mitigate of some 20 minutes that mostly follow the hardness, so many seconds less."""
    return lambda hard, own: 300 + 1800 * hard + 300 * own - seconds


def study(alternatives: Sequence[str], **written: Any) -> Study:
    """A study of one factor whose levels are the alternatives, the first one done today."""
    document: dict[str, Any] = {
        "kind": "study", "name": "synthetic", "title": "Synthetic", "question": "Which one?",
        "scenarios": [{"scenario": "db-pool-exhaustion"}],
        "factors": [{"id": "policy", "levels": [{"id": each} for each in alternatives]}],
        "replications": {"kind": "fixed", "runs": 100},
        "measures": [{"measure": "mitigate_s"}],
        "objectives": [{"measure": "mitigate_s", "goal": "min"}],
    }  # fmt: skip
    return Study.model_validate(document | written)


def table(columns: Mapping[str, Mapping[str, Column]], runs: int | Sequence[int], seed: int = 1) -> Table:
    """Rows of the alternatives (keys) in their measures, so many of each."""
    counts = [runs] * len(columns) if isinstance(runs, int) else list(runs)
    hard = uniforms(max(counts), seed, "hard")
    names = sorted({name for each in columns.values() for name in each})
    values: dict[str, Floats] = {}
    for name in names:
        parts = [
            column[name](hard[:count], uniforms(count, seed, "own", which, name))
            for (which, column), count in zip(columns.items(), counts, strict=True)
        ]
        values[name] = np.concatenate(parts)
    values.setdefault("observed_s", np.full(sum(counts), HORIZON))
    replication = np.concatenate([np.arange(count) for count in counts])
    numbers = np.repeat(np.arange(len(counts)), counts)
    cells = (("db-pool-exhaustion", 0, "average"),)
    return Table(
        tuple(columns), 0, numbers, replication, replication + 1, np.zeros_like(numbers), cells, values
    )


def subject(
    columns: Mapping[str, Mapping[str, Column]], runs: int | Sequence[int], seed: int = 1, **written: Any
) -> Subject:
    """A study of alternatives with its rows."""
    options = tuple(Option(each, each.title(), {"policy": each}) for each in columns)
    return Subject(study(list(columns), **written), options, table(columns, runs, seed))
