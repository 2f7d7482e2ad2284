"""A page and what can happen to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal, NamedTuple, TypeAlias

from drillbook.model.labels import Labels

Urgency: TypeAlias = Literal["high", "low"]


class PageState(Enum):
    """Where a page stands."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class ChangeKind(Enum):
    """What happened to a page."""

    TRIGGERED = "triggered"
    """A new page; its first level follows as notified."""
    UPDATED = "updated"
    """An open page's summary, alerts or urgency changed."""
    NOTIFIED = "notified"
    """A person's phone rings."""
    ACKNOWLEDGED = "acknowledged"
    ACK_TIMED_OUT = "ack-timed-out"
    """The page triggers again; `user` had acknowledged it."""
    ESCALATED = "escalated"
    EXHAUSTED = "exhausted"
    """Nobody is left to escalate to; the page stays with the people it has."""
    REASSIGNED = "reassigned"
    RESOLVED = "resolved"
    NOBODY_ON_CALL = "nobody-on-call"
    """No page was opened, or an escalation to a named level was in vain."""
    SUPPRESSED = "suppressed"
    """No page was opened: the service is in maintenance."""
    ON_CALL = "on-call"
    """A person came on call; no page is concerned."""
    RESTARTED = "restarted"
    """The policy was edited, and the page begins it anew."""


class Why(Enum):
    """What made a page escalate, resolve or notify again."""

    TIMEOUT = "timeout"
    """Nobody acknowledged, or the page stayed open, for the policy's or service's time."""
    MANUAL = "manual"
    """A person did it."""
    RECOVERED = "recovered"
    """Its alerts resolved."""
    URGENCY = "urgency"
    """A low-urgency page became a high one: unless acknowledged, it notifies its people again."""
    REPEAT = "repeat"
    """The policy begins anew and takes the acknowledgement back."""
    POLICY = "policy"
    """The policy says so: a step that resolves, or the end of its repetitions."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it stands; times in seconds since the scenario's start, levels and passes from 1."""

    id: str
    service: str
    dedup_key: str
    summary: str
    urgency: Urgency
    alerts: tuple[Labels, ...]
    state: PageState
    opened_at: float
    level: int = 0
    """The level in force; 0 while none has been reached."""
    reached: int = 0
    """The last level of the pass that notified anybody, where levels may pass in silence."""
    pass_: int = 1
    """How often the policy's levels have been begun."""
    assigned: tuple[str, ...] = ()
    direct: bool = False
    """Assigned to a person by name; does not escalate by itself."""
    forced: bool = False
    """Somebody wants it escalated, and it could not be yet."""
    received: tuple[float, ...] = ()
    """When alerts opened or joined it."""
    escalates_at: float | None = None
    urgency_rises_at: float | None = None
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    ack_expires_at: float | None = None
    auto_resolves_at: float | None = None
    resolved_at: float | None = None

    def next_time(self) -> float | None:
        """When the page next moves by itself."""
        due = (self.escalates_at, self.ack_expires_at, self.auto_resolves_at, self.urgency_rises_at)
        return min((t for t in due if t is not None), default=None)


@dataclass(frozen=True, slots=True)
class PageChange:
    """One thing that happened to a page, with the facts that apply to it."""

    t: float
    kind: ChangeKind
    page: str
    """The page's id; empty where no page was opened."""
    service: str
    user: str | None = None
    """Who was notified, acknowledged, was assigned or resolved."""
    level: int | None = None
    """The level notified, escalated to, exhausted or found empty."""
    from_level: int | None = None
    """The level escalated from."""
    why: Why | None = None
    after: Page | None = None
    """The page as it stands afterwards."""
    note: str = ""
    """What a change without a page is about."""


class Moved(NamedTuple):
    """A page as it stands after a move, and what happened."""

    page: Page
    changes: tuple[PageChange, ...] = ()


def change(
    t: float,
    kind: ChangeKind,
    page: Page,
    user: str | None = None,
    from_level: int | None = None,
    why: Why | None = None,
) -> PageChange:
    """Something that happened to a page, which now stands as given."""
    return PageChange(t, kind, page.id, page.service, user, page.level, from_level, why, page)


def notified(t: float, page: Page, users: tuple[str, ...] | None = None) -> tuple[PageChange, ...]:
    """Phones ring: of these people, or of everybody who has the page."""
    return tuple(
        change(t, ChangeKind.NOTIFIED, page, user) for user in (page.assigned if users is None else users)
    )


def acknowledged(page: Page, t: float, user: str, expires_at: float | None) -> Page:
    """The page in one person's hands; it escalates no more by itself."""
    return replace(
        page,
        state=PageState.ACKNOWLEDGED,
        assigned=(user,),
        escalates_at=None,
        acknowledged_by=user,
        acknowledged_at=t,
        ack_expires_at=expires_at,
    )


def entered(page: Page, pass_: int, level: int, users: tuple[str, ...], escalates_at: float | None) -> Page:
    """The page triggered at a level, with the people it has there."""
    return replace(
        page,
        state=PageState.TRIGGERED,
        level=level,
        pass_=pass_,
        assigned=users,
        direct=False,
        escalates_at=escalates_at,
        acknowledged_by=None,
        acknowledged_at=None,
        ack_expires_at=None,
    )


def unacknowledged(page: Page) -> Page:
    """The page triggered, in nobody's hands."""
    return replace(
        page, state=PageState.TRIGGERED, acknowledged_by=None, acknowledged_at=None, ack_expires_at=None
    )


def resolved(page: Page, t: float) -> Page:
    """The page closed; it never moves again."""
    return replace(
        page,
        state=PageState.RESOLVED,
        escalates_at=None,
        ack_expires_at=None,
        auto_resolves_at=None,
        urgency_rises_at=None,
        forced=False,
        resolved_at=t,
    )
