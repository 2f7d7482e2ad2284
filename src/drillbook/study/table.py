"""The results of a study in memory: one row for each run of each alternative, in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drillbook.model.measures import CENSORED
from drillbook.model.study import Measure

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Table:
    """Runs, sorted by alternative and then by replication; each alternative's replications are 0, 1, … n - 1.

    Replication r has the same seed, scenario, form and level under every alternative (common random numbers).
    """

    alternatives: tuple[str, ...]
    """Ids; the number of one is its place here."""
    baseline: int
    """The number of the alternative that is done today."""
    alternative: Ints
    replication: Ints
    seed: Ints
    cell: Ints
    """Numbers into `cells`; -1 where a run is a whole horizon."""
    cells: tuple[tuple[str, int, str], ...]
    """Scenario, form and responder of the mix."""
    values: Mapping[str, Floats]
    """By measure, one value for each run; NaN where it never happened."""

    def __len__(self) -> int:
        """How many runs there are."""
        return len(self.alternative)

    @property
    def counts(self) -> Ints:
        """Runs of each alternative."""
        return np.bincount(self.alternative, minlength=len(self.alternatives))

    def sample(self, measure: str | Measure, alternative: int) -> Floats:
        """An alternative's values in the order of replications; see `column`."""
        begin, end = np.searchsorted(self.alternative, [alternative, alternative + 1])
        return self.column(measure)[begin:end]

    def matrix(self, measure: str | Measure) -> Floats:
        """Values by replication (rows) and alternative: paired, as far as every alternative has runs."""
        shared = int(self.counts.min(initial=np.iinfo(np.int64).max)) if len(self) else 0
        kept = self.replication < shared
        return self.column(measure)[kept].reshape(len(self.alternatives), shared).T

    def column(self, measure: str | Measure) -> Floats:
        """The values of all runs: of a name as they are, of a `Measure` with what never came."""
        if isinstance(measure, str):
            return self.values[measure]
        found = self.values[measure.measure]
        if measure.never == "end" and measure.measure in CENSORED:
            return np.where(np.isnan(found), self.values["observed_s"], found)
        return found

    def scenario_of(self, cell: int) -> str:
        """The scenario of a cell."""
        return self.cells[cell][0]


def empty(alternatives: Sequence[str], baseline: int, measures: Sequence[str]) -> Table:
    """A table without runs."""
    none: Ints = np.empty(0, np.int64)
    values = {name: np.empty(0, np.float64) for name in measures}
    return Table(tuple(alternatives), baseline, none, none, none, none, (), values)
