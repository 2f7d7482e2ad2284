"""What is analysed: a study, its alternatives and the table of their runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from drillbook.model.design import Morris, Sobol
from drillbook.model.study import Study
from drillbook.study.table import Floats, Table


@dataclass(frozen=True, slots=True)
class Option:
    """An alternative; its number is its place."""

    id: str
    title: str
    levels: Mapping[str, JsonValue]
    """By factor the id of its level, or the value taken from its range."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A study with its results so far."""

    study: Study
    options: tuple[Option, ...]
    table: Table
    points: tuple[int, ...] = ()
    """The alternatives of the design itself, in its order."""
    places: Floats | None = None
    """Of a design over ranges: parts of each factor's range (columns), from 0 to 1, at `points` (rows)."""
    aliases: tuple[str, ...] = ()

    @property
    def baseline(self) -> int:
        """The number of the alternative that is done today."""
        return self.table.baseline

    @property
    def screens(self) -> bool:
        """Whether the design asks which factors matter, and not which alternative is best."""
        return isinstance(self.study.design, Morris | Sobol)

    @property
    def numbers(self) -> range:
        """Of all alternatives."""
        return range(len(self.options))

    def id(self, number: int) -> str:
        """What an alternative is called."""
        return self.options[number].id
