"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process


def most_like(name: str, known: Iterable[str], *, at_least: float = 60.0) -> str:
    """The known name most like `name`; empty where none is like it."""
    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=at_least)
    return found[0] if found else ""


def nearest(name: str, known: Iterable[str], *, at_least: float = 60.0) -> str:
    """`, did you mean X?` for the known name most like `name`; empty where none is like it."""
    meant = most_like(name, known, at_least=at_least)
    return f", did you mean {meant}?" if meant else ""
