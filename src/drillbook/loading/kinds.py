"""The kinds of files there are, and the reader of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from drillbook.errors import InvalidInput
from drillbook.loading.document import Document
from drillbook.loading.files import (
    read_curriculum,
    read_people,
    read_playbook,
    read_rules,
    read_scenario,
    read_study,
)
from drillbook.loading.nodes import Scalar
from drillbook.loading.validate import Authored
from drillbook.loading.wording import found, guess

Kind: TypeAlias = Literal["scenario", "playbook", "rules", "curriculum", "study", "people"]

READERS: Mapping[Kind, Callable[[Document], Authored[Any]]] = MappingProxyType(
    {
        "scenario": read_scenario,
        "playbook": read_playbook,
        "rules": read_rules,
        "curriculum": read_curriculum,
        "study": read_study,
        "people": read_people,
    }
)
_NAMED: tuple[Kind, ...] = ("scenario", "playbook", "curriculum", "study", "people")
"""Kinds that a file names by its key `kind`; rule files are Prometheus's own and have none."""


def kind_of(document: Document) -> Kind | None:
    """The kind of a file; None where it says nothing about it. InvalidInput for a kind that there is not."""
    node = document.root.values.get("kind")
    if node is None:
        return "rules" if "groups" in document.root.values else None
    for kind in _NAMED:
        if isinstance(node, Scalar) and node.text == kind:
            return kind
    near = guess(node.text, list(_NAMED)) if isinstance(node, Scalar) else ""
    message = f"`kind` cannot be {found(node)}{near}"
    raise InvalidInput([document.problem(("kind",), message, f"allowed: {', '.join(_NAMED)}")])
