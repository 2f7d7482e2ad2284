"""A study's parts fit together: factors, design, baseline, stopping, measures and what is wanted of them.

Whether its paths lead somewhere is not checked here: that takes its scenarios and playbooks.
"""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations
from zoneinfo import ZoneInfo

from drillbook.loading.checks.findings import Findings, doubles, unknown
from drillbook.loading.document import KEY, Path
from drillbook.loading.shown import quoted
from drillbook.model.design import (
    ExplicitList,
    Factor,
    FractionalFactorial,
    FullFactorial,
    LatinHypercube,
    Morris,
    Sobol,
)
from drillbook.model.horizon import Horizon
from drillbook.model.measures import COLUMNS
from drillbook.model.responders import Responders
from drillbook.model.spread import ValueRange
from drillbook.model.study import Constraint, Fixed, Study
from drillbook.oncall.check import Finding
from drillbook.people.skill import Skill

_SPACE_FILLING = (LatinHypercube, Morris, Sobol)


def study_findings(study: Study) -> Findings:
    """What does not fit within the study; paths start at the study."""
    yield from _responders(study)
    yield from doubles(("factors",), [each.id for each in study.factors], "factors", "id")
    for place, factor in enumerate(study.factors):
        yield from _factor(("factors", place), factor, study)
    yield from _design(study)
    yield from _levels(("baseline",), study.baseline, study)
    yield from _replications(study)
    yield from _wanted(study)
    if study.horizon is not None:
        yield from _horizon(study.horizon)


def responder_findings(people: Responders) -> Findings:
    """What does not fit within a people file."""
    known = [each.name for each in fields(Skill) if each.name != "stages"]
    for name in people.skill:
        if name not in known:
            yield unknown(("skill", name, KEY), "figure of a responder", name, known)


def _responders(study: Study) -> Findings:
    for place, each in enumerate(study.responders):
        if (each.level is None) == (each.people is None):
            yield Finding(("responders", place), "it needs either a `level` or `people`", "level: average")
    names = [each.level or each.people or "" for each in study.responders]
    for place, name in enumerate(names):
        if name and name in names[:place]:
            yield Finding(("responders", place), f"{quoted(name)} stands there twice", "give it one weight")


def _factor(path: Path, factor: Factor, study: Study) -> Findings:
    spaced = isinstance(study.design, _SPACE_FILLING)
    if (factor.range is None) == (not factor.levels):
        yield Finding(path, "it needs either `levels` or a `range`", "levels: [{id: short, value: 5m}]")
    if factor.range is not None and not spaced:
        hint = "designs with ranges: latin-hypercube, morris, sobol"
        yield Finding((*path, "range"), f"the design {quoted(study.design.kind)} takes levels only", hint)
    if factor.range is not None:
        yield from _range(path, factor)
    if len(factor.levels) == 1:
        yield Finding((*path, "levels"), "one level is no choice", "name two or more")
    yield from doubles((*path, "levels"), [each.id for each in factor.levels], "levels", "id")
    for place, level in enumerate(factor.levels):
        here = (*path, "levels", place)
        if "value" in level.model_fields_set and not factor.paths:
            yield Finding(
                (*here, "value"), "the factor has no `paths` to put it in", "name them, or use `set`"
            )
        if "value" in level.model_fields_set and level.set:
            yield from (
                Finding(
                    (*here, "set", each), f"{quoted(each)} has the level's `value` already", "one of them"
                )
                for each in level.set
                if each in factor.paths
            )


def _range(path: Path, factor: Factor) -> Findings:
    assert factor.range is not None  # noqa: S101  asked before
    if not factor.paths:
        yield Finding(path, "a range needs `paths` to put its values in")
    try:
        ValueRange.of(factor.range)
    except ValueError as error:
        yield Finding((*path, "range"), str(error))


def _design(study: Study) -> Findings:
    design = study.design
    if isinstance(design, FractionalFactorial):
        yield from _fractional(design, study)
    elif isinstance(design, ExplicitList):
        path: Path = ("design", "alternatives")
        yield from doubles(path, [each.id for each in design.alternatives], "alternatives", "id")
        for place, each in enumerate(design.alternatives):
            yield from _levels((*path, place, "levels"), each.levels, study)
            if each.id == "baseline":
                yield Finding((*path, place, "id"), "`baseline` is the name of what is done today")
    elif isinstance(design, FullFactorial):
        count = 1
        for factor in study.factors:
            count *= max(1, len(factor.levels))
        if count > 10_000:
            yield Finding(("design",), f"that makes {count} alternatives, 10000 at most", "kind: fractional")
    elif isinstance(design, Morris) and design.grid % 2:
        yield Finding(("design", "grid"), f"`grid` must be an even number, found {design.grid}")


