"""What libyaml says about text that is not YAML, in words for people who write playbooks."""

from __future__ import annotations

import yaml

from drillbook.errors import Problem
from drillbook.loading.nodes import Place
from drillbook.loading.shown import quoted, shortened
from drillbook.loading.text import place_of

_INDENTATION = "the line does not fit what is above it"
_INDENTATION_HINT = "check the indentation, and quotes around text that contains `: ` or begins with a sign"

_WORDS = {
    "mapping values are not allowed in this context": (
        "a colon is not expected here",
        "put text that contains `: ` in quotes, or check the indentation",
    ),
    "block sequence entries are not allowed in this context": (
        "a list cannot begin here",
        "begin it on a line of its own",
    ),
    "could not find expected ':'": ("a key without its colon", "write `key: value`"),
    "did not find expected key": (_INDENTATION, _INDENTATION_HINT),
    "did not find expected '-' indicator": ("this is no list entry", "write `- ` before it, indented alike"),
    "did not find expected ',' or ']'": ("the list that begins here is not closed", "`]` or `,` is missing"),
    "did not find expected ',' or '}'": ("the group that begins here is not closed", "`}` or `,` is missing"),
    "did not find expected node content": ("a value is missing", ""),
    "did not find expected <document start>": (_INDENTATION, "all keys of a group are indented alike"),
    "found unexpected end of stream": ("the quote that begins here is not closed", ""),
    "found unexpected document indicator": ("the quote that begins here is not closed", ""),
    "found unknown escape character": (
        "a backslash that means nothing in double quotes",
        "use single quotes, or write `\\\\`",
    ),
    "found invalid Unicode character escape code": ("an escape that is not a character", ""),
    "did not find expected hexdecimal number": ("an escape that is not a character", ""),
    "found incompatible YAML document": ("a YAML version that is not known", "leave the `%YAML` line out"),
}  # fmt: skip
_AT_THE_BEGINNING = ("did not find expected ',' or", "found unexpected end", "found unexpected document")
"""What is best shown where the unclosed thing begins."""


def syntax_problem(error: yaml.YAMLError, text: str, source: str) -> Problem:
    """The problem that stopped the parser, where the author will look for it."""
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable")
    mark = getattr(error, "problem_mark", None)
    if said.startswith(_AT_THE_BEGINNING):
        mark = getattr(error, "context_mark", None) or mark
    place = Place(mark.line + 1, mark.column + 1) if mark else _place_of_character(error, text)
    message, hint = _words(said, text, place)
    return Problem(source, place.line, place.column, message, hint)


def _place_of_character(error: yaml.YAMLError, text: str) -> Place:
    position = getattr(error, "position", 0)
    return place_of(text, position if isinstance(position, int) else 0)


def _words(said: str, text: str, place: Place) -> tuple[str, str]:
    if said == "found character that cannot start any token":
        lines = text.splitlines()
        line = lines[place.line - 1] if place.line <= len(lines) else ""
        first = line[place.column - 1 : place.column]
        if first == "\t":
            return "a tab is not allowed here", "indent with spaces"
        return f"text must not begin with {quoted(first)}", "put it in quotes"
    return _WORDS.get(said) or (f"this is not YAML: {shortened(said)}", "")
