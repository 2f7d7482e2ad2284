"""The simulated Alertmanager's notifications as webhook bodies, in the wall clock's time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drillbook.exercise.links.clock import WallClock
from drillbook.exercise.links.drill import Drill
from drillbook.exercise.links.naming import EPOCH, Rules
from drillbook.model.labels import get
from drillbook.oncall.notification import AlertRef
from drillbook.oncall.webhook import body


class NotificationFeed:
    """Says what is to be posted; nothing that was sent before the program began."""

    def __init__(self, drill: Drill, clock: WallClock) -> None:
        self._drill = drill
        self._clock = clock
        self._rules = Rules(drill)
        self._seen = len(drill.notifications)
        self._url = f"http://alertmanager.{drill.scenario.system.domain}"

    def due(self) -> list[dict[str, Any]]:
        """The bodies of the notifications since the last time, in order."""
        fresh = self._drill.notifications[self._seen :]
        self._seen += len(fresh)
        return [
            body(
                replace(
                    each,
                    firing=tuple(map(self._dated, each.firing)),
                    resolved=tuple(map(self._dated, each.resolved)),
                ),
                EPOCH,
                external_url=self._url,
                generator_url=self._link,
            )
            for each in fresh
        ]

    def _dated(self, alert: AlertRef) -> AlertRef:
        end = None if alert.ends_at is None else self._clock.at(alert.ends_at)
        return replace(alert, starts_at=self._clock.at(alert.starts_at), ends_at=end)

    def _link(self, alert: AlertRef) -> str:
        return self._rules.url(self._rules.named(get(alert.labels, "alertname")))
