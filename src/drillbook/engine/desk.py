"""What the verbs of the command language work with: the log, the view, the pager and the people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from drillbook.engine.cast import find
from drillbook.events.event import EVERYONE, HIDDEN, Event
from drillbook.events.facts import Fact, Replied
from drillbook.events.view import IncidentView
from drillbook.model.people import Person
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.oncall.page import PageChange
from drillbook.oncall.pager import Pager


class Record(Protocol):
    """Puts a fact into the log at the present moment."""

    def __call__(self, actor: str, fact: Fact, *, cause: int | None = None, to: str = EVERYONE) -> Event:
        """The recorded event."""


class Desk:
    """The present moment as the verbs see it. `claim` measures the truth behind a statement."""

    def __init__(
        self,
        scenario: Scenario,
        playbook: Playbook,
        names: dict[str, str],
        pager: Pager,
        view: IncidentView,
        record: Record,
        page_changes: Callable[[Sequence[PageChange], str, int | None], None],
        truth: Callable[[], Fact],
    ) -> None:
        self.scenario = scenario
        self.playbook = playbook
        self.names = names
        self.pager = pager
        self.view = view
        self.record = record
        self.page_changes = page_changes
        self._truth = truth

    def reply(self, person: str, text: str, cause: int, *, ok: bool = True) -> None:
        """Answer the one who typed."""
        self.record("engine", Replied(text, ok), cause=cause, to=person)

    def claim(self, person: str, fact: Fact, cause: int, *, to: str = EVERYONE) -> Event:
        """Record a statement, and beside it, hidden, what is true at this moment."""
        event = self.record(person, fact, cause=cause, to=to)
        self.record("world", self._truth(), cause=event.seq, to=HIDDEN)
        return event

    def people(self, who: str) -> list[Person]:
        """The people meant by an id, a name, a part or a team."""
        found = find(self.scenario, who)
        if found:
            return found
        wanted = who.lstrip("@").lower()
        return [
            person
            for person in self.scenario.people
            if wanted in self.names[person.id].lower().split() or wanted == self.names[person.id].lower()
        ]

    def known_people(self) -> str:
        """Ids and names, for messages."""
        return ", ".join(f"{person.id} ({self.names[person.id]})" for person in self.scenario.people)
