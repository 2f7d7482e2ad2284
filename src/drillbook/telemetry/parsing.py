"""PromQL text to the parser's tree, around the parser's known defects, with located errors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import promql_parser

from drillbook.errors import InvalidInput, Problem
from drillbook.model.nearest import nearest

MOST_OPERATORS = 150
"""Operators and opening brackets of an expression: the parser crashes the process on thousands of them."""

_OPERATOR = re.compile(r"[(\[{+\-*/%^<>]|[=!]=|\b(?:and|or|unless)\b", re.IGNORECASE)
_TOKEN = re.compile(
    r"""(?P<raw>`[^`]*`)|(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<comment>\#[^\n]*)|(?P<past>@\s*-)"""
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression was written: file, and the line and column (from 1) of its first character."""

    source: str = ""
    line: int = 0
    column: int = 0

    def problem(self, text: str, message: str, *, at: int = 0, hint: str = "") -> Problem:
        """A problem at an offset into the expression's text."""
        before = text[:at]
        line, column = self.line, self.column
        if line:
            line += before.count("\n")
            column = at - before.rfind("\n") + (column - 1 if "\n" not in before else 0)
        return Problem(self.source, line, column, message, hint)


def refused(text: str, place: Place, construct: str, hint: str = "") -> InvalidInput:
    """The error for a construct that is PromQL but not supported here."""
    found = re.search(rf"(?<!\w){re.escape(construct)}(?!\w)", text)
    message = f"PromQL `{construct}` is not supported"
    return InvalidInput([place.problem(text, message, at=found.start() if found else 0, hint=hint)])


def parse(text: str, place: Place, known: Sequence[str] = ()) -> promql_parser.Expr:
    """The tree of an expression; InvalidInput where it is none, or too involved.

    `known` are the functions there are, one of which may have been meant.
    """
    ready = "".join(_pieces(text, place))
    if len(_OPERATOR.findall(_TOKEN.sub("", ready))) > MOST_OPERATORS:
        message = f"the expression has more than {MOST_OPERATORS} operators and brackets"
        raise InvalidInput([place.problem(text, message, hint="record parts of it under names of their own")])
    try:
        tree = promql_parser.parse(ready)
    except ValueError as error:
        raise _unreadable(text, place, str(error), known) from None
    return tree


def _pieces(text: str, place: Place) -> Iterator[str]:
    """The text with raw strings as quoted ones, because the parser mistakes their backslashes for escapes."""
    end = 0
    for token in _TOKEN.finditer(text):
        if token["past"]:
            message = "PromQL `@` with a time before 1970 is not supported"
            raise InvalidInput([place.problem(text, message, at=token.start())])
        if token["raw"]:
            yield text[end : token.start()]
            escaped = token["raw"][1:-1].replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
            yield f'"{escaped}"'
            end = token.end()
    yield text[end:]


_UNKNOWN = re.compile(r"unknown function with name '(\w+)'")


_UNGRAMMATICAL = "invalid promql query"
_WORD = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|[\w.:]+|[=!]=|[=!]~|[<>]=|\S")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_REST = ("", " x", "(x)", " x(x)", "x", "5m", '"a"', " (x) (x)", " (x) x", " 1", " 5m")
"""What may follow the beginning of an expression, before brackets are closed."""


def _unreadable(text: str, place: Place, reason: str, known: Sequence[str]) -> InvalidInput:
    unknown = _UNKNOWN.search(reason)
    if unknown:
        found = re.search(rf"\b{unknown[1]}\s*\(", text)
        message = f"PromQL function `{unknown[1]}` is not supported{nearest(unknown[1], known)}"
        return InvalidInput([place.problem(text, message, at=found.start() if found else 0)])
    if reason == _UNGRAMMATICAL:
        wrong = _first_wrong(text)
        what = "it ends too early" if wrong is None else f"unexpected `{wrong[0]}`"
        at = 0 if wrong is None else wrong.start()
        return InvalidInput([place.problem(text, f"not a PromQL expression: {what}", at=at)])
    return InvalidInput([place.problem(text, f"not a PromQL expression: {reason}")])


def _first_wrong(text: str) -> re.Match[str] | None:
    """The first word with which no expression can begin as this one does; the parser does not tell."""
    closing: list[str] = []
    for word in _WORD.finditer(text):
        if word[0] in _CLOSING:
            closing.append(_CLOSING[word[0]])
        elif closing and word[0] == closing[-1]:
            closing.pop()
        rests = (*_REST, '="a"') if closing[-1:] == ["}"] else _REST
        ends = "".join(reversed(closing))
        if not any(_grammatical(text[: word.end()] + rest + ends) for rest in rests):
            return word
    return None


def _grammatical(text: str) -> bool:
    try:
        promql_parser.parse(text)
    except ValueError as error:
        return not str(error).startswith((_UNGRAMMATICAL, "unexpected"))
    return True
