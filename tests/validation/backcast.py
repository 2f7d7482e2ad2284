"""The back-cast: incidents as slow as published ones, run as a study, beside what was published."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from drillbook.engine.randomness import Randomness
from drillbook.loading.catalog import Catalog
from drillbook.people.course import mitigation
from drillbook.study import results, running
from drillbook.study.check import sound
from drillbook.study.executors import local
from drillbook.study.fit.goodness import goodness
from drillbook.study.fit.lognormal import Flags, fit_lognormal
from drillbook.study.fit.special import normal_cdf
from drillbook.study.material import finder
from drillbook.study.setup import Setup
from drillbook.study.statistics import means, quantiles
from drillbook.study.stopping import FixedRuns
from drillbook.study.table import Floats, Table

RUNS = 400
STUDY = "misroutes"
PLAUSIBLE = 0.05
POST_MORTEMS, STATUS = 354, 779
"""Incidents that the published figures rest on (evidence.md §1)."""


@dataclass(frozen=True)
class Published:
    """A time of published incidents, minutes: LN(mu, sigma), its mean and median as published."""

    what: str
    mu: float
    sigma: float
    median: float
    mean: float | None = None
    n: int = POST_MORTEMS

    @property
    def medians(self) -> tuple[float, float]:
        """The published one and that of the published lognormal, which are not the same; in order."""
        low, high = sorted((self.median, math.exp(self.mu)))
        return low, high

    @property
    def means(self) -> tuple[float, float]:
        """Likewise."""
        law = math.exp(self.mu + self.sigma**2 / 2)
        low, high = sorted((law if self.mean is None else self.mean, law))
        return low, high


STAGES = {
    "detect": Published("from onset to declared", 2.14, 1.25, 8),
    "identify": Published("from then to the cause stated", 3.79, 1.24, 36),
    "mitigate": Published("from then to users well", 4.65, 1.40, 97.5),
    "total": Published("from onset to users well", 5.40, 1.24, 209.5, 572.8),
    "verify": Published("from users well to resolved", 3.39, 1.45, 26),
}
ACTIONS = {
    "rollback": (156, 91), "replace": (193, 107), "isolate": (241, 125), "fix": (601, 220),
}  # fmt: skip
"""Mean and median minutes to mitigate by action (evidence.md §1)."""
GITHUB = Published("from declared to resolved", 4.31, 1.13, 76, None, STATUS)


@dataclass(frozen=True)
class Times:
    """Of each incident in which all of it came, in minutes, and what mitigates its drill."""

    stages: dict[str, Floats]
    open: Floats
    """From declared to resolved."""
    action: tuple[str, ...]
    runs: int
    """Of all incidents, also of those that were not over."""


@cache
def incidents(runs: int = RUNS) -> Times:
    """Run what is done today in the shipped study, on all processors."""
    catalog = Catalog.standard()
    path = catalog.index.find("study", STUDY)
    setup = Setup.of(sound(path, finder(path, catalog)))
    today = setup.plan.alternatives[setup.plan.baseline]
    alone = Setup(setup.material, replace(setup.plan, alternatives=(today,), baseline=0, points=(0,)))
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        running.begin(alone, out, resume=False)
        running.run(alone, out, FixedRuns(runs), local(os.cpu_count()), lambda status: None)
        return times(results.load(out).table)


def times(table: Table) -> Times:
    """The stages of the first alternative's incidents."""
    onset_to = {
        name: table.sample(f"{name}_s", table.baseline) / 60
        for name in ("detect", "declare", "identify", "mitigate", "resolve")
    }
    declared = onset_to["detect"] + onset_to["declare"]
    found = {
        "detect": declared,
        "identify": onset_to["identify"] - declared,
        "mitigate": onset_to["mitigate"] - onset_to["identify"],
        "total": onset_to["mitigate"],
        "verify": onset_to["resolve"] - onset_to["mitigate"],
    }
    whole: Flags = np.asarray(~np.isnan(np.column_stack(list(found.values()))).any(axis=1))
    cells = table.cell[table.alternative == table.baseline][whole]
    return Times(
        {name: values[whole] for name, values in found.items()},
        (onset_to["resolve"] - declared)[whole],
        tuple(_action(table.scenario_of(int(cell))) for cell in cells),
        len(whole),
    )


