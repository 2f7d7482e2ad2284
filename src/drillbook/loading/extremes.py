"""Numbers and moments that no author means and that would stop a simulation's arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from drillbook.loading.document import Path

LARGEST = 1e15
"""In base units: seconds, bytes, events per second, or a plain number."""
YEARS = range(1971, 2200)


def extremes(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where a model holds a number that is too large, or a moment too far away, and what is allowed."""
    if isinstance(value, int | float):
        if not abs(value) <= LARGEST:
            yield path, f"the number is too large, {LARGEST:g} in base units at most"
    elif isinstance(value, datetime):
        if value.year not in YEARS:
            yield path, f"the year must be {YEARS[0]} to {YEARS[-1]}"
    elif not isinstance(value, str):
        for step, inner in _parts(value):
            yield from extremes(inner, (*path, step))


def _parts(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, list):
        return enumerate(value)
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return ((fields[name].alias or name, getattr(value, name)) for name in value.model_fields_set)
    return ()
