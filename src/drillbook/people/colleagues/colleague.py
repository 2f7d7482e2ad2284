"""What all simulated colleagues share: they hear the pager, come or do not, and act by an agenda."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.draws import Draws
from drillbook.model.people import Person
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.people import delays
from drillbook.people.agenda import Agenda
from drillbook.people.colleagues import words

Handler: TypeAlias = Callable[[Event, Any], None]

CALLS_HEARD = 4
"""Further calls to somebody who did not answer are not drawn for."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What colleagues know of the place: the drill, the playbook and the run's draws."""

    scenario: Scenario
    playbook: Playbook
    draws: Draws


class Colleague:
    """A simulated person; subclasses add handlers by kind of fact, and what they do once they are here."""

    join_lines: tuple[str, ...] = words.JOIN

    def __init__(self, person: Person, around: Surroundings) -> None:
        self.person = person.id
        self.who = person
        self.around = around
        self.agenda = Agenda()
        self.here = False
        self.names: dict[str, str] = {}
        self.parts: dict[str, str] = {}
        self._calls = 0
        self._now = 0.0
        self._handlers: dict[type[Any], Handler] = {
            f.Started: self._on_started,
            f.PageChanged: self._on_page,
            f.PersonPaged: self._on_paged,
            f.Ended: self._on_ended,
            **self.handlers(),
        }

    def handlers(self) -> dict[type[Any], Handler]:
        """What else this colleague reacts to, by kind of fact."""
        return {}

    def arrived(self, t: float) -> None:
        """What follows once this colleague is here."""

    def minds(self, kind: type[f.Fact]) -> bool:
        """What there is a handler for."""
        return kind in self._handlers

    def see(self, event: Event) -> None:
        """Take an event of this seat in."""
        self._now = event.t
        handler = self._handlers.get(type(event.fact))
        if handler is not None:
            handler(event, event.fact)

    def next_time(self) -> float | None:
        """When this colleague wants to type next."""
        due = self.agenda.next_time()
        return self._now if due is not None and due < self._now else due

    def take(self, t: float) -> list[str]:
        """What this colleague types at `t`."""
        return self.agenda.take(t)

    def call(self, t: float) -> None:
        """Somebody or the pager calls; they come after a while, or not."""
        if self.here or self.agenda.holds("join") or self._calls >= CALLS_HEARD:
            return
        self._calls += 1
        factor = delays.night_factor(delays.hour(self.around.scenario, t))
        wait = delays.answer(self.around.draws, self.person, self.who.answers, self._calls, factor)
        if wait is not None:
            self.agenda.at(t + wait, "join", self._join)

    def pick(self, purpose: str, variants: tuple[str, ...], number: int = 0) -> str:
        """A variant of a text."""
        return variants[self.which(purpose, len(variants), number)]

    def which(self, purpose: str, variants: int, number: int = 0) -> int:
        """The number of one of so many variants."""
        return self.around.draws.bits(self.person, purpose, number) % variants

    def takes(self, purpose: str, median: float, number: int = 0) -> float:
        """Seconds that something takes this colleague."""
        return self.around.draws.lognormal(median, 0.35, self.person, purpose, number)

    def name(self, person: str) -> str:
        """Somebody's name."""
        return self.names.get(person, person)

    def _join(self, t: float) -> list[str]:
        self.here = True
        self.arrived(t)
        return [f"/join {self.pick('join', self.join_lines)}"]

    def _on_started(self, event: Event, fact: f.Started) -> None:
        self.names = {id_: name for id_, name, _, _ in fact.people}
        self.parts = {id_: part for id_, _, _, part in fact.people}

    def _on_page(self, event: Event, fact: f.PageChanged) -> None:
        if fact.change == "notified" and fact.user == self.person:
            self.call(event.t)
        self.page_changed(event, fact)

    def page_changed(self, event: Event, fact: f.PageChanged) -> None:
        """A page changed, whoever it concerns."""

    def _on_paged(self, event: Event, fact: f.PersonPaged) -> None:
        if fact.person == self.person:
            if self.here:
                self.asked_again(event.t)
            self.call(event.t)

    def asked_again(self, t: float) -> None:
        """Somebody pages this colleague, who is here already."""

    def _on_ended(self, event: Event, fact: f.Ended) -> None:
        self.agenda = Agenda()
