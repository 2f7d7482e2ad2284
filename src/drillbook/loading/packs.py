"""Where packs are: beside the program, and wherever else somebody keeps their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import drillbook

SUBFOLDERS = ("scenarios", "playbooks", "curricula", "studies", "people")
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with packs; one's own may hold them directly too, not only in subfolders named by kind."""

    path: Path
    own: bool

    def files(self) -> Iterator[Path]:
        """The YAML files, in the order of their names."""
        if self.own:
            yield from _yaml_files(self.path)
        for name in SUBFOLDERS:
            yield from _yaml_files(self.path / name)


def built_in() -> Folder:
    """The packs that come with the program: the checkout's where it runs from one, else the package's."""
    package = Path(drillbook.__file__).parent
    checkout = package.parent.parent
    in_checkout = (checkout / "pyproject.toml").is_file() and (checkout / "scenarios").is_dir()
    return Folder(checkout if in_checkout else package / "packs", own=False)


def is_yaml(path: Path) -> bool:
    """Whether a file's name says that it is YAML."""
    return path.suffix.lower() in _SUFFIXES


def _yaml_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if is_yaml(path) and path.is_file())
