"""Which factors matter: effects of levels, or influences over ranges, as the design allows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from drillbook.model.design import FullFactorial, LatinHypercube, Morris, Sobol
from drillbook.study.analysis import wording
from drillbook.study.analysis.findings import Effect, Influence, Interaction
from drillbook.study.analysis.measured import Measured
from drillbook.study.analysis.subject import Subject
from drillbook.study.statistics import bootstrap, effects, holm, sensitivity
from drillbook.study.statistics.interval import Comparison, Floats

_NOTHING = 1e-9
"""An effect below this, in the measure's unit, is what rounding leaves of none."""


@dataclass(frozen=True, slots=True)
class Found:
    """All that one measure says about the factors."""

    effects: list[Effect]
    interactions: list[Interaction]
    influences: list[Influence]
    method: str


def influences(subject: Subject, measured: Measured) -> Found:
    """What the design can tell; nothing for a single factor, whose levels are the alternatives themselves."""
    design = subject.study.design
    if isinstance(design, Morris):
        return _influences(subject, measured, _morris)
    if isinstance(design, Sobol):
        return _influences(subject, measured, _sobol)
    if isinstance(design, LatinHypercube):
        return _influences(subject, measured, _slopes)
    if len(subject.study.factors) < 2:
        return Found([], [], [], "")
    return _effects(subject, measured)


def _effects(subject: Subject, measured: Measured) -> Found:
    levels = _levels(subject)
    design = [
        [levels[factor].index(str(option.levels[factor])) for factor in levels] for option in subject.options
    ]
    rows = _rows(subject, measured)
    if len(rows) < 2 or not levels:
        return Found([], [], [], "")
    judge = _judge(measured, rows)
    main: list[effects.Effect] = effects.main(judge, design)
    both: list[effects.Interaction] = []
    if isinstance(subject.study.design, FullFactorial):
        both = effects.interactions(judge, design)
    ps = holm.adjusted([*(each.found.p for each in main), *(each.found.p for each in both)])
    names = list(levels)
    told = [
        _effect(measured, names[each.factor], levels, each.level, each.found, p)
        for each, p in zip(main, ps, strict=False)
    ]
    joint = [_interaction(measured, levels, each, p) for each, p in zip(both, ps[len(main) :], strict=True)]
    return Found(told, joint, [], "")


def _levels(subject: Subject) -> dict[str, list[str]]:
    """Of each factor that every alternative sets, its levels, the baseline's first."""
    found = {}
    for factor in subject.study.factors:
        if all(factor.id in option.levels for option in subject.options):
            used = {str(option.levels[factor.id]) for option in subject.options}
            today = str(subject.options[subject.baseline].levels[factor.id])
            rest = [level.id for level in factor.levels if level.id in used and level.id != today]
            found[factor.id] = [today, *rest]
    return found


def _rows(subject: Subject, measured: Measured) -> Floats:
    """Values of the replications that every alternative has, by replication and alternative."""
    columns = [measured.raw(number) for number in subject.numbers]
    shared = min(values.size for values in columns)
    rows = np.column_stack([values[:shared] for values in columns])
    # A quantile of a time counts what never came as later than all.
    return rows if measured.late else np.asarray(rows[~np.isnan(rows).any(axis=1)])


def _judge(measured: Measured, rows: Floats) -> effects.Judge:
    """Judges weighted sums of the alternatives' means, or of their quantiles."""
    if measured.measure.quantile is None:
        return effects.of_means(rows)
    times = bootstrap.TIMES if len(rows) <= bootstrap.FEW else bootstrap.TIMES // 4
    return bootstrap.Quantiles.of(rows, measured.measure.quantile, measured.seed, times).sum


def _effect(
    measured: Measured, factor: str, levels: dict[str, list[str]], level: int, found: Comparison, p: float
) -> Effect:
    name, today = levels[factor][level], levels[factor][0]
    return Effect(
        factor=factor,
        level=name,
        against=today,
        effect=wording.figure(found.interval),
        adjusted_p=p,
        text=f"{factor} {name} instead of {today}: {_sized(measured, found, p)}",
    )


