"""A group of alerts and its ticks."""

from __future__ import annotations

import math

from drillbook.model.labels import Labels, render
from drillbook.oncall.notification import AlertRef
from drillbook.oncall.routing import RouteNode


class Group:
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

    def first_tick(self, earliest: float, *, after: bool = False) -> int:
        """The first tick not yet taken at (or only after) a moment."""
        number = max(self.tick, math.floor((earliest - self.first) / self.node.options.group_interval))
        while (at := self.tick_at(number)) < earliest or (after and at == earliest):
            number += 1
        return number

    def plan(self, number: int) -> float:
        """Plan a tick, and say when it is."""
        self.planned, self.due = number, self.tick_at(number)
        return self.due
