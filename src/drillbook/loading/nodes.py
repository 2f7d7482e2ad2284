"""What a YAML file says, as a tree that knows where each part stands."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

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


def node_of(value: Any, place: Place) -> Node:
    """The tree that stands for a value of JSON; everything in it is at one place."""
    if isinstance(value, dict):
        values = {str(key): node_of(each, place) for key, each in value.items()}
        return Mapping(place, dict.fromkeys(values, place), values)
    if isinstance(value, list):
        return Sequence(place, [node_of(each, place) for each in value])
    if isinstance(value, str):
        return Scalar(place, value, "" if resolve(value) == value else '"')
    return Scalar(place, json.dumps(value))


def with_node(tree: Node | None, path: tuple[str | int, ...], node: Node) -> Node:
    """The tree with another node at a path; groups on the way that are not there are made."""
    if not path:
        return node
    step, rest = path[0], path[1:]
    if isinstance(step, int) and isinstance(tree, Sequence):
        items = [with_node(item, rest, node) if n == step else item for n, item in enumerate(tree.items)]
        return Sequence(tree.place, items)
    group = tree if isinstance(tree, Mapping) else Mapping(node.place)
    inner = with_node(group.values.get(str(step)), rest, node)
    keys = {**group.keys, str(step): group.keys.get(str(step), node.place)}
    return Mapping(group.place, keys, {**group.values, str(step): inner})
