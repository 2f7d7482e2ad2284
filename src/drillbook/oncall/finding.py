"""Something that does not fit, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from drillbook.errors import InvalidInput, Problem

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit, and where: the keys and list places from the checked model down."""

    path: Path
    message: str
    hint: str = ""

    def place(self) -> str:
        """The path as people write it: `route.routes[1].receiver`."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".")


def refuse(findings: Iterable[Finding]) -> None:
    """Raise InvalidInput with all findings, if there are any."""
    problems = [Problem("", 0, 0, f"{each.place()}: {each.message}", each.hint) for each in findings]
    if problems:
        raise InvalidInput(problems)


def unknown(path: Path, kind: str, name: str, known: list[str]) -> Finding:
    """A name that leads nowhere, with the nearest one that does."""
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
    return Finding(path, f"there is no {kind} {name!r}", hint)


def doubles(path: Path, names: list[str], kind: str) -> Iterator[Finding]:
    """Names that are given twice; the path is that of the list."""
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Finding((*path, place), f"the {kind} {name!r} is already defined")
