"""Series as promtool's unit tests write them, and samples as they print them."""

from __future__ import annotations

import json
import re
from typing import TypeAlias

import numpy as np

from drillbook.model.labels import Labels, labels, render
from drillbook.telemetry.source import is_missing, is_stale

Metrics: TypeAlias = dict[str, list[tuple[Labels, list[float]]]]
"""Samples by metric and series."""
_PAIR = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_SAMPLE = re.compile(r'([a-zA-Z_:][\w:]*)?(?:\{((?:[^}"]|"(?:[^"\\]|\\.)*")*)\})? (\S+?)(?:, |$)')


def _word(value: float) -> str:
    if is_missing(np.array([value]))[0]:
        return "_"
    return "stale" if is_stale(np.array([value]))[0] else repr(value)


def series(metrics: Metrics) -> list[dict[str, str]]:
    """The `input_series` of a test."""
    return [
        {"series": name + render(of).replace(", ", ","), "values": " ".join(map(_word, samples))}
        for name, rows in metrics.items()
        for of, samples in rows
    ]


def read_samples(got: str) -> dict[Labels, float]:
    """The samples after `got:`."""
    found = {}
    for name, inner, value in _SAMPLE.findall(got):
        pairs = dict(read_labels(inner))
        found[labels(pairs, **({"__name__": name} if name else {}))] = float(value)
    return found


def read_labels(inner: str) -> Labels:
    """Labels or annotations between braces."""
    return labels({key: json.loads(f'"{text}"') for key, text in _PAIR.findall(inner)})
