"""Scenarios, playbooks and curricula by name: found among the packs, read and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from drillbook.errors import DrillbookError, InvalidInput, NotFound, Problem
from drillbook.loading.files import (
    Drill,
    read_curriculum,
    read_document,
    read_playbook,
    read_scenario,
    together,
)
from drillbook.loading.forms import in_form
from drillbook.loading.index import Entry, Index, counted
from drillbook.loading.kinds import READERS, kind_of
from drillbook.loading.packs import Folder, built_in
from drillbook.loading.shown import file_name
from drillbook.loading.text import decode, read_bytes
from drillbook.loading.validate import Authored
from drillbook.model.curriculum import Curriculum
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario

_TOLD = ("kind", "name", "title", "difficulty", "playbook", "duration", "start", "briefing", "company")
"""Parts of a pack whose problems give nothing away that a trainee should find out in the drill."""
_TOP_LEVEL = re.compile(r"([A-Za-z_-]+)\s*:")


class Catalog:
    """The packs that there are; one's own come before the built-in ones."""

    def __init__(self, index: Index) -> None:
        self.index = index

    @classmethod
    def standard(cls, own: Iterable[Path] = ()) -> Catalog:
        """The built-in packs and those in one's own folders."""
        return cls(Index([*(Folder(path, own=True) for path in own), built_in()]))

    def entries(self) -> list[Entry]:
        """All packs; each of one's own that is broken says so and what is wrong first."""
        entries = (_checked(entry) if entry.own else entry for entry in self.index.found())
        return counted(entry for entry in entries if entry.kind != "rules")

    def scenario(self, name: str) -> Scenario:
        """The scenario of a name or path. NotFound, InvalidInput, Unreadable."""
        return self._scenario(name).model

    def playbook(self, name: str) -> Playbook:
        """The playbook of a name or path. NotFound, InvalidInput, Unreadable."""
        return self._playbook(name).model

    def curriculum(self, name: str) -> Curriculum:
        """The curriculum of a name or path, by itself. NotFound, InvalidInput, Unreadable."""
        return read_curriculum(read_document(self.index.find("curriculum", name))).model

    def drill(self, scenario: str, playbook: str | None = None, form: int = 0) -> Drill:
        """A scenario in one of its forms with a playbook, its own unless another is named.

        NotFound, InvalidInput, Unreadable.
        """
        first = in_form(self._scenario(scenario), form)
        if playbook is not None:
            return together(first, self._playbook(playbook))
        return together(first, self.playbook_of(first))

    def playbook_of(self, scenario: Authored[Scenario]) -> Authored[Playbook]:
        """The playbook that a scenario names; InvalidInput at that place where there is none."""
        try:
            path = self.index.find("playbook", scenario.model.playbook)
        except NotFound as error:
            message, _, hint = str(error).partition("\n")
            problem = scenario.document.problem(("playbook",), message, hint)
            raise InvalidInput([problem]) from None
        return read_playbook(read_document(path))

    def _scenario(self, name: str) -> Authored[Scenario]:
        return read_scenario(read_document(self.index.find("scenario", name)))

    def _playbook(self, name: str) -> Authored[Playbook]:
        return read_playbook(read_document(self.index.find("playbook", name)))


def _checked(entry: Entry) -> Entry:
    """The entry with its first problem, if there is one."""
    if entry.problem:
        return entry
    try:
        document = read_document(entry.path)
        kind = kind_of(document)
        if kind is None:
            return replace(entry, problem=f"{file_name(entry.path)}: `kind` is missing")
        READERS[kind](document)
        return replace(entry, kind=kind)
    except InvalidInput as error:
        return replace(entry, problem=_harmless(entry.path, error.problems[0]))
    except DrillbookError as error:
        return replace(entry, problem=str(error))


def _harmless(path: Path, problem: Problem) -> str:
    """A problem for a list that trainees read: told in full only where it cannot spoil the drill."""
    text, _ = decode(read_bytes(path), "")
    part = ""
    for line in text.split("\n")[: problem.line]:
        found = _TOP_LEVEL.match(line)
        part = found[1] if found else part
    if not part or part in _TOLD:
        return str(problem)
    place = Problem(problem.source, problem.line, problem.column, f"something is wrong in `{part}`")
    return f"{place}; `drillbook check {file_name(path)}` says what"
