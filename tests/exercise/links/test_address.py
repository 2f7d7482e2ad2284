"""Addresses and URLs that people type."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.errors import InvalidInput
from drillbook.exercise.links.address import listen, target


@pytest.mark.parametrize(
    ("text", "shown", "loopback"),
    [
        ("9900", "127.0.0.1:9900", True),
        (":9900", "127.0.0.1:9900", True),
        ("localhost:9900", "127.0.0.1:9900", True),
        ("127.0.0.1:0", "127.0.0.1:0", True),
        ("[::1]:9900", "[::1]:9900", True),
        ("0.0.0.0:9900", "0.0.0.0:9900", False),
        ("192.0.2.7:80", "192.0.2.7:80", False),
    ],
)
def test_a_port_means_loopback_and_all_else_is_written_out(text: str, shown: str, loopback: bool) -> None:
    found = listen(text, "--metrics")
    assert str(found) == shown
    assert found.loopback is loopback


@pytest.mark.parametrize(
    "text", ["", "x", "99999", "-1", "9900:", "example.com:80", "1.2.3:80", "٣", "9" * 99]
)
def test_what_is_no_address_is_told_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"--metrics: .* \(.*127\.0\.0\.1"):
        listen(text, "--metrics")


def test_the_api_path_is_added_to_a_prefix() -> None:
    assert target("http://h:9093", "--alertmanager", "/api/v2/alerts").path == "/api/v2/alerts"
    found = target("https://h/prefix/?a=b", "--alertmanager", "/api/v2/alerts")
    assert (found.secure, found.host, found.port) == (True, "h", 443)
    assert found.path == "/prefix/api/v2/alerts?a=b"
    assert target("http://h", "--webhook").path == "/"


def test_what_may_be_secret_is_sent_and_never_shown() -> None:
    found = target("http://ada:s%40cret@h:1/hook?token=abc", "--webhook")
    assert found.authorization == "Basic YWRhOnNAY3JldA=="
    assert found.path == "/hook?token=abc"
    assert found.shown == "http://h:1/hook"


@pytest.mark.parametrize(
    "text", ["", "h:9093", "ftp://h", "file:///etc/passwd", "http://", "http://h:x", "http://h/a b", "http://[::",
             "http://h/\r\nX: y", "http://h/ü", "http://h/" + "x" * 3000, "javascript:alert(1)"]
)  # fmt: skip
def test_what_is_no_http_url_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="--webhook"):
        target(text, "--webhook")


@given(st.text())
def test_nothing_that_is_typed_is_worse_than_refused(text: str) -> None:
    for read in (listen, target):
        with contextlib.suppress(InvalidInput):
            read(text, "--x")
