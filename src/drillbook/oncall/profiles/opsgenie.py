"""Escalations as Opsgenie runs them: each rule at its time since the alert's creation, on its condition.

Acknowledging does not stop the clock; it makes `if-not-acked` rules pass in silence. Source: Opsgenie's
Escalation API v2 and "How do escalations work in Opsgenie". Two readings of ours, where these are silent: an
alert that closes after all repetitions does so one wait interval after the last rule, and `random` takes the
members of a team in turn, so that a run can be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from drillbook.errors import NotFound
from drillbook.model.policies.opsgenie import Condition, NotifyType, OpsgenieEscalation, OpsgenieRule
from drillbook.oncall.course import Plain, joined, later
from drillbook.oncall.page import (
    ChangeKind,
    Moved,
    Page,
    PageChange,
    PageState,
    Why,
    acknowledged,
    change,
    notified,
    resolved,
    unacknowledged,
)
from drillbook.oncall.reach import Reach, Who

_BESIDE: dict[NotifyType, int] = {"next": 1, "previous": -1}
_ROLES: dict[NotifyType, str] = {"users": "user", "admins": "admin"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, ready to run."""

    after: float
    """Seconds since the pass began."""
    condition: Condition
    notify: NotifyType
    recipient: Who


class OpsgenieCourse(Plain):
    """An escalation under way; a rule is a level, a repetition is a pass."""

    def __init__(self, policy: OpsgenieEscalation, reach: Reach) -> None:
        self.id = policy.id
        self._rules = sorted(map(_rule, policy.rules), key=lambda rule: rule.after)
        self.size = len(self._rules)
        self._repeat = policy.repeat
        self._wait = policy.repeat.wait_interval * 60.0
        self._reach = reach

    def opened(self, page: Page, t: float) -> Moved:
        """The page, before its first rule."""
        new = replace(page, escalates_at=self._next(page))
        return Moved(new, (change(t, ChangeKind.TRIGGERED, new),))

    def due(self, page: Page, t: float) -> Moved:
        """The next rule, or the end of a pass."""
        if page.level < self.size:
            return self._run(page, t, page.level + 1, None)
        if page.pass_ > self._repeats:
            closed = resolved(page, t)
            return Moved(closed, (change(t, ChangeKind.RESOLVED, closed, why=Why.POLICY),))
        new = replace(page, level=0, reached=0, pass_=page.pass_ + 1)
        new = replace(new, escalates_at=self._next(new))
        if not self._repeat.reset_recipient_states or new.state is not PageState.ACKNOWLEDGED:
            return Moved(new)
        again = unacknowledged(new)
        back = change(t, ChangeKind.ACK_TIMED_OUT, again, page.acknowledged_by, why=Why.REPEAT)
        return Moved(again, (back,))

    def forced(self, page: Page, t: float, level: int | None) -> Moved:
        """A rule is run now, whatever its condition: the next that notified nobody yet, or a named one.

        The others keep their times.
        """
        if level is None:
            level = page.reached % self.size + 1
        elif not 1 <= level <= self.size:
            raise NotFound(f"the escalation {self.id!r} has no rule {level}; it has rules 1 to {self.size}")
        return self._run(page, t, level, Why.MANUAL)

    def taken(self, page: Page, t: float, user: str, expires_at: float | None) -> Page:
        """The page is theirs; the rules go on by the clock."""
        return replace(acknowledged(page, t, user, None), escalates_at=page.escalates_at)

    @property
    def _repeats(self) -> int:
        return self._repeat.count if self._wait else 0

    def _run(self, page: Page, t: float, level: int, why: Why | None) -> Moved:
        new = replace(page, level=max(level, page.level))
        new = replace(new, escalates_at=self._next(new))
        rule = self._rules[level - 1]
        holds = rule.condition == "if-not-closed" or page.state is not PageState.ACKNOWLEDGED
        users = self._recipients(rule, level, t) if holds or why else ()
        new = replace(new, assigned=joined(new, users), reached=level if users else page.reached)
        changes: list[PageChange] = []
        if users and (page.level or why or t > page.opened_at):
            up = change(t, ChangeKind.ESCALATED, new, from_level=page.level, why=why or Why.TIMEOUT)
            changes.append(replace(up, level=level))
        changes += (replace(each, level=level) for each in notified(t, new, users))
        if new.escalates_at is None and page.escalates_at is not None:
            changes.append(change(t, ChangeKind.EXHAUSTED, new))
        return Moved(new, tuple(changes))

    def _next(self, page: Page) -> float | None:
        """When the page moves on from where it is."""
        last = self._rules[-1].after
        begun = page.opened_at + (page.pass_ - 1) * (last + self._wait)
        if page.level < self.size:
            return later(begun, self._rules[page.level].after)
        if page.pass_ <= self._repeats or self._repeat.close_alert_after_all:
            return later(begun, last + self._wait)
        return None

    def _recipients(self, rule: Rule, level: int, t: float) -> tuple[str, ...]:
        who = rule.recipient
        if rule.notify in _BESIDE:
            return self._reach.directory.beside(who.id, t, _BESIDE[rule.notify])
        if rule.notify in _ROLES:
            return self._reach.directory.team(who.id, _ROLES[rule.notify])
        if rule.notify == "random":
            members = tuple(Who("person", user) for user in self._reach.directory.team(who.id))
            return self._reach.in_turn((self.id, level), members, t)
        return self._reach.all((who,), t)


def _rule(rule: OpsgenieRule) -> Rule:
    kind = rule.recipient.type
    who = Who("person" if kind == "user" else kind, rule.recipient.id)
    return Rule(rule.delay.seconds, rule.condition, rule.notify_type, who)
