"""What packs there are, by kind and name: from the first lines of each file, quick and without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from drillbook.errors import DrillbookError, NotFound
from drillbook.loading.headline import headline
from drillbook.loading.packs import Folder, is_yaml
from drillbook.loading.shown import escaped, file_name, listed, quoted
from drillbook.loading.text import decode, read_bytes
from drillbook.model.nearest import nearest

PackKind: TypeAlias = Literal["scenario", "playbook", "curriculum", "study", "people"]

_SHOWN = ("kind", "name", "title", "difficulty", "duration", "playbook")
"""What a list may show; a scenario's family and what it needs are for after the drill."""
_KINDS = ("scenario", "playbook", "curriculum", "study", "people")
_DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class Entry:
    """A pack in a list. Texts are escaped, and empty where the file does not say."""

    kind: str
    name: str
    path: Path
    own: bool
    """Whether it is somebody's own and not built in."""
    title: str = ""
    difficulty: str = ""
    duration: str = ""
    playbook: str = ""
    problem: str = ""
    """Why it cannot be used; empty where nothing is known against it."""


class Index:
    """The packs in some folders; of two with the same kind and name the earlier folder's counts."""

    def __init__(self, folders: Iterable[Folder]) -> None:
        self.folders = tuple(folders)

    def entries(self) -> list[Entry]:
        """All packs: scenarios from easy to hard, the other kinds, and what is of no kind."""
        return counted(self.found())

    def find(self, kind: PackKind, name: str) -> Path:
        """The file of a pack by its name; a path to a YAML file stands for itself.

        NotFound with the nearest name and all there are.
        """
        if is_yaml(Path(name)):
            return Path(name)
        known = {entry.name: entry.path for entry in self.entries() if entry.kind == kind}
        if name not in known:
            near = nearest(name[:80], known)
            raise NotFound(f"there is no {kind} {quoted(name)}{near}\nthere are: {listed(list(known), 2000)}")
        return known[name]

    def found(self) -> Iterator[Entry]:
        """Every pack in every folder, in their order."""
        for folder in self.folders:
            for path in folder.files():
                yield _entry(path, own=folder.own)


def counted(entries: Iterable[Entry]) -> list[Entry]:
    """The packs that count: the first sound one of each kind and name, and all broken ones; sorted."""
    kept: list[Entry] = []
    taken: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        first = entry if entry.problem else taken.setdefault((entry.kind, entry.name), entry)
        if first is entry:
            kept.append(entry)
        elif first.path.parent == entry.path.parent:
            problem = f"its name is that of {file_name(first.path.name)} in the same folder"
            kept.append(replace(entry, problem=problem))
    return sorted(kept, key=_order)


def _entry(path: Path, *, own: bool) -> Entry:
    """A file's entry; its kind is empty where the file says none."""
    try:
        text, problems = decode(read_bytes(path), file_name(path))
    except DrillbookError as error:
        return Entry("", escaped(path.stem), path, own, problem=str(error))
    if problems:
        return Entry("", escaped(path.stem), path, own, problem=str(problems[0]))
    shown = {key: escaped(value) for key, value in headline(text, _SHOWN).items()}
    return Entry(**{"kind": "", "name": escaped(path.stem), **shown}, path=path, own=own)


def _order(entry: Entry) -> tuple[int, int, str, str]:
    kind = _KINDS.index(entry.kind) if entry.kind in _KINDS else len(_KINDS)
    levels = len(_DIFFICULTIES)
    level = _DIFFICULTIES.index(entry.difficulty) if entry.difficulty in _DIFFICULTIES else levels
    return kind, level, entry.name, str(entry.path)
