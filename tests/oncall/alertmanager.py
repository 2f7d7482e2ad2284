"""A real Alertmanager on loopback, and a server that collects its webhooks."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
EXTERNAL_URL = "http://alertmanager.example"


class Peer:
    """A running Alertmanager; `received` has when each webhook came (Unix time) and its body."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.received: list[tuple[float, dict[str, Any]]] = []

    def fire(self, labels: dict[str, str], since: float) -> None:
        self._send("alerts", [{"labels": labels, "annotations": {"of": "x"}, "startsAt": moment(since)}])

    def clear(self, labels: dict[str, str], since: float) -> None:
        alert = {"labels": labels, "annotations": {"of": "x"}, "startsAt": moment(since)}
        self._send("alerts", [{**alert, "endsAt": moment(time.time())}])

    def silence(self, labels: dict[str, str], until: float) -> str:
        matchers = [
            {"name": name, "value": value, "isRegex": False, "isEqual": True}
            for name, value in labels.items()
        ]
        body = {"matchers": matchers, "startsAt": moment(time.time()), "endsAt": moment(until)}
        answer = self._send("silences", {**body, "createdBy": "ann", "comment": "test"})
        return str(answer["silenceID"])

    def expire(self, silence: str) -> None:
        self._send(f"silence/{silence}", None, method="DELETE")

    def _send(self, path: str, body: Any, method: str = "POST") -> Any:
        data = None if body is None else json.dumps(body).encode()
        url = f"http://{self.address}/api/v2/{path}"
        request = Request(url, data, {"Content-Type": "application/json"}, method=method)
        with urlopen(request, timeout=5) as answer:
            said = answer.read()
        return json.loads(said) if said else None


def moment(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).isoformat()


@contextmanager
def alertmanager(config: dict[str, Any], folder: Path) -> Iterator[Peer]:
    """Alertmanager with a configuration whose receivers all post to one server."""
    assert PROGRAM is not None
    peer = Peer(f"127.0.0.1:{_free_port()}")
    with _collector(peer) as url:
        for receiver in config["receivers"]:
            receiver["webhook_configs"] = [{"url": url}]
        (folder / "alertmanager.yml").write_text(json.dumps(config))
        command = [
            PROGRAM,
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address={peer.address}",
            f"--web.external-url={EXTERNAL_URL}",
            "--web.route-prefix=/",
            "--cluster.listen-address=",
        ]
        with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
            try:
                _until_ready(peer.address)
                yield peer
            finally:
                process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_ready(address: str) -> None:
    for _ in range(100):
        try:
            with urlopen(f"http://{address}/-/ready", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Alertmanager did not become ready")


@contextmanager
def _collector(peer: Peer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came = time.time()
            body = self.rfile.read(int(self.headers["Content-Length"]))
            peer.received.append((came, json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's own name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
