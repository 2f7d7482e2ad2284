"""Two folders of results beside each other: what differs in what was run, and in what came out."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from drillbook.model.measures import COLUMNS, Unit
from drillbook.study.results import Results
from drillbook.study.statistics import means
from drillbook.study.statistics.interval import Interval
from drillbook.study.table import Floats


class Apart(NamedTuple):
    """A measure of an alternative that both have: the second's mean less the first's."""

    alternative: str
    measure: str
    title: str
    unit: Unit
    first: float
    second: float
    difference: Interval
    pairs: int
    """Runs of the same seed, scenario and responder in both; 0 where they are compared unpaired."""


class Comparison(NamedTuple):
    """What two folders of results have in common, and what not."""

    inputs: list[str]
    """What differs in what was run, a line each."""
    only: tuple[list[str], list[str]]
    """Alternatives that only the first or the second has."""
    apart: list[Apart]


def compared(first: Results, second: Results) -> Comparison:
    """The comparison, by the alternatives' ids and the measures' columns."""
    names = [each for each in first.table.alternatives if each in second.table.alternatives]
    measures = [each for each in first.manifest.measures if each in second.manifest.measures]
    found = [_apart(first, second, name, measure) for name in names for measure in measures]
    only = (
        [each for each in first.table.alternatives if each not in names],
        [each for each in second.table.alternatives if each not in names],
    )
    return Comparison(_inputs(first, second), only, [each for each in found if each is not None])


def _inputs(first: Results, second: Results) -> list[str]:
    lines = []
    one, other = first.manifest, second.manifest
    for what in ("study", "version", "python", "first_seed"):
        values = (getattr(one, what), getattr(other, what))
        if values[0] != values[1]:
            lines.append(f"{what.replace('_', ' ')}: {values[0]} and {values[1]}")
    known = [{(each.kind, each.reference): each.sha256 for each in of.inputs} for of in (one, other)]
    for key in sorted(known[0] | known[1]):
        if key not in known[0] or key not in known[1]:
            lines.append(f"{key[0]} {key[1]}: only in the {'second' if key not in known[0] else 'first'}")
        elif known[0][key] != known[1][key]:
            lines.append(f"{key[0]} {key[1]}: the files differ")
    settings = [
        {each.id: [(c.path, c.value) for c in each.changes] for each in of.alternatives}
        for of in (one, other)
    ]
    lines += [
        f"alternative {name}: it sets other values"
        for name in settings[0]
        if name in settings[1] and settings[0][name] != settings[1][name]
    ]
    return lines


def _apart(first: Results, second: Results, name: str, measure: str) -> Apart | None:
    samples = [_keyed(each, name, measure) for each in (first, second)]
    a, b = (np.array(list(each.values())) for each in samples)
    shared = [key for key in samples[0] if key in samples[1]]
    if min(len(a), len(b)) < 2:
        return None
    if len(shared) >= 2:
        one, other = (np.array([sample[key] for key in shared]) for sample in samples)
        found, pairs, a, b = means.paired(other, one).interval, len(shared), one, other
    else:
        found, pairs = means.welch(b, a).interval, 0
    column = COLUMNS[measure]
    return Apart(name, measure, column.title, column.unit, _mean(a), _mean(b), found, pairs)


def _keyed(results: Results, name: str, measure: str) -> dict[tuple[int, tuple[str, int, str]], float]:
    """Values by seed and place in the mix, where there is one."""
    table = results.table
    number = table.alternatives.index(name)
    chosen = np.flatnonzero(table.alternative == number)
    return {
        (int(table.seed[k]), table.cells[int(table.cell[k])] if table.cell[k] >= 0 else ("", 0, "")): float(
            value
        )
        for k in chosen
        if not math.isnan(value := table.values[measure][k])
    }


def _mean(values: Floats) -> float:
    return float(values.mean())
