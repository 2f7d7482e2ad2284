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
    """An event that succeeds after a delay, as SimPy's Timeout does, but with a rank."""

    def __init__(self, env: Environment, delay: int, rank: Rank, action: Callable[[], None]) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        self.callbacks = [lambda _: action()]
        env.schedule(self, rank, delay)  # type: ignore[arg-type]  # SimPy types the two ranks it knows itself


def milliseconds(t: float) -> int:
    """The first whole millisecond that is not before `t`."""
    return math.ceil(round(t * 1000, 3))


class Clock:
    """The only clock of a simulation; it never sleeps and never looks at the wall."""

    def __init__(self) -> None:
        self._env = Environment()

    @property
    def now(self) -> float:
        """Simulated seconds since the start, to the millisecond."""
        return float(self._env.now) / 1000

    def at(self, t: float, rank: Rank, action: Callable[[], None]) -> None:
        """Do something at `t`, or at once when `t` has passed."""
        delay = max(0, milliseconds(t) - int(self._env.now))
        _Wake(self._env, delay, rank, action)

    def run(self, until: float) -> None:
        """Let everything happen that is due before `until`; what is due at `until` itself waits."""
        end = milliseconds(until)
        if end > self._env.now:
            self._env.run(until=end)


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
        self._generation = 0

    def arm(self) -> None:
        """Ask the part when it wants to act next, and see to it that it can."""
        due = self._next_time()
        if due == self._due:
            return
        self._due = due
        self._generation += 1
        if due is not None:
            generation = self._generation
            self._clock.at(due, self._rank, lambda: self._ring(generation))

    def _ring(self, generation: int) -> None:
        if generation == self._generation:
            self._due = None
            self._take(self._clock.now)
