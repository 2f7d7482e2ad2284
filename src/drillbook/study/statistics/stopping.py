"""When an estimate is precise enough: looks at fixed numbers of replications.

Looking after every run and stopping at the first lucky narrow interval would make intervals too narrow. So
looks are few and lie apart by a factor, the first is not too early, and what is asked must hold at two
looks in turn: the second stage, of a fifth more runs, is paid for honest coverage (measured in
docs/validation.md). Differences that prove significant never stop a study, only precision does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from drillbook.study.statistics.interval import Interval

GROWTH = 1.5
SECOND_STAGE = 1.2


@dataclass(frozen=True, slots=True)
class Asked:
    """The precision asked for."""

    half_width: float
    """Above 0, in the measure's unit; as part of the estimate where `relative`."""
    relative: bool = False

    def held(self, found: Interval) -> bool:
        """Whether an interval is as narrow as asked."""
        scale = abs(found.value) if self.relative else 1.0
        return found.half_width <= self.half_width * scale


def following(n: int, *, held: bool) -> int:
    """The replications of the look after the one at `n`: a second stage where the precision held there."""
    return math.ceil(n * (SECOND_STAGE if held else GROWTH))
