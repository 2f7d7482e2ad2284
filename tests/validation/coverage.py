"""How often the intervals of studies hold the truth, and how often the selection is right.

Everything is drawn from keyed uniforms and judged by the product's own functions, as studies call them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from drillbook.study.statistics import bootstrap, kn, means, quantiles, ratios, shares, stopping
from drillbook.study.statistics.chance import uniforms
from drillbook.study.statistics.interval import Floats, Interval

SIGMA = 1.25
"""Of the logarithm: times of real incidents (evidence: detection to mitigation, 1.13 to 1.40)."""
LOW, HIGH = 0.93, 0.97
"""What counts as holding 95 %."""
OFTEN = 2000


@dataclass(frozen=True)
class Coverage:
    """A row: what was estimated from what, and how often its interval held the truth."""

    name: str
    sample: str
    part: float
    times: int
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is near enough to 95 %."""
        return LOW <= round(self.part, 4) <= HIGH

    def row(self) -> str:
        """The row in Markdown."""
        verdict = "holds" if self.holds else "**too seldom**" if self.part < LOW else "too careful"
        told = f"{100 * self.part:.1f} % | {self.times:,} | {verdict} | {self.note}"
        return f"| {self.name} | {self.sample} | {told} |"


Made = Callable[[int], tuple[Interval, float]]
"""From a seed to an interval and the truth."""


def covered(name: str, sample: str, made: Made, times: int, note: str = "") -> Coverage:
    """Repeat and count."""
    held = 0
    for seed in range(times):
        interval, truth = made(seed)
        held += interval.low <= truth <= interval.high
    return Coverage(name, sample, held / times, times, note)


def normals(count: int, seed: int, key: str) -> Floats:
    """Standard normal, by Box and Muller's method."""
    u = uniforms(2 * count, seed, key)
    return np.asarray(np.sqrt(-2 * np.log(u[:count])) * np.cos(2 * np.pi * u[count:]))


def lognormals(count: int, seed: int, key: str, sigma: float = SIGMA) -> Floats:
    """Median 1."""
    return np.asarray(np.exp(sigma * normals(count, seed, key)))


def exponentials(count: int, seed: int, key: str) -> Floats:
    """Mean 1."""
    return np.asarray(-np.log(uniforms(count, seed, key)))


def lognormal_mean(sigma: float = SIGMA) -> float:
    return math.exp(sigma * sigma / 2)


def averages(times: int) -> list[Coverage]:
    """Means, alone and in pairs."""

    def of(draw: Callable[[int], Floats], truth: float) -> Made:
        return lambda seed: (means.mean(draw(seed)), truth)

    def pair(n: int, sigma: float) -> Made:
        truth = lognormal_mean(sigma) * (0.8 * lognormal_mean(0.3) - 1)

        def made(seed: int) -> tuple[Interval, float]:
            shared = lognormals(n, seed, "shared", sigma)
            values = shared * 0.8 * lognormals(n, seed, "own", 0.3)
            return means.paired(values, shared).interval, truth

        return made

    def ratio(n: int) -> Made:
        def made(seed: int) -> tuple[Interval, float]:
            shared = lognormals(n, seed, "shared", 0.8)
            values = shared * 0.8 * lognormals(n, seed, "own", 0.3)
            return ratios.fieller(values, shared), 0.8 * lognormal_mean(0.3)

        return made

    tail = "rare long outages dominate the mean"
    return [
        covered("mean", "normal, n = 20", of(lambda seed: normals(20, seed, "n"), 0.0), times),
        covered("mean", "exponential, n = 50", of(lambda seed: exponentials(50, seed, "e"), 1.0), times),
        covered("mean", "lognormal, σ = 0.8, n = 100",
                of(lambda seed: lognormals(100, seed, "l", 0.8), lognormal_mean(0.8)), times),
        covered("mean", "lognormal, σ = 1.25, n = 100",
                of(lambda seed: lognormals(100, seed, "l"), lognormal_mean()), times, tail),
        covered("mean", "lognormal, σ = 1.25, n = 400",
                of(lambda seed: lognormals(400, seed, "l"), lognormal_mean()), times),
        covered("paired difference of means", "20 % shorter, σ = 0.8, n = 400", pair(400, 0.8), times),
        covered("paired difference of means", "20 % shorter, σ = 1.25, n = 400",
                pair(400, SIGMA), times, tail),
        covered("ratio of means (Fieller)", "lognormal pairs, σ = 0.8, n = 100", ratio(100), times),
    ]  # fmt: skip


def parts(times: int) -> list[Coverage]:
    """Shares, alone and in pairs."""

    def share(p: float, n: int) -> Made:
        return lambda seed: (shares.share(uniforms(n, seed, "share") < p), p)

    def pair(n: int) -> Made:
        def made(seed: int) -> tuple[Interval, float]:
            u = uniforms(n, seed, "hard")
            better = (u < 0.2) & (uniforms(n, seed, "own") < 0.7)
            return shares.paired(better, u < 0.2).interval, -0.06

        return made

    return [
        covered("share", "30 %, n = 100", share(0.3, 100), times),
        covered("share", "5 %, n = 60", share(0.05, 60), times),
        covered("paired difference of shares", "20 % and 14 %, n = 100", pair(100), times),
    ]