@cache
def _action(scenario: str) -> str:
    """What kind of mitigation goes with a drill's cause."""
    return mitigation(Catalog.standard().drill(scenario)[0])


def stages(found: Times) -> str:
    """Means and medians by stage."""
    rows = ["| stage | median | published | mean | published | verdict |", "|---|---:|---:|---:|---:|---|"]
    for name, each in STAGES.items():
        rows.append(_row(f"{name}: {each.what}", found.stages[name], each.medians, each.means))
    return "\n".join(rows)


def actions(found: Times) -> str:
    """Means and medians of the time to mitigate by what mitigates."""
    rows = [
        "| mitigated by | median | published | mean | published | verdict |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name, (mean, median) in ACTIONS.items():
        chosen = np.array([each == name for each in found.action])
        values = found.stages["mitigate"][chosen]
        rows.append(_row(f"{name} ({len(values)})", values, (median, median), (mean, mean)))
    return "\n".join(rows)


def _row(name: str, values: Floats, middle: tuple[float, float], mean: tuple[float, float]) -> str:
    median, average = quantiles.quantile(values, 0.5), means.mean(values)
    off = [
        f"{what} {_off(found.value, asked)}"
        for what, found, asked in (("median", median, middle), ("mean", average, mean))
        if found.high < asked[0] or found.low > asked[1]
    ]
    told = [
        f"{found.value:.1f} ({found.low:.1f} … {found.high:.1f}) | {_span(asked)}"
        for found, asked in ((median, middle), (average, mean))
    ]
    return f"| {name} | {' | '.join(told)} | {'**' + ', '.join(off) + '**' if off else 'hit'} |"


def _span(asked: tuple[float, float]) -> str:
    low, high = asked
    return f"{low:.1f}" if math.isclose(low, high, rel_tol=0.01) else f"{low:.1f}, {high:.1f}"


def _off(value: float, asked: tuple[float, float]) -> str:
    nearest = min(asked, key=lambda each: abs(value - each))
    return f"{100 * (value / nearest - 1):+.0f} %"


def shapes(found: Times) -> str:
    """The distributions beside the published lognormals, as they are and moved to their median."""
    rows = [
        "| distribution | σ of logarithms | published | distance | p | moved to its median | p | verdict |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for name, each in STAGES.items():
        rows.append(_shape(name, found.stages[name], each))
    rows.append(_shape("GitHub: from declared to resolved", found.open, GITHUB))
    return "\n".join(rows)


def _shape(name: str, values: Floats, law: Published) -> str:
    logs = np.log(np.maximum(values, 1 / 60))
    fit = fit_lognormal(np.maximum(values, 1 / 60), np.ones(len(values), bool))
    distance, p = _distance(logs, law)
    moved, p_moved = _distance(logs - np.median(logs) + law.mu, law)
    low, high = fit.sigma_interval
    verdict = "agrees" if p >= PLAUSIBLE else "shape agrees" if p_moved >= PLAUSIBLE else "**differs**"
    sigma = f"{fit.sigma:.2f} ({low:.2f} … {high:.2f}) | {law.sigma:.2f}"
    return f"| {name} | {sigma} | {distance:.3f} | {_p(p)} | {moved:.3f} | {_p(p_moved)} | {verdict} |"


def _distance(logs: Floats, law: Published) -> tuple[float, float]:
    """Kolmogorov and Smirnov's distance from a law that `law.n` incidents made known, and its p-value."""
    ordered = np.sort(logs)
    fitted = normal_cdf((ordered - law.mu) / law.sigma)
    steps = np.arange(len(ordered) + 1) / len(ordered)
    distance = float(max((steps[1:] - fitted).max(), (fitted - steps[:-1]).max()))
    root = math.sqrt(len(ordered) * law.n / (len(ordered) + law.n))
    scaled = (root + 0.12 + 0.11 / root) * distance
    terms = ((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return distance, min(1.0, max(0.0, 2 * math.fsum(terms)))


def lognormal(found: Times) -> str:
    """Whether the durations are lognormal in themselves, as far as 200 incidents can tell."""
    values = found.open[:200] * 60
    seen = np.ones(len(values), bool)
    distance, p = goodness(values, seen, fit_lognormal(values, seen), Randomness(1), "backcast")
    verdict = "they are no lognormal" if p < PLAUSIBLE else "nothing speaks against a lognormal"
    return (
        "Are the simulated durations lognormal, as GitHub's are? From the lognormal fitted to 200 of them,\n"
        f"declared to resolved, they are {distance:.3f} away at most, p = {p:.2f}: {verdict}."
    )


def verdict(found: Times) -> str:
    """The outcome in a sentence."""
    hits = [line.endswith("| hit |") for line in (stages(found) + "\n" + actions(found)).splitlines()]
    agree = [line.endswith("agrees |") for line in shapes(found).splitlines()]
    return (
        f"**Verdict:** means and medians hit in {sum(hits)} of {len(STAGES) + len(ACTIONS)} rows,\n"
        f"the shape agrees in {sum(agree)} of {len(STAGES) + 1}."
    )


def section() -> str:
    """The section as Markdown."""
    found = incidents()
    parts = {
        "RUNS": f"{found.runs}",
        "ENDED": f"{len(found.open)}",
        "STAGES": stages(found),
        "ACTIONS": actions(found),
        "SHAPES": shapes(found),
        "LOGNORMAL": lognormal(found),
        "VERDICT": verdict(found),
    }
    text = TEXT
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


TEXT = """## Back-cast: incidents as slow as published ones

Can the whole, alerts, pager, people, system and study, bring forth the times of published incidents when
its people are given them? The responders `published` (`people/published.yaml`) and the study
`misroutes`: @RUNS@ incidents of four drills, one for each way of mitigating, in the shares of the
post-mortems; each drill lasts a week if need be. @ENDED@ of them were mitigated and resolved.

Put in are the published distributions by stage: time to identify with its hops, time to mitigate by what
mitigates, time to verify. Measured is what comes out, from the log: onset of users' suffering,
declaration, cause stated, users well, resolution. Chosen so that it fits are the laws of `detect` and
`verify`, less the minutes that alerts, looks and closing take by themselves, and one figure that no
source gives, the correlation of an incident's stages (0.4). Two drills, `transfers-late` and
`builds-wait`, were taken out of the mix after a first look: there people often try something wrong first,
and the published times hold wrong tries already.

Brackets are 95 % intervals. Where a published median or mean and that of the published lognormal differ,
both are given. *Hit*: the interval reaches what was published.

@STAGES@

@ACTIONS@

How the times spread, beside the published lognormals: Kolmogorov and Smirnov's distance, as they are and
moved to the published median. p is the chance of such a distance if as many incidents as were published
(354 post-mortems, 779 status incidents) had come from what is simulated. *Agrees* from 0.05 on.

@SHAPES@

@LOGNORMAL@

@VERDICT@

Where it differs, and why:

- *Mitigate*, over all: the published times by action, put together in their published shares, have a median
  of 120 minutes themselves, and not 97.5. What is simulated follows them. No drill here heals itself, or is
  mitigated by scaling, a restart or flow control.
- *Detect* and *verify* spread less: an alert, the pager and a look take two to three minutes here, and seeing
  that users are well, the end of the alerts and closing some six. The shortest published times cannot come
  about.
- *Total*: the published mean, 573 minutes, is more than the published stages add up to (393), with which the
  simulated one goes.
- GitHub's incidents are shorter (median 76 minutes) and count what users hardly notice; only their shape is
  compared.

"""


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
