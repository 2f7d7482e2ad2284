"""Relations that a statement can read, and the surroundings in which it is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from drillbook.world.shell.look import Look
from drillbook.world.shell.psql.values import Type, Value
from drillbook.world.state import PostgresState


class Row(Protocol):
    """A row: values by column."""

    def __getitem__(self, name: str, /) -> Value: ...


class OwnRow:
    """A row of a bunch that differs from the others in the relation's own columns."""

    __slots__ = ("shared",)

    shared: Row
    """The columns in which the bunch agrees: the same object for all of its rows."""


@dataclass(frozen=True)
class Session:
    """A connection to a server: where statements are evaluated."""

    look: Look
    server: PostgresState
    database: str
    user: str = "postgres"
    slots: list[Value] = field(default_factory=list)
    """Values of a statement's aggregates for the group of rows at hand."""

    def within(self, slots: list[Value]) -> Session:
        """The same session with the aggregates of another group of rows."""
        return Session(self.look, self.server, self.database, self.user, slots)


@dataclass(frozen=True, slots=True)
class Bunch:
    """So many rows that agree in all columns but the relation's own ones."""

    weight: int
    shared: Row
    expand: Callable[[], Iterable[Row]] | None = None
    """The single rows; None where the relation has no columns of its own."""

    def rows(self) -> Iterable[Row]:
        """The single rows."""
        return self.expand() if self.expand else (self.shared,) * self.weight


@dataclass(frozen=True, slots=True)
class Relation:
    """A view of the server's statistics."""

    name: str
    columns: Mapping[str, Type]
    bunches: Callable[[Session], Sequence[Bunch]]
    own: frozenset[str] = frozenset()
    """Columns in which the rows of a bunch differ."""


def plain(rows: Iterable[Row]) -> list[Bunch]:
    """Rows that stand for themselves."""
    return [Bunch(1, row) for row in rows]
