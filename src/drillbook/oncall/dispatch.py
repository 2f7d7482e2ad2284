"""Alertmanager's dispatcher: groups alerts by route and decides when each receiver hears of a group."""

from __future__ import annotations

from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Literal

from drillbook.model.labels import Labels
from drillbook.model.routing import Routing
from drillbook.oncall.group import Group
from drillbook.oncall.inhibition import Inhibitor
from drillbook.oncall.muting import Muting
from drillbook.oncall.notification import AlertRef, LastNotification, Notification, why_notify
from drillbook.oncall.routing import RouteNode, RoutingPlan, compile_routing
from drillbook.oncall.silences import Silence, Silences

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Dispatcher:
    """All groups of all routes. Alerts come in, notifications come out at the groups' ticks.

    An alert or a silence given at t counts for a tick at t. Ticks that cannot lead to a notification are
    passed over: a group without change next speaks when its repeat interval is over, or when who is muted may
    have changed. A plan from `compile_routing` may be given instead of the routing, and shared by many
    dispatchers; `start` is the instant of t = 0, by which time intervals are told. Raises InvalidInput with
    every problem of the routing.
    """

    def __init__(self, routing: Routing | RoutingPlan, start: datetime = EPOCH) -> None:
        plan = compile_routing(routing) if isinstance(routing, Routing) else routing
        self._root = plan.root
        self._inhibitor = Inhibitor(plan.inhibitions)
        self._silences = Silences()
        self._muting = Muting(self._inhibitor, self._silences, start)
        self._matches: dict[Labels, tuple[tuple[RouteNode, Labels], ...]] = {}
        self._groups: dict[tuple[int, Labels], Group] = {}
        self._agenda: list[tuple[float, int, Labels]] = []
        self._told: dict[tuple[str, str], LastNotification] = {}

    @property
    def silences(self) -> Silences:
        """The silences there are; added and expired through the dispatcher."""
        return self._silences

    def alert(
        self,
        t: float,
        labels: Labels,
        annotations: Labels,
        status: Literal["firing", "resolved"],
        starts_at: float,
    ) -> None:
        """An alert's state as the rule evaluation at t sends it; sent again unchanged it changes nothing."""
        alert = AlertRef(labels, annotations, starts_at, None if status == "firing" else t)
        if self._inhibitor.alert(labels, firing=status == "firing"):
            self._reconsider(t)
        for node, group_labels in self._routes(labels):
            group = self._groups.get((node.index, group_labels))
            if group is None:
                group = self._groups[node.index, group_labels] = Group(node, group_labels, t)
            group.put(t, alert)
            if group.changed:
                self._plan(group, group.first_tick(t))

    def silence(self, t: float, silence: Silence) -> None:
        """Somebody adds a silence at t."""
        self._silences.add(silence)
        self._reconsider(t)

    def expire(self, t: float, name: str) -> Silence:
        """Somebody ends the silence with an id that begins so; DrillbookError where there is not one."""
        ended = self._silences.expire(t, name)
        self._reconsider(t)
        return ended

    def inhibited_by(self, labels: Labels) -> Labels | None:
        """The firing alert on whose account nobody hears of this one; None where there is none."""
        return self._inhibitor.inhibited_by(labels)

    def next_time(self) -> float | None:
        """When the next group has something to decide; None if none will."""
        agenda = self._agenda
        while agenda and not self._stands(agenda[0]):
            heappop(agenda)
        return agenda[0][0] if agenda else None

    def take(self, t: float) -> list[Notification]:
        """What is sent up to and at t, ordered by time, route and group labels."""
        sent: list[Notification] = []
        while (due := self.next_time()) is not None and due <= t:
            _, index, group_labels = heappop(self._agenda)
            notification = self._flush(self._groups[index, group_labels], due)
            if notification is not None:
                sent.append(notification)
        return sent

    def _routes(self, labels: Labels) -> tuple[tuple[RouteNode, Labels], ...]:
        known = self._matches.get(labels)
        if known is None:
            nodes = self._root.match(dict(labels))
            known = self._matches[labels] = tuple((node, node.group_labels(labels)) for node in nodes)
        return known

    def _stands(self, entry: tuple[float, int, Labels]) -> bool:
        group = self._groups.get(entry[1:])
        return group is not None and group.due == entry[0]

    def _reconsider(self, t: float) -> None:
        """Who is muted may have changed: every group's next tick from t on matters."""
        for group in self._groups.values():
            self._plan(group, group.first_tick(t))

    def _plan(self, group: Group, number: int) -> None:
        planned = group.due
        due = group.plan(number)
        if due != planned:
            heappush(self._agenda, (due, group.node.index, group.labels))

    def _flush(self, group: Group, t: float) -> Notification | None:
        alerts = sorted(group.alerts.values(), key=lambda alert: alert.labels)
        group.due, group.changed, group.tick = None, False, group.planned + 1
        notification = self._notify(group, t, self._muting.passed(t, group.node, alerts))
        for alert in alerts:
            if alert.ends_at is not None:
                del group.alerts[alert.labels]
        if group.alerts:
            self._plan_next(group, t)
        else:
            del self._groups[group.node.index, group.labels]
        return notification

    def _plan_next(self, group: Group, t: float) -> None:
        """Plan the first tick after the one at t that may lead to a notification by itself, if any."""
        numbers: list[int] = []
        last = self._told.get((group.key, group.node.options.receiver))
        repeat = round(last.t + group.node.options.repeat_interval, 3) if last else -1.0
        # An overdue repetition was held back at t: it waits until who is muted changes.
        if repeat >= t:
            numbers.append(group.first_tick(repeat, after=True))
        change = self._silences.next_change(t)
        if change is not None:
            numbers.append(group.first_tick(change))
        if group.node.is_timed:
            numbers.append(group.tick)
        if numbers:
            self._plan(group, min(numbers))

    def _notify(self, group: Group, t: float, alerts: list[AlertRef]) -> Notification | None:
        firing = tuple(alert for alert in alerts if alert.ends_at is None)
        resolved = tuple(alert for alert in alerts if alert.ends_at is not None)
        receiver = group.node.options.receiver
        told = (group.key, receiver)
        now = LastNotification(t, _names(firing), _names(resolved))
        repeat = group.node.options.repeat_interval
        reason = why_notify(self._told.get(told), now.firing, now.resolved, repeat, t) if alerts else None
        if reason is None:
            return None
        self._told[told] = now
        status: Literal["firing", "resolved"] = "firing" if firing else "resolved"
        return Notification(t, receiver, group.key, group.labels, status, firing, resolved, reason)


def _names(alerts: tuple[AlertRef, ...]) -> frozenset[Labels]:
    return frozenset(alert.labels for alert in alerts)
