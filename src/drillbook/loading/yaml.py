"""YAML into a tree with positions.

The tree is built from the parser's events, not by a composer: the composer for libyaml calls itself for each
level of nesting and crashes the process on a few ten thousand brackets. The limits hold while events come in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

import yaml

from drillbook.errors import Problem
from drillbook.loading import limits
from drillbook.loading.nodes import Mapping, Node, Place, Scalar, Sequence
from drillbook.loading.shown import quoted
from drillbook.loading.text import HIDDEN, hidden_character
from drillbook.loading.yaml_words import syntax_problem

Reader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""libyaml where PyYAML was built with it, Python otherwise: the same events."""


class Parsed(NamedTuple):
    """What was read: no root where the file could not be read to its end."""

    root: Node | None
    problems: list[Problem]


class _Stop(Exception):
    """Nothing sensible can be said about the rest of the file."""


class _Anchored(NamedTuple):
    node: Node
    nodes: int
    height: int


@dataclass(slots=True)
class _Open:
    """A list or group whose end has not come yet."""

    node: Sequence | Mapping
    anchor: str | None
    nodes: int = 1
    height: int = 1
    key: str | None = None
    """The key whose value comes next."""
    at_value: bool = False
    """Groups only: whether a value comes next."""


def parse(text: str, source: str) -> Parsed:
    """Read one YAML document from text that was checked for hidden characters."""
    building = _Building(source)
    try:
        for event in yaml.parse(text, Loader=Reader):
            building.take(event)
    except _Stop:
        return Parsed(None, building.problems)
    except yaml.YAMLError as error:
        building.problems.append(syntax_problem(error, text, source))
        return Parsed(None, building.problems)
    if _is_nothing(building.root) and not building.problems:
        building.problem(Place(1, 1), "the file is empty", "`drillbook schema` tells what belongs into it")
        return Parsed(None, building.problems)
    return Parsed(building.root, building.problems)


def _is_nothing(root: Node | None) -> bool:
    return root is None or (isinstance(root, Scalar) and root.plain and not root.text)


class _Building:
    """Takes events one by one; `root` is there after the last."""

    def __init__(self, source: str) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._source = source
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._nodes = 0
        self._aliases = 0
        self._documents = 0

    def problem(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self._source, place.line, place.column, message, hint))

    def take(self, event: Any) -> None:
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, place)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin(event, Mapping(place))
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin(event, Sequence(place))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), place)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(place, "a second document begins here", "one file holds one document")

    def _stop(self, place: Place, message: str, hint: str = "") -> NoReturn:
        self.problem(place, message, hint)
        raise _Stop

    def _count(self, nodes: int, height: int, place: Place) -> None:
        self._nodes += nodes
        if self._nodes > limits.NODES:
            self._stop(place, f"the file has more than {limits.NODES} keys and values, aliases expanded")
        if len(self._open) + height > limits.DEPTH:
            self._stop(place, f"nested deeper than {limits.DEPTH} levels")

    def _not_too_many(self, entries: int, place: Place) -> None:
        if entries > limits.ENTRIES:
            self._stop(place, f"more than {limits.ENTRIES} entries in one list or group")

    def _tag(self, event: Any, place: Place) -> None:
        if event.tag is not None:
            hint = "leave it out; put a value in quotes to make it text"
            self.problem(place, f"tags such as {quoted(event.tag)} are not allowed", hint)

    def _scalar(self, event: Any, place: Place) -> None:
        self._count(1, 0, place)
        self._tag(event, place)
        hidden = HIDDEN.search(event.value) if event.style == '"' else None
        if hidden:
            self.problem(place, f"the text contains {hidden_character(hidden[0])}", "take its escape out")
        node = Scalar(place, event.value, event.style or "")
        self._add(node, 1, 0)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(node, 1, 0)

    def _begin(self, event: Any, node: Sequence | Mapping) -> None:
        self._count(1, 1, node.place)
        self._tag(event, node.place)
        self._open.append(_Open(node, event.anchor))
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)

    def _end(self) -> None:
        ended = self._open.pop()
        if ended.anchor is not None:
            self._anchors[ended.anchor] = _Anchored(ended.node, ended.nodes, ended.height)
        self._add(ended.node, ended.nodes, ended.height)

    def _alias(self, name: str, place: Place) -> None:
        self._aliases += 1
        if self._aliases > limits.ALIASES:
            self._stop(place, f"more than {limits.ALIASES} aliases", "write the values out")
        anchored = self._anchors.get(name)
        if anchored is None:
            inside = any(name == each.anchor for each in self._open)
            reason = "refers to what it stands in" if inside else "refers to an anchor that was not defined"
            message = f"the alias {quoted('*' + name)} {reason}"
            self._stop(place, message, "text that begins with `*` needs quotes")
        self._count(anchored.nodes, anchored.height, place)
        self._add(anchored.node, anchored.nodes, anchored.height, alias=place)

    def _add(self, node: Node, nodes: int, height: int, alias: Place | None = None) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.nodes += nodes
        parent.height = max(parent.height, height + 1)
        if isinstance(parent.node, Sequence):
            parent.node.items.append(node)
            self._not_too_many(len(parent.node.items), alias or node.place)
        elif parent.at_value:
            parent.at_value = False
            if parent.key is not None:
                parent.node.values[parent.key] = node
        else:
            parent.at_value = True
            parent.key = self._key(parent.node, node, alias)

    def _key(self, mapping: Mapping, node: Node, alias: Place | None) -> str | None:
        """The key's text; None, with a problem said, where the key must not be and its value is dropped."""
        place = alias or node.place
        if alias or not isinstance(node, Scalar) or (node.plain and node.value is None):
            self.problem(place, "a key must be a word", "put text in quotes if it is meant as a key")
        elif node.plain and node.text == "<<":
            self.problem(place, "merge keys `<<` are not allowed", "write the keys out")
        elif node.text in mapping.keys:
            first = mapping.keys[node.text]
            where = f"it stands in line {first.line} already"
            self.problem(place, f"the key {quoted(node.text)} is there twice", where)
        else:
            mapping.keys[node.text] = place
            self._not_too_many(len(mapping.keys), place)
            return node.text
        return None
