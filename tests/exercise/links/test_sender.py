"""Documents are posted in order, and nobody waits for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from drillbook.exercise.links import sender as module
from drillbook.exercise.links.address import target
from drillbook.exercise.links.notices import Notices
from drillbook.exercise.links.sender import Sender
from tests.exercise.links.stand import Receiver, receiver


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.05)
    monkeypatch.setattr(module, "PATIENCE", 0.5)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def sender(url: str, notices: Notices, most: int = 10) -> Sender:
    return Sender("webhook", target(url, "--webhook"), notices, most=most)


def told(notices: Notices, count: int) -> list[str]:
    found: list[str] = []
    until = time.monotonic() + 5
    while len(found) < count and time.monotonic() < until:
        found += notices.take()
        time.sleep(0.01)
    return found


def test_documents_arrive_in_order_with_their_headers(there: Receiver) -> None:
    notices = Notices()
    made = sender(there.url.replace("//", "//ada:x@") + "/hook?k=1", notices)
    for number in range(5):
        made.send({"n": number, "text": "ü"})
    assert [each["n"] for each in there.wait(5)] == [0, 1, 2, 3, 4]
    made.close()
    assert there.posts[0] == ("/hook?k=1", {"n": 0, "text": "ü"})
    assert there.headers[0]["Content-Type"] == "application/json"
    assert there.headers[0]["Authorization"].startswith("Basic ")
    assert notices.take() == []


def test_a_failure_is_told_once_and_tried_again(there: Receiver) -> None:
    there.statuses = [500, 503, 429]
    notices = Notices()
    made = sender(there.url, notices)
    made.send(1)
    assert there.wait(4) == [1, 1, 1, 1]
    lines = told(notices, 2)
    made.close()
    assert lines == [
        f"webhook {there.url}: the answer is HTTP 500; it is tried again, the drill goes on",
        f"webhook {there.url}: messages arrive again",
    ]


@pytest.mark.parametrize("status", [302, 400, 404])
def test_what_another_attempt_would_not_change_is_not_repeated(there: Receiver, status: int) -> None:
    there.statuses = [status]
    notices = Notices()
    made = sender(there.url, notices)
    made.send(1)
    made.send(2)
    assert there.wait(2) == [1, 2]
    made.close()
    assert all(path == "/" for path, _ in there.posts)
    assert f"HTTP {status}; that message is lost" in told(notices, 1)[0]


def test_nobody_there_is_told_in_plain_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        notices = Notices()
        made = sender(url, notices)
        made.send(1)
        lines = told(notices, 1)
        made.close()
    assert lines == [f"webhook {url}: no answer (Connection refused); it is tried again, the drill goes on"]


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x1b[31m\r\n\r\n"]
)
def test_what_does_not_speak_http_is_told_without_its_words(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as raw:
        notices = Notices()
        made = sender(f"http://127.0.0.1:{raw.getsockname()[1]}", notices)
        made.send(1)
        client, _ = raw.accept()
        client.recv(65536)
        client.sendall(answer)
        client.close()
        line = told(notices, 1)[0]
        made.close()
    assert "it is tried again" in line
    assert line.isprintable()
    assert "SSH" not in line


def test_a_server_that_never_answers_holds_up_nobody(there: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        notices = Notices()
        made = sender(f"http://127.0.0.1:{silent.getsockname()[1]}", notices, most=3)
        began = time.monotonic()
        for number in range(100):
            made.send(number)
        assert time.monotonic() - began < 0.45, "one attempt alone takes longer"
        lines = told(notices, 2)
        made.close()
        assert time.monotonic() - began < 5
    assert any("more than 3 documents wait; the oldest are dropped" in line for line in lines)
    assert any("timed out" in line for line in lines)


def test_of_what_replaces_itself_only_the_newest_waits(there: Receiver) -> None:
    there.statuses = [500]
    notices = Notices()
    made = sender(there.url, notices, most=1)
    made.send("old")
    there.wait(1)
    made.send("older news")
    made.send("new")
    there.wait(2)
    made.close()
    assert [body for _, body in there.posts][1:] == ["new"]
    assert not any("dropped" in line for line in notices.take())


def test_what_waits_is_sent_before_it_closes(there: Receiver) -> None:
    made = sender(there.url, Notices())
    made.send("last words")
    made.close()
    assert [body for _, body in there.posts] == ["last words"]
