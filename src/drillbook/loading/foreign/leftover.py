"""What of another tool's file has no counterpart here: found by walking the file beside its model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo

from drillbook.errors import Problem
from drillbook.loading.document import KEY, Document, Path
from drillbook.loading.nodes import Mapping, Node, Scalar, Sequence
from drillbook.loading.shape import fields, unwrapped
from drillbook.loading.shown import listed, quoted

Note: TypeAlias = Problem
"""Something that is not carried over, where it stands, and what happens instead (the hint)."""

PRESENTATION = "names and links for people; not needed"
"""What happens to keys that only a tool's web page uses; they are listed in one line."""


class Record(BaseModel):
    """An object of an interface that grows: keys that are not known are no error, they are listed."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Identified(Record):
    """An object that others refer to; one written by hand may have a name and no id."""

    id: str
    name: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        if isinstance(value, dict) and "id" not in value and isinstance(value.get("name"), str):
            return {**value, "id": value["name"]}
        return value

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Left:
    """Marks a field that is read and checked, but has no counterpart; says what happens instead."""

    instead: str = "left out"


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    instead: str

    @property
    def name(self) -> str:
        """The keys down to it, without the places in lists."""
        return ".".join(str(step) for step in self.path if isinstance(step, str))


def left_out(document: Document, model: type[BaseModel]) -> list[Note]:
    """Every key that has no counterpart, each said once with the number of times it is there.

    Empty values say nothing and are not listed. Only keys are shown, never values: they may be secrets.
    """
    found = list(_walk(document.root, model, ()))
    plain: dict[str, list[_Found]] = {}
    shown = [each for each in found if each.instead == PRESENTATION]
    for each in found:
        if each.instead != PRESENTATION:
            plain.setdefault(each.name, []).append(each)
    notes = [_note(document, name, several) for name, several in plain.items()]
    return [*notes, *_presentation(document, shown)]


def _note(document: Document, name: str, several: list[_Found]) -> Note:
    first = several[0]
    times = f" ({len(several)} times)" if len(several) > 1 else ""
    return note(document, (*first.path, KEY), f"{quoted(name)} has no counterpart{times}", first.instead)


def _presentation(document: Document, found: list[_Found]) -> Iterator[Note]:
    if found:
        names = listed(sorted({str(each.path[-1]) for each in found}))
        yield note(document, (*found[0].path, KEY), f"left out: {names}", PRESENTATION)


def note(document: Document, path: Path, message: str, instead: str) -> Note:
    """A note about what stands at a path."""
    return document.problem(path, message, instead)


def _walk(node: Node, wanted: Any, path: Path) -> Iterator[_Found]:
    wanted = unwrapped(wanted)
    known = fields(wanted)
    if isinstance(node, Sequence) and get_origin(wanted) is list:
        for place, item in enumerate(node.items):
            yield from _walk(item, get_args(wanted)[0], (*path, place))
    elif isinstance(node, Mapping) and known:
        for key, value in node.values.items():
            yield from _key(value, known.get(key), (*path, key))
    elif isinstance(node, Mapping) and get_origin(wanted) is dict:
        for key, value in node.values.items():
            yield from _walk(value, get_args(wanted)[1], (*path, key))


def _key(node: Node, field: FieldInfo | None, path: Path) -> Iterator[_Found]:
    if field is None:
        if not _says_nothing(node):
            yield _Found(path, "left out")
        return
    for mark in _marks(field):
        if not _says_nothing(node):
            yield _Found(path, mark.instead)
        return
    yield from _walk(node, field, path)


def _marks(field: FieldInfo) -> Iterable[Left]:
    return (each for each in field.metadata if isinstance(each, Left))


def _says_nothing(node: Node) -> bool:
    if isinstance(node, Scalar):
        return node.value in (None, "", False)
    return not (node.items if isinstance(node, Sequence) else node.values)
