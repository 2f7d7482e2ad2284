"""What is known of a measure while a study runs: how wide its intervals are by now."""

from __future__ import annotations

import numpy as np

from drillbook.model.measures import NAMES
from drillbook.model.study import Fixed, Measure, Study
from drillbook.study.statistics import precision
from drillbook.study.store import Values


def watched(study: Study) -> Measure:
    """The measure that progress tells about: what stops the study, the first objective, the first."""
    rule = study.replications
    key = None if isinstance(rule, Fixed) else rule.measure
    key = key or (study.objectives[0].measure if study.objectives else "")
    return study.measure(key) or study.measures[0]


class Watch:
    """Values of one measure by alternative and replication, as they come."""

    def __init__(self, measure: Measure, alternatives: int, baseline: int) -> None:
        self.measure = measure
        self._baseline = baseline
        self._column = NAMES.index(measure.measure)
        self._observed = NAMES.index("observed_s")
        self._values = np.full((alternatives, 0), np.nan)

    def take(self, alternative: int, first: int, values: Values) -> None:
        """The values of a block."""
        column = values[:, self._column]
        if self.measure.never == "end" and self.measure.measure.endswith("_s"):
            column = np.where(np.isnan(column), values[:, self._observed], column)
        needed = first + len(column)
        if needed > self._values.shape[1]:
            more = max(needed, 2 * self._values.shape[1]) - self._values.shape[1]
            self._values = np.pad(self._values, ((0, 0), (0, more)), constant_values=np.nan)
        self._values[alternative, first:needed] = column

    def half_widths(self) -> tuple[float, float] | None:
        """The narrowest and widest 95 % interval of a mean difference from the baseline, as half-widths.

        Of the baseline's own mean where there is nothing else; None while nothing can be said.
        """
        base = self._values[self._baseline]
        others = [row - base for number, row in enumerate(self._values) if number != self._baseline]
        found = [width for row in others or [base] if (width := half_width(row)) is not None]
        return (min(found), max(found)) if found else None


def half_width(values: Values) -> float | None:
    """Half of Student's 95 % interval of the mean; None for fewer than two values."""
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return None
    return precision.half_width(float(known.std(ddof=1)), len(known))
