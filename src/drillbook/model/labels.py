"""Label sets: the names by which series, alerts and groups are told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs of name and value, sorted by name, without empty values: hashable and the same in every process."""


def labels(pairs: Mapping[str, str] | None = None, /, **more: str) -> Labels:
    """The label set of `pairs` and `more`; empty values are dropped, as Prometheus does."""
    merged = {**(pairs or {}), **more}
    return tuple(sorted([pair for pair in merged.items() if pair[1]]))


def get(of: Labels, name: str) -> str:
    """The value of a label, or the empty text where it is absent."""
    for key, value in of:
        if key == name:
            return value
    return ""


def without(of: Labels, *names: str) -> Labels:
    """The label set less the named labels."""
    return tuple([pair for pair in of if pair[0] not in names])


_ESCAPED = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}


def quote(text: str) -> str:
    """The text in double quotes as Go writes it (`%q`): what cannot be printed is escaped."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    if not escaped.isprintable():
        escaped = "".join(each if each.isprintable() else _escape(each) for each in escaped)
    return f'"{escaped}"'


def _escape(character: str) -> str:
    code = ord(character)
    if character in _ESCAPED:
        return _ESCAPED[character]
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def render(of: Labels) -> str:
    """The label set as Prometheus and Alertmanager show it: `{job="api", pod="a"}`."""
    return "{" + ", ".join(f"{name}={quote(value)}" for name, value in of) + "}"
