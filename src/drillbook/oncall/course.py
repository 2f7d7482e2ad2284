"""An escalation policy under way: what a paging tool makes of a page, given the time."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from drillbook.oncall.page import ChangeKind, Moved, Page, acknowledged, change, notified


class Course(Protocol):
    """A policy of one tool, ready to run. Pages go in; pages and what happened to them come out.

    Times in seconds since the scenario's start; levels and passes count from 1.
    """

    id: str
    size: int
    """How many levels there are."""
    holds: bool
    """Maintenance stops open pages and opens new ones; otherwise it opens none and stops none."""
    ack_ends: bool
    """An acknowledgement may time out."""

    def opened(self, page: Page, t: float) -> Moved | None:
        """A new page; None where the tool opens none because nobody is on call."""

    def due(self, page: Page, t: float) -> Moved:
        """The time has come that the page escalates."""

    def forced(self, page: Page, t: float, level: int | None) -> Moved | None:
        """Somebody escalates by hand, to a level or onward; None where nobody is there.

        NotFound for a level that cannot be gone to.
        """

    def taken(self, page: Page, t: float, user: str, expires_at: float | None) -> Page:
        """Somebody acknowledges."""

    def reassigned(self, page: Page, t: float, user: str) -> Moved:
        """Somebody gives the page to a person by name. NotFound where the tool has no such thing."""

    def triggered_again(self, page: Page, t: float) -> Moved:
        """An acknowledgement timed out."""

    def alerted(self, page: Page, t: float) -> Page:
        """Another alert joined the page."""

    def raised(self, page: Page, t: float) -> Moved:
        """The urgency became high while nobody had acknowledged."""

    def restarted(self, page: Page, t: float) -> Moved | None:
        """The page begins this policy, edited while it was open; None where it keeps the old one."""


class Plain:
    """What most tools do alike: an acknowledgement halts, and an open page keeps the policy it began with."""

    holds = False
    ack_ends = False

    def taken(self, page: Page, t: float, user: str, expires_at: float | None) -> Page:
        """The page is theirs alone, and escalates no more by itself."""
        return acknowledged(page, t, user, expires_at)

    def reassigned(self, page: Page, t: float, user: str) -> Moved:
        """The person joins those who have the page and is notified; the course goes on."""
        new = replace(page, assigned=joined(page, (user,)))
        return Moved(new, (change(t, ChangeKind.REASSIGNED, new, user), *notified(t, new, (user,))))

    def triggered_again(self, page: Page, t: float) -> Moved:
        """Nothing; acknowledgements last."""
        return Moved(page)

    def alerted(self, page: Page, t: float) -> Page:
        """Nothing changes."""
        return page

    def raised(self, page: Page, t: float) -> Moved:
        """Nothing; only PagerDuty knows urgency."""
        return Moved(page)

    def restarted(self, page: Page, t: float) -> Moved | None:
        """The page keeps the policy that it opened under."""
        return None


def later(t: float, delay: float | None) -> float | None:
    """So many seconds later, to the millisecond; None where there is no delay."""
    return None if delay is None else round(t + delay, 3)


def joined(page: Page, users: tuple[str, ...]) -> tuple[str, ...]:
    """The people of a page with others, each once."""
    return tuple(dict.fromkeys((*page.assigned, *users)))
