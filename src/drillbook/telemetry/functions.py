"""Functions that work value by value: arithmetic, clamping, rounding and the calendar."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

import numpy as np

from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.nodes import Node, renamed
from drillbook.telemetry.source import Floats, Ints
from drillbook.telemetry.vectors import ONE, Result, Vector, both


class ValueFunction(NamedTuple):
    """A function of each value and of up to `most` scalar arguments, at least `least`."""

    compute: Callable[..., Floats]
    least: int = 0
    most: int = 0


def _round(values: Floats, nearest: Floats | float = 1.0) -> Floats:
    inverse = np.divide(1.0, nearest)
    rounded: Floats = np.floor(values * inverse + 0.5) / inverse
    return rounded


def _at_least(values: Floats, lowest: Floats | float) -> Floats:
    """As Go's Max: infinity is more than NaN."""
    found: Floats = np.maximum(values, lowest)
    if np.isnan(found).any():
        return np.where(np.isposinf(values) | np.isposinf(lowest), np.inf, found)
    return found


def _at_most(values: Floats, highest: Floats | float) -> Floats:
    """As Go's Min: minus infinity is less than NaN."""
    return -_at_least(-values, np.negative(highest))


def _clamp(values: Floats, lowest: Floats | float, highest: Floats | float) -> Floats:
    return _at_least(_at_most(values, highest), lowest)


def _sign(values: Floats) -> Floats:
    return np.where(values < 0, -1.0, np.where(values > 0, 1.0, values))


def _seconds(values: Floats) -> Ints:
    return np.trunc(np.nan_to_num(values)).astype(np.int64)


def _days(values: Floats) -> Ints:
    return _seconds(values) // 86400


def _month(values: Floats) -> Ints:
    """Months since January 1970."""
    return _days(values).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _month_start(month: Ints) -> Ints:
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _year_start(values: Floats) -> Ints:
    return _month_start(_month(values) // 12 * 12)


CALENDAR: dict[str, Callable[[Floats], Ints]] = {
    "minute": lambda v: _seconds(v) // 60 % 60,
    "hour": lambda v: _seconds(v) // 3600 % 24,
    "day_of_week": lambda v: (_days(v) + 4) % 7,
    "day_of_month": lambda v: _days(v) - _month_start(_month(v)) + 1,
    "day_of_year": lambda v: _days(v) - _year_start(v) + 1,
    "days_in_month": lambda v: _month_start(_month(v) + 1) - _month_start(_month(v)),
    "month": lambda v: _month(v) % 12 + 1,
    "year": lambda v: _month(v) // 12 + 1970,
}
"""Parts of the date in UTC, of Unix seconds."""

VALUE_FUNCTIONS: dict[str, ValueFunction] = {
    **{name: ValueFunction(getattr(np, name)) for name in ("floor", "ceil", "sqrt", "exp", "log2", "log10")},
    **{name: ValueFunction(getattr(np, name)) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f"a{name}": ValueFunction(getattr(np, f"arc{name}")) for name in ("sin", "cos", "tan")},
    **{f"a{name}": ValueFunction(getattr(np, f"arc{name}")) for name in ("sinh", "cosh", "tanh")},
    "abs": ValueFunction(np.abs),
    "ln": ValueFunction(np.log),
    "deg": ValueFunction(np.degrees),
    "rad": ValueFunction(np.radians),
    "sgn": ValueFunction(_sign),
    "round": ValueFunction(_round, 0, 1),
    "clamp": ValueFunction(_clamp, 2, 2),
    "clamp_min": ValueFunction(_at_least, 1, 1),
    "clamp_max": ValueFunction(_at_most, 1, 1),
}


class ValueCall(Node):
    """A function applied to every value of a vector; drops the metric name."""

    def __init__(self, function: Callable[..., Any], of: Node, *scalars: Node) -> None:
        super().__init__(of, *scalars)
        self.function = function
        self.scalars = scalars

    def barren(self, names: Collection[str]) -> bool:
        """As the vector."""
        return self.children[0].barren(names)

    def compute(self, ev: Evaluation) -> Result:
        """The same rows with other values."""
        inner = self.children[0].vector(ev)
        extra = [scalar.number(ev) for scalar in self.scalars]
        values = np.asarray(self.function(inner.values, *extra), np.float64)
        mask = inner.mask
        if self.function is _clamp:
            mask = both(mask, _sensible(extra[0], extra[1], inner))
        return renamed(self, ev, Vector(inner.index, values, mask))


def _sensible(lowest: Floats | float, highest: Floats | float, inner: Vector) -> Any:
    crossed = np.asarray(np.less(highest, lowest))
    return np.broadcast_to(~crossed, inner.values.shape) if crossed.any() else None


class Calendar(Node):
    """A part of the date of the tick itself, such as `hour()`."""

    def __init__(self, function: Callable[[Floats], Ints]) -> None:
        super().__init__()
        self.function = function

    def compute(self, ev: Evaluation) -> Result:
        """One row without labels."""
        seconds = (ev.ticks.ms + ev.storage.epoch) / 1000.0
        return Vector(ONE, self.function(np.floor(seconds)).astype(np.float64)[None, :])


class Sorted(Node):
    """`sort` and `sort_desc`: only the order in which an instant query shows its result."""

    def compute(self, ev: Evaluation) -> Result:
        """The argument as it is."""
        return self.children[0].evaluate(ev)

    def barren(self, names: Collection[str]) -> bool:
        """As its argument."""
        return self.children[0].barren(names)
