"""How the pages are written: lists, spans of time, shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drillbook.model.quantities import duration_text


def bullets(texts: Iterable[str], indent: str = "") -> Iterator[str]:
    """Each text on a line of its own."""
    for text in texts:
        yield f"{indent}- {text}"


def under(heading: str, texts: Iterable[str]) -> Iterator[str]:
    """A heading with a list; nothing where the list is empty."""
    entries = list(texts)
    if entries:
        yield f"{heading}:"
        yield from bullets(entries, "  ")


def span(begins: float | None, ends: float | None) -> str:
    """Times since the page, such as `from 5m to 15m`; empty where there are none."""
    if begins is None and ends is None:
        return ""
    if ends is None:
        return f"from {duration_text(begins or 0.0)} on"
    return f"from {duration_text(begins or 0.0)} to {duration_text(ends)}"


def hours(value: float) -> str:
    """A long time in hours, as working time is counted."""
    return f"{value / 3600:g} hours"


def share(value: float) -> str:
    """A share as per cent."""
    return f"{round(100 * value, 4):g}%"


def joined(*parts: str) -> str:
    """The parts that are not empty, with commas."""
    return ", ".join(part for part in parts if part)
