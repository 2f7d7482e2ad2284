"""Positions inside a value of a file: the line and column of a word in a PromQL expression."""

from __future__ import annotations

from dataclasses import dataclass

from drillbook.errors import Problem
from drillbook.loading.document import Document, Path
from drillbook.loading.nodes import Scalar
from drillbook.loading.shown import shortened
from drillbook.telemetry.parsing import Place


@dataclass(frozen=True, slots=True)
class _Inside(Place):
    """A place that knows the lines which a value was written in; without them it is the value's beginning."""

    lines: tuple[str, ...] = ()

    def problem(self, text: str, message: str, *, at: int = 0, hint: str = "") -> Problem:
        before = text[:at]
        number, offset = before.count("\n"), at - (before.rfind("\n") + 1)
        line, column = self.line, self.column
        if number < len(self.lines):
            wanted, written = text.split("\n")[number], self.lines[number]
            start = written.find(wanted, column - 1 if number == 0 else 0)
            if start >= 0:
                line, column = line + number, start + offset + 1
        return Problem(self.source, line, column, shortened(message, 200), shortened(hint, 200))


def place_inside(document: Document, path: Path) -> Place:
    """Where the value at the path begins; problems inside plain and literal values get their own place."""
    node, place = document.node(path), document.place(path)
    if not isinstance(node, Scalar) or node.style not in ("", "|"):
        return _Inside(document.source, *place)
    lines = document.text.split("\n")
    if node.style == "|":
        written = lines[place.line : place.line + node.text.count("\n") + 1]
        return _Inside(document.source, place.line + 1, 1, tuple(written))
    return _Inside(document.source, *place, (lines[place.line - 1],))
