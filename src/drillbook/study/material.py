"""A study with all that it is about, as written: its scenarios, playbooks and people files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from drillbook.errors import DrillbookError, InvalidInput, NotFound, Problem
from drillbook.loading.catalog import Catalog
from drillbook.loading.document import Document, bounded, data
from drillbook.loading.document import Path as Place
from drillbook.loading.files import read_document, read_people, read_playbook, read_scenario, read_study
from drillbook.loading.index import PackKind
from drillbook.loading.kinds import kind_of
from drillbook.loading.nodes import Mapping, Node, node_of
from drillbook.loading.packs import is_yaml
from drillbook.loading.shown import quoted
from drillbook.loading.validate import Authored
from drillbook.model.study import Study
from drillbook.study.settings import written

Finder: TypeAlias = Callable[[PackKind, str], Path]
"""The file of a kind that a name or path in a study means; NotFound."""


class Input(NamedTuple):
    """A file that the study is made of, and how it is called there."""

    kind: PackKind
    reference: str
    path: Path


@dataclass(frozen=True, slots=True)
class Parts:
    """What a level may change of one scenario of the mix, as written."""

    scenario: Document
    playbook: Document
    settings: Document


@dataclass(frozen=True, slots=True)
class Material:
    """A sound study and its parts, one for each scenario of the mix."""

    study: Authored[Study]
    parts: tuple[Parts, ...]
    responders: tuple[str, ...]
    """The names of the study's responders, in their order."""
    inputs: tuple[Input, ...]

    @property
    def model(self) -> Study:
        """The study."""
        return self.study.model


def finder(study: Path, catalog: Catalog) -> Finder:
    """Finds names among the packs; paths begin where the study's file is."""

    def find(kind: PackKind, reference: str) -> Path:
        if is_yaml(Path(reference)):
            return study.parent / reference
        return catalog.index.find(kind, reference)

    return find


def load(path: Path, find: Finder) -> Material:
    """The study in a file with its parts. InvalidInput with every problem, NotFound, Unreadable."""
    document = read_document(path)
    kind = kind_of(document)
    if kind not in {"study", None}:
        raise InvalidInput([document.problem(("kind",), f"this is a {kind}, not a study", "kind: study")])
    return gathered(read_study(document), path, find)


def gathered(study: Authored[Study], path: Path, find: Finder) -> Material:
    """A study that was read, with its parts. InvalidInput with every reference that leads nowhere sound."""
    gathering = _Gathering(study, find)
    responders, settings = gathering.settings()
    parts = gathering.parts(settings)
    if gathering.problems:
        raise InvalidInput(bounded(gathering.problems))
    inputs = (Input("study", study.model.name, path), *dict.fromkeys(gathering.inputs))
    return Material(study, tuple(parts), tuple(responders), inputs)


class _Gathering:
    """Reads what a study refers to, and keeps what is wrong with it."""

    def __init__(self, study: Authored[Study], find: Finder) -> None:
        self.study = study
        self.find = find
        self.inputs: list[Input] = []
        self.problems: list[Problem] = []

    def parts(self, settings: Document) -> list[Parts]:
        """The scenarios and their playbooks."""
        found = []
        for number, incidents in enumerate(self.study.model.scenarios):
            place: Place = ("scenarios", number)
            scenario = self._read("scenario", incidents.scenario, (*place, "scenario"))
            if scenario is None:
                continue
            count = len(read_scenario(scenario).model.forms)
            for entry, form in enumerate(incidents.forms):
                if form > count:
                    message = f"{quoted(incidents.scenario)} has no form {form}"
                    known = f"it has 0 to {count}"
                    self._problem((*place, "forms", entry), message, known)
            other = self.study.model.playbook
            name = other or read_scenario(scenario).model.playbook
            playbook = self._read("playbook", name, ("playbook",) if other else (*place, "scenario"))
            if playbook is not None:
                found.append(Parts(scenario, playbook, settings))
        return found

    def settings(self) -> tuple[list[str], Document]:
        """The names of the responders, and the study's own parameters as a document."""
        people: dict[str, Node] = {}
        names: list[str] = []
        place = self.study.document.root.place
        for number, each in enumerate(self.study.model.responders):
            if each.level is not None:
                names.append(each.level)
                if each.level != "absent":
                    people[each.level] = node_of(written(each.level), place)
            elif each.people is not None:
                found = self._read("people", each.people, ("responders", number, "people"))
                if found is not None:
                    names.append(str(data(found.root)["name"]))
                    people[names[-1]] = found.root
        root = self.study.document.root
        own = {key: node for key, node in root.values.items() if key in {"horizon", "pay", "slo"}}
        values: dict[str, Node] = {"responders": Mapping(place, dict.fromkeys(people, place), people), **own}
        if data(values.get("horizon", node_of(None, place))) == "incident":
            del values["horizon"]
        settings = Mapping(place, {key: root.keys.get(key, place) for key in values}, values)
        return names, Document(self.study.document.source, settings)

    def _read(self, kind: PackKind, reference: str, place: Place) -> Document | None:
        """A file that holds something sound of a kind."""
        try:
            path = self.find(kind, reference)
            document = read_document(path)
            {"scenario": read_scenario, "playbook": read_playbook, "people": read_people}[kind](document)
        except InvalidInput as error:
            first = error.problems[0]
            self._problem(place, f"{quoted(reference)} has problems of its own: {first}")
            return None
        except NotFound as error:
            message, _, hint = str(error).partition("\n")
            self._problem(place, message, hint)
            return None
        except DrillbookError as error:
            self._problem(place, str(error))
            return None
        self.inputs.append(Input(kind, reference, path))
        return document

    def _problem(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(self.study.document.problem(place, message, hint))
