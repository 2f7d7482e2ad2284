"""What the verbs of the command language work with: the log, the view, the pager and the people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drillbook.engine.cast import find
from drillbook.engine.record import Record
from drillbook.engine.silencing import Silencing
from drillbook.events.event import EVERYONE, HIDDEN, Event
from drillbook.events.facts import Fact, Replied
from drillbook.events.view import IncidentView
from drillbook.model.people import Person
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.oncall.page import PageChange
from drillbook.oncall.pager import Pager


@dataclass(frozen=True, slots=True)
class Desk:
    """The present moment as the verbs see it."""

    scenario: Scenario
    playbook: Playbook
    names: dict[str, str]
    """Full names by person id."""
    pager: Pager
    view: IncidentView
    """What the trainee's seat knows."""
    record: Record
    page_changes: Callable[[Sequence[PageChange], str, int | None], None]
    """Records what happened to pages, by whom and because of what."""
    silencing: Silencing
    truth: Callable[[], Fact]
    """What is true at this moment."""

    def reply(self, person: str, text: str, cause: int, *, ok: bool = True) -> None:
        """Answer the one who typed."""
        self.record("engine", Replied(text, ok), cause=cause, to=person)

    def claim(self, person: str, fact: Fact, cause: int, *, to: str = EVERYONE) -> Event:
        """Record a statement, and beside it, hidden, what is true at this moment."""
        event = self.record(person, fact, cause=cause, to=to)
        self.record("world", self.truth(), cause=event.seq, to=HIDDEN)
        return event

    def people(self, who: str) -> list[Person]:
        """The people meant by an id, a name, a part or a team."""
        found = find(self.scenario, who)
        if found:
            return found
        wanted = who.lstrip("@").lower()
        teams = (each for each in self.playbook.on_call.teams if wanted in (each.id, each.name.lower()))
        members = {member.user for team in teams for member in team.members}
        return [
            person
            for person in self.scenario.people
            if person.id in members
            or wanted in (self.names[person.id].lower(), person.title.lower())
            or wanted in self.names[person.id].lower().split()
        ]

    def known_people(self) -> str:
        """Ids and names, for messages."""
        return ", ".join(f"{person.id} ({self.names[person.id]})" for person in self.scenario.people)
