"""Escalation policies as GoAlert runs them. Source: GoAlert's engine/escalationmanager/db.go.

A page advances when its service is not in maintenance, and it is triggered or was forced, and it never
escalated, or its time has come, or it was forced. An acknowledgement only suspends: it never ends by itself,
and forcing takes it back. Steps with nobody are entered and take their time.
"""

from __future__ import annotations

from dataclasses import replace

from drillbook.errors import NotFound
from drillbook.model.policies.goalert import GoAlertPolicy
from drillbook.oncall.course import Plain, joined, later
from drillbook.oncall.page import (
    ChangeKind,
    Moved,
    Page,
    PageState,
    Why,
    acknowledged,
    change,
    notified,
    unacknowledged,
)
from drillbook.oncall.reach import Reach, Who

FOR_EVER = -1


class GoAlertCourse(Plain):
    """A policy under way; GoAlert's step number n is level n + 1, its loop count n is pass n + 1."""

    holds = True

    def __init__(self, policy: GoAlertPolicy, reach: Reach) -> None:
        self.id = policy.id
        self.size = len(policy.steps)
        self._repeat = policy.repeat
        self._delays = [step.delay_minutes * 60.0 for step in policy.steps]
        self._targets = [
            tuple(Who("person" if each.type == "user" else each.type, each.id) for each in step.targets)
            for step in policy.steps
        ]
        self._reach = reach

    def opened(self, page: Page, t: float) -> Moved:
        """The page, which never escalated yet: it does at once, unless the service is in maintenance."""
        new = replace(page, escalates_at=t)
        return Moved(new, (change(t, ChangeKind.TRIGGERED, new),))

    def due(self, page: Page, t: float) -> Moved:
        """The next step; after the last the first one, where that was forced or a repetition is left."""
        wraps = page.level == self.size
        if wraps and not (page.forced or self._repeat == FOR_EVER or page.pass_ <= self._repeat):
            new = replace(page, escalates_at=None)
            return Moved(new, (change(t, ChangeKind.EXHAUSTED, new),))
        level = 1 if wraps else page.level + 1
        users = self._reach.all(self._targets[level - 1], t)
        new = replace(
            unacknowledged(page),
            level=level,
            pass_=page.pass_ + 1 if wraps else page.pass_,
            assigned=users if page.state is PageState.ACKNOWLEDGED else joined(page, users),
            direct=False,
            forced=False,
            escalates_at=later(t, self._delays[level - 1]),
        )
        rings = notified(t, new, users)
        if page.level == 0 and not page.forced:
            return Moved(new, rings)
        why = Why.MANUAL if page.forced else Why.TIMEOUT
        return Moved(new, (change(t, ChangeKind.ESCALATED, new, from_level=page.level, why=why), *rings))

    def forced(self, page: Page, t: float, level: int | None) -> Moved:
        """The page escalates to the next step at once, or when maintenance ends."""
        if level is not None:
            raise NotFound(f"GoAlert's policy {self.id!r} escalates to the next step only; name no level")
        return Moved(replace(page, forced=True, escalates_at=t))

    def taken(self, page: Page, t: float, user: str, expires_at: float | None) -> Page:
        """The page waits; what was forced before still happens."""
        new = acknowledged(page, t, user, None)
        return replace(new, escalates_at=page.escalates_at) if page.forced else new

    def reassigned(self, page: Page, t: float, user: str) -> Moved:
        """NotFound: an alert belongs to its policy."""
        raise NotFound("GoAlert gives alerts to nobody by name; /page calls somebody in")

    def restarted(self, page: Page, t: float) -> Moved:
        """The page never escalated, again."""
        waits = None if page.state is PageState.ACKNOWLEDGED else t
        new = replace(page, level=0, pass_=1, forced=False, escalates_at=waits)
        return Moved(new, (change(t, ChangeKind.RESTARTED, new, why=Why.POLICY),))
