"""What pydantic finds, in plain words: what is wrong, what was found, what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drillbook.loading.document import Path
from drillbook.loading.nodes import Node, Scalar, Sequence
from drillbook.loading.scalars import YES_AND_NO, is_odd_number, resolve
from drillbook.loading.shape import Spot, choices, fields, tagged_members
from drillbook.loading.shown import escaped, listed, quoted, shortened
from drillbook.model.nearest import most_like, nearest

_PATTERNS = {
    r"^[a-z0-9][a-z0-9.-]{0,62}$": "lower-case letters, digits, dots and dashes, 63 at most",
    r"^[a-z_][a-z0-9_]{0,62}$": "lower-case letters, digits and underscores, 63 at most",
    r"^[A-Z][A-Z0-9_]*$": "upper-case letters, digits and underscores, such as LOG_LEVEL",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": 'a time of day such as "14:30"',
    r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$": 'a time of day such as "14:30:00"',
}
_LONGEST_COMPARED = 80
"""Characters of a name that is compared with the known ones."""


@dataclass(frozen=True, slots=True)
class Case:
    """One error: pydantic's kind and details, where it leads, and what stands there."""

    kind: str
    context: Mapping[str, Any]
    message: str
    spot: Spot
    node: Node | None
    is_key: bool = False
    """Whether the key itself is meant, not its value."""

    @property
    def path(self) -> Path:
        return self.spot.path

    @property
    def found(self) -> str:
        return found(self.node)


def words(case: Case) -> tuple[str, str]:
    """The message and the hint of a problem."""
    say = _WORDS.get(case.kind)
    return say(case) if say else (f"{label(case.path)}: {escaped(case.message)}", "")


def label(path: Path) -> str:
    """How a message names the value at a path: by its key, or by its number in a list."""
    numbers: list[str] = []
    for step in reversed(path):
        if isinstance(step, str):
            return " ".join([*numbers, f"of {quoted(step)}"] if numbers else [quoted(step)])
        numbers.append(f"entry {step + 1}")
    return "the file" if not numbers else " ".join(numbers)


def found(node: Node | None) -> str:
    """How a message names what was found."""
    if node is None:
        return "nothing"
    if isinstance(node, Scalar):
        if not node.plain:
            return f"the text {quoted(node.text)} in quotes" if node.text else "an empty text"
        if not node.text:
            return "nothing"
        return f"the text {quoted(node.text)}" if isinstance(node.value, str) else quoted(node.text)
    return "a list" if isinstance(node, Sequence) else "a group of keys"


def guess(name: str, known: list[str]) -> str:
    """`, did you mean X?`, or nothing."""
    return nearest(name[:_LONGEST_COMPARED], [escaped(each) for each in known])


def similar(name: str, known: list[str]) -> str:
    """The X of `guess`."""
    return most_like(name[:_LONGEST_COMPARED], known)


def _wanted(what: str) -> Callable[[Case], tuple[str, str]]:
    def say(case: Case) -> tuple[str, str]:
        return f"{label(case.path)} must be {what}, found {case.found}", _how(case)

    return say


def _how(case: Case) -> str:
    """How to write what was probably meant."""
    node = case.node
    if case.kind == "list_type":
        return "write [a, b], or each entry on a line of its own after `- `"
    if not isinstance(node, Scalar):
        return ""
    if case.kind == "string_type":
        return "put it in quotes" if node.text else "write something after the colon, or leave the key out"
    if case.kind == "bool_type" and node.text.lower() in YES_AND_NO:
        return f"write {YES_AND_NO[node.text.lower()]}"
    if case.kind in _NUMBERS and isinstance(resolve(node.text), int | float):
        return "" if node.plain else "leave the quotes out"
    if case.kind in _NUMBERS and is_odd_number(node.text):
        return "YAML versions read this differently: write plain decimal digits, such as 1000"
    return ""


_NUMBERS = ("int_type", "float_type", "int_from_float")


