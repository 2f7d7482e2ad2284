"""Blocks of a YAML file replaced by others; everything else, comments and order too, stays as it was."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from typing import Any

from drillbook.loading.document import Document, Path, data
from drillbook.loading.foreign.emit import to_yaml
from drillbook.loading.nodes import Mapping, Place, Scalar


def replaced_words(document: Document, words: AnyMapping[Path, str]) -> str:
    """The text with single words replaced where they stand; those in quotes become words without."""
    lines = document.text.split("\n")
    places = {path: document.node(path) for path in words}
    for path, node in sorted(places.items(), key=lambda each: _at(each[1]), reverse=True):
        if isinstance(node, Scalar):
            line, column = node.place
            written = lines[line - 1][column - 1 :]
            token = next(
                each for each in (f'"{node.text}"', f"'{node.text}'", node.text) if written.startswith(each)
            )
            lines[line - 1] = lines[line - 1][: column - 1] + words[path] + written[len(token) :]
    return "\n".join(lines)


def replaced_blocks(document: Document, path: Path, blocks: AnyMapping[str, Any | None]) -> str:
    """The text with keys of a group given new values; None takes a key out, new keys come last."""
    group = document.node(path)
    if not isinstance(group, Mapping) or not _is_block(document, path, group):
        return _rewritten(document, path, blocks)
    lines = document.text.split("\n")
    column = min(place.column for place in group.keys.values())
    last = max(place.line for place in group.keys.values())
    ends = {key: _end(document, lines, place.line, column) for key, place in group.keys.items()}
    new = {key: value for key, value in blocks.items() if key not in group.keys and value is not None}
    changes = [
        (group.keys[key].line, ends[key], _written(key, blocks[key], column))
        for key in group.keys
        if key in blocks
    ]
    changes.append(
        (max(end for end in ends.values()) if last else 1, max(ends.values()), _several(new, column))
    )
    for first, end, text in sorted(changes, reverse=True):
        lines[first - 1 : end - 1] = text
    return "\n".join(lines)


def _at(node: Any) -> Place:
    return node.place if node is not None else Place(0, 0)


def _is_block(document: Document, path: Path, group: Mapping) -> bool:
    """Whether each key of the group begins a line of its own."""
    lines = document.text.split("\n")
    places = list(group.keys.values())
    alone = all(not lines[place.line - 1][: place.column - 1].strip() for place in places)
    return alone and len({place.line for place in places}) == len(places)


def _end(document: Document, lines: list[str], line: int, column: int) -> int:
    """The line after a block that begins at a line; comments above what follows are not part of it."""
    number = line + 1
    while number <= len(lines) and _belongs(lines[number - 1], column):
        number += 1
    while number - 1 > line and _is_idle(lines[number - 2]):
        number -= 1
    return number


def _belongs(text: str, column: int) -> bool:
    indent = len(text) - len(text.lstrip(" "))
    return _is_idle(text) or indent >= column or (indent == column - 1 and text.lstrip().startswith("- "))


def _is_idle(text: str) -> bool:
    return not text.strip() or text.lstrip().startswith("#")


def _written(key: str, value: Any | None, column: int) -> list[str]:
    return [] if value is None else _several({key: value}, column)


def _several(values: AnyMapping[str, Any], column: int) -> list[str]:
    return to_yaml(dict(values), column - 1).removesuffix("\n").split("\n") if values else []


def _rewritten(document: Document, path: Path, blocks: AnyMapping[str, Any | None]) -> str:
    """For a group in braces: the key that holds it is written anew as a block."""
    values = {**data(document.node(path) or Mapping(Place(1, 1))), **blocks}
    kept = {key: value for key, value in values.items() if value is not None}
    return replaced_blocks(document, path[:-1], {str(path[-1]): kept})
