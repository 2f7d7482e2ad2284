"""Simulated time: SimPy's event queue in whole milliseconds.

Whole milliseconds make "the same moment" exact, whatever path of additions led there; what is due at one
moment happens in the order of its rank, then in the order in which it was asked for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum

from simpy import Environment, Event


class Rank(IntEnum):
    """Who goes first at one moment: causes before those who watch them, people last."""

    WORLD = 1
    RULES = 2
    ROUTING = 3
    PAGER = 4
    ANSWERS = 5
    PEOPLE = 6
    END = 7


class _Wake(Event):
    """An event that succeeds after a delay, as SimPy's Timeout does, but with a rank; may be called off."""

    def __init__(
        self,
        env: Environment,
        delay: int,
        rank: Rank,
        action: Callable[[], None] | None,
        callbacks: list[Callable[[Event], None]],
    ) -> None:
        # all that the base class sets up, without its call, as SimPy's Timeout does too
        self.env = env
        self.callbacks = callbacks
        self._ok = True
        self._value = None
        self.action = action
        """What is done then; None once nothing is to be done."""
        env.schedule(self, rank, delay)  # type: ignore[arg-type]  # SimPy types the two ranks it knows itself


def milliseconds(t: float) -> int:
    """The first whole millisecond that is not before `t`."""
    exact = t * 1000
    whole = int(exact)
    return whole if whole == exact else math.ceil(round(exact, 3))


class Clock:
    """The only clock of a simulation; it never sleeps and never looks at the wall."""

    def __init__(self) -> None:
        self._env = Environment()
        self._callbacks: list[Callable[[Event], None]] = [self._happen]
        self._moment = 0
        self.now = 0.0
        """Simulated seconds since the start, to the millisecond."""

    def at(self, t: float, rank: Rank, action: Callable[[], None]) -> _Wake:
        """Do something at `t`, or at once when `t` has passed."""
        delay = milliseconds(t) - self._moment
        return _Wake(self._env, max(0, delay), rank, action, self._callbacks)

    def run(self, until: float) -> None:
        """Let everything happen that is due before `until`; what is due at `until` itself waits."""
        end = milliseconds(until)
        if end > self._moment:
            self._env.run(until=end)
            self._set(end)

    def _happen(self, wake: Event) -> None:
        self._set(int(self._env.now))
        if isinstance(wake, _Wake) and wake.action is not None:
            wake.action()

    def _set(self, moment: int) -> None:
        self._moment, self.now = moment, moment / 1000


class Wheel:
    """Keeps a part of the simulation woken at the times that it asks for."""

    def __init__(
        self, clock: Clock, rank: Rank, next_time: Callable[[], float | None], take: Callable[[float], None]
    ) -> None:
        self._clock = clock
        self._rank = rank
        self._next_time = next_time
        self._take = take
        self._due: float | None = None
        self._wake: _Wake | None = None

    def arm(self) -> None:
        """Ask the part when it wants to act next, and see to it that it can."""
        due = self._next_time()
        if due == self._due:
            return
        self._due = due
        if self._wake is not None:
            self._wake.action = None
        self._wake = None if due is None else self._clock.at(due, self._rank, self._ring)

    def _ring(self) -> None:
        self._due = self._wake = None
        self._take(self._clock.now)
