"""What is due and when: acknowledgement, escalation and updates, by the playbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drillbook.events.view import IncidentView, Message, PageView
from drillbook.model.playbook import Cadence, Playbook

CHANNELS = {
    "#incidents": "incidents",
    "#executives": "executives",
    "#customer-success": "customer-success",
    "#support": "customer-success",
    "#team": "team",
}
"""The audience that a channel reaches."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that is due at `at`, out of `span` seconds given for it."""

    what: str
    at: float
    span: float

    def left(self, now: float) -> float:
        """Seconds left; negative when it is overdue."""
        return self.at - now


def acknowledgement(page: PageView, view: IncidentView, playbook: Playbook) -> Deadline | None:
    """When a page must be acknowledged by the playbook; None once somebody has."""
    if page.state != "triggered" or page.acknowledged_at is not None:
        return None
    told = [t for t, person in page.notified if person == view.person]
    span = playbook.duties.acknowledge_within
    return Deadline("acknowledge", (told[0] if told else page.opened_at) + span, span)


def escalation(page: PageView) -> Deadline | None:
    """When a page goes to the next level by itself; None when it does not."""
    if page.state != "triggered" or page.escalates_at is None:
        return None
    since = max([page.opened_at, *(t for t, _ in page.notified)])
    return Deadline("escalates", page.escalates_at, max(page.escalates_at - since, 1.0))


def updates(view: IncidentView, playbook: Playbook) -> list[Deadline]:
    """When each audience must next hear from the responders, the soonest first."""
    severity = playbook.severity(view.severity) if view.severity else None
    if severity is None or view.declared_at is None or view.resolved_at is not None:
        return []
    due = [_update(cadence, view, view.declared_at) for cadence in severity.updates]
    return sorted(due, key=lambda deadline: (deadline.at, deadline.what))


def _update(cadence: Cadence, view: IncidentView, declared: float) -> Deadline:
    told = [message.t for message in _told(view, cadence.audience)]
    if told:
        return Deadline(cadence.audience, told[-1] + cadence.every, cadence.every)
    span = cadence.every if cadence.first_within is None else cadence.first_within
    return Deadline(cadence.audience, declared + span, span)


def _told(view: IncidentView, audience: str) -> Iterator[Message]:
    """Updates to an audience, and what the seat itself wrote in its channel."""
    for message in view.messages:
        if message.channel == audience or (
            CHANNELS.get(message.channel) == audience and message.author == view.person
        ):
            yield message


def urgent(view: IncidentView, playbook: Playbook) -> list[Deadline]:
    """What is due for pages; of several pages the soonest counts."""
    found: list[Deadline] = []
    for of_page in (lambda page: acknowledgement(page, view, playbook), escalation):
        due = [deadline for page in view.open_pages if (deadline := of_page(page)) is not None]
        found += sorted(due, key=lambda deadline: deadline.at)[:1]
    return found
