"""What of a group a receiver is to hear: Alertmanager's stages before deduplication, in their order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from drillbook.oncall.inhibition import Inhibitor
from drillbook.oncall.notification import AlertRef
from drillbook.oncall.routing import RouteNode
from drillbook.oncall.silences import Silences


class Muting:
    """The stages inhibition, active times, mute times and silences; an alert must pass them all.

    Source: Alertmanager `notify/notify.go`, `PipelineBuilder`. Resolved alerts pass the same stages.
    """

    def __init__(self, inhibitor: Inhibitor, silences: Silences, start: datetime) -> None:
        """`start` is the instant of t = 0."""
        self._inhibitor = inhibitor
        self._silences = silences
        self._start = start

    def passed(self, t: float, node: RouteNode, alerts: Iterable[AlertRef]) -> list[AlertRef]:
        """The alerts of which the receiver of a route is to hear at t."""
        heard = [alert for alert in alerts if self._inhibitor.inhibited_by(alert.labels) is None]
        if not self._is_active(t, node) or self._is_muted(t, node):
            return []
        return [alert for alert in heard if not self._silences.covering(t, alert.labels)]

    def _is_active(self, t: float, node: RouteNode) -> bool:
        return node.active is None or any(each.contains(self._instant(t)) for each in node.active)

    def _is_muted(self, t: float, node: RouteNode) -> bool:
        return any(each.contains(self._instant(t)) for each in node.mute)

    def _instant(self, t: float) -> datetime:
        return self._start + timedelta(seconds=t)
