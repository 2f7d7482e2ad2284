"""A drill that alerts when the test says so, and a receiver of posts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from drillbook.events import facts as f
from drillbook.events.log import EventLog
from drillbook.model.labels import Labels, labels
from drillbook.model.scenario import Scenario
from drillbook.oncall.notification import Notification
from drillbook.telemetry.ruler import ActiveAlert
from drillbook.world.metrics.present import Reading

ROOT = Path(__file__).parents[3]
WHO = labels(alertname="Slow", severity="critical", job="api")


@cache
def scenario() -> Scenario:
    text = (ROOT / "scenarios/db-pool-exhaustion.yaml").read_text(encoding="utf-8")
    return Scenario.model_validate(yaml.safe_load(text))


class FakeDrill:
    """One alert rule, `Slow`, evaluated every 15 s."""

    id = "20260310-141800-x-7"
    speed = 1.0
    ended = False

    def __init__(self) -> None:
        self.scenario = scenario()
        self.log = EventLog()
        self.now = 0.0
        self.notifications: Sequence[Notification] = []
        self.readings = 0
        self._active: dict[Labels, ActiveAlert] = {}

    def fire(self, who: Labels = WHO, *, text: str = "9 s") -> None:
        self._active[who] = ActiveAlert(
            "g", "Slow", who, "firing", 9.0, labels(summary=text), self.now - 60, self.now
        )
        self._record("firing", who, text)

    def rewrite(self, text: str, who: Labels = WHO) -> None:
        old = self._active[who]
        self._active[who] = ActiveAlert(
            "g", "Slow", who, "firing", 9.0, labels(summary=text), old.active_at, old.fired_at
        )

    def end_alert(self, who: Labels = WHO) -> None:
        del self._active[who]
        self._record("inactive", who, "")

    def _record(self, state: Any, who: Labels, text: str) -> None:
        fact = f.AlertChanged(state, who, labels(summary=text), 9.0, self.now - 60)
        self.log.append(self.now, "prometheus", fact)

    def present(self) -> tuple[Reading, ...]:
        self.readings += 1
        return (Reading("up", (labels(job="api", instance="10.0.0.1:8080"),), np.array([1.0])),)

    def active_alerts(self) -> list[ActiveAlert]:
        return list(self._active.values())

    def alert_rules(self) -> dict[tuple[str, str], tuple[str, float]]:
        return {("g", "Slow"): ('rate(x[1m]) > 2 and on (a) y{b="ü &"}', 15.0)}


class Receiver:
    """What was posted; `statuses` are answered in turn, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.posts: list[tuple[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.changed = threading.Condition()
        self.url = ""

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        with self.changed:
            status = self.statuses.pop(0) if self.statuses else 200
            self.posts.append((path, json.loads(body)))
            self.headers.append(headers)
            self.changed.notify_all()
            return status

    def wait(self, count: int, seconds: float = 10.0) -> list[Any]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.posts) >= count, seconds), self.posts
            return [body for _, body in self.posts]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A webhook receiver on loopback."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = found.take(self.path, dict(self.headers), body)
            self.send_response(status)
            if status in {301, 302}:
                self.send_header("Location", found.url + "/elsewhere")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
