"""What a responder knows and how fast they are: their seat's view, what they measured, what they did."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.events.view import IncidentView
from drillbook.model.draws import Draws
from drillbook.model.people import Part
from drillbook.model.playbook import Playbook, Severity
from drillbook.model.scenario import Scenario
from drillbook.people import delays
from drillbook.people.condition import USUAL, Condition
from drillbook.people.course import Course, mitigation
from drillbook.people.error import ErrorKind, Shaping, error_probability
from drillbook.people.skill import SPREAD, Skill

LONGEST_LOOK = 360.0
"""Nobody ponders a single look for longer, in seconds (assumption)."""
HELPERS: tuple[Part, ...] = ("secondary", "specialist", "lead")
"""Parts whose messages report what they saw."""


@dataclass(slots=True)
class Doing:
    """The remediation under way: what was typed, and how far it is."""

    command: str
    id: str = ""
    finished: bool = False
    refused: bool = False
    """The program's answer was that it is not possible."""

    def is_finished(self) -> bool:
        """Whether it ended, well or not."""
        return self.finished


class Mind:
    """A responder's knowledge; everything in it came through `see`, or is experience."""

    def __init__(
        self,
        scenario: Scenario,
        playbook: Playbook,
        draws: Draws,
        skill: Skill,
        person: str,
        condition: Condition = USUAL,
    ) -> None:
        self.scenario = scenario
        self.playbook = playbook
        self.draws = draws
        self.skill = skill
        self.person = person
        self.condition = condition
        self.view = IncidentView(person)
        self.now = 0.0
        self.share: float | None = None
        """The failing share of users' requests that was measured last."""
        self.easing = False
        """It was clearly less than the one before: a figure would be out of date when it is read."""
        self.measured_at = -math.inf
        self.worst = 0.0
        """The largest share measured."""
        self.phase = "investigating"
        """State of the incident in the status page's words, as this person holds it."""
        self.phase_since = 0.0
        self.action = ""
        """What is being done, as an `ActionKind`; empty while looking for the cause."""
        self.target = ""
        self.engaged_at: float | None = None
        self.reports: list[str] = []
        """What colleagues who looked have written, not yet taken in."""
        self.doing: Doing | None = None
        self.notified = 0
        """How often a page has notified this person."""
        self.called: set[str] = set()
        """People who were paged."""
        self.consulted: set[str] = set()
        """Alerts for which this person has looked for a runbook."""
        self.opened: set[str] = set()
        """Runbooks that this person has opened."""
        self.touched: set[str] = set()
        """Components on which somebody was seen to act."""
        self.cause = ""
        """What this person holds for the cause, in words."""
        self._pace = delays.pace(draws, person)
        self._counts: dict[str, int] = {}
        self._night = 1.0

    @cached_property
    def course(self) -> Course:
        """The times that this incident is given."""
        return Course(self.skill.stages, self.draws, mitigation(self.scenario))

    @property
    def company(self) -> str:
        """The company's name."""
        return self.scenario.company.name

    @property
    def severity(self) -> Severity | None:
        """The declared severity, as the playbook has it."""
        return self.playbook.severity(self.view.severity) if self.view.severity else None

    @property
    def critical(self) -> list[str]:
        """The critical alerts that fire, by name."""
        return [alert.name for alert in self.view.firing if alert.severity == "critical"]

    @property
    def hour(self) -> float:
        """The hour of the day where this person is."""
        return self.condition.hour(self.scenario, self.now)

    def engage(self) -> None:
        """The page was acknowledged: this person is at work, as awake as the hour allows."""
        if self.engaged_at is None:
            self.engaged_at = self.now
            self._night = self.condition.slowed(self.hour)

    def enter(self, phase: str) -> None:
        """The incident is in another phase now."""
        if phase != self.phase:
            self.phase, self.phase_since = phase, self.now

    def next(self, purpose: str) -> int:
        """The number of the next occurrence of something, from 1."""
        self._counts[purpose] = self._counts.get(purpose, 0) + 1
        return self._counts[purpose]

    def takes(self, purpose: str, median: float) -> float:
        """Seconds that the next occurrence of something takes this person now."""
        return self.draws.lognormal(median * self._night, SPREAD, self.person, purpose, self.next(purpose))

    def slowed(self, seconds: float) -> float:
        """A time of the incident's course, as it is at this hour."""
        return seconds * self._night

    def looking_takes(self, median: float) -> float:
        """Seconds that the next look at the system takes, this person's pace included."""
        return min(LONGEST_LOOK, self.takes("look", median * self._pace))

    def happens(self, purpose: str, chance: float) -> bool:
        """Whether the next occurrence of something goes that way."""
        number = self.next(purpose)
        return chance > 0 and (chance >= 1 or self.draws.uniform(self.person, purpose, number) < chance)

    def error(self, kind: ErrorKind, *, guided: bool = False) -> float:
        """Chance to err in one task at this moment; `guided` where a runbook fits."""
        shaping = self.shaping(acting=kind == "action", guided=guided)
        return self.condition.mistakes * error_probability(kind, shaping)

    def shaping(self, *, acting: bool, guided: bool) -> Shaping:
        """Performance shaping factors of this moment; `guided` where a runbook fits."""
        skill, condition = self.skill, self.condition
        engaged = self.now if self.engaged_at is None else self.engaged_at
        return Shaping(
            stress=skill.stress if self.worst >= 0.05 else 1.0,
            experience=skill.experience_acting if acting else skill.experience,
            procedures=skill.procedures if guided else 1.0,
            fitness=condition.fitness(condition.kss(self.scenario, engaged, self.now)),
        )

    def see(self, event: Event) -> None:
        """Take an event of this seat in."""
        self.now = event.t
        self.view.feed((event,))
        fact = event.fact
        if isinstance(fact, f.ActionStarted):
            self.touched.add(fact.target)
        if isinstance(fact, f.MessagePosted):
            self._hear(event.actor, fact)
        elif self.doing is not None:
            self._follow(event.actor, fact, self.doing)

    def _hear(self, author: str, fact: f.MessagePosted) -> None:
        if fact.channel == "#incidents" and self.view.people.get(author, ("", "", ""))[2] in HELPERS:
            self.reports.append(fact.text)

    def _follow(self, actor: str, fact: f.Fact, doing: Doing) -> None:
        match fact:
            case f.ActionStarted() if actor == self.person and not doing.id:
                doing.id = fact.id
            case f.ActionFinished() if fact.id == doing.id:
                doing.finished = True
            case f.Replied(ok=False):
                doing.refused = True
            case f.ProbeAnswered() if fact.command == doing.command.strip():
                doing.refused = True
