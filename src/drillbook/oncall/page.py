"""A page and what can happen to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal, TypeAlias

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
    pass_: int = 1
    """How often the policy's levels have been begun."""
    assigned: tuple[str, ...] = ()
    direct: bool = False
    """Assigned to a person by name; does not escalate by itself."""
    escalates_at: float | None = None
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    ack_expires_at: float | None = None
    auto_resolves_at: float | None = None
    resolved_at: float | None = None

    def next_time(self) -> float | None:
        """When the page next moves by itself."""
        # An acknowledged page does not escalate, so that at most one of the two is set.
        turn = self.escalates_at if self.ack_expires_at is None else self.ack_expires_at
        if turn is None or self.auto_resolves_at is None:
            return self.auto_resolves_at if turn is None else turn
        return min(turn, self.auto_resolves_at)


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


def acknowledged(page: Page, t: float, user: str, expires_at: float | None) -> Page:
    """The page in one person's hands; it escalates no more."""
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
        resolved_at=t,
    )
