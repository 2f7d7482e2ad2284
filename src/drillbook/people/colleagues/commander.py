"""The incident commander: keeps severity, roles and the next update in view; repairs nothing."""

from __future__ import annotations

from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Cadence
from drillbook.people.colleagues import words
from drillbook.people.colleagues.colleague import Colleague, Handler

BEGINS = 30.0
"""Time to read up after joining, in seconds (assumption)."""
LOOKS_EVERY = 120.0
"""How often they check whether updates are overdue, in seconds (assumption)."""
GRACE = 120.0
"""How overdue an update must be before they say so, in seconds (assumption)."""
REMINDERS = 4
"""Reminders in all (assumption)."""


class Commander(Colleague):
    """Leads once assigned, or once paged and here."""

    def handlers(self) -> dict[type[Any], Handler]:
        """Roles, severity and what was told to whom."""
        self._roles: dict[str, str] = {}
        self._severity = ""
        self._declared_at: float | None = None
        self._told: dict[str, float] = {}
        self._reminded: dict[str, float] = {}
        self._reminders = 0
        self._acknowledged = ""
        return {
            f.RoleAssigned: self._on_role,
            f.IncidentDeclared: self._on_declared,
            f.SeverityChanged: self._on_severity,
            f.UpdateSent: lambda event, fact: self._on_told(event, fact.audience),
            f.StatusUpdated: lambda event, _fact: self._on_told(event, "status-page"),
            f.MessagePosted: self._on_message,
            f.IncidentResolved: lambda _event, _fact: self.agenda.drop("watch"),
        }

    def arrived(self, t: float) -> None:
        """Read up, then lead."""
        self.agenda.at(t + self.takes("begin", BEGINS), "begin", self._begin)

    def page_changed(self, event: Event, fact: f.PageChanged) -> None:
        """Who took the page works on the system."""
        if fact.change == "acknowledged":
            self._acknowledged = fact.user

    def _begin(self, t: float) -> list[str]:
        self.agenda.at(t + LOOKS_EVERY, "watch", self._watch)
        if not self._severity:
            return [f"/ask #incidents {self.pick('severity', words.ASKS_SEVERITY)}"]
        return [*self._fill_roles(), f"/post #incidents {self._leads()}"]

    def _leads(self) -> str:
        operations = self._roles.get("operations") or self._acknowledged
        return self.pick("leads", words.COMMANDER_LEADS).format(
            operations=self.name(operations) if operations else words.NOBODY,
            communications=self.name(self._communications() or "") or words.NOBODY,
        )

    def _communications(self) -> str | None:
        on_duty = (each.id for each in self.around.scenario.people if each.part == "communications")
        return self._roles.get("communications") or next(on_duty, None)

    def _fill_roles(self) -> list[str]:
        """Nobody communicates yet: somebody shall."""
        known = {role.id for role in self.around.playbook.roles}
        person = self._communications()
        if "communications" not in known or "communications" in self._roles or person is None:
            return []
        return [f"/assign communications {person}"]

    def _watch(self, t: float) -> list[str]:
        """The one update that is most overdue is called for."""
        self.agenda.at(t + LOOKS_EVERY, "watch", self._watch)
        severity = self.around.playbook.severity(self._severity) if self._severity else None
        if severity is None or self._declared_at is None or self._reminders >= REMINDERS:
            return []
        overdue = [(self._late(cadence, t), cadence) for cadence in severity.updates]
        late, cadence = max(overdue, key=lambda each: each[0], default=(0.0, None))
        if cadence is None or late < GRACE:
            return []
        self._reminders += 1
        self._reminded[cadence.audience] = t
        since = self._told.get(cadence.audience, self._declared_at)
        text = self.pick("reminder", words.REMINDER, self._reminders).format(
            audience=words.AUDIENCES.get(cadence.audience, cadence.audience),
            every=round(cadence.every / 60),
            minutes=round((t - since) / 60),
        )
        return [f"/post #incidents {text}"]

    def _late(self, cadence: Cadence, t: float) -> float:
        """Seconds by which an audience's update is overdue, counted anew after a reminder."""
        told = self._told.get(cadence.audience)
        declared = self._declared_at if self._declared_at is not None else t
        first = cadence.first_within or cadence.every
        due = declared + first if told is None else told + cadence.every
        reminded = self._reminded.get(cadence.audience)
        return t - (due if reminded is None else max(due, reminded + cadence.every / 2))

    def _on_role(self, event: Event, fact: f.RoleAssigned) -> None:
        self._roles[fact.role] = fact.person

    def _on_declared(self, event: Event, fact: f.IncidentDeclared) -> None:
        self._severity = fact.severity
        if self._declared_at is None:
            self._declared_at = event.t

    def _on_severity(self, event: Event, fact: f.SeverityChanged) -> None:
        self._severity = fact.severity

    def _on_told(self, event: Event, audience: str) -> None:
        self._told[audience] = event.t

    def _on_message(self, event: Event, fact: f.MessagePosted) -> None:
        """What is written in the channel by whoever works on the system is news to those who read along."""
        works = self._roles.get("operations") or self._acknowledged
        if fact.channel == "#incidents" and event.actor == works and not fact.asks:
            self._on_told(event, "incidents")
