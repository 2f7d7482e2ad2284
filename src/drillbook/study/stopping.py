"""When a study has enough runs: asked between rounds, with all that is known by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from drillbook.study.table import Table


class Stopping(Protocol):
    """A rule for how many runs are still wanted. It has no memory: after a break it is asked afresh."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the measures that `next` reads; tables hold no others meanwhile."""

    @property
    def at_most(self) -> int:
        """Runs of one alternative that are never exceeded; for the remaining time."""

    def next(self, table: Table) -> Sequence[int]:
        """Further runs wanted of each alternative, by its number; all 0 when the study is over.

        The first call has a table without runs. What comes back must follow from the table alone.
        """


@dataclass(frozen=True, slots=True)
class FixedRuns:
    """The same number of runs of every alternative."""

    runs: int
    reads: tuple[str, ...] = ()

    @property
    def at_most(self) -> int:
        return self.runs

    def next(self, table: Table) -> Sequence[int]:
        return [max(0, self.runs - int(count)) for count in table.counts]
