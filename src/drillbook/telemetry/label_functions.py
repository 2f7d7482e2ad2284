"""Functions about labels and presence: label_replace, label_join, absent, absent_over_time."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np

from drillbook.model.labels import Labels, get, labels
from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.nodes import Node, renamed
from drillbook.telemetry.patterns import compiled
from drillbook.telemetry.selectors import Selector
from drillbook.telemetry.subqueries import Subquery
from drillbook.telemetry.vectors import Index, Result, Vector, relabelled, remembered
from drillbook.telemetry.windows import Range

_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")


def with_label(of: Labels, name: str, value: str) -> Labels:
    """The label set with one label set, or removed where the value is empty."""
    return labels({**dict(of), name: value})


class LabelReplace(Node):
    """`label_replace(v, target, replacement, source, pattern)`."""

    def __init__(self, of: Node, target: str, replacement: str, source: str, pattern: str) -> None:
        super().__init__(of)
        self.target, self.replacement, self.source = target, replacement, source
        self.pattern = compiled(f"^(?s:{pattern})$")

    def barren(self, names: Collection[str]) -> bool:
        """As the vector."""
        return self.children[0].barren(names)

    def compute(self, ev: Evaluation) -> Result:
        """The same rows with other labels."""
        inner = self.children[0].vector(ev)
        plan = remembered(inner.index, self, lambda: relabelled(tuple(map(self._replaced, inner.labels))))
        return renamed(self, ev, inner, plan)

    def _replaced(self, of: Labels) -> Labels:
        match = self.pattern.fullmatch(get(of, self.source))
        if match is None:
            return of
        return with_label(of, self.target, expand(self.replacement, match))


def expand(template: str, match: Any) -> str:
    """Go's Regexp.Expand: $1, ${name} and $$; a reference to a group that does not exist is empty."""

    def value(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        if name.isdigit():
            return (match[int(name)] or "") if int(name) <= match.re.groups else ""
        return match.groupdict().get(name) or ""

    return _REFERENCE.sub(value, template)


class LabelJoin(Node):
    """`label_join(v, target, separator, source, …)`."""

    def __init__(self, of: Node, target: str, separator: str, *sources: str) -> None:
        super().__init__(of)
        self.target, self.separator, self.sources = target, separator, sources

    def barren(self, names: Collection[str]) -> bool:
        """As the vector."""
        return self.children[0].barren(names)

    def compute(self, ev: Evaluation) -> Result:
        """The same rows with other labels."""
        inner = self.children[0].vector(ev)
        plan = remembered(inner.index, self, lambda: relabelled(tuple(map(self._joined, inner.labels))))
        return renamed(self, ev, inner, plan)

    def _joined(self, of: Labels) -> Labels:
        return with_label(of, self.target, self.separator.join(get(of, source) for source in self.sources))


class Absent(Node):
    """`absent(v)` and `absent_over_time(r)`: one row where nothing is there."""

    def __init__(self, of: Node) -> None:
        super().__init__(of)
        selector = of.selector if isinstance(of, Range) else of
        self._index = Index((_asked(selector),))

    def compute(self, ev: Evaluation) -> Result:
        """1 at ticks without any element."""
        there = np.zeros(len(ev.ticks), np.bool_)
        inner = self.children[0]
        if isinstance(inner, Range | Subquery):
            for windows in inner.windows(ev):
                there |= np.any(np.broadcast_to(windows.count, windows.shape), axis=0)
        else:
            there |= inner.vector(ev).present.any(axis=0)
        return Vector(self._index, np.ones((1, len(there))), ~there[None, :])


def _asked(of: Node) -> Labels:
    """The labels that a selector pins down by equality, as Prometheus finds them."""
    if not isinstance(of, Selector):
        return ()
    found: dict[str, str] = {}
    seen = set()
    for matcher in of.matchers:
        if matcher.kind == "=" and matcher.name not in seen:
            found[matcher.name] = matcher.value
            seen.add(matcher.name)
        else:
            found.pop(matcher.name, None)
    return labels(found)
