"""What is wrong with a study together with its scenarios: paths that lead nowhere, levels that do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.catalog import Catalog
from drillbook.loading.document import bounded
from drillbook.loading.survey import Report, spread
from drillbook.model.design import Factor
from drillbook.model.spread import ValueRange
from drillbook.model.study import Study
from drillbook.study.changes import Change, changed, changes_of, path_problem, put
from drillbook.study.material import Finder, Material, finder, gathered, load

Setting = tuple[str, tuple[Change, ...]]
"""What a level, or an end of a range, is called in messages, and what it changes."""


def sound(path: Path, find: Finder) -> Material:
    """A study in which nothing is wrong. InvalidInput with every problem, NotFound, Unreadable."""
    material = load(path, find)
    problems = study_problems(material)
    if problems:
        raise InvalidInput(bounded(problems))
    return material


def study_problems(material: Material) -> list[Problem]:
    """Every path that leads nowhere, and everything that is wrong with each level by itself."""
    problems: list[Problem] = []
    for factor_settings in (_settings(number, each) for number, each in enumerate(material.model.factors)):
        for name, changes in factor_settings:
            lost = [found for change in changes if (found := path_problem(material, change))]
            problems += lost or _level_problems(material, name, changes)
    return bounded(problems)


def checked_studies(reports: Sequence[Report], catalog: Catalog) -> list[Report]:
    """The reports with what is wrong with each study together with its scenarios."""
    known = _own_files(reports)
    more: list[Problem] = []
    for report in reports:
        authored = report.authored
        if authored is not None and isinstance(authored.model, Study):
            path = Path(authored.document.source)
            try:
                more += study_problems(gathered(authored, path, _among(known, finder(path, catalog))))
            except InvalidInput as error:
                more += error.problems
    return spread(list(reports), more) if more else list(reports)


def _settings(number: int, factor: Factor) -> Iterator[Setting]:
    for level in factor.levels:
        yield f"{factor.id}={level.id}", tuple(changes_of(factor, number, level))
    if factor.range is not None:
        values = ValueRange.of(factor.range)
        for share, end in ((0.0, "low"), (1.0, "high")):
            place = ("factors", number, "range", end)
            value = values.at(share)
            yield f"{factor.id}={value}", tuple(put(factor, number, value, place))


def _level_problems(material: Material, name: str, changes: Sequence[Change]) -> Iterable[Problem]:
    """What the changed models say about a level, at the level's place in the study."""
    found: dict[str, Problem] = {}
    for parts in material.parts:
        try:
            changed(parts, changes)
        except InvalidInput as error:
            for problem in error.problems:
                place = changes[0].place if len(changes) == 1 else changes[0].place[:4]
                told = material.study.document.problem(place, f"{name}: {problem.message}", problem.hint)
                found.setdefault(problem.message, told)
    return found.values()


def _own_files(reports: Sequence[Report]) -> dict[tuple[str, str], Path]:
    """The sound files that are checked along with the studies, by kind and name."""
    return {(each.kind, each.name): Path(each.source) for each in reports if each.authored is not None}


def _among(known: dict[tuple[str, str], Path], find: Finder) -> Finder:
    """Finds among the files that are checked first."""
    return lambda kind, reference: known.get((kind, reference)) or find(kind, reference)
