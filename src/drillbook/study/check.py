"""What is wrong with a study together with its scenarios: paths that lead nowhere, levels that do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.catalog import Catalog
from drillbook.loading.document import bounded
from drillbook.loading.shown import listed, quoted
from drillbook.loading.survey import Report, spread
from drillbook.model.design import Factor
from drillbook.model.spread import ValueRange
from drillbook.model.study import Study
from drillbook.study.changes import Change, changed, changes_of, own_changes, path_problem, put
from drillbook.study.material import Finder, Material, Parts, finder, gathered, load

OWN = ("scenario", "rules", "people", "playbook", "automation")
"""What paths begin with that the mix may set for one of its scenarios."""

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
    problems = bounded(_own_problems(material))
    if problems:
        return problems
    for factor_settings in (_settings(number, each) for number, each in enumerate(material.model.factors)):
        for name, changes in factor_settings:
            lost = [found for change in changes if (found := path_problem(material, change))]
            problems += lost or _level_problems(material, name, changes)
    return bounded(problems)


def _own_problems(material: Material) -> Iterator[Problem]:
    """What is wrong with what the mix sets about its scenarios."""
    for number, (incidents, parts) in enumerate(zip(material.model.scenarios, material.parts, strict=True)):
        alone = replace(material, parts=(parts,))
        for change in own_changes(incidents, number):
            if change.path.partition(".")[0] not in OWN:
                message = f"{quoted(change.path)} is not about the scenario: it cannot be set for it alone"
                yield material.study.document.problem(change.path_place, message, listed([*OWN]))
            elif lost := path_problem(alone, change):
                yield lost
            else:
                yield from _refused(material, parts, [change], ())


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
    for number, (incidents, parts) in enumerate(zip(material.model.scenarios, material.parts, strict=True)):
        for problem in _refused(material, parts, changes, own_changes(incidents, number)):
            found.setdefault(problem.message, replace(problem, message=f"{name}: {problem.message}"))
    return found.values()


def _refused(
    material: Material, parts: Parts, changes: Sequence[Change], before: Sequence[Change]
) -> Iterator[Problem]:
    """What the changed models say, at the place of the changes in the study."""
    try:
        changed(parts, [*before, *changes])
    except InvalidInput as error:
        place = changes[0].place if len(changes) == 1 else changes[0].place[:4]
        for problem in error.problems:
            yield material.study.document.problem(place, problem.message, problem.hint)


def _own_files(reports: Sequence[Report]) -> dict[tuple[str, str], Path]:
    """The sound files that are checked along with the studies, by kind and name."""
    return {(each.kind, each.name): Path(each.source) for each in reports if each.authored is not None}


def _among(known: dict[tuple[str, str], Path], find: Finder) -> Finder:
    """Finds among the files that are checked first."""
    return lambda kind, reference: known.get((kind, reference)) or find(kind, reference)
