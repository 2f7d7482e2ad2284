"""Escalation chains as Grafana OnCall runs them: step after step, five seconds apart.

Source: Grafana OnCall's engine/apps/alerts (EscalationPolicySnapshot, START_ESCALATION_DELAY,
NEXT_ESCALATION_DELAY, MAX_TIMES_REPEAT) and its HTTP API. Open alert groups keep the chain that they began
with; an acknowledgement stops it, and what takes the acknowledgement back begins it anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from drillbook.errors import NotFound
from drillbook.model.policies.grafana_oncall import (
    GrafanaChain,
    NotifyIfManyAlerts,
    NotifyIfTime,
    NotifyOnCallFromSchedule,
    NotifyPersonNextEachTime,
    NotifyPersons,
    NotifyTeamMembers,
    NotifyWholeChannel,
    RepeatEscalation,
    Resolve,
    Step,
    Wait,
)
from drillbook.oncall.course import Plain, joined, later
from drillbook.oncall.page import (
    ChangeKind,
    Moved,
    Page,
    PageState,
    Why,
    change,
    notified,
    resolved,
    unacknowledged,
)
from drillbook.oncall.reach import Reach, Who

STARTS_AFTER = 10.0
NEXT_AFTER = 5.0
MOST_REPEATS = 5

_NOTIFIES = (
    NotifyPersons,
    NotifyPersonNextEachTime,
    NotifyOnCallFromSchedule,
    NotifyTeamMembers,
    NotifyWholeChannel,
)


class GrafanaCourse(Plain):
    """A chain under way; a step is a level, the level in force is the step that ran last."""

    ack_ends = True

    def __init__(self, chain: GrafanaChain, reach: Reach) -> None:
        self.id = chain.id
        self._steps = tuple(chain.steps)
        self.size = len(self._steps)
        self._reach = reach

    def opened(self, page: Page, t: float) -> Moved:
        """The alert group, ten seconds before its first step."""
        new = replace(page, received=(t,), escalates_at=later(t, STARTS_AFTER))
        return Moved(new, (change(t, ChangeKind.TRIGGERED, new),))

    def due(self, page: Page, t: float) -> Moved:
        """The next step; after the last one nothing more happens."""
        if page.level == self.size:
            new = replace(page, escalates_at=None)
            return Moved(new, (change(t, ChangeKind.EXHAUSTED, new),))
        return self._run(page, t, page.level + 1)

    def forced(self, page: Page, t: float, level: int | None) -> Moved | None:
        """The next step that notifies runs now, or the one named; None where that reaches nobody."""
        if level is None:
            left = range(page.level + 1, self.size + 1)
            level = next((each for each in left if isinstance(self._steps[each - 1], _NOTIFIES)), None)
        elif not 1 <= level <= self.size:
            raise NotFound(f"the chain {self.id!r} has no step {level}; it has steps 1 to {self.size}")
        elif not isinstance(self._steps[level - 1], _NOTIFIES):
            raise NotFound(f"step {level} of the chain {self.id!r} notifies nobody")
        users = self._users(self._steps[level - 1], level, t) if level else ()
        if level is None or not users:
            return None
        return self._notified(unacknowledged(page), t, level, users, Why.MANUAL)

    def triggered_again(self, page: Page, t: float) -> Moved:
        """The chain begins anew."""
        again = replace(unacknowledged(page), level=0, pass_=1, escalates_at=later(t, STARTS_AFTER))
        return Moved(again, (change(t, ChangeKind.ACK_TIMED_OUT, again, page.acknowledged_by),))

    def alerted(self, page: Page, t: float) -> Page:
        """A chain that waits for more alerts looks again."""
        new = replace(page, received=(*page.received, t))
        paused = page.state is PageState.TRIGGERED and page.escalates_at is None and page.level < self.size
        return replace(new, escalates_at=later(t, STARTS_AFTER)) if paused else new

    def _run(self, page: Page, t: float, level: int) -> Moved:
        step = self._steps[level - 1]
        after = replace(page, level=level, escalates_at=later(t, NEXT_AFTER))
        match step:
            case Wait():
                return Moved(replace(after, escalates_at=later(t, step.duration)))
            case NotifyIfTime():
                return Moved(replace(after, escalates_at=self._opens(step, t) or after.escalates_at))
            case NotifyIfManyAlerts():
                last = page.received[-1]
                recent = [each for each in page.received if each >= last - 60 * step.num_minutes_in_window]
                return Moved(
                    after if len(recent) > step.num_alerts_in_window else replace(page, escalates_at=None)
                )
            case RepeatEscalation():
                again = replace(after, level=0, pass_=page.pass_ + 1)
                return Moved(again if page.pass_ <= MOST_REPEATS else after)
            case Resolve():
                closed = resolved(replace(page, level=level), t)
                return Moved(closed, (change(t, ChangeKind.RESOLVED, closed, why=Why.POLICY),))
        return self._notified(page, t, level, self._users(step, level, t), Why.TIMEOUT)

    def _notified(self, page: Page, t: float, level: int, users: tuple[str, ...], why: Why) -> Moved:
        new = replace(page, level=level, assigned=joined(page, users), escalates_at=later(t, NEXT_AFTER))
        up = change(t, ChangeKind.ESCALATED, new, from_level=page.level, why=why)
        first = not users or (not page.assigned and why is Why.TIMEOUT)
        return Moved(new, (*(() if first else (up,)), *notified(t, new, users)))

    def _users(self, step: Step, level: int, t: float) -> tuple[str, ...]:
        match step:
            case NotifyPersons():
                return self._reach.all([Who("person", each) for each in step.persons_to_notify], t)
            case NotifyPersonNextEachTime():
                queue = sorted(step.persons_to_notify_next_each_time)
                return self._reach.in_turn((self.id, level), tuple(Who("person", each) for each in queue), t)
            case NotifyOnCallFromSchedule():
                return self._reach.all([Who("schedule", step.notify_on_call_from_schedule)], t)
            case NotifyTeamMembers():
                return self._reach.all([Who("team", step.team_to_notify)], t)
        return self._reach.directory.everybody

    def _opens(self, step: NotifyIfTime, t: float) -> float | None:
        """When the hours of a step begin next; None within them."""
        now = self._reach.directory.at(t).astimezone(UTC)
        start, end = _clock(step.notify_if_time_from), _clock(step.notify_if_time_to)
        shown = now.time()
        inside = start <= shown < end if start < end else shown >= start or shown < end
        if inside:
            return None
        opens = datetime.combine(now.date(), start, UTC)
        return self._reach.directory.seconds(opens if opens > now else opens + timedelta(days=1))


def _clock(text: str) -> time:
    return time.fromisoformat(text.removesuffix("Z"))
