"""A drill at speed 1 through a real Prometheus and a real Alertmanager back to a webhook.

The configurations are those that the how-to page gives to its readers, only quicker.
"""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.docs.pages import blocks
from tests.exercise.links.stand import Receiver, receiver

ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
PROMETHEUS = shutil.which("prometheus")
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "real-tools.md"
T = TypeVar("T")

needs_tools = pytest.mark.skipif(
    not (PROMETHEUS and ALERTMANAGER),
    reason="prometheus or alertmanager is not installed (Debian: prometheus, prometheus-alertmanager)",
)


def page_file(name: str) -> str:
    return next(block.body for block in blocks(PAGE.read_text(encoding="utf-8")) if block.what == name)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def until(what: Callable[[], T | None], seconds: float = 20.0) -> T:
    """The first thing that `what` gives; it is asked again and again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = what()
        except OSError:
            found = None
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("did not come in time")


class Console:
    """`drillbook play --plain` at a terminal."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self._terminal, end = pty.openpty()
        self.text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "drillbook", "play", *arguments, "--plain"],
            stdin=end, stdout=end, stderr=end, env={**os.environ, "DRILLBOOK_HOME": str(home)},
        )  # fmt: skip
        os.close(end)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                more = os.read(self._terminal, 65536)
            except OSError:  # the other end is closed
                return
            self.text += more.decode(errors="replace")

    def type(self, line: str) -> None:
        os.write(self._terminal, f"{line}\n".encode())

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self._reader.join(10)
        os.close(self._terminal)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Starts programs in the test's folder, and ends them after it."""
    running: list[subprocess.Popen[bytes]] = []
    log = (tmp_path / "tools.log").open("wb")

    def begin(*command: str) -> None:
        running.append(subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log))

    yield begin
    for process in running:
        process.terminate()
    for process in running:
        process.wait(20)
    log.close()


class Ports:
    """Where everything listens."""

    def __init__(self) -> None:
        self.metrics, self.prometheus, self.alertmanager = free_port(), free_port(), free_port()

    def ask(self, path: str, **parameters: str) -> Any:
        query = f"?{urlencode(parameters)}" if parameters else ""
        with urlopen(f"http://127.0.0.1:{self.prometheus}/api/v1/{path}{query}", timeout=5) as answer:
            return json.load(answer)["data"]

    def query(self, expr: str) -> list[Any]:
        found: list[Any] = self.ask("query", query=expr)["result"]
        return found


def configure(folder: Path, ports: Ports, hook: str) -> None:
    """The page's three files with this test's ports and shorter times."""
    changes = {
        "9900": str(ports.metrics), "9093": str(ports.alertmanager), "http://127.0.0.1:8080": hook,
        ": 5s": ": 1s", "for: 10s": "for: 1s", "group_wait: 10s": "group_wait: 1s",
        "group_interval: 1m": "group_interval: 2s",
    }  # fmt: skip
    for name in ("prometheus.yml", "drill.rules.yml", "alertmanager.yml"):
        text = page_file(name)
        for old, new in changes.items():
            text = text.replace(old, new)
        (folder / name).write_text(text)


@needs_tools
@pytest.mark.realtime
def test_what_fires_in_a_real_prometheus_arrives_by_webhook(
    tmp_path: Path, there: Receiver, start: Callable[..., None]
) -> None:
    """Also the drill's own alerts by a real Alertmanager, and its own notifications directly."""
    ports = Ports()
    configure(tmp_path, ports, there.url)
    start(str(ALERTMANAGER), "--config.file=alertmanager.yml", "--storage.path=am",
          "--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{ports.alertmanager}")  # fmt: skip
    start(str(PROMETHEUS), "--config.file=prometheus.yml", "--storage.tsdb.path=tsdb",
          f"--web.listen-address=127.0.0.1:{ports.prometheus}")  # fmt: skip
    drill = Console(
        tmp_path / "home", "db-pool-exhaustion", "--seed", "3", "--rules", str(tmp_path / "drill.rules.yml"),
        "--metrics", str(ports.metrics), "--alertmanager", f"http://127.0.0.1:{ports.alertmanager}",
        "--webhook", f"{there.url}/own",
    )  # fmt: skip
    try:
        name = until(lambda: re.search(r'marked drill="([^"]+)"', drill.text))[1]
        until(lambda: ports.query('up{job="drillbook"} == 1'))
        assert not ports.query("ALERTS")
        drill.type("/wait 7m")
        _the_scraped_system_is_whole(ports)
        theirs = until(lambda: _alert(there, "/drills", "practice"))
        ours = until(lambda: _alert(there, "/drills", name))
        own = until(lambda: _alert(there, "/own", ""))
        for alert in (theirs, ours, own):
            assert alert["labels"]["alertname"] == "ClientsWait"
            assert alert["labels"]["instance"] == "orders-pool:9127"
            assert re.fullmatch(
                r"\d+ clients wait for a connection to orders", alert["annotations"]["summary"]
            )
        assert own["fingerprint"] != ours["fingerprint"] != theirs["fingerprint"]
        drill.type("/quit")
        drill.process.wait(20)
        assert until(lambda: _alert(there, "/drills", name, "resolved"))["startsAt"] == ours["startsAt"]
        assert "Traceback" not in drill.text
        assert "goes on" not in drill.text, "no link complained"
    finally:
        drill.close()


def _the_scraped_system_is_whole(ports: Ports) -> None:
    """Targets are well, labels are the simulated ones, counters count each second, types are known."""
    target = ports.ask("targets")["activeTargets"][0]
    assert (target["health"], target["lastError"]) == ("up", "")
    series = until(lambda: ports.query('pgbouncer_pools_client_waiting_connections{job="pgbouncer"} > 20'))
    assert series[0]["metric"]["instance"] == "orders-pool:9127"
    # the seven minutes that were jumped over leave the window first
    until(lambda: ports.query('sum(rate(http_requests_total{job="edge"}[3s])) > 50 < 1000'))
    kinds = {name: found[0]["type"] for name, found in ports.ask("metadata").items()}
    assert kinds["http_request_duration_seconds"] == "histogram"
    assert kinds["pg_up"] == "gauge"


def _alert(there: Receiver, path: str, drill: str, status: str = "firing") -> Any:
    """The first alert of a status that was posted to a path with a value of the label `drill`."""
    for where, body in list(there.posts):
        for alert in body["alerts"] if where == path else []:
            if alert["status"] == status and alert["labels"].get("drill", "") == drill:
                assert body["version"] == "4"
                return alert
    return None
