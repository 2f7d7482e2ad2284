"""The people of the simulation against evidence.md: fatigue, error, arrivals, fits, and response times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from statistics import NormalDist, fmean, median, pstdev
from typing import NamedTuple

import numpy as np

from drillbook.batch.cast import of_level
from drillbook.engine.prepared import prepare
from drillbook.engine.randomness import Randomness
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.loading.catalog import Catalog
from drillbook.model.horizon import Arrivals
from drillbook.people import fatigue
from drillbook.people.error import Shaping, dependent, error_probability
from drillbook.scoring.measure import measures
from drillbook.scoring.work import works
from drillbook.study.fit.goodness import goodness
from drillbook.study.fit.lognormal import Flags, Lognormal, fit_lognormal
from drillbook.study.horizon.arrivals import arrivals, mean_weight
from drillbook.study.table import Floats
from tests.validation.claims import Claim

REPLICATIONS = 500
SAMPLE, MU, SIGMA = 60, 5.0, 1.1
DRILLS = (
    "baskets-hang", "cards-declined", "db-pool-exhaustion", "nothing-saved", "orders-missing", "orders-spin",
    "quotes-fail", "search-stuck", "seat-plan-stalls", "transfers-late",
)  # fmt: skip
SEEDS = range(1, 31)
PUBLISHED = {
    "rollback": (156, 91), "restart": (275, 86.5), "isolate": (241, 125), "flow control": (274, 116),
    "scale": (378, 163.5), "fix": (601, 220),
}  # fmt: skip
"""Mean and median minutes to mitigate by action (evidence.md §1)."""
GROUPS = {
    "rollback": "rollback", "restart": "restart", "db-restart": "restart", "rate-limit": "flow control",
    "kill-idle": "isolate", "kill-active": "isolate", "scale": "scale", "memory-limit": "scale",
}  # fmt: skip
"""Which of them a remedy of the drills is; any other is a fix."""
GITHUB = (4.31, 1.13)
"""Duration of 779 GitHub status incidents, LN in minutes (evidence.md §1)."""


def tired() -> list[Claim]:
    """The three-process model's check values (evidence.md §3)."""
    return [
        Claim("rested, at 14:00: KSS", 3.2, fatigue.on_call(14, 0), allowed=0.05, digits=2),
        Claim("woken at 03:00 after 4 h of sleep: KSS", 8.6, fatigue.on_call(3, 0), allowed=0.05, digits=2),
        Claim("half an hour later: KSS", 6.9, fatigue.on_call(3, 0.5), allowed=0.05, digits=2),
    ]


def erring() -> list[Claim]:
    """SPAR-H's composition and dependence (evidence.md §3)."""
    three = Shaping(stress=2, complexity=2, experience=3)
    p = error_probability("diagnosis", Shaping())
    found = [
        ("action, three negative factors, product 12", 0.01187, error_probability("action", three)),
        ("diagnosis, nominal", 0.01, p),
        ("the same after an error, low dependence", (1 + 19 * p) / 20, dependent(p, "low")),
        ("the same, moderate dependence", (1 + 6 * p) / 7, dependent(p, "moderate")),
    ]
    return [Claim(name, asked, product, allowed=1e-5, digits=5) for name, asked, product in found]


