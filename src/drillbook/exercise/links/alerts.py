"""What a Prometheus sends to its Alertmanager, of the drill's alerts.

Source: Prometheus `rules/alerting.go` (`sendAlerts`, `needsSending`) and `notifier`: alerts that fire are
sent again every minute, each time with an end four minutes away, so that they end by themselves if nothing
more comes; alerts that ended are sent for fifteen minutes. All of them go in one document each time: to send
an alert once more changes nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from drillbook.events import facts as f
from drillbook.exercise.links.clock import WallClock
from drillbook.exercise.links.drill import Drill
from drillbook.exercise.links.naming import EPOCH, Rules
from drillbook.model.labels import Labels, get
from drillbook.oncall.webhook import timestamp

RESEND = 60.0
"""Seconds between two times that an alert is sent."""
RETAINED = 900.0
"""Seconds for which an alert that ended is still sent."""
PATH = "/api/v2/alerts"


class _Alert(NamedTuple):
    """An alert that fires, or did; Unix times."""

    labels: Labels
    annotations: Labels
    rule: tuple[str, str]
    start: float
    end: float | None = None


class AlertFeed:
    """Says what is to be posted and when; times of the wall clock are handed in."""

    def __init__(self, drill: Drill, clock: WallClock, external: Labels = ()) -> None:
        """`external` labels are added to each alert that has none of that name."""
        self._drill = drill
        self._clock = clock
        self._external = dict(external)
        self._rules = Rules(drill)
        self._seen = len(drill.log)
        self._firing: dict[Labels, _Alert] = {}
        self._over: dict[Labels, _Alert] = {}
        self._sent: float | None = None

    def due(self, wall: float) -> list[dict[str, Any]]:
        """The alerts to post at a Unix time; none when there is nothing new to say."""
        changed = self._changes()
        if not changed and self._sent is not None and 0 <= wall - self._sent < RESEND:
            return []
        self._sent = wall
        self._refresh()
        return self._document(wall)

    def farewell(self, wall: float) -> list[dict[str, Any]]:
        """Nothing more will come: what still fires ends now."""
        self._changes()
        for who in list(self._firing):
            self._ends(who, wall)
        return self._document(wall)

    def _changes(self) -> bool:
        """Take note of alerts that fired and ended; whether any did since the last time."""
        fresh, self._seen = self._drill.log[self._seen :], len(self._drill.log)
        changed = False
        for event in fresh:
            if isinstance(event.fact, f.AlertChanged) and event.fact.fired:
                changed = True
                who, when = event.fact.labels, self._clock.at(event.t)
                if event.fact.state == "inactive":
                    self._ends(who, when)
                else:
                    rule = self._rules.named(get(who, "alertname"))
                    self._fires(_Alert(who, event.fact.annotations, rule, when))
        return changed

    def _refresh(self) -> None:
        """What fires now, with its texts as the last evaluation gave them."""
        for alert in self._drill.active_alerts():
            if alert.state == "firing":
                known = self._firing.get(alert.labels)
                fired = alert.active_at if alert.fired_at is None else alert.fired_at
                start = known.start if known else self._clock.at(fired)
                rule = (alert.group, alert.alertname)
                self._fires(_Alert(alert.labels, alert.annotations, rule, start))

    def _fires(self, alert: _Alert) -> None:
        self._over.pop(alert.labels, None)
        self._firing[alert.labels] = alert

    def _ends(self, who: Labels, end: float) -> None:
        alert = self._firing.pop(who, None)
        if alert is not None:
            self._over[who] = alert._replace(end=end)

    def _document(self, wall: float) -> list[dict[str, Any]]:
        self._over = {who: each for who, each in self._over.items() if wall - (each.end or wall) < RETAINED}
        return [self._alert(each, wall) for each in (*self._firing.values(), *self._over.values())]

    def _alert(self, alert: _Alert, wall: float) -> dict[str, Any]:
        away = 4 * max(self._rules.interval(alert.rule), RESEND)
        return {
            "labels": {**self._external, **dict(alert.labels)},
            "annotations": dict(alert.annotations),
            "startsAt": timestamp(EPOCH, alert.start),
            "endsAt": timestamp(EPOCH, wall + away if alert.end is None else alert.end),
            "generatorURL": self._rules.url(alert.rule),
        }
