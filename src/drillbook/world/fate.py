"""What comes about by itself at a moment that the state tells, and leaves the laws in between alone."""

from __future__ import annotations

from collections.abc import Callable

from drillbook.world.law import Law
from drillbook.world.state import Happening

Fate = tuple[float, Callable[[float], list[Happening]]]
"""When it comes about, and what is done then."""


class Fated:
    """A controller that asks what comes next in a time."""

    def __init__(self, next_in: Callable[[float, float], Fate | None]) -> None:
        """`next_in` gives the first in (since, until], by the law in force."""
        self._next_in = next_in

    def begin(self, law: Law) -> Law:
        """It adds nothing."""
        return law

    def settle(self, law: Law, t: float) -> Law:
        """It leaves laws as they are."""
        return law

    def due(self, since: float, until: float) -> float | None:
        """When the next comes about."""
        found = self._next_in(since, until)
        return None if found is None else found[0]

    def act(self, t: float) -> list[Happening]:
        """Let come about what is due at `t`."""
        found = self._next_in(t - 1.0, t)
        return [] if found is None else found[1](t)
