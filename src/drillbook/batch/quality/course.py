"""How a drill goes when nobody does anything, and what its tools print meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from drillbook.batch.cast import of_level
from drillbook.engine.prepared import Prepared, prepare
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario

_MOMENTS = 60
"""Times at which every probe is asked, spread over the drill."""
_SHORTEST = 30.0
_ANSWERED = 60.0
"""Seconds in which a tool has answered."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What typing a command did: an action begun, or else what was printed; neither of it understood."""

    action: f.ActionStarted | None
    printed: str
    understood: bool


@dataclass(eq=False)
class Course:
    """A drill left alone; everything is worked out when it is first asked for."""

    scenario: Scenario
    playbook: Playbook
    probes: Sequence[str]
    _prepared: dict[str, Prepared] = field(default_factory=dict)

    @cached_property
    def run(self) -> Simulation:
        """The drill without anybody, to its end; the probes were asked all along."""
        simulation = self._simulation()
        step = max(_SHORTEST, self.scenario.duration / _MOMENTS)
        for number in range(int(self.scenario.duration / step) + 1):
            simulation.advance(round(number * step + 1.0, 3))
            for probe in self.probes:
                simulation.submit(simulation.person, probe)
        simulation.advance(self.scenario.duration + 1)
        return simulation

    @cached_property
    def onset(self) -> float | None:
        """When users begin to suffer."""
        return next((event.t for event, fact in self.run.log.of(f.ImpactChanged) if fact.suffering), None)

    @cached_property
    def page(self) -> float | None:
        """When the first page opens."""
        pages = self.run.log.of(f.PageChanged)
        return next((event.t for event, fact in pages if fact.change == "triggered"), None)

    @cached_property
    def begins(self) -> float:
        """When the first thing happens that the scenario plans."""
        times = [each.at for each in self.scenario.timeline if each.at is not None]
        return min(times, default=self.scenario.duration)

    @cached_property
    def printed(self) -> dict[str, list[tuple[float, str]]]:
        """What each probe printed, and when it was asked."""
        found: dict[str, list[tuple[float, str]]] = {probe: [] for probe in self.probes}
        asked = {event.seq: event.t for event, _ in self.run.log.of(f.CommandGiven)}
        for event, fact in self.run.log.of(f.ProbeAnswered):
            if event.cause in asked and fact.command in found:
                found[fact.command].append((asked[event.cause], fact.output))
        return found

    def attempt(self, *commands: str) -> Tried:
        """Type commands while users suffer (before anything happened, where that begins nothing).

        What the last one does is told.
        """
        tried = self._tried(commands, (self.page if self.page is not None else self.begins) + _ANSWERED)
        if tried.action is None and tried.understood:
            before = self._tried(commands, 1.0)
            return before if before.action else tried
        return tried

    def _tried(self, commands: Sequence[str], t: float) -> Tried:
        simulation = self._simulation()
        simulation.advance(t)
        events: list[Event] = []
        for command in commands:
            events = list(simulation.submit(simulation.person, command))
            if any(isinstance(event.fact, f.ConfirmationAsked) for event in events):
                events += simulation.submit(simulation.person, "/yes")
            t += _ANSWERED
            events += simulation.advance(t)
        return _told(event for event in events if simulation.person in {event.actor, event.to})

    def _simulation(self) -> Simulation:
        prepared = self._prepared.setdefault("", prepare(self.scenario, self.playbook))
        return Simulation(self.scenario, self.playbook, 1, cast=of_level("absent"), prepared=prepared)


def _told(events: Iterable[Event]) -> Tried:
    facts = [event.fact for event in events]
    action = next((fact for fact in facts if isinstance(fact, f.ActionStarted)), None)
    printed = next((fact.output for fact in facts if isinstance(fact, f.ProbeAnswered)), "")
    refused = any(isinstance(fact, f.Replied) and not fact.ok for fact in facts)
    return Tried(action, printed, understood=not refused)
