"""From a study's factors and design to the alternatives that it compares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from drillbook.engine.randomness import Randomness
from drillbook.model.design import (
    ExplicitList,
    FractionalFactorial,
    FullFactorial,
    LatinHypercube,
    Level,
    Morris,
    Sobol,
)
from drillbook.model.spread import ValueRange
from drillbook.model.study import Study
from drillbook.study import designs
from drillbook.study.changes import Change, changes_of, put

AS_IS = "as-is"
"""The baseline of a design with ranges: everything as the files have it, levels as the baseline says."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One setting of all factors."""

    id: str
    title: str
    levels: dict[str, JsonValue]
    """By factor the id of its level, or the value taken from its range; a factor as the files have it is not
    in it."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The alternatives of a study, and which one is done today."""

    alternatives: tuple[Alternative, ...]
    baseline: int
    points: tuple[int, ...]
    """The alternatives of the design itself, in its order; an added baseline is not among them."""
    aliases: tuple[str, ...] = ()
    """Effects that a fraction cannot tell apart: `a b = c d`."""
    generators: tuple[str, ...] = ()
    """Of a fraction, given or found: `d = a b c`."""


def plan(study: Study) -> Plan:
    """The alternatives of a study that was checked; of two that are the same the first counts."""
    found: dict[str, Alternative] = {}
    points: list[str] = []
    for each in _designed(study):
        found.setdefault(each.id, each)
        points.append(each.id)
    baseline = _of_levels(study, _baseline(study))
    if baseline.id not in found:
        found = {baseline.id: baseline, **found}
    ids = list(found)
    generators = _generators(study)
    return Plan(
        tuple(found.values()),
        ids.index(baseline.id),
        tuple(ids.index(name) for name in points),
        tuple(designs.alias_lines([factor.id for factor in study.factors], generators)),
        tuple(_told(study, name, word) for name, word in generators.items()),
    )


def _designed(study: Study) -> Iterator[Alternative]:
    design = study.design
    if isinstance(design, ExplicitList):
        for listed in design.alternatives:
            levels = {**_baseline(study), **_of_ids(study, listed.levels)}
            made = _of_levels(study, levels)
            yield Alternative(listed.id, listed.title or made.title, made.levels, made.changes)
    elif isinstance(design, FullFactorial | FractionalFactorial):
        for row in _rows(study):
            chosen = (factor.levels[number] for factor, number in zip(study.factors, row, strict=True))
            yield _of_levels(study, dict(zip((factor.id for factor in study.factors), chosen, strict=True)))
    else:
        for number, point in enumerate(_points(design, len(study.factors)), 1):
            yield _at(study, f"point-{number}", point)


def _rows(study: Study) -> list[tuple[int, ...]]:
    if isinstance(study.design, FullFactorial):
        return designs.full([len(factor.levels) for factor in study.factors])
    return designs.fractional([factor.id for factor in study.factors], _generators(study))


def _points(design: LatinHypercube | Morris | Sobol, factors: int) -> list[tuple[float, ...]]:
    draws = Randomness(design.seed)
    if isinstance(design, LatinHypercube):
        return designs.latin(design.alternatives, factors, draws)
    if isinstance(design, Morris):
        return designs.morris(design.trajectories, design.grid, factors, draws)
    return designs.saltelli(design.base, factors, draws)


def _generators(study: Study) -> dict[str, designs.Word]:
    design = study.design
    if not isinstance(design, FractionalFactorial):
        return {}
    if design.resolution is None:
        return designs.parsed(design.generators)
    return designs.generators_for([factor.id for factor in study.factors], design.resolution) or {}


def _told(study: Study, name: str, word: designs.Word) -> str:
    return f"{name} = {' '.join(factor.id for factor in study.factors if factor.id in word)}"


def _baseline(study: Study) -> dict[str, Level]:
    """What is done today: the levels that the study names, else the first ones; none for ranges."""
    first = {factor.id: factor.levels[0] for factor in study.factors if factor.levels}
    return {**first, **_of_ids(study, study.baseline)}


def _of_ids(study: Study, chosen: dict[str, str]) -> dict[str, Level]:
    return {
        factor.id: next(level for level in factor.levels if level.id == chosen[factor.id])
        for factor in study.factors
        if factor.id in chosen
    }


def _of_levels(study: Study, levels: dict[str, Level]) -> Alternative:
    """The alternative of named levels, called by them."""
    changes: list[Change] = []
    for number, factor in enumerate(study.factors):
        if factor.id in levels:
            changes += changes_of(factor, number, levels[factor.id])
    name = ",".join(f"{factor}={level.id}" for factor, level in levels.items()) or AS_IS
    if len(study.factors) == 1 and levels:
        name = next(iter(levels.values())).id
    title = ", ".join(level.title or f"{factor} {level.id}" for factor, level in levels.items())
    return Alternative(
        name, title or "as it is", {factor: level.id for factor, level in levels.items()}, tuple(changes)
    )


def _at(study: Study, name: str, point: Sequence[float]) -> Alternative:
    """The alternative at a point of the factors' space."""
    changes: list[Change] = []
    levels: dict[str, JsonValue] = {}
    for number, (factor, share) in enumerate(zip(study.factors, point, strict=True)):
        if factor.range is None:
            level = factor.levels[min(int(share * len(factor.levels)), len(factor.levels) - 1)]
            levels[factor.id] = level.id
            changes += changes_of(factor, number, level)
        else:
            value = ValueRange.of(factor.range).at(share)
            levels[factor.id] = value
            changes += put(factor, number, value, ("factors", number, "range"))
    title = ", ".join(f"{factor} {value}" for factor, value in levels.items())
    return Alternative(name, title, levels, tuple(changes))