def arriving() -> list[Claim]:
    """Incidents over 3,000 days at the defaults (evidence.md §2)."""
    spec, days = Arrivals(), 3000
    start = datetime(2026, 1, 5, tzinfo=UTC)
    times = [each.t for each in arrivals(spec, start, days, Randomness(1))]
    gaps = [second - first for first, second in pairwise(times)]
    working = [t for t in times if 9 <= t % 86400 / 3600 < 18]
    weekdays, weekends = (9 * 2 + 15) / 24, spec.weekend * (9 * 2 + 15) / 24
    share = 9 * 2 / 24 * (5 + 2 * spec.weekend) / 7 / mean_weight(spec)
    ends = sum((t // 86400) % 7 >= 5 for t in times) / len(times)
    found = [
        ("incidents in 30 days", spec.per_month, 30 * len(times) / days, 0.5),
        ("variation of the time between them", spec.cv, pstdev(gaps) / fmean(gaps), 0.1),
        ("part that begins from 9:00 to 18:00", share, len(working) / len(times), 0.04),
        ("part that begins on weekends", 2 * weekends / (5 * weekdays + 2 * weekends), ends, 0.04),
    ]
    return [Claim(name, asked, product, allowed=off, digits=3) for name, asked, product, off in found]


def fitting(replications: int = REPLICATIONS) -> list[Claim]:
    """Samples of 60 with known parameters, about one in nine censored: are they found?"""
    mu, sigma, laws = 0, 0, []
    for number in range(replications):
        law, times, seen = _fitted(number)
        mu += law.mu_interval[0] <= MU <= law.mu_interval[1]
        sigma += law.sigma_interval[0] <= SIGMA <= law.sigma_interval[1]
        laws.append((law, times, seen, number))
    tested = laws[: replications // 2]
    p_values = [goodness(times, seen, law, Randomness(n), "check")[1] for law, times, seen, n in tested]
    refused = sum(p < 0.05 for p in p_values) / len(tested)
    found = [
        ("95 % intervals of μ that hold it", 0.95, mu / replications, 0.02),
        ("95 % intervals of σ that hold it", 0.95, sigma / replications, 0.02),
        ("mean estimate of μ", MU, fmean(law.mu for law, *_ in laws), 0.02),
        ("mean estimate of σ", SIGMA, fmean(law.sigma for law, *_ in laws), 0.03),
        ("lognormal samples that the test of fit refuses at 5 %", 0.05, refused, 0.03),
    ]
    return [Claim(name, asked, product, allowed=off, digits=3) for name, asked, product, off in found]


def _fitted(number: int) -> tuple[Lognormal, Floats, Flags]:
    draws = Randomness(number)
    times = np.array([draws.lognormal(math.exp(MU), SIGMA, "time", n) for n in range(SAMPLE)])
    ends = np.array([draws.lognormal(math.exp(MU + 1.5), 0.8, "end", n) for n in range(SAMPLE)])
    seen = times <= ends
    observed = np.minimum(times, ends)
    return fit_lognormal(observed, seen), observed, seen


class Course(NamedTuple):
    """How an incident went, in minutes."""

    action: str
    detect: float
    identify: float
    mitigate: float
    total: float


@cache
def courses() -> tuple[Course, ...]:
    """Each shipped drill, handled by an average responder."""
    catalog, found = Catalog.standard(), []
    for name in DRILLS:
        scenario, playbook = catalog.drill(name)
        prepared = prepare(scenario, playbook)
        for seed in SEEDS:
            run = Simulation(scenario, playbook, seed, cast=of_level("average"), prepared=prepared)
            run.advance(scenario.duration + 1)
            course = _course(run)
            found += [course] if course else []
    return tuple(found)


def _course(run: Simulation) -> Course | None:
    taken = measures(run.log)
    begun = [(e, e.fact) for e in run.log if isinstance(e.fact, f.ActionStarted) and e.actor == run.person]
    right = [work for work in works(begun, (), (), run.scenario.needs.remedies) if work.verdict == "right"]
    onset = next((e.t for e in run.log if isinstance(e.fact, f.ImpactChanged) and e.fact.suffering), None)
    if not right or onset is None or taken.mitigate_s is None or taken.detect_s is None:
        return None
    acted = right[0].event.t - onset
    return Course(
        GROUPS.get(right[0].action.action, "fix"),
        taken.detect_s / 60,
        (acted - taken.detect_s) / 60,
        (taken.mitigate_s - acted) / 60,
        taken.mitigate_s / 60,
    )


def backcast() -> str:
    """Stages and actions beside the published ones, and the shape of all durations."""
    every = courses()
    rows = ["| what, minutes | n | mean | median | published mean | its median | ours as a part of it |",
            "|---|---:|---:|---:|---:|---:|---:|"]  # fmt: skip
    stages: list[tuple[str, list[float], float, float]] = [
        ("detect", [each.detect for each in every], math.exp(2.14 + 1.25**2 / 2), 8),
        ("identify", [each.identify for each in every], math.exp(3.79 + 1.24**2 / 2), 36),
        ("mitigate", [each.mitigate for each in every], math.exp(4.65 + 1.40**2 / 2), 97.5),
        ("all of it", [each.total for each in every], 572.8, 209.5),
    ]
    for action, (mean, middle) in PUBLISHED.items():
        times = [each.total - each.detect for each in every if each.action == action]
        stages += [(f"by {action}, from detection", times, mean, middle)] if times else []
    rows += [_row(*stage) for stage in stages]
    return "\n".join(rows)


def _row(name: str, times: Sequence[float], mean: float, middle: float) -> str:
    part = f"{median(times) / middle:.2f}"
    figures = (fmean(times), median(times), mean, middle)
    return f"| {name} | {len(times)} | " + " | ".join(f"{value:.1f}" for value in figures) + f" | {part} |"


def shape() -> str:
    """The durations beside GitHub's lognormal, in a sentence."""
    logs = sorted(math.log(each.total) for each in courses())
    middle = median(logs)
    scaled = [each - middle + GITHUB[0] for each in logs]
    name = f"LN({GITHUB[0]}, {GITHUB[1]})"
    return (
        f"Against the durations of 779 GitHub status incidents, {name} minutes, the largest distance\n"
        f"(Kolmogorov-Smirnov) is {_distance(logs, GITHUB[0]):.2f}, and "
        f"{_distance(scaled, GITHUB[0]):.2f} with the same median: the drills' logarithms spread by\n"
        f"{pstdev(logs):.2f}, GitHub's by {GITHUB[1]}. Real incidents differ more than ten drills do."
    )


def _distance(logs: Sequence[float], mu: float) -> float:
    law = NormalDist(mu, GITHUB[1])
    count = len(logs)
    ordered = enumerate(sorted(logs))
    return max(max((n + 1) / count - law.cdf(x), law.cdf(x) - n / count) for n, x in ordered)
