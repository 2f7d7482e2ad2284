"""Numbers of a fact that most runs record and nobody reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast, overload


class Series(Sequence[float]):
    """Numbers that are worked out when they are first read; otherwise like the tuple of them.

    Copies and pickles are that tuple.
    """

    def __init__(self, make: Callable[[], Iterable[float]]) -> None:
        """`make` gives the same numbers whenever it is called."""
        self._make: Callable[[], Iterable[float]] | None = make
        self._values: tuple[float, ...] = ()

    def values(self) -> tuple[float, ...]:
        """The numbers."""
        if self._make is not None:
            self._values, self._make = tuple(self._make()), None
        return self._values

    def __len__(self) -> int:
        """How many numbers there are."""
        return len(self.values())

    def __iter__(self) -> Iterator[float]:
        """The numbers in order."""
        return iter(self.values())

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[float, ...]: ...
    def __getitem__(self, index: int | slice) -> float | tuple[float, ...]:
        """The number or the numbers at an index."""
        return self.values()[index]

    def __eq__(self, other: object) -> bool:
        """As tuples are equal."""
        return self.values() == (other.values() if isinstance(other, Series) else other)

    def __hash__(self) -> int:
        """As that of the tuple."""
        return hash(self.values())

    def __repr__(self) -> str:
        """As that of the tuple."""
        return repr(self.values())

    def __reduce__(self) -> tuple[Any, ...]:
        """The tuple."""
        return tuple, (self.values(),)


def series(make: Callable[[], Iterable[float]]) -> tuple[float, ...]:
    """A `Series`, typed as what it stands for."""
    return cast("tuple[float, ...]", Series(make))
