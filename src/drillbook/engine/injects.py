"""Injects by condition: what of the timeline has no time happens as soon as its condition holds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.inject import State, When
from drillbook.model.scenario import Happening, Scenario

LOOKS = 15.0
"""Seconds between looks at the conditions, at whole multiples of this since the start."""


@dataclass(frozen=True, slots=True)
class Senses:
    """What conditions can ask about the system: the failed part of users' requests, and a query."""

    error_ratio: Callable[[float], float]
    holds: Callable[[str, float], bool]


@dataclass(eq=False)
class _Waiting:
    """An inject that has not happened, and since when each part of its condition has held."""

    id: str
    inject: Happening
    when: When
    counts: bool
    """Whether it has to be known how long parts of the condition hold."""
    since: dict[int, float] = field(default_factory=dict)


class Injects:
    """Watches the response, and tells which injects happen. Without any it never wants to look."""

    def __init__(self, scenario: Scenario, senses: Senses) -> None:
        timed = sum(each.at is not None for each in scenario.timeline)
        conditional = [(each, each.when) for each in scenario.timeline if each.when is not None]
        self._waiting = [
            _Waiting(f"W{number}", inject, when, _counts(when))
            for number, (inject, when) in enumerate(conditional, timed + 1)
        ]
        self._senses = senses
        self._people = {person.id for person in scenario.people}
        self._states: set[State] = set()
        self._done: list[tuple[str, str]] = []
        self._looked = -LOOKS

    def see(self, event: Event) -> None:
        """Something happened."""
        match event.fact:
            case f.PageChanged(change="triggered"):
                self._states.add("paged")
            case f.PageChanged(change="acknowledged"):
                self._states.add("acknowledged")
            case f.IncidentDeclared():
                self._states.add("declared")
            case f.CauseStated():
                self._states.add("cause-stated")
            case f.MitigationClaimed():
                self._states.add("mitigated")
            case f.IncidentResolved():
                self._states.add("resolved")
            case f.IncidentReopened():
                self._states.discard("resolved")
            case f.ActionStarted(action=action, target=target) if event.actor in self._people:
                self._done.append((action, target))

    def next_time(self) -> float | None:
        """The next look; None once nothing is waited for."""
        return self._looked + LOOKS if self._waiting else None

    def take(self, t: float) -> list[tuple[str, Happening]]:
        """What happens at t, each with its id, in the order of the timeline."""
        self._looked = math.floor(t / LOOKS) * LOOKS
        ready = [each for each in self._waiting if self._holds(each, each.when, t)]
        if not ready:
            return []
        self._waiting = [each for each in self._waiting if each not in ready]
        return [(each.id, each.inject) for each in ready]

    def _holds(self, waiting: _Waiting, when: When, t: float) -> bool:
        if not self._is_so(waiting, when, t):
            if when.after:
                waiting.since.pop(id(when), None)
            return False
        return not when.after or t - waiting.since.setdefault(id(when), t) >= when.after

    def _is_so(self, waiting: _Waiting, when: When, t: float) -> bool:
        so = self._response(when, t) and self._remedy(when)
        if when.all or when.any:
            # How long each part of it holds is to be known, whatever the others say.
            if not (so or waiting.counts):
                return False
            every = [self._holds(waiting, each, t) for each in when.all]
            some = [self._holds(waiting, each, t) for each in when.any]
            so = so and all(every) and (not some or any(some))
        return so and self._system(when, t)

    def _response(self, when: When, t: float) -> bool:
        return (
            (when.state is None or when.state in self._states)
            and (when.lacking is None or when.lacking not in self._states)
            and (when.time is None or t >= when.time)
        )

    def _remedy(self, when: When) -> bool:
        if when.remedy is None:
            return True
        return any(action == when.remedy and when.target in {None, target} for action, target in self._done)

    def _system(self, when: When, t: float) -> bool:
        above, below = when.error_ratio_above, when.error_ratio_below
        if above is not None or below is not None:
            ratio = self._senses.error_ratio(t)
            if (above is not None and ratio <= above) or (below is not None and ratio >= below):
                return False
        return when.query is None or self._senses.holds(when.query, t)


def _counts(when: When) -> bool:
    """Whether a part of a condition has to hold for some time."""
    return any(each.after or _counts(each) for each in (*when.all, *when.any))
