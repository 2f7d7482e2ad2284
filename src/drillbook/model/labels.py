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


def render(of: Labels) -> str:
    """The label set as PromQL shows it: `{job="api", pod="a"}`, quotes and line ends escaped."""
    escaped = (
        (name, value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")) for name, value in of
    )
    return "{" + ", ".join(f'{name}="{value}"' for name, value in escaped) + "}"
