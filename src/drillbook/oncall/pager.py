"""The paging service: opens pages, notifies step after step as its policies say, waits for people.

A command given at t is applied before what falls due at t: an acknowledgement at the very instant of an
escalation stops it. Due at the same instant, what the calendar brings comes first, then an automatic
resolution, the end of an acknowledgement, a rise in urgency and an escalation; pages go in the order of their
numbers. What differs between tools is in `profiles`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from drillbook.errors import NotFound
from drillbook.model.labels import Labels
from drillbook.model.policy import OnCall
from drillbook.oncall.check import on_call_findings, refuse
from drillbook.oncall.course import Course, later
from drillbook.oncall.diary import Diary
from drillbook.oncall.directory import Directory
from drillbook.oncall.maintenance import Maintenance
from drillbook.oncall.notification import Notification, subject
from drillbook.oncall.page import (
    ChangeKind,
    Moved,
    Page,
    PageChange,
    PageState,
    Urgency,
    Why,
    change,
    resolved,
)
from drillbook.oncall.profile import course
from drillbook.oncall.reach import Reach
from drillbook.oncall.service import Service, compile_services


class Pager:
    """All pages of a run. Raises InvalidInput with every problem of services, policies and schedules.

    Commands raise NotFound for a page, person, service or level that does not exist, and for what the tool
    does not do; one that finds the page already there (acknowledged by the same person, resolved) changes
    nothing and returns nothing.
    """

    def __init__(self, on_call: OnCall, directory: Directory) -> None:
        refuse(on_call_findings(on_call, directory.people))
        self._directory = directory
        self._reach = Reach(directory)
        self._policies = {each.id: course(each, self._reach) for each in on_call.escalation_policies}
        self._services = compile_services(on_call)
        self._receivers = {each.name: each.pager_service for each in on_call.routing.receivers}
        self._maintenance = Maintenance(on_call.maintenance_windows, directory)
        self._diary = Diary(on_call, directory)
        self._pages: dict[str, Page] = {}
        self._courses: dict[str, Course] = {}
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
        urgency = self._services[service].urgency(alerts, self._directory.at(t))
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
        """Open a page, or update the open page of the same key."""
        page = self._open.get((service, dedup_key))
        if page is not None:
            return self._update(t, self._pages[page], summary, urgency, alerts)
        paged = self._service(service)
        policy = self._policies[paged.policy]
        if not policy.holds and self._maintenance.over(service, t) > t:
            return [PageChange(t, ChangeKind.SUPPRESSED, "", service, note=summary)]
        new = Page(
            id=f"P{len(self._pages) + 1}",
            service=service,
            dedup_key=dedup_key,
            summary=summary,
            urgency=urgency,
            alerts=alerts,
            state=PageState.TRIGGERED,
            opened_at=t,
            auto_resolves_at=later(t, paged.auto_resolve_timeout),
            urgency_rises_at=self._rises(paged, t) if urgency == "low" else None,
        )
        opened = policy.opened(new, t)
        if opened is None:
            return [PageChange(t, ChangeKind.NOBODY_ON_CALL, "", service)]
        self._courses[new.id] = policy
        self._open[service, dedup_key] = new.id
        return [*self._put(opened), *self._at_once(t, new.id)]

    def acknowledge(self, t: float, page: str, user: str) -> list[PageChange]:
        """A person takes the page: it is theirs, and escalation waits."""
        self._person(user)
        old = self.page(page)
        if old.state is PageState.RESOLVED or old.acknowledged_by == user:
            return []
        policy = self._courses[page]
        timeout = self._services[old.service].acknowledgement_timeout if policy.ack_ends else None
        new = policy.taken(old, t, user, later(t, timeout))
        return self._put(Moved(new, (change(t, ChangeKind.ACKNOWLEDGED, new, user),)))

    def escalate(self, t: float, page: str, level: int | None = None) -> list[PageChange]:
        """Move the page on by hand, to a level or onward; an acknowledged page triggers again.

        Nothing where the tool waits for the end of maintenance.
        """
        old = self.page(page)
        if old.state is PageState.RESOLVED:
            return []
        moved = self._courses[page].forced(old, t, level)
        if moved is None:
            return [PageChange(t, ChangeKind.NOBODY_ON_CALL, page, old.service, level=level, after=old)]
        return [*self._put(moved), *self._at_once(t, page)]

    def reassign(self, t: float, page: str, user: str) -> list[PageChange]:
        """Give the page to a person by name, who is notified."""
        self._person(user)
        old = self.page(page)
        if old.state is PageState.RESOLVED:
            return []
        return self._put(self._courses[page].reassigned(old, t, user))

    def resolve(self, t: float, page: str, by: str | None) -> list[PageChange]:
        """Close the page: by a person, or by None where its alerts resolved."""
        if by is not None:
            self._person(by)
        old = self.page(page)
        if old.state is PageState.RESOLVED:
            return []
        return self._close(t, old, by, Why.RECOVERED if by is None else Why.MANUAL)

    def next_time(self) -> float | None:
        """When something happens by itself next; None if nothing will."""
        first, diary = self._first_due(), self._diary.next_time()
        due = [t for t in (diary, first and first[0]) if t is not None]
        return min(due, default=None)

    def take(self, t: float) -> list[PageChange]:
        """What falls due up to and at t, each at its own time."""
        changes: list[PageChange] = []
        while (due := self.next_time()) is not None and due <= t:
            diary = self._diary.next_time()
            first = self._first_due()
            if diary is not None and diary <= due:
                changes += self._read_diary(diary)
            elif first is not None:
                changes += self._put(self._moved(*first))
        return changes

    def pages(self) -> tuple[Page, ...]:
        """Every page, open and resolved, in the order in which they were opened."""
        return tuple(self._pages.values())

    def page(self, page: str) -> Page:
        """A page by its id, such as `P1`."""
        if page not in self._pages:
            raise NotFound(f"there is no page {page!r}; known: {', '.join(self._pages) or 'none'}")
        return self._pages[page]

    def _first_due(self) -> tuple[float, Page] | None:
        first: tuple[float, Page] | None = None
        for name in self._open.values():  # in the order of their numbers
            page = self._pages[name]
            t = self._due(page)
            if t is not None and (first is None or t < first[0]):
                first = t, page
        return first

    def _due(self, page: Page) -> float | None:
        """When a page moves next, maintenance considered."""
        t = page.next_time()
        if t is None or not self._courses[page.id].holds or page.escalates_at is None:
            return t
        held = self._maintenance.over(page.service, page.escalates_at)
        rest = replace(page, escalates_at=None).next_time()
        return held if rest is None else min(held, rest)

    def _moved(self, t: float, page: Page) -> Moved:
        policy = self._courses[page.id]
        if page.auto_resolves_at == t:
            new = resolved(page, t)
            return Moved(new, (change(t, ChangeKind.RESOLVED, new, why=Why.TIMEOUT),))
        if page.ack_expires_at == t:
            return policy.triggered_again(page, t)
        if page.urgency_rises_at == t:
            return self._risen(t, page)
        return policy.due(page, t)

    def _risen(self, t: float, page: Page) -> Moved:
        if page.state is PageState.ACKNOWLEDGED:
            return Moved(replace(page, urgency_rises_at=self._rises(self._services[page.service], t)))
        high = replace(page, urgency="high", urgency_rises_at=None)
        return self._courses[page.id].raised(high, t)

    def _rises(self, service: Service, t: float) -> float | None:
        moment = service.rises_after(self._directory.at(t))
        return None if moment is None else self._directory.seconds(moment)

    def _read_diary(self, t: float) -> Iterable[PageChange]:
        for edited in self._diary.edited(t):
            self._policies[edited.id] = new = course(edited, self._reach)
            for page in list(self._open.values()):
                if self._courses[page].id == new.id:
                    moved = new.restarted(self._pages[page], t)
                    if moved is not None:
                        self._courses[page] = new
                        yield from self._put(moved)
        for user, schedule in self._diary.came_on_call(t):
            yield PageChange(t, ChangeKind.ON_CALL, "", "", user, note=schedule)

    def _at_once(self, t: float, page: str) -> list[PageChange]:
        """What a page that has just opened, or was just forced, does in the same moment."""
        new = self._pages[page]
        due = self._due(new)
        if (new.forced or not new.level) and due is not None and due <= t:
            return self._put(self._courses[page].due(new, t))
        return []

    def _service(self, service: str) -> Service:
        if service not in self._services:
            raise NotFound(f"there is no service {service!r}; known: {', '.join(self._services) or 'none'}")
        return self._services[service]

    def _person(self, user: str) -> None:
        if user not in self._directory.people:
            raise NotFound(f"there is nobody called {user!r}")

    def _update(
        self, t: float, old: Page, summary: str, urgency: Urgency, alerts: tuple[Labels, ...]
    ) -> list[PageChange]:
        policy = self._courses[old.id]
        old = policy.alerted(old, t)
        self._pages[old.id] = old
        raised = urgency == "high" and old.urgency == "low"
        if not raised and (summary, alerts) == (old.summary, old.alerts):
            return []
        new = replace(old, summary=summary, alerts=alerts)
        if raised:
            new = replace(new, urgency="high", urgency_rises_at=None)
            if new.state is not PageState.ACKNOWLEDGED:
                return self._put(policy.raised(new, t))
        why = Why.URGENCY if raised else None
        return self._put(Moved(new, (change(t, ChangeKind.UPDATED, new, why=why),)))

    def _close(self, t: float, page: Page, by: str | None, why: Why) -> list[PageChange]:
        new = resolved(page, t)
        return self._put(Moved(new, (change(t, ChangeKind.RESOLVED, new, by, why=why),)))

    def _put(self, moved: Moved) -> list[PageChange]:
        page = moved.page
        self._pages[page.id] = page
        if page.state is PageState.RESOLVED:
            self._open.pop((page.service, page.dedup_key), None)
        return list(moved.changes)
