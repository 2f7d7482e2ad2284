"""Which instants of the wall clock simulated seconds were."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

_DRIFT = 0.5
"""Seconds that the two clocks may differ before it is noted."""


class _Anchor(NamedTuple):
    t: float
    wall: float
    speed: float


class WallClock:
    """Follows a drill through pauses, jumps and speeds. What an instant was never changes afterwards."""

    def __init__(self, t: float, wall: float, speed: float) -> None:
        self._anchors = [_Anchor(t, wall, speed)]
        self._noted = t

    def note(self, t: float, wall: float, speed: float) -> None:
        """It is simulated second `t`, and the Unix time is `wall`."""
        last = self._anchors[-1]
        expected = last.wall + (t - last.t) / last.speed
        if speed != last.speed or abs(expected - wall) > _DRIFT:
            # never before what was told already, which may be ahead of the wall by the drift
            self._anchors.append(_Anchor(t, max(wall, self.at(self._noted)), speed))
        self._noted = t

    def at(self, t: float) -> float:
        """The Unix time of a simulated second; one before the program began is as long ago as it seems."""
        place = max(bisect_left(self._anchors, t, key=lambda anchor: anchor.t) - 1, 0)
        anchor = self._anchors[place]
        speed = 1.0 if t < anchor.t else anchor.speed
        wall = anchor.wall + (t - anchor.t) / speed
        later = self._anchors[place + 1 :]
        return min(wall, later[0].wall) if later else wall
