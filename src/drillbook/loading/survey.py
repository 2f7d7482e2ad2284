"""Many files checked at once, each by itself and together with what it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drillbook.errors import DrillbookError, InvalidInput, Problem
from drillbook.loading.catalog import Catalog
from drillbook.loading.courses import course_problems, opener
from drillbook.loading.document import Document, bounded
from drillbook.loading.files import misfits
from drillbook.loading.foreign.part import read_part
from drillbook.loading.foreign.reader import read_any
from drillbook.loading.foreign.recognise import read_foreign
from drillbook.loading.foreign.tools import tool_of
from drillbook.loading.kinds import READERS, kind_of
from drillbook.loading.packs import is_yaml
from drillbook.loading.shown import file_name, quoted
from drillbook.loading.validate import Authored
from drillbook.model.curriculum import Curriculum
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario

ON_CALL = "on_call"
"""The kind, and the only key, of a file that holds a part of a playbook."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one file."""

    source: str
    kind: str = ""
    """Empty where the file does not say, or could not be read so far."""
    name: str = ""
    problems: tuple[Problem, ...] = ()
    unreadable: str = ""
    """Why there was nothing to check."""
    authored: Authored[Any] | None = None
    """What the file holds, where it is sound by itself."""

    @property
    def is_skipped(self) -> bool:
        """Whether the file, found in a folder, is of no kind that is checked here."""
        return not (self.kind or self.problems or self.unreadable)


def _files_in(folder: Path) -> list[Path]:
    """All YAML files of a folder and those below, hidden ones left out, in the order of their names."""
    found = (path for path in folder.rglob("*") if is_yaml(path) and path.is_file())
    return sorted(path for path in found if not _is_hidden(path.relative_to(folder)))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def survey(paths: Iterable[Path], catalog: Catalog) -> list[Report]:
    """A report on each file, folders standing for all YAML files in them.

    A scenario's playbook is looked for among the files first, then in the catalog.
    """
    reports: list[Report] = []
    for path in paths:
        in_folder = path.is_dir()
        reports += [_report(file, named=not in_folder) for file in (_files_in(path) if in_folder else [path])]
    sound = [report.authored for report in reports if report.authored is not None]
    playbooks = {each.model.name: each for each in sound if isinstance(each.model, Playbook)}
    found = [
        _Pairing(playbooks, catalog).problems(each) for each in sound if isinstance(each.model, Scenario)
    ]
    found += [
        course_problems(each, opener(catalog, sound, Path(each.document.source).parent))
        for each in sound
        if isinstance(each.model, Curriculum)
    ]
    return spread(reports, [problem for problems in found for problem in problems])


def _report(path: Path, *, named: bool) -> Report:
    source = file_name(path)
    try:
        document = read_any(path)
    except InvalidInput as error:
        return Report(source, problems=error.problems)
    except DrillbookError as error:
        return Report(source, unreadable=str(error))
    return _content(path, document, named=named)


def _content(path: Path, document: Document, *, named: bool) -> Report:
    kind: str = ""
    try:
        kind = kind_of(document) or tool_of(document) or ""
        if not kind and ON_CALL in document.root.values:
            kind = ON_CALL
        if not kind:
            return Report(document.source, problems=(_nameless(document),) if named else ())
        authored = _read(kind, path, document)
    except InvalidInput as error:
        return Report(document.source, kind, problems=error.problems)
    return Report(document.source, kind, getattr(authored.model, "name", ""), authored=authored)


def _read(kind: str, path: Path, document: Document) -> Authored[Any]:
    for known, reader in READERS.items():
        if known == kind:
            return reader(document)
    return read_part(document) if kind == ON_CALL else read_foreign(path, document)


def _nameless(document: Document) -> Problem:
    hint = "kind: scenario or kind: playbook; files of other tools are known by what is in them"
    return document.problem((), "`kind` is missing", hint)


@dataclass(frozen=True, slots=True)
class _Pairing:
    """Finds the playbook of a scenario, and what does not fit between the two."""

    playbooks: Mapping[str, Authored[Playbook]]
    catalog: Catalog

    def problems(self, scenario: Authored[Scenario]) -> list[Problem]:
        name = scenario.model.playbook
        try:
            playbook = self.playbooks.get(name) or self.catalog.playbook_of(scenario)
        except InvalidInput as error:
            if all(problem.source == scenario.document.source for problem in error.problems):
                return list(error.problems)
            broken = error.problems[0].source
            message = f"the playbook {quoted(name)} has problems of its own"
            return [scenario.document.problem(("playbook",), message, f"drillbook check {broken}")]
        return misfits(scenario, playbook)


def spread(reports: list[Report], more: list[Problem]) -> list[Report]:
    """The reports with further problems, each with that on its file; new reports on files not asked for."""
    by_source: dict[str, list[Problem]] = {report.source: list(report.problems) for report in reports}
    for problem in more:
        by_source.setdefault(problem.source, []).append(problem)
    known = {report.source: report for report in reports}
    return [
        replace(known.get(source, Report(source)), problems=tuple(bounded(problems)))
        for source, problems in by_source.items()
    ]