def _missing(case: Case) -> tuple[str, str]:
    return f"{quoted(str(case.path[-1]))} is missing", f"in {label(case.path[:-1])}" if case.path[:-1] else ""


def _unknown_key(case: Case) -> tuple[str, str]:
    name, known = str(case.path[-1]), list(fields(case.spot.wanted))
    where = f" in {label(case.path[:-1])}" if case.path[:-1] else ""
    return f"the key {quoted(name)} is not known{where}{guess(name, known)}", f"known: {listed(known, 400)}"


def _choice(case: Case) -> tuple[str, str]:
    known = list(choices(case.spot.wanted))
    near = guess(case.node.text, known) if isinstance(case.node, Scalar) else ""
    return f"{label(case.path)} cannot be {case.found}{near}", f"allowed: {listed(known, 400)}"


def _tag(case: Case) -> tuple[str, str]:
    tag, known = str(case.path[-1]), list(tagged_members(case.spot.wanted))
    if case.kind == "union_tag_not_found":
        return f"{quoted(tag)} is missing", f"in {label(case.path[:-1])}; allowed: {listed(known)}"
    near = guess(case.node.text, known) if isinstance(case.node, Scalar) else ""
    return f"{quoted(tag)} cannot be {case.found}{near}", f"allowed: {listed(known)}"


def _pattern(case: Case) -> tuple[str, str]:
    pattern = str(case.context.get("pattern", ""))
    allowed = _PATTERNS.get(pattern) or f"text that matches {pattern}"
    if case.is_key:
        return f"{label(case.path)} cannot be a key here", f"allowed: {allowed}"
    return f"{label(case.path)} cannot be {case.found}", f"allowed: {allowed}"


def _bound(wording: str, key: str) -> Callable[[Case], tuple[str, str]]:
    def say(case: Case) -> tuple[str, str]:
        return f"{label(case.path)} must be {wording} {case.context.get(key):g}, found {case.found}", ""

    return say


def _too_short(case: Case) -> tuple[str, str]:
    least = case.context.get("min_length", 1)
    if case.kind == "string_too_short":
        return f"{label(case.path)} must not be empty", ""
    count = case.context.get("actual_length")
    return f"{label(case.path)} needs at least {least} {_entries(least)}, found {count}", ""


def _too_long(case: Case) -> tuple[str, str]:
    most = case.context.get("max_length")
    what = "characters" if case.kind == "string_too_long" else _entries(most)
    return f"{label(case.path)} is too long: at most {most} {what}", ""


def _entries(count: Any) -> str:
    return "entry" if count == 1 else "entries"


def _own(case: Case) -> tuple[str, str]:
    """What a model's own check says; it names no value, so what was found is added."""
    said = str(case.context.get("error", case.message)).strip()
    if isinstance(case.node, Scalar):
        return f"{label(case.path)} cannot be {case.found}", shortened(said, 200)
    return f"{label(case.path)}: {shortened(said, 200)}", ""


_group = _wanted("a group of keys (`key: value` lines)")

_WORDS: Mapping[str, Callable[[Case], tuple[str, str]]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "string_type": _wanted("text"),
    "int_type": _wanted("a whole number"),
    "int_from_float": _wanted("a whole number"),
    "float_type": _wanted("a number"),
    "bool_type": _wanted("true or false"),
    "list_type": _wanted("a list"),
    "dict_type": _group,
    "model_type": _group,
    "model_attributes_type": _group,
    "literal_error": _choice,
    "union_tag_invalid": _tag,
    "union_tag_not_found": _tag,
    "string_pattern_mismatch": _pattern,
    "greater_than": _bound("more than", "gt"),
    "greater_than_equal": _bound("at least", "ge"),
    "less_than": _bound("less than", "lt"),
    "less_than_equal": _bound("at most", "le"),
    "string_too_short": _too_short,
    "too_short": _too_short,
    "string_too_long": _too_long,
    "too_long": _too_long,
    "value_error": _own,
}
