"""Escalation policies as PagerDuty runs them: levels in order, in passes, skipping levels nobody is on.

A page belongs to the people of one level at a time. Open pages keep the policy that they opened under.
Source: PagerDuty's REST API v2 and its knowledge base on escalation policies and incident urgency.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from drillbook.errors import NotFound
from drillbook.model.policies.pagerduty import EscalationRule, PagerDutyPolicy
from drillbook.oncall.course import Plain, later
from drillbook.oncall.page import ChangeKind, Moved, Page, Why, change, entered, notified, unacknowledged
from drillbook.oncall.reach import Reach, Who, everyone


@dataclass(frozen=True, slots=True)
class Level:
    """One level: whom it notifies and how long it waits for an acknowledgement."""

    targets: tuple[Who, ...]
    delay: float
    """Time before the level is left."""
    round_robin: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A place in the course of an escalation."""

    pass_: int
    level: int


class PagerDutyCourse(Plain):
    """A policy under way; `num_loops` N means N + 1 passes."""

    ack_ends = True

    def __init__(self, policy: PagerDutyPolicy, reach: Reach) -> None:
        self.id = policy.id
        self._levels = tuple(map(_level, policy.escalation_rules))
        self.size = len(self._levels)
        self._passes = policy.num_loops + 1
        self._reach = reach

    def opened(self, page: Page, t: float) -> Moved | None:
        """The page at the first level with anyone on call."""
        found = self._first(self._steps_after(Step(1, 0)), t)
        if found is None:
            return None
        new = self._entered(page, *found, t)
        return Moved(new, (change(t, ChangeKind.TRIGGERED, new), *notified(t, new)))

    def due(self, page: Page, t: float) -> Moved:
        """The page at the next level with anyone on call; exhausted after the last pass."""
        found = self._first(self._steps_after(Step(page.pass_, page.level)), t)
        if found is not None:
            return self._escalated(page, *found, t, Why.TIMEOUT)
        new = replace(page, escalates_at=None)
        return Moved(new, (change(t, ChangeKind.EXHAUSTED, new),))

    def forced(self, page: Page, t: float, level: int | None) -> Moved | None:
        """An acknowledged page triggers again, an exhausted one runs on from there.

        After the last level of the last pass the next is the first one again, without another pass.
        """
        if level is not None and not 1 <= level <= self.size:
            raise NotFound(f"the policy {self.id!r} has no level {level}; it has levels 1 to {self.size}")
        here = Step(page.pass_, page.level)
        steps = self._steps_by_hand(here) if level is None else iter([Step(page.pass_, level)])
        found = self._first(steps, t)
        return None if found is None else self._escalated(page, *found, t, Why.MANUAL)

    def reassigned(self, page: Page, t: float, user: str) -> Moved:
        """The page is that person's alone: it triggers anew, and escalates no more by itself."""
        new = replace(unacknowledged(page), assigned=(user,), direct=True, escalates_at=None)
        return Moved(new, (change(t, ChangeKind.REASSIGNED, new, user), *notified(t, new)))

    def triggered_again(self, page: Page, t: float) -> Moved:
        """Who had acknowledged is notified, and who has come on call at the level since."""
        again = replace(unacknowledged(page), assigned=everyone((*page.assigned, *self._relief(page, t))))
        again = self._waiting(again, t)
        timed_out = change(t, ChangeKind.ACK_TIMED_OUT, again, page.acknowledged_by)
        return Moved(again, (timed_out, *notified(t, again)))

    def raised(self, page: Page, t: float) -> Moved:
        """The people of the page are notified again, and it escalates from now on."""
        new = self._waiting(page, t)
        return Moved(new, (change(t, ChangeKind.UPDATED, new, why=Why.URGENCY), *notified(t, new)))

    def _steps_after(self, step: Step) -> Iterator[Step]:
        """The steps that follow by themselves, to the last level of the last pass."""
        for pass_ in range(step.pass_, self._passes + 1):
            first = step.level + 1 if pass_ == step.pass_ else 1
            for level in range(first, self.size + 1):
                yield Step(pass_, level)

    def _steps_by_hand(self, step: Step) -> Iterator[Step]:
        """Those that follow, then all levels of the last pass anew."""
        yield from self._steps_after(step)
        for level in range(1, self.size + 1):
            yield Step(self._passes, level)

    def _first(self, steps: Iterable[Step], t: float) -> tuple[Step, tuple[str, ...]] | None:
        """The first of the steps with anyone on call, and whom it assigns; a turn is used up."""
        for step in steps:
            level = self._levels[step.level - 1]
            if level.round_robin:
                users = self._reach.in_turn((self.id, step.level), level.targets, t)
            else:
                users = self._reach.all(level.targets, t)
            if users:
                return step, users
        return None

    def _escalated(self, page: Page, step: Step, users: tuple[str, ...], t: float, why: Why) -> Moved:
        new = self._entered(page, step, users, t)
        moved = change(t, ChangeKind.ESCALATED, new, from_level=page.level, why=why)
        return Moved(new, (moved, *notified(t, new)))

    def _entered(self, page: Page, step: Step, users: tuple[str, ...], t: float) -> Page:
        leaves = None if page.urgency == "low" else later(t, self._levels[step.level - 1].delay)
        return entered(page, step.pass_, step.level, users, leaves)

    def _waiting(self, page: Page, t: float) -> Page:
        """The page with the delay of its level begun, unless it does not escalate by itself."""
        if page.urgency == "low" or page.direct:
            return page
        return replace(page, escalates_at=later(t, self._levels[page.level - 1].delay))

    def _relief(self, page: Page, t: float) -> list[str]:
        level = self._levels[page.level - 1]
        if page.direct or level.round_robin or page.acknowledged_at is None:
            return []
        before = self._reach.all(level.targets, page.acknowledged_at)
        return [user for user in self._reach.all(level.targets, t) if user not in before]


def _level(rule: EscalationRule) -> Level:
    targets = tuple(
        Who("person" if each.type.startswith("user") else "schedule", each.id) for each in rule.targets
    )
    delay = round(rule.escalation_delay_in_minutes * 60, 3)
    return Level(targets, delay, rule.escalation_rule_assignment_strategy == "round_robin")
