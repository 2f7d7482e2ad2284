"""What a curriculum names outside itself: scenarios and their forms, playbooks and their pages, areas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Literal, TypeAlias

from drillbook.errors import DrillbookError, InvalidInput, NotFound, Problem
from drillbook.loading.catalog import Catalog
from drillbook.loading.checks.findings import unknown
from drillbook.loading.document import Document, Path
from drillbook.loading.files import misfits, read_document, read_playbook, read_scenario
from drillbook.loading.packs import is_yaml
from drillbook.loading.shown import quoted
from drillbook.loading.validate import Authored
from drillbook.model.curriculum import AnyItem, Curriculum, DrillItem, Exercise, PageReference, Quiz, Reading
from drillbook.model.handbook import pages
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario

Target: TypeAlias = Literal["scenario", "playbook"]
Opener: TypeAlias = Callable[[Target, str], Authored[Any]]
"""The sound file of a name or path. NotFound, InvalidInput, Unreadable."""


def opener(catalog: Catalog, among: Sequence[Authored[Any]] = (), beside: FilePath | None = None) -> Opener:
    """Finds by name among some files first, then in the catalog; paths start at the folder `beside`."""
    known = {(each.model.kind, each.model.name): each for each in among}
    readers: dict[Target, Callable[[Document], Authored[Any]]] = {
        "scenario": read_scenario,
        "playbook": read_playbook,
    }

    @cache
    def find(kind: Target, name: str) -> Authored[Any]:
        if (kind, name) in known:
            return known[kind, name]
        path = beside / name if beside is not None and is_yaml(FilePath(name)) else None
        return readers[kind](read_document(path or catalog.index.find(kind, name)))

    return find


def course_problems(curriculum: Authored[Curriculum], find: Opener) -> list[Problem]:
    """Every name in a curriculum that leads nowhere, and every pass mark on what is never judged."""
    return list(_Course(curriculum, find).problems())


@dataclass(frozen=True, slots=True)
class _Course:
    authored: Authored[Curriculum]
    find: Opener

    def problems(self) -> Iterator[Problem]:
        own = self.authored.model.playbook
        if own is not None:
            yield from self._lost(("playbook",), "playbook", own)
        for path, item in self.authored.model.items():
            if isinstance(item, DrillItem):
                yield from self._drill(path, item)
            for place, reference in _references(path, item):
                yield from self._page(place, reference, template=place[-1] == "template")

    def _lost(self, path: Path, kind: Target, name: str) -> Iterator[Problem]:
        """Why a file of a kind cannot be had."""
        try:
            self.find(kind, name)
        except InvalidInput as error:
            message = f"the {kind} {quoted(name)} has problems of its own"
            yield self._problem(path, message, f"drillbook check {error.problems[0].source}")
        except NotFound as error:
            message, _, hint = str(error).partition("\n")
            yield self._problem(path, message, hint)
        except DrillbookError as error:
            yield self._problem(path, str(error))

    def _drill(self, path: Path, item: DrillItem) -> Iterator[Problem]:
        lost = list(self._lost((*path, "scenario"), "scenario", item.scenario))
        if item.playbook is not None:
            lost += self._lost((*path, "playbook"), "playbook", item.playbook)
        if lost:
            yield from lost
            return
        scenario: Authored[Scenario] = self.find("scenario", item.scenario)
        count = len(scenario.model.forms)
        for place, form in enumerate(item.forms):
            if form > count:
                hint = f"its forms: 0 to {count}" if count else "it has only 0, as written"
                message = f"{quoted(item.scenario)} has no form {form}"
                yield self._problem((*path, "forms", place), message, hint)
        name = item.playbook or self.authored.model.playbook or scenario.model.playbook
        playbook = self._sound(name)
        if playbook is not None:
            yield from self._under(path, item, scenario, playbook)

    def _under(
        self, path: Path, item: DrillItem, scenario: Authored[Scenario], playbook: Authored[Playbook]
    ) -> Iterator[Problem]:
        """What does not fit between a drill and the playbook that judges it."""
        name = playbook.model.name
        if bad := misfits(scenario, playbook):
            message = f"{quoted(item.scenario)} cannot be played under {quoted(name)}: {bad[0].message}"
            yield self._problem((*path, "scenario"), message)
        judged = sorted({each.area for each in playbook.model.expectations})
        for area in item.pass_mark.areas:
            if area not in judged:
                message = f"nobody can reach this: the playbook {quoted(name)} expects nothing of {area}"
                where = (*path, "pass_mark", "areas", area)
                yield self._problem(where, message, f"it judges {', '.join(judged)}")

    def _page(self, path: Path, reference: PageReference, *, template: bool) -> Iterator[Problem]:
        name = reference.playbook or self.authored.model.playbook
        if name is None:
            yield self._problem(path, "it does not say of which playbook", "name a `playbook`")
            return
        if reference.playbook is not None:
            yield from self._lost((*path, "playbook"), "playbook", name)
        playbook = self._sound(name)
        if playbook is None:
            return
        listed = [each.name for each in pages(playbook.model) if each.is_template or not template]
        if reference.page not in listed:
            kind = f"{'template' if template else 'page'} of the playbook {quoted(name)}"
            finding = unknown((*path, "page"), kind, reference.page, listed)
            yield self._problem(finding.path, finding.message, finding.hint)

    def _sound(self, name: str) -> Authored[Playbook] | None:
        """The playbook; None where it cannot be had, which is told at the place that names it."""
        try:
            return self.find("playbook", name)
        except DrillbookError:
            return None

    def _problem(self, path: Path, message: str, hint: str = "") -> Problem:
        return self.authored.document.problem(path, message, hint)


def _references(path: Path, item: AnyItem) -> Iterator[tuple[Path, PageReference]]:
    """Every page that an item names, with its place."""
    if isinstance(item, Reading) and item.page is not None:
        yield (*path, "page"), item.page
    elif isinstance(item, Exercise) and item.template is not None:
        yield (*path, "template"), item.template
    elif isinstance(item, Quiz):
        for place, question in enumerate(item.questions):
            if question.see is not None:
                yield (*path, "questions", place, "see"), question.see
