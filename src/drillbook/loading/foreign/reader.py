"""Other tools' files as trees with positions: YAML and JSON, a list at the top allowed."""

from __future__ import annotations

import re
from dataclasses import replace
from os import PathLike

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.document import Document
from drillbook.loading.nodes import Mapping, Node, Scalar, Sequence
from drillbook.loading.shown import file_name
from drillbook.loading.text import decode, read_bytes
from drillbook.loading.yaml import parse

ITEMS = "items"
"""The key under which a list at the top of a file stands in its document."""
_PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_BEGINS = re.compile(r"\s*[\[{]")


def read_any(path: str | PathLike[str]) -> Document:
    """The tree in a file, a list under the key `items`. InvalidInput, NotFound, Unreadable."""
    source = file_name(path)
    text, problems = decode(read_bytes(path), source)
    if problems:
        raise InvalidInput(problems)
    return any_document(text, source)


def any_document(text: str, source: str) -> Document:
    """The tree in checked text, a list under the key `items`; InvalidInput with what stops the reader."""
    if _BEGINS.match(text):
        text = _PAIR.sub(_joined, text)
    root, problems = parse(text, source)
    if isinstance(root, Sequence):
        root = Mapping(root.place, {ITEMS: root.place}, {ITEMS: root})
    if not isinstance(root, Mapping):
        if root is not None:
            message = "the file holds a single value, not a group of keys or a list"
            problems = [*problems, Problem(source, *root.place, message)]
        raise InvalidInput(problems)
    return Document(source, root, text, tuple(problems))


_PATTERNS = ("match_re", "source_match_re", "target_match_re")
"""Keys of groups in which Alertmanager takes no empty value."""


def without_nothing(document: Document) -> Document:
    """The document less keys without a value, which programs in Go read as if they were not there."""
    pruned = _pruned(document.root)
    return replace(document, root=pruned) if isinstance(pruned, Mapping) else document


def _pruned(node: Node) -> Node:
    if isinstance(node, Sequence):
        return Sequence(node.place, [_pruned(item) for item in node.items])
    if isinstance(node, Mapping):
        kept = {key: value for key, value in node.values.items() if not _is_nothing(value)}
        places = {key: node.keys[key] for key in kept}
        within = {key: value if key in _PATTERNS else _pruned(value) for key, value in kept.items()}
        return Mapping(node.place, places, within)
    return node


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _joined(pair: re.Match[str]) -> str:
    r"""JSON writes characters beyond U+FFFF as two escapes (`\ud83d\ude00`), which YAML does not know."""
    high, low = int(pair[1], 16), int(pair[2], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