def _fractional(design: FractionalFactorial, study: Study) -> Findings:
    for place, factor in enumerate(study.factors):
        if factor.levels and len(factor.levels) != 2:
            message = f"a fractional design takes two levels of each factor, found {len(factor.levels)}"
            yield Finding(("factors", place, "levels"), message)
    if bool(design.generators) == (design.resolution is not None):
        yield Finding(("design",), "it needs either `generators` or a `resolution`", "resolution: 4")
    known = [factor.id for factor in study.factors]
    made: dict[str, list[str]] = {}
    for place, text in enumerate(design.generators):
        left, _, right = (part.strip() for part in text.partition("="))
        yield from _generator(("design", "generators", place), text, [left, *right.split()], known)
        made.setdefault(left, right.split())
    if len(made) < len(design.generators):
        yield Finding(("design", "generators"), "a factor is generated twice", "each factor once")
    for place, words in enumerate(made.values()):
        if used := [name for name in words if name in made]:
            hint = "only factors that vary by themselves stand on the right"
            yield Finding(("design", "generators", place), f"{quoted(used[0])} is generated itself", hint)


def _generator(path: Path, text: str, names: list[str], known: list[str]) -> Findings:
    """What is wrong with a generator by itself; the first of `names` is the factor that it sets."""
    if not names[0] or len(names) < 3:
        yield Finding(path, f"{quoted(text)} is no generator", "such as `d = a b c`, with the factors' ids")
        return
    if len(set(names)) < len(names):
        yield Finding(path, f"{quoted(text)} names a factor twice", "each factor once")
    for name in names:
        if name not in known:
            yield unknown(path, "factor", name, known)


def _levels(path: Path, chosen: dict[str, str], study: Study) -> Findings:
    known = [factor.id for factor in study.factors]
    for name, level in chosen.items():
        factor = study.factor(name)
        if factor is None:
            yield unknown((*path, name, KEY), "factor", name, known)
        elif factor.levels and level not in [each.id for each in factor.levels]:
            yield unknown(
                (*path, name), f"level of {quoted(name)}", level, [each.id for each in factor.levels]
            )
        elif not factor.levels:
            yield Finding((*path, name), f"the factor {quoted(name)} has a range and no levels")


def _replications(study: Study) -> Findings:
    rule = study.replications
    if isinstance(rule, Fixed):
        return
    path: Path = ("replications",)
    if rule.at_most < rule.at_least:
        yield Finding((*path, "at_most"), f"`at_most` must be at least `at_least`, {rule.at_least}")
    if rule.measure is None and not study.objectives:
        yield Finding(path, "it does not say of which measure", "name a `measure`, or an objective")
    elif rule.measure is not None:
        yield from _key((*path, "measure"), rule.measure, study)
    if rule.kind == "selection":
        key = rule.measure or (study.objectives[0].measure if study.objectives else "")
        found = study.measure(key)
        if found is not None and found.quantile is not None:
            yield Finding(path, f"{quoted(key)} is a quantile; a selection goes by a mean")


def _wanted(study: Study) -> Findings:
    seen: set[str] = set()
    for place, each in enumerate(study.measures):
        path: Path = ("measures", place)
        if each.key in seen:
            yield Finding(path, f"the measure {quoted(each.key)} stands there twice")
        seen.add(each.key)
        if COLUMNS[each.measure].horizon and study.horizon is None:
            hint = "horizon: {days: 90}, or leave the measure out"
            message = f"{quoted(each.measure)} needs a horizon of days, not single incidents"
            yield Finding((*path, "measure"), message, hint)
    for place, goal in enumerate(study.objectives):
        yield from _key(("objectives", place, "measure"), goal.measure, study)
    for one, other in combinations(range(len(study.objectives)), 2):
        if study.objectives[one].measure == study.objectives[other].measure:
            yield Finding(("objectives", other, "measure"), "there is an objective for it already")
    for place, constraint in enumerate(study.constraints):
        yield from _key(("constraints", place, "measure"), constraint.measure, study)
        yield from _bounds(("constraints", place), constraint)


def _bounds(path: Path, constraint: Constraint) -> Findings:
    low, high = constraint.at_least, constraint.at_most
    if low is None and high is None:
        yield Finding(path, "it bounds nothing", "say `at_least` or `at_most`")
    elif low is not None and high is not None and low > high:
        yield Finding((*path, "at_most"), f"`at_most` must be at least `at_least`, {low:g}")


def _key(path: Path, key: str, study: Study) -> Findings:
    known = [each.key for each in study.measures]
    if key not in known:
        yield unknown(path, "measure in this study", key, known)


def _horizon(horizon: Horizon) -> Findings:
    path: Path = ("horizon",)
    yield from _zone((*path, "arrivals", "time_zone"), horizon.arrivals.time_zone)
    sites = horizon.rota.sites
    yield from doubles((*path, "rota", "sites"), [each.id for each in sites], "sites", "id")
    for place, site in enumerate(sites):
        here = (*path, "rota", "sites", place)
        yield from _zone((*here, "time_zone"), site.time_zone)
        if (site.begins is None) != (site.ends is None):
            yield Finding(here, "hours need both `begins` and `ends`")
    if not any(each.weight for each in horizon.arrivals.day):
        yield Finding((*path, "arrivals", "day"), "no time of the day has any weight")


def _zone(path: Path, name: str) -> Findings:
    try:
        ZoneInfo(name)
    except (OSError, ValueError):
        yield Finding(path, f"there is no time zone {quoted(name)}", "an IANA name, such as Europe/Berlin")
