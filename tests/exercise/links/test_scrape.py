"""The metrics server: quick for whoever behaves, unmoved by whoever does not."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from drillbook.errors import DrillbookError
from drillbook.exercise.links import scrape
from drillbook.exercise.links.address import listen
from drillbook.exercise.links.scrape import MOST_BYTES, MOST_CONNECTIONS, ScrapeServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScrapeServer]:
    monkeypatch.setattr(scrape, "DEADLINE", 1.0)
    made = ScrapeServer(listen("0", "--metrics"))
    made.start(
        {"/metrics": lambda accept: ("text/plain", f"accepts {accept}\n"), "/": lambda _: ("text/plain", "x")}
    )
    yield made
    made.stop()


def connection(server: ScrapeServer) -> socket.socket:
    return socket.create_connection((server.address.host, server.address.port), timeout=10)


def get(server: ScrapeServer, path: str = "/metrics", method: str = "GET") -> tuple[int, str]:
    client = http.client.HTTPConnection(server.address.host, server.address.port, timeout=10)
    try:
        client.request(method, path, headers={"Accept": "text/x"})
        answer = client.getresponse()
        return answer.status, answer.read().decode()
    finally:
        client.close()


def _eventually(holds: Callable[[], bool]) -> None:
    """On a busy machine things take a while."""
    until = time.monotonic() + 8
    while time.monotonic() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if holds():
                return
        time.sleep(0.05)
    raise AssertionError("did not come true")


def test_pages_are_found_by_their_path(server: ScrapeServer) -> None:
    assert get(server) == (200, "accepts text/x\n")
    assert get(server, "/metrics?x=1") == (200, "accepts text/x\n")
    assert get(server, method="HEAD") == (200, "")
    status, text = get(server, "/<b>../../etc/passwd")
    assert status == 404
    assert "passwd" not in text


@pytest.mark.parametrize("method", ["POST", "DELETE", "BREW"])
def test_only_reading_is_possible(server: ScrapeServer, method: str) -> None:
    assert get(server, method=method)[0] in {405, 501}


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x00\xff\r\n\r\n", b"GET /metrics HTTP/9.9\r\n\r\n",
                 b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n"]
)  # fmt: skip
def test_nonsense_harms_nobody(server: ScrapeServer, request_: bytes) -> None:
    with connection(server) as raw:
        raw.sendall(request_)
        while raw.recv(4096):
            pass
    assert get(server)[0] == 200


def test_a_request_that_never_ends_is_cut_off(server: ScrapeServer) -> None:
    def flood() -> None:
        with connection(server) as raw:
            for _ in range(1000):
                raw.sendall(b"x" * MOST_BYTES)
                time.sleep(0.001)

    with pytest.raises(OSError, match=r"."):
        flood()
    assert get(server)[0] == 200


def test_whoever_dribbles_is_cut_off_at_the_deadline(server: ScrapeServer) -> None:
    began = time.monotonic()
    with connection(server) as raw:
        raw.sendall(b"GET /metrics HTTP/1.1\r\n")
        raw.settimeout(0.2)
        while time.monotonic() - began < 5:
            try:
                raw.sendall(b"a")
                if not raw.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
    assert 0.8 < time.monotonic() - began < 4.9


def _answering() -> bool:
    return any("process_request" in each.name for each in threading.enumerate())


def test_whoever_does_not_read_the_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrape, "DEADLINE", 1.0)
    made = ScrapeServer(listen("0", "--metrics"))
    made.start({"/metrics": lambda accept: ("text/plain", "x" * 20_000_000)})
    with connection(made) as raw:
        raw.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        _eventually(_answering)
        _eventually(lambda: not _answering())
    made.stop()


def test_many_idle_connections_leave_when_their_time_is_over(server: ScrapeServer) -> None:
    idle = [connection(server) for _ in range(MOST_CONNECTIONS + 5)]
    _eventually(lambda: get(server)[0] == 200)
    for each in idle:
        each.close()


def test_a_port_in_use_is_one_clear_message(server: ScrapeServer) -> None:
    with pytest.raises(
        DrillbookError, match=r"--metrics: cannot listen on 127.0.0.1:\d+: .*choose another port"
    ):
        ScrapeServer(server.address)


def test_after_stop_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ScrapeServer(listen("0", "--metrics"))
    made.start({})
    made.stop()
    with pytest.raises(OSError, match=r"refused"):
        connection(made)
