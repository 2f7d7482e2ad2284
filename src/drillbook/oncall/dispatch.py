"""Alertmanager's dispatcher: groups alerts by route and decides when each receiver hears of a group."""

from __future__ import annotations

import math
from heapq import heappop, heappush
from typing import Literal

from drillbook.model.labels import Labels, render
from drillbook.model.routing import Routing
from drillbook.oncall.notification import AlertRef, LastNotification, Notification, why_notify
from drillbook.oncall.routing import RouteNode, compile_routes


class _Group:
    """The alerts of one route that share their group labels."""

    __slots__ = ("alerts", "changed", "due", "first", "key", "labels", "node", "planned", "tick")

    def __init__(self, node: RouteNode, labels: Labels, t: float) -> None:
        self.node = node
        self.labels = labels
        self.key = f"{node.key}:{render(labels)}"
        self.alerts: dict[Labels, AlertRef] = {}
        self.first = round(t + node.options.group_wait, 3)
        self.tick = 0
        """Number of the first tick not yet taken; tick 0 is at `first`, then one each group interval."""
        self.changed = True
        """Whether an alert came, went or returned since the last tick."""
        self.planned = 0
        self.due: float | None = None
        """The planned tick's number and time; None while there is none."""

    def put(self, t: float, alert: AlertRef) -> None:
        """Take in an alert's present state; one that still fires keeps its earliest start."""
        old = self.alerts.get(alert.labels)
        start, end = alert.starts_at, alert.ends_at
        if old is not None and (old.ends_at is None or start < old.ends_at):
            start = min(start, old.starts_at)
            end = old.ends_at if end is not None and old.ends_at is not None else end
        self.changed = self.changed or old is None or (old.ends_at is None) != (end is None)
        self.alerts[alert.labels] = AlertRef(alert.labels, alert.annotations, start, end)
        if not self.tick and alert.starts_at + self.node.options.group_wait < t:
            self.first = min(self.first, t)

    def tick_at(self, number: int) -> float:
        """When a tick takes place."""
        return round(self.first + number * self.node.options.group_interval, 3)

    def plan(self, earliest: float, *, after: bool = False) -> float:
        """Plan the first tick not yet taken at (or only after) a moment, and say when it is."""
        number = max(self.tick, math.floor((earliest - self.first) / self.node.options.group_interval))
        while (at := self.tick_at(number)) < earliest or (after and at == earliest):
            number += 1
        self.planned, self.due = number, at
        return at


class Dispatcher:
    """All groups of all routes. Alerts come in, notifications come out at the groups' ticks.

    An alert given at t counts for a tick at t. Ticks that cannot lead to a notification are passed over
    in silence: a group without change next speaks when its repeat interval is over.
    A tree from `compile_routes` may be given instead of the routing, and shared by many dispatchers.
    Raises InvalidInput with every problem of the routing.
    """

    def __init__(self, routing: Routing | RouteNode) -> None:
        self._root = compile_routes(routing) if isinstance(routing, Routing) else routing
        self._matches: dict[Labels, tuple[tuple[RouteNode, Labels], ...]] = {}
        self._groups: dict[tuple[int, Labels], _Group] = {}
        self._agenda: list[tuple[float, int, Labels]] = []
        self._told: dict[tuple[str, str], LastNotification] = {}

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
        for node, group_labels in self._routes(labels):
            group = self._groups.get((node.index, group_labels))
            if group is None:
                group = self._groups[node.index, group_labels] = _Group(node, group_labels, t)
            group.put(t, alert)
            if group.changed:
                self._plan(group, t)

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

    def _plan(self, group: _Group, earliest: float, *, after: bool = False) -> None:
        planned = group.due
        due = group.plan(earliest, after=after)
        if due != planned:
            heappush(self._agenda, (due, group.node.index, group.labels))

    def _flush(self, group: _Group, t: float) -> Notification | None:
        alerts = sorted(group.alerts.values(), key=lambda alert: alert.labels)
        firing = tuple(alert for alert in alerts if alert.ends_at is None)
        resolved = tuple(alert for alert in alerts if alert.ends_at is not None)
        group.due, group.changed, group.tick = None, False, group.planned + 1
        notification = self._notify(group, t, firing, resolved)
        for alert in resolved:
            del group.alerts[alert.labels]
        if group.alerts:
            self._plan(group, self._repeats_after(group), after=True)
        else:
            del self._groups[group.node.index, group.labels]
        return notification

    def _notify(
        self, group: _Group, t: float, firing: tuple[AlertRef, ...], resolved: tuple[AlertRef, ...]
    ) -> Notification | None:
        receiver = group.node.options.receiver
        told = (group.key, receiver)
        now = LastNotification(t, _names(firing), _names(resolved))
        repeat = group.node.options.repeat_interval
        reason = why_notify(self._told.get(told), now.firing, now.resolved, repeat, t)
        if reason is None:
            return None
        self._told[told] = now
        status: Literal["firing", "resolved"] = "firing" if firing else "resolved"
        return Notification(t, receiver, group.key, group.labels, status, firing, resolved, reason)

    def _repeats_after(self, group: _Group) -> float:
        last = self._told[group.key, group.node.options.receiver]
        return round(last.t + group.node.options.repeat_interval, 3)


def _names(alerts: tuple[AlertRef, ...]) -> frozenset[Labels]:
    return frozenset(alert.labels for alert in alerts)
