"""What a default rests on: a source, or nobody's figure but ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sourced:
    """A default that somebody published; `where` names the row of evidence.md, or the document."""

    where: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """A default that no source gives: named as an assumption wherever it is shown."""

    why: str = ""


Basis = Sourced | Assumed
"""Put into the `Annotated` of a field, so that reports can tell the two apart."""
