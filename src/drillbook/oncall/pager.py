"""A paging service in PagerDuty's manner: opens pages, notifies level after level, waits for people.

A command given at t is applied before what falls due at t: an acknowledgement at the very instant of an
escalation stops it. Due at the same instant, an automatic resolution comes before the end of an
acknowledgement and that before an escalation, and pages go in the order of their numbers.
"""

from __future__ import annotations

from dataclasses import replace

from drillbook.errors import NotFound
from drillbook.model.labels import Labels
from drillbook.model.policy import OnCall
from drillbook.oncall.check import on_call_findings, refuse
from drillbook.oncall.directory import Directory
from drillbook.oncall.escalation import BEFORE_FIRST, Step, everyone, steps_after, steps_by_hand
from drillbook.oncall.notification import Notification, subject
from drillbook.oncall.page import (
    ChangeKind,
    Page,
    PageChange,
    PageState,
    Urgency,
    Why,
    acknowledged,
    entered,
    resolved,
    unacknowledged,
)
from drillbook.oncall.reach import Reach
from drillbook.oncall.service import Service, compile_services


class Pager:
    """All pages of a run. Raises InvalidInput with every problem of services, policies and schedules.

    Commands raise NotFound for a page, person, service or level that does not exist; one that finds the
    page already there (acknowledged by the same person, resolved) changes nothing and returns nothing.
    """

    def __init__(self, on_call: OnCall, directory: Directory) -> None:
        refuse(on_call_findings(on_call, directory.people))
        self._people = directory.people
        self._reach = Reach(directory)
        self._services = compile_services(on_call)
        self._receivers = {each.name: each.pager_service for each in on_call.routing.receivers}
        self._pages: dict[str, Page] = {}
        self._open: dict[tuple[str, str], str] = {}

    def receive(self, t: float, notification: Notification) -> list[PageChange]:
        """What a notification does: firing opens or updates its group's page, resolved closes it.

        Nothing where the receiver pages no service.
        """
        service = self._receivers.get(notification.receiver)
        if service is None:
            return []
        key = notification.group_key
        if notification.status == "resolved":
            page = self._open.get((service, key))
            return [] if page is None else self.resolve(t, page, None)
        alerts = tuple(alert.labels for alert in notification.firing)
        urgency = self._services[service].urgency(alerts)
        return self.trigger(t, service, key, subject(notification), urgency, alerts)

    def trigger(
        self,
        t: float,
        service: str,
        dedup_key: str,
        summary: str,
        urgency: Urgency,
        alerts: tuple[Labels, ...],
    ) -> list[PageChange]:
        """Open a page at the first level with anyone on call, or update the open page of the same key."""
        page = self._open.get((service, dedup_key))
        if page is not None:
            return self._update(t, self._pages[page], summary, urgency, alerts)
        paged = self._service(service)
        found = self._reach.first(paged.policy, steps_after(paged.policy, BEFORE_FIRST), t)
        if found is None:
            return [PageChange(t, ChangeKind.NOBODY_ON_CALL, "", service)]
        new = Page(
            id=f"P{len(self._pages) + 1}",
            service=service,
            dedup_key=dedup_key,
            summary=summary,
            urgency=urgency,
            alerts=alerts,
            state=PageState.TRIGGERED,
            opened_at=t,
            auto_resolves_at=_after(t, paged.auto_resolve_timeout),
        )
        self._open[service, dedup_key] = new.id
        new = self._enter(t, new, *found)
        return [_change(t, ChangeKind.TRIGGERED, new), *_notified(t, new)]

    def acknowledge(self, t: float, page: str, user: str) -> list[PageChange]:
        """A person takes the page: it is theirs alone, and escalation halts."""
        self._person(user)
        old = self.page(page)
        if old.state is PageState.RESOLVED or old.acknowledged_by == user:
            return []
        timeout = self._services[old.service].acknowledgement_timeout
        new = self._put(acknowledged(old, t, user, _after(t, timeout)))
        return [_change(t, ChangeKind.ACKNOWLEDGED, new, user)]

    def escalate(self, t: float, page: str, level: int | None = None) -> list[PageChange]:
        """Move the page on by hand, to a level or to the next with anyone on call.

        An acknowledged page triggers again, an exhausted one runs on from there; after the last level
        of the last pass the next is the first one again, without another pass.
        """
        old = self.page(page)
        if old.state is PageState.RESOLVED:
            return []
        policy = self._services[old.service].policy
        last = len(policy.levels)
        if level is not None and not 1 <= level <= last:
            raise NotFound(f"the policy {policy.id!r} has no level {level}; it has levels 1 to {last}")
        here = Step(old.pass_, old.level)
        steps = steps_by_hand(policy, here) if level is None else iter([Step(old.pass_, level)])
        found = self._reach.first(policy, steps, t)
        if found is None:
            return [PageChange(t, ChangeKind.NOBODY_ON_CALL, page, old.service, level=level, after=old)]
        return self._escalate(t, old, *found, Why.MANUAL)

    def reassign(self, t: float, page: str, user: str) -> list[PageChange]:
        """Give the page to a person by name; it triggers anew with them and does not escalate by itself."""
        self._person(user)
        old = self.page(page)
        if old.state is PageState.RESOLVED:
            return []
        new = self._put(replace(unacknowledged(old), assigned=(user,), direct=True, escalates_at=None))
        return [_change(t, ChangeKind.REASSIGNED, new, user), *_notified(t, new)]

    def resolve(self, t: float, page: str, by: str | None) -> list[PageChange]:
        """Close the page: by a person, or by None where its alerts resolved."""
        if by is not None:
            self._person(by)
        old = self.page(page)
        if old.state is PageState.RESOLVED:
            return []
        return self._close(t, old, by, Why.RECOVERED if by is None else Why.MANUAL)

    def next_time(self) -> float | None:
        """When the next page moves by itself; None if none will."""
        first = self._first_due()
        return None if first is None else first[0]

    def take(self, t: float) -> list[PageChange]:
        """What falls due up to and at t, each at its own time."""
        changes: list[PageChange] = []
        while (first := self._first_due()) is not None and first[0] <= t:
            changes += self._move(first[0], self._pages[first[1]])
        return changes

    def pages(self) -> tuple[Page, ...]:
        """Every page, open and resolved, in the order in which they were opened."""
        return tuple(self._pages.values())

    def page(self, page: str) -> Page:
        """A page by its id, such as `P1`."""
        if page not in self._pages:
            raise NotFound(f"there is no page {page!r}; known: {', '.join(self._pages) or 'none'}")
        return self._pages[page]

    def _first_due(self) -> tuple[float, str] | None:
        first: tuple[float, str] | None = None
        for page in self._open.values():  # in the order of their numbers
            time = self._pages[page].next_time()
            if time is not None and (first is None or time < first[0]):
                first = time, page
        return first

    def _service(self, service: str) -> Service:
        if service not in self._services:
            raise NotFound(f"there is no service {service!r}; known: {', '.join(self._services) or 'none'}")
        return self._services[service]

    def _person(self, user: str) -> None:
        if user not in self._people:
            raise NotFound(f"there is nobody called {user!r}")

    def _update(
        self, t: float, old: Page, summary: str, urgency: Urgency, alerts: tuple[Labels, ...]
    ) -> list[PageChange]:
        raised = urgency == "high" and old.urgency == "low"
        if not raised and (summary, alerts) == (old.summary, old.alerts):
            return []
        new = replace(old, summary=summary, alerts=alerts, urgency="high" if raised else old.urgency)
        if not raised or new.state is PageState.ACKNOWLEDGED:
            self._put(new)
            return [_change(t, ChangeKind.UPDATED, new, why=Why.URGENCY if raised else None)]
        new = self._put(self._resumed(t, new))
        return [_change(t, ChangeKind.UPDATED, new, why=Why.URGENCY), *_notified(t, new)]

    def _move(self, t: float, page: Page) -> list[PageChange]:
        if page.auto_resolves_at == t:
            return self._close(t, page, None, Why.TIMEOUT)
        if page.ack_expires_at == t:
            return self._trigger_again(t, page)
        policy = self._services[page.service].policy
        found = self._reach.first(policy, steps_after(policy, Step(page.pass_, page.level)), t)
        if found is not None:
            return self._escalate(t, page, *found, Why.TIMEOUT)
        return [_change(t, ChangeKind.EXHAUSTED, self._put(replace(page, escalates_at=None)))]

    def _trigger_again(self, t: float, page: Page) -> list[PageChange]:
        again = replace(unacknowledged(page), assigned=everyone((*page.assigned, *self._relief(t, page))))
        again = self._put(self._resumed(t, again))
        timed_out = _change(t, ChangeKind.ACK_TIMED_OUT, again, page.acknowledged_by)
        return [timed_out, *_notified(t, again)]

    def _relief(self, t: float, page: Page) -> list[str]:
        """Who has come on call at the page's level since it was acknowledged."""
        level = self._services[page.service].policy.levels[page.level - 1]
        if page.direct or level.round_robin or page.acknowledged_at is None:
            return []
        before = self._reach.people(level, page.acknowledged_at)
        return [user for user in self._reach.people(level, t) if user not in before]

    def _escalate(
        self, t: float, page: Page, step: Step, users: tuple[str, ...], why: Why
    ) -> list[PageChange]:
        new = self._enter(t, page, step, users)
        change = _change(t, ChangeKind.ESCALATED, new, from_level=page.level, why=why)
        return [change, *_notified(t, new)]

    def _enter(self, t: float, page: Page, step: Step, users: tuple[str, ...]) -> Page:
        leaves = None if page.urgency == "low" else self._leaves(t, page.service, step.level)
        return self._put(entered(page, step.pass_, step.level, users, leaves))

    def _leaves(self, t: float, service: str, level: int) -> float:
        return round(t + self._services[service].policy.levels[level - 1].delay, 3)

    def _resumed(self, t: float, page: Page) -> Page:
        """The page with the delay of its level begun, unless it does not escalate by itself."""
        if page.urgency == "low" or page.direct:
            return page
        return replace(page, escalates_at=self._leaves(t, page.service, page.level))

    def _close(self, t: float, page: Page, by: str | None, why: Why) -> list[PageChange]:
        del self._open[page.service, page.dedup_key]
        return [_change(t, ChangeKind.RESOLVED, self._put(resolved(page, t)), by, why=why)]

    def _put(self, page: Page) -> Page:
        self._pages[page.id] = page
        return page


def _change(
    t: float,
    kind: ChangeKind,
    page: Page,
    user: str | None = None,
    from_level: int | None = None,
    why: Why | None = None,
) -> PageChange:
    return PageChange(t, kind, page.id, page.service, user, page.level, from_level, why, page)


def _notified(t: float, page: Page) -> list[PageChange]:
    return [_change(t, ChangeKind.NOTIFIED, page, user) for user in page.assigned]


def _after(t: float, delay: float | None) -> float | None:
    return None if delay is None else round(t + delay, 3)
