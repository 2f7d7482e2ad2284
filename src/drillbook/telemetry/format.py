"""Query results as text, as `promtool query instant` and `promtool query range` print them."""

from __future__ import annotations

from itertools import compress

import numpy as np

from drillbook.model.labels import Labels, get, render, without
from drillbook.telemetry.numbers import plain
from drillbook.telemetry.source import Floats
from drillbook.telemetry.vectors import NAME, Vector


def series_name(of: Labels) -> str:
    """A series as PromQL writes it: `up{job="api"}`; `{}` where it has neither name nor labels."""
    name, rest = get(of, NAME), without(of, NAME)
    return name + (render(rest) if rest or not name else "")


def format_instant(vector: Vector, t: float) -> str:
    """One line per element, `name{labels} => value @[t]`, in the vector's order; t is Unix time."""
    stamp, rows = _stamp(t), zip(vector.labels, vector.values[:, 0].tolist(), strict=True)
    there = [True] * len(vector.index) if vector.mask is None else vector.mask[:, 0].tolist()
    lines = [f"{series_name(of)} => {plain(value)} @[{stamp}]" for of, value in compress(rows, there)]
    return "\n".join(lines)


def format_range(vector: Vector, times: Floats) -> str:
    """Per series its name and `=>`, then a line `value @[time]` for each Unix time at which it exists."""
    stamps = [_stamp(t) for t in np.asarray(times).tolist()]
    blocks = []
    for row in sorted(range(len(vector.index)), key=lambda row: vector.labels[row]):
        cells = zip(vector.values[row].tolist(), stamps, vector.present[row].tolist(), strict=True)
        lines = [f"{plain(value)} @[{stamp}]" for value, stamp, there in cells if there]
        if lines:
            blocks.append("\n".join([f"{series_name(vector.labels[row])} =>", *lines]))
    return "\n".join(blocks)


def _stamp(t: float) -> str:
    return plain(round(t * 1000) / 1000)
