"""What a YAML file says, as a tree that knows where each part stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from drillbook.loading.scalars import Value, resolve


class Place(NamedTuple):
    """A position in a file; both count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value; `style` is the quote or block sign that it begins with, empty for a plain one."""

    place: Place
    text: str
    style: str = ""

    @property
    def plain(self) -> bool:
        return not self.style

    @property
    def value(self) -> Value:
        """What the value means by itself; text that was quoted stays text."""
        return resolve(self.text) if self.plain else self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and their values; `keys` tells where each key stands."""

    place: Place
    keys: dict[str, Place] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)


Node: TypeAlias = Scalar | Sequence | Mapping
