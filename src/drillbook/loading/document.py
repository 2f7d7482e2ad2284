"""A file that was read: its tree, and where each part of it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from drillbook.errors import Problem
from drillbook.loading.limits import PROBLEMS
from drillbook.loading.nodes import Mapping, Node, Place, Scalar, Sequence

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list places, from the root of a file down."""

KEY = "[key]"
"""At the end of a path: the key before it is meant, not its value."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content; `source` is its name as messages show it."""

    source: str
    root: Mapping
    text: str = ""
    """The file's content, where positions inside a value are asked for."""
    problems: tuple[Problem, ...] = ()
    """What is wrong with it although it could be read to its end: then it is only to be checked further."""

    def node(self, path: Path) -> Node | None:
        """What stands at the path; None where there is nothing."""
        node: Node | None = self.root
        for step in path:
            node = _inside(node, step)
        return node

    def place(self, path: Path) -> Place:
        """Where the value at the path stands, or the nearest thing around it that is there."""
        if path[-1:] == (KEY,):
            return self.key_place(path[:-1])
        found: Node = self.root
        for step in path:
            inside = _inside(found, step)
            if inside is None:
                break
            found = inside
        return found.place

    def key_place(self, path: Path) -> Place:
        """Where the last key of the path stands; where the value stands if that is no key."""
        group = self.node(path[:-1]) if path else None
        if isinstance(group, Mapping) and path[-1] in group.keys:
            return group.keys[str(path[-1])]
        return self.place(path)

    def problem(self, path: Path, message: str, hint: str = "") -> Problem:
        """Something wrong with the value at the path."""
        return Problem(self.source, *self.place(path), message, hint)


def _inside(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.values.get(step)
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def data(node: Node) -> Any:
    """The tree as plain dicts, lists and values; what aliases share comes out as copies."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [data(item) for item in node.items]
    return {key: data(value) for key, value in node.values.items()}


def bounded(problems: Iterable[Problem]) -> list[Problem]:
    """The problems in the order of the file, without repetitions, the many of a ruined file cut short."""
    ordered = sorted(set(problems))
    if len(ordered) <= PROBLEMS:
        return ordered
    first = ordered[PROBLEMS]
    message = f"and at least {len(ordered) - PROBLEMS} problems more"
    return [*ordered[:PROBLEMS], Problem(first.source, first.line, first.column, message)]
