"""The communications lead: tells the public what the responders have said, and no more."""

from __future__ import annotations

import re
from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Cadence
from drillbook.people import texts
from drillbook.people.colleagues import words
from drillbook.people.colleagues.colleague import Colleague, Handler
from drillbook.people.delays import clock

SERVES = ("status-page", "customer-success")
"""Audiences of a communications lead."""
BEGINS = 45.0
"""Time to read up after joining, in seconds (assumption)."""
WRITES = 40.0
"""Time to write an update, in seconds (assumption)."""
FRESH = 240.0
"""A figure older than this is not repeated to anybody, in seconds (assumption)."""
ASKS_BEFORE = 150.0
"""How long before an update is due they ask for figures, in seconds (assumption)."""
QUESTIONS = 4
"""Questions in all (assumption)."""
OUTSIDE = ("executive", "support", "communications")
"""Parts whose words are no facts about the system."""

_FIGURE = re.compile(
    r"(\d{1,3}(?:\.\d+)?)\s?%[^.;]{0,80}?\b(?:fail|error|request|user|customer)", re.IGNORECASE
)


class Communicator(Colleague):
    """Posts on the playbook's cadence and at each change of phase."""

    def handlers(self) -> dict[type[Any], Handler]:
        """What responders say, and what was told to whom."""
        self._phase = ""
        self._severity = ""
        self._figure: tuple[float, str] | None = None
        self._told: dict[str, tuple[float, str]] = {}
        self._declared_at: float | None = None
        self._questions = 0
        self._written = 0
        self._writes = WRITES
        return {
            f.IncidentDeclared: self._on_declared,
            f.SeverityChanged: self._on_severity,
            f.MessagePosted: self._on_message,
            f.NoteTaken: lambda event, fact: self._hear(event, fact.text),
            f.UpdateSent: self._on_update,
            f.StatusUpdated: self._on_status,
            f.CauseStated: lambda event, _fact: self._enter(event, "identified"),
            f.MitigationClaimed: self._on_mitigated,
            f.IncidentResolved: lambda event, _fact: self._enter(event, "resolved"),
            f.IncidentReopened: lambda event, _fact: self._enter(event, "investigating"),
        }

    def arrived(self, t: float) -> None:
        """Read up, then see what is due."""
        self.agenda.at(t + self.takes("begin", BEGINS), "update", self._update)

    def _cadences(self) -> list[Cadence]:
        severity = self.around.playbook.severity(self._severity) if self._severity else None
        return [each for each in severity.updates if each.audience in SERVES] if severity else []

    def _due(self, cadence: Cadence) -> float:
        told = self._told.get(cadence.audience)
        if told is None:
            return self._declared_at or 0.0
        if told[1] != self._phase:
            return told[0]
        return told[0] + cadence.every * 0.9 if self._phase != "resolved" else float("inf")

    def _plan(self, t: float) -> None:
        """When the next update is to be written, and asked about."""
        due = min((self._due(each) for each in self._cadences()), default=float("inf"))
        if not self.here or due == float("inf"):
            self.agenda.drop("update")
            return
        self.agenda.at(max(due, t) + self._writes, "update", self._update)
        if due - ASKS_BEFORE > t and not self.agenda.holds("ask"):
            self.agenda.at(due - ASKS_BEFORE, "ask", self._ask)

    def _update(self, t: float) -> list[str]:
        """Write the updates that are due."""
        due = [each for each in self._cadences() if self._due(each) <= t]
        self._written += 1
        self._writes = self.takes("write", WRITES, self._written)
        commands = [self._post(each, t) for each in due]
        if due and self._fresh(t) is None and self._phase in ("investigating", "identified"):
            commands += self._ask(t)
        if not due:
            self._plan(t)
        return commands

    def _post(self, cadence: Cadence, t: float) -> str:
        self._told[cadence.audience] = (t, self._phase)
        again = clock(self.around.scenario, t + cadence.every)
        text = texts.filled(
            words.COMMS_UPDATE[self.which("update", len(words.COMMS_UPDATE), self._written)],
            "" if self._phase == "resolved" else f"{again:%H:%M} {again.tzname()}",
            status=words.COMMS_STATUS[self._phase],
            impact=self._impact(t),
            action=words.COMMS_ACTION[self._phase],
        )
        text = texts.plain(text, tuple(self.around.playbook.jargon.items()))
        if cadence.audience == "status-page":
            return f"/status {self._phase} {text}"
        return f"/update {cadence.audience} {text}"

    def _impact(self, t: float) -> str:
        company = self.around.scenario.company.name
        if self._phase in ("monitoring", "resolved"):
            return words.COMMS_IMPACT_OVER.format(company=company)
        figure = self._fresh(t)
        if figure is None:
            return words.COMMS_IMPACT_VAGUE.format(company=company)
        said = clock(self.around.scenario, figure[0])
        return words.COMMS_IMPACT.format(figure=figure[1], time=f"{said:%H:%M}")

    def _fresh(self, t: float) -> tuple[float, str] | None:
        return self._figure if self._figure is not None and t - self._figure[0] <= FRESH else None

    def _ask(self, t: float) -> list[str]:
        if (
            self._questions >= QUESTIONS
            or self._fresh(t) is not None
            or self._phase in ("monitoring", "resolved")
        ):
            return []
        self._questions += 1
        return [f"/ask #incidents {self.pick('ask', words.COMMS_ASKS, self._questions)}"]

    def _hear(self, event: Event, text: str) -> None:
        """Responders' figures; other people's words are no facts."""
        if "%" not in text or event.actor == self.person or self.parts.get(event.actor, "") in (*OUTSIDE, ""):
            return
        found = _FIGURE.search(text)
        if found and not self._of_a_part(text[: found.start()]):
            self._figure = (event.t, f"{found[1]}%")

    def _of_a_part(self, before: str) -> bool:
        """Whether a figure is said of one component, which is not what customers meet."""
        system = self.around.scenario.system
        names = [each.name for each in system.components if each.name != system.workload.entry]
        return any(name in before.rsplit(". ", 1)[-1] for name in names)

    def _enter(self, event: Event, phase: str) -> None:
        if phase != self._phase:
            self._phase = phase
            self._plan(event.t)

    def _on_declared(self, event: Event, fact: f.IncidentDeclared) -> None:
        self._severity = fact.severity
        self._declared_at = event.t if self._declared_at is None else self._declared_at
        self._hear(event, fact.title)
        self._enter(event, self._phase or "investigating")
        self._plan(event.t)

    def _on_severity(self, event: Event, fact: f.SeverityChanged) -> None:
        self._severity = fact.severity
        self._plan(event.t)

    def _on_mitigated(self, event: Event, fact: f.MitigationClaimed) -> None:
        self._figure = None
        self._enter(event, "monitoring")

    def _on_message(self, event: Event, fact: f.MessagePosted) -> None:
        if fact.channel == "#incidents" and not fact.asks:
            self._hear(event, fact.text)

    def _on_update(self, event: Event, fact: f.UpdateSent) -> None:
        self._hear(event, fact.text)
        if fact.audience in SERVES:
            self._told[fact.audience] = (event.t, self._phase)
            self._plan(event.t)

    def _on_status(self, event: Event, fact: f.StatusUpdated) -> None:
        self._told["status-page"] = (event.t, self._phase)
        self._plan(event.t)
