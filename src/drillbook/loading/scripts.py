"""Script files: a YAML list of `{at: 2m10s, type: "/ack"}`."""

from __future__ import annotations

from itertools import pairwise
from os import PathLike

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.document import Document
from drillbook.loading.nodes import Mapping, Sequence
from drillbook.loading.shown import file_name
from drillbook.loading.text import decode, read_bytes
from drillbook.loading.validate import validate
from drillbook.loading.yaml import parse
from drillbook.model.script import Script


def load_script(path: str | PathLike[str]) -> tuple[tuple[float, str], ...]:
    """Times and lines of a script file. InvalidInput with every problem, NotFound, Unreadable."""
    source = file_name(path)
    text, problems = decode(read_bytes(path), source)
    root, found = parse(text, source) if not problems else (None, [])
    problems = [*problems, *found]
    if not problems and not isinstance(root, Sequence):
        line, column = root.place if root is not None else (1, 1)
        hint = "such as `- {at: 2m10s, type: /ack}`"
        problems = [Problem(source, line, column, "a script is a list of lines", hint)]
    if problems or not isinstance(root, Sequence):
        raise InvalidInput(problems)
    document = Document(source, Mapping(root.place, {"lines": root.place}, {"lines": root}))
    script = validate(document, Script)
    late = [
        document.problem(
            ("lines", number, "at"), "comes before the line above it", "lines go in the order of time"
        )
        for number, (before, after) in enumerate(pairwise(script.lines), start=1)
        if after.at < before.at
    ]
    if late:
        raise InvalidInput(late)
    return tuple((line.at, line.type) for line in script.lines)
