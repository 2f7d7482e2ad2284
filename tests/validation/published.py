"""Published results on incident metrics and selection, by the statistics of studies on lognormal rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from drillbook.study.statistics import means, ocba, precision, ratios
from drillbook.study.statistics.interval import Floats
from tests.validation.claims import Claim
from tests.validation.coverage import normals


class Company(NamedTuple):
    """Times to resolve, in minutes (Davidovič, Incident Metrics in SRE)."""

    name: str
    mean: float
    deviation: float
    incidents: int
    worse: float
    """Chance that the mean looks worse although every incident got 10 % shorter."""
    gain: float
    """Chance of 30 minutes less although nothing changed."""
    half_width: float
    """Of the 90 % interval of the difference, 1,000 incidents in all."""


COMPANIES = (
    Company("A", 146, 316, 173, 0.38, 0.19, 33),
    Company("B", 151, 301, 103, 0.40, 0.23, 31),
    Company("C", 271, 413, 609, 0.20, 0.10, 43),
)
POWERS = ((100, 0.9, 0.088), (1000, 0.9, 0.474), (2000, 0.9, 0.763), (4000, 0.9, 0.964),
          (100, 0.75, 0.375), (100, 0.5, 0.974))  # fmt: skip
"""Incidents before and after each, what is left of each duration, and the chance to notice."""


def times_of(company: Company, n: int, repetitions: int, key: str) -> Floats:
    """Lognormal times with the company's mean and deviation, shaped (repetitions, n)."""
    variance = math.log1p((company.deviation / company.mean) ** 2)
    z = normals(n * repetitions, company.incidents, key).reshape(repetitions, n)
    return np.asarray(np.exp(math.log(company.mean) - variance / 2 + math.sqrt(variance) * z))


def davidovic(repetitions: int, companies: Sequence[Company] = COMPANIES) -> list[Claim]:
    """What means of incident times show by chance."""
    found = []
    for each in companies:
        half = each.incidents // 2
        before, after = times_of(each, half, repetitions, "a"), times_of(each, half, repetitions, "b")
        worse = np.mean(_less(before, 0.9 * after) < 0)
        before, after = (times_of(each, each.incidents, repetitions, key) for key in "cd")
        gain = np.mean(_less(before, after) >= 30)
        width = precision.half_width(each.deviation * math.sqrt(2), 500, 0.9)
        name = f"company {each.name}"
        found += [
            Claim(
                f"{name}: looks worse though all got 10 % shorter", each.worse, float(worse), None, 0.03, 2
            ),
            Claim(f"{name}: 30 min less though nothing changed", each.gain, float(gain), None, 0.03, 2),
            Claim(
                f"{name}: 90 % interval of the difference, 1,000 incidents: ± min",
                each.half_width,
                width,
                None,
                1,
                0,
            ),
        ]
    return found


def _less(before: Floats, after: Floats) -> Floats:
    """By how much the mean fell, in each repetition."""
    return np.array([-means.welch(*pair).interval.value for pair in zip(after, before, strict=True)])


def powers(repetitions: int) -> list[Claim]:
    """Chance that Welch's t of the logarithms notices that incidents got shorter, LN(4.25, 1.25)."""
    found = []
    for n, left, asked in POWERS:
        name = f"{n} before, {n} after, {100 * (1 - left):.0f} % shorter"
        found.append(Claim(name, asked, power(n, left, repetitions), None, 0.03, 3))
    return found


def power(n: int, left: float, repetitions: int) -> float:
    """Part of the repetitions in which it is noticed that of each duration so much is left."""
    noticed = 0
    for seed in range(repetitions):
        before = np.exp(4.25 + 1.25 * normals(n, seed, "before"))
        after = left * np.exp(4.25 + 1.25 * normals(n, seed, "after"))
        noticed += ratios.geometric_apart(after, before).p < 0.05
    return noticed / repetitions


def allocation() -> Claim:
    """Chen, Lin, Yücesan and Chick 2000: 100 more runs for five alternatives."""
    more = ocba.allocation((1.2, 2.1, 3.4, 4.87, 6.05), (3.3, 2, 4.5, 5.3, 6.9), (12, 6, 5, 5, 4), 100)
    return Claim("OCBA, five alternatives, 100 more runs", "48, 38, 11, 2, 1", ", ".join(map(str, more)))
