"""Alertmanager's label matchers: `severity="critical"`, `team=~"db|platform"`, `env!=test`, `pod!~"a.*"`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import re2

_MATCHER = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*", re.DOTALL)
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_BARE_QUOTE = re.compile(r'(?:[^"\\]|\\.|\\$)*"', re.DOTALL)


class Operator(Enum):
    """How a label's value is compared; the order is that in which Alertmanager sorts matchers."""

    EQUAL = "="
    NOT_EQUAL = "!="
    REGEXP = "=~"
    NOT_REGEXP = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One comparison of a label's value; an absent label has the empty value."""

    name: str
    operator: Operator
    value: str
    accepts: Callable[[str], bool] = field(compare=False, repr=False)
    """Whether a label value satisfies the matcher."""

    def __str__(self) -> str:
        """The matcher in Alertmanager's own spelling."""
        escaped = self.value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
        return f'{self.name}{self.operator.value}"{escaped}"'


def is_label_name(text: str) -> bool:
    """Whether a label can be called so."""
    return _LABEL_NAME.fullmatch(text) is not None


def regexp_problem(pattern: str) -> str:
    """What is wrong with a regular expression; empty where nothing is."""
    try:
        _compile(pattern)
    except ValueError as problem:
        return str(problem)
    return ""


def matches(matchers: Sequence[Matcher], of: Mapping[str, str]) -> bool:
    """Whether a label set satisfies all matchers; without any every one does."""
    return all(each.accepts(of.get(each.name, "")) for each in matchers)


def all_matchers(
    texts: Sequence[str], equal: Mapping[str, str], regexp: Mapping[str, str]
) -> tuple[Matcher, ...]:
    """The matchers of all spellings together (`matchers`, `match`, `match_re`), in Alertmanager's order."""
    found = [each for text in texts for each in parse_matchers(text)]
    found += [matcher(name, Operator.EQUAL, value) for name, value in equal.items()]
    found += [matcher(name, Operator.REGEXP, value) for name, value in regexp.items()]
    return tuple(sorted(found, key=_order))


_PLACES = {operator: place for place, operator in enumerate(Operator)}


def _order(of: Matcher) -> tuple[str, str, int]:
    return of.name, of.value, _PLACES[of.operator]


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """The matchers of one entry of a `matchers` list: one, or several between commas, in braces or not.

    Raises ValueError with the part that is wrong. Source: Alertmanager `pkg/labels/parse.go`.
    """
    tokens = _split(text.removeprefix("{").removesuffix("}"))
    return tuple(_parse(token) for token in tokens)


def _split(text: str) -> list[str]:
    tokens, start, quoted, escaped = [], 0, False, False
    for place, character in enumerate(text):
        if character == "," and not quoted:
            tokens.append(text[start:place])
            start = place + 1
        elif character == '"' and not escaped:
            quoted = not quoted
        escaped = character == "\\" and not escaped
    rest = text[start:].strip()
    return [*tokens, rest] if rest else tokens


def _parse(text: str) -> Matcher:
    match = _MATCHER.fullmatch(text)
    if not match:
        raise ValueError(f'{text!r} is not a matcher such as severity="critical"')
    return matcher(match[1], Operator(match[2]), _value(match[3]))


def _value(raw: str) -> str:
    quoted = raw.startswith('"')
    body = raw[1:] if quoted else raw
    end = _BARE_QUOTE.match(body)
    if quoted != bool(end) or (end and end.end() != len(body)):
        raise ValueError(f"the value {raw} has a double quote that is not closed or not escaped")
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[0]), body[:-1] if quoted else body)


def matcher(name: str, operator: Operator, value: str) -> Matcher:
    """A matcher; regular expressions are RE2's and anchored at both ends. ValueError for a bad one."""
    return Matcher(name, operator, value, _test(operator, value))


def _test(operator: Operator, value: str) -> Callable[[str], bool]:
    if operator is Operator.EQUAL:
        return lambda text: text == value
    if operator is Operator.NOT_EQUAL:
        return lambda text: text != value
    full = _compile(value).fullmatch
    if operator is Operator.REGEXP:
        return lambda text: full(text) is not None
    return lambda text: full(text) is None


def _compile(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as problem:
        reason = problem.args[0]
        reason = reason.decode() if isinstance(reason, bytes) else reason
        raise ValueError(f"{pattern!r} is not a regular expression: {reason}") from None
