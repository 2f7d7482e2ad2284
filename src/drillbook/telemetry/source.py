"""Where samples come from: the protocol that the simulated world implements, and the three kinds of NaN.

A sample is an ordinary float, including an ordinary NaN, which is a value like any other. Two NaN payloads
are not values: `STALE` is Prometheus's staleness marker (the series ends here, at once) and `MISSING` says
that the series was not scraped at that time (the lookback of five minutes still finds older samples).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from drillbook.model.labels import Labels

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]

_STALE_BITS = np.int64(0x7FF0000000000002)
_MISSING_BITS = np.int64(0x7FF800006D697373)

STALE: Final[float] = float(_STALE_BITS.view(np.float64))
"""The staleness marker; write it where a series ends."""

MISSING: Final[float] = float(_MISSING_BITS.view(np.float64))
"""No sample at this scrape: before a series began, after it ended, or a scrape that failed to be taken."""


class SeriesSource(Protocol):
    """All series of a run. Scrape k is taken at k * interval seconds; k may be negative (history)."""

    @property
    def interval(self) -> float:
        """Seconds between scrapes; a whole number of milliseconds."""
        ...

    @property
    def first(self) -> int:
        """The first scrape that exists."""
        ...

    def names(self) -> Sequence[str]:
        """Metric names, in a fixed order."""
        ...

    def matrix(self, name: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        """Label sets of a metric's series (without `__name__`) and their samples, shape (series, scrapes).

        The columns are the scrapes `first` to `last`, both included. Rows are append-only: a row keeps its
        place for the whole run. What is not a sample is `STALE` or `MISSING`.
        """
        ...

    def version(self, name: str) -> int:
        """A number that changes when samples of the metric at or after the world's last change moved.

        As long as it stays equal, everything read before remains true.
        """
        ...


@runtime_checkable
class GriddedSource(Protocol):
    """A source whose metrics do not all have samples at the scrapes, such as recorded series."""

    def grid(self, name: str) -> tuple[float, float]:
        """Step and offset in seconds: sample k of the metric is at offset + k * step."""
        ...


@runtime_checkable
class DividedSource(Protocol):
    """A source that can read the series of one job without working out those of the others."""

    def divided(self, name: str) -> bool:
        """Whether a metric's series can be read by job."""
        ...

    def matrix_of(self, name: str, job: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        """As `matrix`, with the rows of one job only."""
        ...


@runtime_checkable
class SharedSource(Protocol):
    """A source whose samples are, at first, those of other runs too."""

    def shared(self) -> dict[Hashable, Any] | None:
        """Where what follows from the samples alone is kept for those runs; None once they may differ."""
        ...


def is_stale(values: Floats) -> Bools:
    """Where staleness markers are."""
    bits: Bools = np.ascontiguousarray(values).view(np.int64) == _STALE_BITS
    return bits


def is_missing(values: Floats) -> Bools:
    """Where there is neither a sample nor a staleness marker."""
    bits: Bools = np.ascontiguousarray(values).view(np.int64) == _MISSING_BITS
    return bits


def is_sample(values: Floats) -> Bools:
    """Where there are samples; an ordinary NaN is one."""
    bits = np.ascontiguousarray(values).view(np.int64)
    present: Bools = (bits != _STALE_BITS) & (bits != _MISSING_BITS)
    return present
