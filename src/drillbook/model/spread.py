"""Values of a range as authors write them: numbers, or quantities with a unit."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from pydantic import JsonValue

from drillbook.model.design import Range
from drillbook.model.quantities import precise_text, seconds

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z/%]+)")


@dataclass(frozen=True, slots=True)
class ValueRange:
    """A range made ready: bounds as numbers, and how a number is written."""

    low: float
    high: float
    log: bool
    whole: bool
    unit: str
    """What stands behind the number; `duration` for durations in seconds; empty for plain numbers."""

    @classmethod
    def of(cls, given: Range) -> ValueRange:
        """The range of a factor; ValueError with what is wrong."""
        (low, one), (high, other) = _read(given.low), _read(given.high)
        if one != other:
            raise ValueError(f"`low` and `high` must be written alike, found {given.low} and {given.high}")
        if not low < high:
            raise ValueError(f"`low` must be less than `high`, found {given.low} and {given.high}")
        if given.scale == "log" and low <= 0:
            raise ValueError(f"a logarithmic scale begins above 0, found {given.low}")
        return cls(low, high, given.scale == "log", given.whole, one)

    def at(self, share: float) -> JsonValue:
        """The value at a share of the way from low to high, 0 to 1, as it is written in a file."""
        if self.log:
            number = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            number = self.low + share * (self.high - self.low)
        number = min(self.high, max(self.low, number))
        if self.unit == "duration":
            return precise_text(float(round(number)) if self.whole else number)
        if self.whole:
            return f"{round(number)}{self.unit}" if self.unit else round(number)
        number = float(f"{number:.9g}")
        return f"{number:.9g}{self.unit}" if self.unit else number


def _read(value: JsonValue) -> tuple[float, str]:
    """The number and the unit of a bound."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("`low` and `high` must be numbers, or quantities such as 5m or 512Mi")  # noqa: TRY004
    if isinstance(value, int | float):
        return float(value), ""
    try:
        return seconds(value.strip()), "duration"
    except ValueError:
        found = _QUANTITY.fullmatch(value.strip())
        if found is None:
            raise ValueError("`low` and `high` must be numbers, or quantities such as 5m or 512Mi") from None
        return float(found[1]), found[2]
