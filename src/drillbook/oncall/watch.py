"""Watches an incident for the moments at which a playbook's escalation triggers begin to hold.

The engine feeds it as events happen, judgement with the finished log; both so find the same moments.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.automation import AUTOMATION
from drillbook.model.labels import Labels, get
from drillbook.model.playbook import Playbook
from drillbook.model.trigger import (
    CauseUnknown,
    Declared,
    NoProgress,
    OfNature,
    RemediationFailed,
    RevenueLost,
    RevenuePerHour,
    SeveralPages,
    SeveralServices,
    Trigger,
    Unacknowledged,
    Unresolved,
    UsersAffected,
)

HELPS_WITHIN = 300.0
"""Seconds in which a remedy shows whether it helped."""

_PROGRESS = (
    f.ProbeAnswered, f.ActionStarted, f.ActionFinished, f.CauseStated, f.StatusUpdated, f.UpdateSent,
    f.MessagePosted, f.NoteTaken, f.StepChecked, f.IncidentDeclared, f.SeverityChanged, f.MitigationClaimed,
)  # fmt: skip


class Impact(NamedTuple):
    """What users suffer at a moment."""

    users: float
    """Hit so far."""
    lost: float
    """USD so far."""
    per_hour: float
    """USD an hour at this moment."""


class Began(NamedTuple):
    """A trigger began to hold."""

    trigger: Trigger
    t: float


@dataclass(slots=True)
class _Course:
    """What is known of an incident; times in seconds since the scenario's start."""

    paged: float | None = None
    severity: str = ""
    set_at: float = 0.0
    progress: float | None = None
    cause: bool = False
    suffers: bool | None = None
    resolved: bool = False
    failed: float | None = None
    """When a remedy turns out to have failed."""

    @property
    def over(self) -> bool:
        """Resolved, or users are well again."""
        return self.resolved or self.suffers is False


class Watch:
    """Triggers that wait to hold; each begins once.

    `severity` counts until one is declared; `people` are those whose acts are progress.
    """

    def __init__(
        self,
        playbook: Playbook,
        triggers: Sequence[Trigger],
        people: Collection[str],
        severity: str,
        nature: Collection[str],
    ) -> None:
        self._playbook = playbook
        self._waiting = list(triggers)
        self._people = people
        self._nature = nature
        self._course = _Course(severity=self._level(severity))
        self._only = {each.id: self._levels(getattr(each.when, "severities", ())) for each in triggers}
        self._unanswered: dict[str, float] = {}
        self._open: set[str] = set()
        self._services: dict[Labels, str] = {}
        self._crossed: dict[str, float] = {}
        self._tried: set[str] = set()
        self._seen = 0.0

    @property
    def needs_impact(self) -> bool:
        """Whether `measure` can still matter."""
        kinds = (UsersAffected, RevenuePerHour, RevenueLost)
        return any(isinstance(each.when, kinds) for each in self._waiting) and not self._course.resolved

    def see(self, event: Event) -> None:
        """Something happened."""
        fact, course = event.fact, self._course
        self._seen = event.t
        if isinstance(fact, _PROGRESS) and event.actor in self._people:
            course.progress = event.t
        match fact:
            case f.PageChanged():
                self._page(event.t, fact)
            case f.AlertChanged():
                self._alert(fact)
            case f.IncidentDeclared() | f.SeverityChanged():
                course.severity, course.set_at = self._level(fact.severity), event.t
            case f.CauseStated():
                course.cause = True
            case f.ImpactChanged():
                course.suffers = fact.suffering
            case f.IncidentResolved() | f.IncidentReopened():
                course.resolved = isinstance(fact, f.IncidentResolved)
            case f.ActionStarted() if event.actor in self._people or event.actor == AUTOMATION:
                self._tried.add(fact.id)
            case f.ActionFinished() if course.suffers and fact.id in self._tried:
                course.failed = event.t if not fact.ok else course.failed or event.t + HELPS_WITHIN

    def measure(self, t: float, impact: Impact) -> None:
        """What users suffer at t."""
        for trigger in self._waiting:
            match trigger.when:
                case UsersAffected(above=limit):
                    above = impact.users > limit
                case RevenuePerHour(above=limit):
                    above = impact.per_hour > limit
                case RevenueLost(above=limit):
                    above = impact.lost > limit
                case _:
                    continue
            if above:
                self._crossed.setdefault(trigger.id, t)

    def next_time(self) -> float | None:
        """When the next trigger begins to hold, as things stand; a time that has passed means now."""
        times = (self._since(each) for each in self._waiting)
        return min((t for t in times if t is not None), default=None)

    def take(self, t: float) -> list[Began]:
        """The triggers that have begun to hold by t."""
        due = [(each, since) for each in self._waiting if (since := self._since(each)) is not None]
        began = [Began(each, max(since, self._seen)) for each, since in due if since <= t]
        gone = {each.trigger.id for each in began}
        self._waiting = [each for each in self._waiting if each.id not in gone]
        return began

    def _page(self, t: float, fact: f.PageChanged) -> None:
        if fact.change == "triggered":
            self._unanswered[fact.page] = t
            self._open.add(fact.page)
            if self._course.paged is None:
                self._course.paged = t
        elif fact.change == "acknowledged":
            self._unanswered.pop(fact.page, None)
            self._course.progress = t
        elif fact.change == "ack-timed-out":
            self._unanswered[fact.page] = t
        elif fact.change == "resolved":
            self._unanswered.pop(fact.page, None)
            self._open.discard(fact.page)

    def _alert(self, fact: f.AlertChanged) -> None:
        if fact.state != "firing" or get(fact.labels, "severity") != "critical":
            self._services.pop(fact.labels, None)
            return
        names = (get(fact.labels, name) for name in ("service", "job", "team"))
        self._services[fact.labels] = next((name for name in names if name), "")

    def _since(self, trigger: Trigger) -> float | None:
        """When a trigger begins to hold, or will if nothing happens; None if it will not."""
        course, when = self._course, trigger.when
        only = self._only[trigger.id]
        if course.paged is None or course.over or (only and course.severity not in only):
            return None
        match when:
            case Declared():
                return max(course.paged, course.set_at)
            case Unacknowledged():
                first = min(self._unanswered.values(), default=None)
                return None if first is None else first + when.after
            case NoProgress():
                return max(course.paged, course.progress or 0.0) + when.after
            case Unresolved():
                return self._overdue(course.paged, when)
            case CauseUnknown():
                return None if course.cause else course.paged + when.after
            case RemediationFailed():
                return course.failed
            case UsersAffected() | RevenuePerHour() | RevenueLost():
                return self._crossed.get(trigger.id)
        return course.paged if self._holds(when) else None

    def _holds(self, when: SeveralServices | SeveralPages | OfNature) -> bool:
        match when:
            case SeveralServices():
                return len(set(self._services.values())) >= when.count
            case SeveralPages():
                return len(self._open) >= when.count
        return bool(set(when.of) & set(self._nature))

    def _level(self, name: str) -> str:
        """A severity by the playbook's id for it."""
        found = self._playbook.severity(name)
        return found.id if found else name

    def _levels(self, names: Sequence[str]) -> frozenset[str]:
        return frozenset(map(self._level, names))

    def _overdue(self, paged: float, when: Unresolved) -> float | None:
        if when.after is not None:
            return paged + when.after
        severity = self._playbook.severity(self._course.severity)
        within = severity.resolve_within if severity else None
        return None if within is None else paged + within
