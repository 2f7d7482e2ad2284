"""Forms of a scenario: the same drill under other names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from drillbook.errors import NotFound
from drillbook.loading.document import Document, data
from drillbook.loading.nodes import Node, Scalar, Sequence
from drillbook.loading.validate import Authored, validate
from drillbook.model.scenario import Scenario

_KEPT = ("kind", "name", "family", "playbook", "forms")
"""Parts that have no forms: what the drill is called, and whose rules judge it."""


def in_form(authored: Authored[Scenario], number: int) -> Authored[Scenario]:
    """The scenario in one of its forms; as written for 0. NotFound, InvalidInput.

    Other names are put in everywhere at once, so that two may be exchanged.
    """
    count = len(authored.model.forms)
    if number == 0:
        return authored
    if not 0 < number <= count:
        known = f"it has 1 to {count}" if count else "it has none, only 0, as written"
        raise NotFound(f"{authored.model.name} has no form {number}; {known}")
    swap = _swapper(authored.model.forms[number - 1].swap)
    document = authored.document
    values = {
        key: node if key in _KEPT else _changed(node, swap) for key, node in document.root.values.items()
    }
    changed = replace(document, root=replace(document.root, values=values))
    return Authored(validate(changed, Scenario), changed)


def unused_names(document: Document, number: int) -> list[str]:
    """Names that a form replaces and that stand nowhere."""
    whole = {key: data(node) for key, node in document.root.values.items()}
    texts = list(_texts({key: value for key, value in whole.items() if key not in _KEPT}))
    swap: dict[str, str] = whole["forms"][number - 1]["swap"]
    return [name for name in swap if not any(_whole_word(name).search(text) for text in texts)]


def _whole_word(name: str) -> re.Pattern[str]:
    """The name where it is no part of a longer one; dots may be escaped, as regular expressions have them."""
    inner = re.escape(name).replace(r"\.", r"(?:\\)?\.")
    return re.compile(rf"(?<!\w)(?<!\w[-.])(?:{inner})(?!\w|-\w|\.\w)")


def _swapper(swap: dict[str, str]) -> Callable[[str], str]:
    longest = sorted(swap, key=lambda name: (-len(name), name))
    pattern = re.compile("|".join(f"({_whole_word(name).pattern})" for name in longest))

    def put(found: re.Match[str]) -> str:
        new = swap[longest[(found.lastindex or 1) - 1]]
        return new.replace(".", r"\.") if r"\." in found[0] else new

    return lambda text: pattern.sub(put, text)


def _changed(node: Node, swap: Callable[[str], str]) -> Node:
    if isinstance(node, Scalar):
        if not isinstance(node.value, str):
            return node
        return replace(node, text=swap(node.text))
    if isinstance(node, Sequence):
        return replace(node, items=[_changed(item, swap) for item in node.items])
    return replace(
        node,
        values={swap(key): _changed(value, swap) for key, value in node.values.items()},
        keys={swap(key): place for key, place in node.keys.items()},
    )


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *_texts(item))]
    return []
