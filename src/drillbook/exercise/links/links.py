"""All links of a live drill: what is asked for on the command line, followed until the drill is left."""

from __future__ import annotations

import time
from dataclasses import dataclass

from drillbook.exercise.links.address import Target
from drillbook.exercise.links.alerts import AlertFeed
from drillbook.exercise.links.board import Board
from drillbook.exercise.links.clock import WallClock
from drillbook.exercise.links.drill import Drill
from drillbook.exercise.links.naming import LABEL, external_labels
from drillbook.exercise.links.notices import Notices
from drillbook.exercise.links.notifications import NotificationFeed
from drillbook.exercise.links.pages import metrics_page, start_page
from drillbook.exercise.links.scrape import ScrapeServer
from drillbook.exercise.links.sender import Sender

_MOST_NOTIFICATIONS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which links there are to be."""

    metrics: ScrapeServer | None = None
    alertmanager: Target | None = None
    webhook: Target | None = None


class Links:
    """Call `follow` in the drill's thread whenever time went by, and `close` when the drill is left."""

    def __init__(self, drill: Drill, wanted: Wanted) -> None:
        self.notices = Notices()
        self._drill = drill
        self._wanted = wanted
        self._speed = 1.0
        self._over = False
        self._clock = WallClock(drill.now, time.time(), drill.speed)
        self._board = Board(drill.present() if wanted.metrics else ())
        self._alerts = AlertFeed(drill, self._clock, external_labels(drill))
        self._notifications = NotificationFeed(drill, self._clock)
        self._alertmanager = self._sender("Alertmanager", wanted.alertmanager, most=1)
        self._webhook = self._sender("webhook", wanted.webhook, most=_MOST_NOTIFICATIONS)
        self._server = server = wanted.metrics
        if server is not None:
            address = str(server.address)
            server.start({
                "/metrics": lambda accept: metrics_page(self._board, accept),
                "/": lambda _: start_page(address),
            })  # fmt: skip

    def _sender(self, name: str, target: Target | None, *, most: int) -> Sender | None:
        return None if target is None else Sender(name, target, self.notices, most=most)

    def told(self) -> list[str]:
        """What there is, in a line each, for whoever begins."""
        lines = []
        if self._server is not None:
            lines.append(
                f"Metrics for Prometheus: http://{self._server.address}/metrics (honor_labels: true)"
            )
            if not self._server.address.loopback:
                lines.append(f"Warning: other computers can read them at {self._server.address}.")
        if self._wanted.alertmanager is not None:
            mark = f'{LABEL}="{self._drill.id}"'
            lines.append(f"Alerts go to {self._wanted.alertmanager.shown}, marked {mark}.")
        if self._wanted.webhook is not None:
            lines.append(f"Notifications go to {self._wanted.webhook.shown}.")
        return lines

    def follow(self) -> None:
        """Hand over what is asked for and what is new; never waits."""
        drill, wall = self._drill, time.time()
        self._clock.note(drill.now, wall, drill.speed)
        self._mind_the_speed(drill.speed)
        if self._board.wanted:
            self._board.publish(drill.present())
        if self._webhook is not None:
            for document in self._notifications.due():
                self._webhook.send(document)
        if self._alertmanager is not None and not self._over:
            self._over = drill.ended
            alerts = self._alerts.farewell(wall) if drill.ended else self._alerts.due(wall)
            if alerts:
                self._alertmanager.send(alerts)

    def _mind_the_speed(self, speed: float) -> None:
        if speed not in {self._speed, 1.0}:
            self.notices.put(
                f"At speed {speed:g} your tools and the drill disagree: rules and timers out there run on"
                " the wall clock. Speed 1 is right."
            )
        self._speed = speed

    def close(self) -> None:
        """The drill is left: tell the Alertmanager that its alerts are over, and stop."""
        if self._alertmanager is not None:
            if not self._over:
                alerts = self._alerts.farewell(time.time())
                if alerts:
                    self._alertmanager.send(alerts)
            self._alertmanager.close()
        if self._webhook is not None:
            self._webhook.close()
        if self._server is not None:
            self._server.stop()
