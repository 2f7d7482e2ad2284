"""Functions of range vectors by name, and the node that calls one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, NamedTuple

from drillbook.telemetry import over_time, rates
from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.nodes import Node, renamed
from drillbook.telemetry.source import Bools, Floats
from drillbook.telemetry.subqueries import Subquery
from drillbook.telemetry.vectors import Result, Vector, stacked
from drillbook.telemetry.windows import Range, Windows


class RangeFunction(NamedTuple):
    """How a function of a range vector is computed; `scalars` are its other arguments, in order."""

    compute: Callable[..., tuple[Floats, Bools | None]]
    scalars: int = 0
    keeps_name: bool = False


def _predicted(windows: Windows, ahead: Floats | float) -> tuple[Floats, Bools | None]:
    return rates.regression(windows, ahead=ahead)


def range_functions(*, old: bool) -> dict[str, RangeFunction]:
    """The functions by name; `old` selects the extrapolation of Prometheus before 2.51."""
    extrapolated = partial(rates.extrapolated, old=old)
    return {
        "rate": RangeFunction(partial(extrapolated, counter=True, per_second=True)),
        "increase": RangeFunction(partial(extrapolated, counter=True, per_second=False)),
        "delta": RangeFunction(partial(extrapolated, counter=False, per_second=False)),
        "irate": RangeFunction(partial(rates.instant, counter=True)),
        "idelta": RangeFunction(partial(rates.instant, counter=False)),
        "deriv": RangeFunction(partial(rates.regression, ahead=None)),
        "predict_linear": RangeFunction(_predicted, 1),
        "changes": RangeFunction(rates.changes),
        "resets": RangeFunction(rates.resets),
        "avg_over_time": RangeFunction(over_time.mean),
        "min_over_time": RangeFunction(over_time.least),
        "max_over_time": RangeFunction(over_time.most),
        "sum_over_time": RangeFunction(over_time.total),
        "count_over_time": RangeFunction(over_time.count),
        "last_over_time": RangeFunction(over_time.last, keeps_name=True),
        "present_over_time": RangeFunction(over_time.present),
        "quantile_over_time": RangeFunction(over_time.quantile, 1),
        "stddev_over_time": RangeFunction(partial(over_time.deviation, old=old)),
        "stdvar_over_time": RangeFunction(partial(over_time.variance, old=old)),
    }


class RangeCall(Node):
    """A function of a range vector or a subquery."""

    def __init__(self, function: RangeFunction, over: Range | Subquery, *scalars: Node) -> None:
        super().__init__(over, *scalars)
        self.function = function
        self.over = over
        self.scalars = scalars

    def barren(self, names: Collection[str]) -> bool:
        """As the range vector."""
        return self.over.barren(names)

    def compute(self, ev: Evaluation) -> Result:
        """One row per series that has samples enough."""
        windows = self.over.windows(ev)
        extra: list[Any] = [scalar.number(ev) for scalar in self.scalars]
        found = []
        for each in windows:
            values, mask = self.function.compute(each, *extra)
            found.append(Vector(each.index, values, mask))
        vector = stacked(found, len(ev.ticks))
        return vector if self.function.keeps_name else renamed(self, ev, vector)
