"""The figures of a run: times and losses. Cheap, since studies take them of thousands of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event


@dataclass(frozen=True, slots=True)
class Measures:
    """Times in seconds and losses; None where it never happened.

    `detect_s`, `mitigate_s` and `resolve_s` count from the onset of users' suffering; `acknowledge_s`,
    `declare_s` and `first_update_s` from the first page (the onset where there was no page). Detected is when
    the first page opened or the incident was declared; mitigated when suffering ended for good; resolved the
    last resolution that was made while nobody suffered and that was not reopened.
    """

    detect_s: float | None = None
    acknowledge_s: float | None = None
    declare_s: float | None = None
    first_update_s: float | None = None
    mitigate_s: float | None = None
    resolve_s: float | None = None
    failed_requests: float | None = None
    user_minutes: float | None = None
    users_affected: float | None = None
    lost_revenue: float | None = None
    pages: int = 0
    """Pages that were opened."""
    notifications: int = 0
    """Times that a page reached somebody."""
    escalations: int = 0
    """Times that a page went to another level."""
    people_paged: int = 0
    """People who were called in directly, each counted once."""
    actions: int = 0
    """Remediations that people began."""
    updates: int = 0
    """Updates to an audience or on the status page."""
    reopened: int = 0
    hints: int = 0

    def to_dict(self) -> dict[str, float | int | None]:
        """The measures by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


class _Tally:
    """What has been seen so far."""

    def __init__(self) -> None:
        self.onset: float | None = None
        self.page: float | None = None
        self.acknowledged: float | None = None
        self.declared: float | None = None
        self.updated: float | None = None
        self.healed: float | None = None
        self.resolved: float | None = None
        self.suffering = False
        self.truth: f.TruthRecorded | f.TruthMeasured | None = None
        self.pages = self.notifications = self.escalations = 0
        self.people: set[str] = set()
        self.roster: set[str] = set()
        self.actions = self.updates = self.reopened = self.hints = 0


def measures(log: Iterable[Event]) -> Measures:
    """The measures of a log, whoever did what."""
    tally = _Tally()
    apply = _APPLY.get
    for event in log:
        take = apply(type(event.fact))
        if take is not None:
            take(tally, event, event.fact)
    start = tally.page if tally.page is not None else tally.onset
    known = [t for t in (tally.page, tally.declared) if t is not None]
    truth = tally.truth
    return Measures(
        detect_s=_since(tally.onset, min(known) if known else None),
        acknowledge_s=_since(tally.page, tally.acknowledged),
        declare_s=_since(start, tally.declared),
        first_update_s=_since(start, tally.updated),
        mitigate_s=_since(tally.onset, tally.healed),
        resolve_s=_since(tally.onset, tally.resolved),
        failed_requests=truth.failed_requests if truth else None,
        user_minutes=truth.user_minutes if truth else None,
        users_affected=truth.users_affected if truth else None,
        lost_revenue=truth.lost_revenue if isinstance(truth, f.TruthRecorded) else None,
        pages=tally.pages,
        notifications=tally.notifications,
        escalations=tally.escalations,
        people_paged=len(tally.people),
        actions=tally.actions,
        updates=tally.updates,
        reopened=tally.reopened,
        hints=tally.hints,
    )


def _since(start: float | None, end: float | None) -> float | None:
    """Seconds from start to end; 0 where the end came first."""
    return None if start is None or end is None else round(max(0.0, end - start), 3)


def _started(tally: _Tally, event: Event, fact: f.Started) -> None:
    tally.roster = {person[0] for person in fact.people}


def _impact(tally: _Tally, event: Event, fact: f.ImpactChanged) -> None:
    tally.suffering = fact.suffering
    tally.healed = None if fact.suffering else event.t
    if fact.suffering and tally.onset is None:
        tally.onset = event.t


def _page(tally: _Tally, event: Event, fact: f.PageChanged) -> None:
    match fact.change:
        case "triggered":
            tally.pages += 1
            tally.page = event.t if tally.page is None else tally.page
        case "notified":
            tally.notifications += 1
        case "escalated":
            tally.escalations += 1
        case "acknowledged":
            tally.acknowledged = event.t if tally.acknowledged is None else tally.acknowledged


def _declared(tally: _Tally, event: Event, fact: f.IncidentDeclared) -> None:
    tally.declared = event.t if tally.declared is None else tally.declared


def _resolved(tally: _Tally, event: Event, fact: f.IncidentResolved) -> None:
    tally.resolved = None if tally.suffering else event.t


def _reopened(tally: _Tally, event: Event, fact: f.IncidentReopened) -> None:
    tally.resolved = None
    tally.reopened += 1


def _paged(tally: _Tally, event: Event, fact: f.PersonPaged) -> None:
    tally.people.add(fact.person)


def _action(tally: _Tally, event: Event, fact: f.ActionStarted) -> None:
    tally.actions += event.actor in tally.roster


def _update(tally: _Tally, event: Event, fact: f.UpdateSent | f.StatusUpdated) -> None:
    tally.updates += 1
    tally.updated = event.t if tally.updated is None else tally.updated


def _truth(tally: _Tally, event: Event, fact: f.TruthRecorded | f.TruthMeasured) -> None:
    tally.truth = fact


def _hint(tally: _Tally, event: Event, fact: f.HintGiven) -> None:
    tally.hints += 1


_APPLY: dict[type[Any], Callable[[_Tally, Event, Any], None]] = {
    f.Started: _started,
    f.ImpactChanged: _impact,
    f.PageChanged: _page,
    f.IncidentDeclared: _declared,
    f.IncidentResolved: _resolved,
    f.IncidentReopened: _reopened,
    f.PersonPaged: _paged,
    f.ActionStarted: _action,
    f.UpdateSent: _update,
    f.StatusUpdated: _update,
    f.TruthMeasured: _truth,
    f.TruthRecorded: _truth,
    f.HintGiven: _hint,
}
