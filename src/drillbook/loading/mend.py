"""A stand-in for a broken file, so that its references can be checked although some of its values are wrong.

Authors get all problems at once, not those between values only after mending those of single values. Keys are
read as the known keys that they resemble, wrong values as some allowed value. Where a part is missing, or a
list or group is something else, a stand-in would make up problems that are not there: then there is none.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

from pydantic import BaseModel

from drillbook.loading.document import Document, Path
from drillbook.loading.nodes import Mapping, Node, Scalar, Sequence
from drillbook.loading.shape import choices, fields, tagged_members
from drillbook.loading.validate import Authored, attempt
from drillbook.loading.wording import Case, similar

M = TypeVar("M", bound=BaseModel)

_SAMPLES = (
    *(("1", ""), ("0.5", ""), ("10", ""), ("true", "")),
    *((text, '"') for text in ("12h", "1/s", "1Mi", "2026-01-05T00:00:00Z", "x", "X", "12:00", "12:00:00")),
)
"""Values, and how they are quoted, of which any wanted single value takes one."""
_SINGLE = frozenset(
    (
        "string_type", "int_type", "int_from_float", "float_type", "bool_type", "string_pattern_mismatch",
        "greater_than", "greater_than_equal", "less_than", "less_than_equal", "string_too_short",
        "string_too_long", "value_error",
    )
)  # fmt: skip
"""Errors about a single value that is not a choice."""


def mended(document: Document, model: type[M]) -> Authored[M] | None:
    """A stand-in for a document that does not hold the model, and its tree; None where there is none."""
    copy = Document(document.source, deepcopy(document.root), document.text)
    mending = _Mending(copy)
    for _ in range(len(_SAMPLES) + 3):
        made = attempt(copy, model)
        if isinstance(made, model):
            return Authored(made, copy)
        if isinstance(made, list) and not mending.mend(made):
            return None
    return None


class _Mending:
    """Changes a tree until it fits; remembers which samples were tried where."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._tried: dict[Path, int] = {}

    def mend(self, cases: list[Case]) -> bool:
        """Change something about all cases; whether that was possible."""
        extra = [case for case in cases if case.kind == "extra_forbidden"]
        for case in extra:
            self._rename(case)
        return bool(extra) or all(self._replace(case) for case in cases)

    def _rename(self, case: Case) -> None:
        """Read an unknown key as the missing one that it resembles, or leave it out."""
        group, key = self._document.node(case.path[:-1]), str(case.path[-1])
        if not isinstance(group, Mapping):
            return
        node, place = group.values.pop(key), group.keys.pop(key)
        meant = similar(key, [each for each in fields(case.spot.wanted) if each not in group.values])
        if meant:
            group.values[meant], group.keys[meant] = node, place

    def _replace(self, case: Case) -> bool:
        node = case.node
        if not isinstance(node, Scalar) or case.is_key:
            return False
        if case.kind in ("literal_error", "union_tag_invalid"):
            known = choices(case.spot.wanted) or tuple(tagged_members(case.spot.wanted))
            meant = similar(node.text, list(known)) or ("" if case.kind == "union_tag_invalid" else known[0])
            return bool(meant) and self._put(case.path, Scalar(node.place, meant, '"'))
        number = self._tried.get(case.path, 0)
        if case.kind not in _SINGLE or number == len(_SAMPLES):
            return False
        self._tried[case.path] = number + 1
        return self._put(case.path, Scalar(node.place, *_SAMPLES[number]))

    def _put(self, path: Path, node: Node) -> bool:
        parent, last = self._document.node(path[:-1]), path[-1]
        if isinstance(parent, Mapping):
            parent.values[str(last)] = node
        elif isinstance(parent, Sequence):
            parent.items[int(last)] = node
        return parent is not None
