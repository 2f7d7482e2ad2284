"""What a folder of results says about itself: enough to tell what was run, and to run any of it again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import JsonValue, ValidationError

from drillbook.errors import DrillbookError, InvalidInput, NotFound, Problem
from drillbook.loading.index import PackKind
from drillbook.loading.shown import file_name, quoted
from drillbook.model.base import Model
from drillbook.study.material import Finder, Input

NAME = "manifest.json"
FORMAT = 1
_INPUTS = "inputs"


class InputFile(Model):
    """A file that the study was made of; the copy in the folder is what was run."""

    kind: PackKind
    reference: str
    """How the study calls it."""
    file: str
    """The copy, from the folder on."""
    sha256: str


class Setting(Model):
    """A path and what it was set to."""

    path: str
    value: JsonValue


class AlternativeRecord(Model):
    """An alternative and how often it was run."""

    id: str
    title: str
    levels: dict[str, JsonValue]
    changes: list[Setting]
    runs: int = 0


class CellRecord(Model):
    """A part of the mix."""

    scenario: str
    form: int
    responder: str
    weight: float


class Manifest(Model):
    """The record of a study that was run; times are of the wall clock."""

    kind: Literal["study-results"] = "study-results"
    format: Literal[1] = 1
    study: str
    title: str
    version: str
    """Of the program that ran it."""
    program: str = ""
    """The digest of that program's sources; the same version may have others."""
    python: str
    first_seed: int
    """Replication r has the seed first_seed + r, under every alternative."""
    inputs: list[InputFile]
    alternatives: list[AlternativeRecord]
    baseline: int
    """The number of the alternative that is done today, from 0."""
    points: list[int]
    generators: list[str] = []
    aliases: list[str] = []
    cells: list[CellRecord]
    measures: list[str]
    state: Literal["unfinished", "complete"] = "unfinished"
    rows: int = 0
    digest: str = ""
    """Of the rows' content; the same whatever number of workers ran them."""
    begun: str
    ended: str = ""
    run_seconds: float = 0.0
    """Time that all runs took together."""


def write(folder: Path, manifest: Manifest) -> None:
    """Put it into the folder, whole or not at all."""
    target = folder / NAME
    partial = target.with_name(f".{NAME}.part")
    text = json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n"
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(target)
    except OSError as error:
        raise DrillbookError(f"{file_name(target)}: cannot be written: {error.strerror}") from None


def read(folder: Path) -> Manifest:
    """The manifest of a folder. NotFound, InvalidInput."""
    path = folder / NAME
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(f"{file_name(folder)} holds no results of a study: there is no {NAME}") from None
    except OSError as error:
        raise DrillbookError(f"{file_name(path)}: cannot be read: {error.strerror}") from None
    except (ValidationError, UnicodeDecodeError):
        message = "this is no record of a study that this version can read"
        raise InvalidInput([Problem(file_name(path), 0, 0, message)]) from None


def keep_inputs(folder: Path, inputs: Iterable[Input]) -> list[InputFile]:
    """Copy the files that a study is made of into the folder."""
    kept: list[InputFile] = []
    try:
        (folder / _INPUTS).mkdir(parents=True, exist_ok=True)
        for number, each in enumerate(inputs):
            name = f"{_INPUTS}/{each.kind}-{number}.yaml"
            shutil.copyfile(each.path, folder / name)
            digest = sha256((folder / name).read_bytes()).hexdigest()
            kept.append(InputFile(kind=each.kind, reference=each.reference, file=name, sha256=digest))
    except OSError as error:
        raise DrillbookError(f"{file_name(folder)}: cannot be written: {error.strerror}") from None
    return kept


def digests(inputs: Iterable[Input]) -> list[str]:
    """The digest of each file as it is now."""
    return [sha256(each.path.read_bytes()).hexdigest() for each in inputs]


def kept_files(folder: Path, manifest: Manifest) -> tuple[Path, Finder]:
    """The study's copy, and what finds the others. DrillbookError for a copy that was changed."""
    known: dict[tuple[str, str], Path] = {}
    for each in manifest.inputs:
        path = folder / each.file
        try:
            same = sha256(path.read_bytes()).hexdigest() == each.sha256
        except OSError as error:
            raise DrillbookError(f"{file_name(path)}: cannot be read: {error.strerror}") from None
        if not same:
            raise DrillbookError(f"{file_name(path)}: changed since the study was run; it cannot be replayed")
        known[each.kind, each.reference] = path

    def find(kind: PackKind, reference: str) -> Path:
        if (kind, reference) not in known:
            raise NotFound(f"the results hold no copy of the {kind} {quoted(reference)}")
        return known[kind, reference]

    return known["study", manifest.study], find