def medians(times: int, resampled: int) -> list[Coverage]:
    """Quantiles, alone and in pairs, with times that never come."""

    def quantile(part: float, n: int, horizon: float) -> Made:
        truth = math.exp(SIGMA * NormalDist().inv_cdf(part))

        def made(seed: int) -> tuple[Interval, float]:
            values = lognormals(n, seed, "q")
            return quantiles.quantile(np.where(values > horizon, np.nan, values), part), truth

        return made

    def pair(n: int) -> Made:
        def made(seed: int) -> tuple[Interval, float]:
            shared = normals(n, seed, "shared")
            own, other = normals(n, seed, "own"), normals(n, seed, "other")
            values, baseline = np.exp(shared + 0.5 * own - 0.2), np.exp(shared + 0.5 * other)
            found = bootstrap.quantile_difference(values, baseline, 0.5, seed, times=1000)
            return found.interval, math.exp(-0.2) - 1

        return made

    def spread(n: int) -> Made:
        def made(seed: int) -> tuple[Interval, float]:
            rows = exponentials(n, seed, "e")[:, None]
            return bootstrap.bca(rows, lambda each: each.mean(axis=(1, 2)), seed, times=1000), 1.0

        return made

    return [
        covered("median (order statistics)", "lognormal, n = 101", quantile(0.5, 101, math.inf), times),
        covered("median, 31 % of the runs never get there", "lognormal, n = 101",
                quantile(0.5, 101, math.exp(SIGMA * 0.5)), times),
        covered("90 % quantile", "lognormal, n = 300", quantile(0.9, 300, math.inf), times),
        covered("paired difference of medians (bootstrap)", "lognormal, n = 150", pair(150), resampled),
        covered("mean (bootstrap, BCa)", "exponential, n = 100", spread(100), resampled),
    ]  # fmt: skip


def sequential(times: int) -> list[Coverage]:
    """Stopping when the interval is as narrow as asked."""
    cases = [
        ("normal, ± 0.2 σ", 0.2, 0.0, lambda n, seed: normals(n, seed, "n")),
        ("exponential, ± 0.15 of the mean", 0.15, 1.0, lambda n, seed: exponentials(n, seed, "e")),
        ("lognormal, σ = 0.8, ± 0.1 of the mean", 0.1 * lognormal_mean(0.8), lognormal_mean(0.8),
         lambda n, seed: lognormals(n, seed, "l", 0.8)),
    ]  # fmt: skip
    found = []
    for sample, width, truth, draw in cases:
        spent: list[int] = []

        def made(seed: int, width: float = width, truth: float = truth, draw: Draw = draw,
                 spent: list[int] = spent) -> tuple[Interval, float]:  # fmt: skip
            interval = stopped(lambda n: means.mean(draw(_MOST, seed)[:n]), stopping.Asked(width))
            spent.append(interval.n)
            return interval, truth

        row = covered("mean, sequential", sample, made, times)
        found.append(Coverage(row.name, row.sample, row.part, times, f"{np.mean(spent):.0f} runs on average"))
    return found


Draw = Callable[[int, int], Floats]
_MOST = 6000
_FIRST = 50


def stopped(estimate: Callable[[int], Interval], asked: stopping.Asked) -> Interval:
    """The estimate at the look at which a study with 50 first runs stops."""
    n, before = _FIRST, False
    while True:
        found = estimate(n)
        held = asked.held(found)
        if (held and before) or n >= _MOST:
            return found
        n, before = min(_MOST, stopping.following(n, held=held)), held


@dataclass(frozen=True)
class Chosen:
    """A row: how often KN selected the best one, or one within the indifference zone of it."""

    name: str
    right: float
    asked: float
    runs: float
    """Of all alternatives together, on average."""
    times: int

    def row(self) -> str:
        """The row in Markdown."""
        verdict = "holds" if self.right >= self.asked else "**too seldom**"
        shown = f"{100 * self.right:.1f} % | {self.runs:.0f} | {self.times:,}"
        return f"| {self.name} | {100 * self.asked:.0f} % | {shown} | {verdict} |"


def selections(times: int) -> list[Chosen]:
    """Five alternatives, the best ahead by just the indifference zone: the hardest case."""
    return [
        selection("normal, independent", 0.0, 0.0, times),
        selection("normal, common random numbers (correlation 0.75)", 0.75, 0.0, times),
        selection("lognormal (σ = 0.8), common random numbers", 0.75, 0.8, times),
    ]


def selection(name: str, correlation: float, sigma: float, times: int) -> Chosen:
    """Run KN to its end so many times."""
    zone, right, runs = kn.Zone(0.5, 0.05, 20), 0, 0
    shift = np.array([0.0] + [zone.width] * 4)
    for seed in range(times):
        shared, own = (
            normals(_LONG, seed, "shared")[:, None],
            normals(_LONG * 5, seed, "own").reshape(_LONG, 5),
        )
        z = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * own
        rows = z if sigma == 0 else _standard(np.exp(sigma * z), sigma)
        found = kn.kn(rows + shift, zone)
        assert found.selected is not None
        right += found.selected == 0
        runs += sum(found.eliminated.get(which, found.n) for which in range(5))
    return Chosen(name, right / times, 1 - zone.alpha, runs / times, times)


_LONG = 900


def _standard(values: Floats, sigma: float) -> Floats:
    """Lognormals brought to mean 0 and deviation 1."""
    middle = lognormal_mean(sigma)
    return np.asarray((values - middle) / (middle * math.sqrt(math.exp(sigma * sigma) - 1)))