def _interaction(
    measured: Measured, levels: dict[str, list[str]], each: effects.Interaction, p: float
) -> Interaction:
    one, other = (list(levels)[number] for number in each.factors)
    first, second = levels[one][each.levels[0]], levels[other][each.levels[1]]
    sized = _sized(measured, each.found, p)
    return Interaction(
        factors=(one, other),
        levels=(first, second),
        effect=wording.figure(each.found.interval),
        adjusted_p=p,
        text=f"{one} {first} with {other} {second}, beyond each by itself: {sized}",
    )


def _sized(measured: Measured, found: Comparison, p: float) -> str:
    interval = found.interval
    if max(abs(interval.low), abs(interval.high)) < _NOTHING:
        return "none in any run"
    bounds = wording.between(interval, measured.unit, off=True)
    if p >= 1 - interval.level:
        return f"no effect detectable ({bounds})"
    way = "less" if interval.value < 0 else "more"
    return f"{wording.amount(abs(interval.value), measured.unit, off=True)} {way} ({bounds})"


def _influences(
    subject: Subject, measured: Measured, judge: Callable[[Subject, Measured], tuple[list[Influence], str]]
) -> Found:
    if subject.places is None or min(measured.values(number).size for number in subject.numbers) == 0:
        return Found([], [], [], "")
    found, method = judge(subject, measured)
    return Found([], [], found, method)


def _figures(subject: Subject, measured: Measured) -> Floats:
    """The measure at each point of the design."""
    return np.array([measured.estimate(number).value for number in subject.points])


def _names(subject: Subject) -> list[str]:
    return [factor.id for factor in subject.study.factors]


def _morris(subject: Subject, measured: Measured) -> tuple[list[Influence], str]:
    design, values = subject.study.design, _figures(subject, measured)
    if subject.places is None or not isinstance(design, Morris) or not np.isfinite(values).all():
        return [], ""
    found = sensitivity.morris(_names(subject), subject.places, values, design.grid, measured.seed)
    noise = _noise(subject, measured, design)
    told = [
        Influence(
            factor=each.factor,
            strength=wording.figure(each.strength),
            noise=noise,
            direction=each.direction,
            bent=each.bent,
        )
        for each in found
    ]
    return told, "Morris' screening (SALib); the bounds of a strength are by resampling trajectories"


def _noise(subject: Subject, measured: Measured, design: Morris) -> float | None:
    """The mean absolute effect that a factor without any would show: that of a normal error, a step apart."""
    if measured.statistic == "quantile":
        return None
    length = len(subject.study.factors) + 1
    errors = []
    for place, (one, other) in enumerate(pairwise(subject.points), 1):
        values, others = measured.pairs(one, other)
        if place % length and values.size > 1:
            errors.append(float((values - others).std(ddof=1)) / math.sqrt(values.size))
    step = design.grid / 2 / (design.grid - 1)
    return math.sqrt(2 / math.pi) * sum(errors) / len(errors) / step if errors else None


def _sobol(subject: Subject, measured: Measured) -> tuple[list[Influence], str]:
    values = _figures(subject, measured)
    if not np.isfinite(values).all():
        return [], ""
    found = sensitivity.sobol(_names(subject), values, measured.seed)
    told = [
        Influence(factor=each.factor, strength=wording.figure(each.total), alone=wording.figure(each.alone))
        for each in found
    ]
    return told, "Sobol's indices (SALib), bounds by resampling; the error of each point counts as variance"


def _slopes(subject: Subject, measured: Measured) -> tuple[list[Influence], str]:
    """Straight lines fitted through the alternatives: weighted sums of their figures."""
    if subject.places is None:
        return [], ""
    rows = _rows(subject, measured)[:, list(subject.points)]
    if len(rows) < 2:
        return [], ""
    model = np.column_stack([np.ones(len(subject.places)), subject.places])
    weights, judge = np.linalg.pinv(model)[1:], _judge(measured, rows)
    told = [
        Influence(factor=name, strength=wording.figure(judge(weight).interval))
        for name, weight in zip(_names(subject), weights, strict=True)
    ]
    ordered = sorted(told, key=lambda each: -abs(each.strength.value or 0.0))
    return ordered, "change over the factor's whole range, by a straight line through all alternatives"
