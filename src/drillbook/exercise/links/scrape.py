"""The HTTP server that Prometheus scrapes.

One thread per connection, few of them, each with a deadline: whoever is slow or sends too much is cut off and
holds up nobody else.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from socketserver import BaseServer, ThreadingTCPServer
from threading import BoundedSemaphore, Thread
from typing import Any

from drillbook.errors import DrillbookError
from drillbook.exercise.links.address import Listen

DEADLINE = 5.0
"""Seconds in which a request must have arrived, and in which the answer must be taken."""
MOST_CONNECTIONS = 16
MOST_BYTES = 16384
"""Of a request with its headers."""

Page = Callable[[str], tuple[str, str]]
"""From the Accept header to content type and text."""


class ScrapeServer:
    """Has its address from the beginning, and serves pages from threads of its own from `start` to `stop`."""

    def __init__(self, address: Listen) -> None:
        """DrillbookError where the address cannot be had."""
        try:
            self._server = _Server(address)
        except OSError as error:
            raise DrillbookError(
                f"--metrics: cannot listen on {address}: {error.strerror or error}; choose another port"
            ) from error
        self.address = Listen(address.host, self._server.server_address[1], address.ipv6, address.loopback)
        """Where it listens; with the port that was free where any would do."""
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), name="metrics", daemon=True)

    def start(self, pages: Mapping[str, Page]) -> None:
        """Answer with pages by their path."""
        self._server.pages = pages
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, address: Listen) -> None:
        self.address_family = socket.AF_INET6 if address.ipv6 else socket.AF_INET
        self.pages: Mapping[str, Page] = {}
        self._free = BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__((address.host, address.port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of the trainee's business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "drillbook"
    sys_version = ""

    def __init__(self, request: Any, client_address: Any, server: BaseServer) -> None:
        self.pages: Mapping[str, Page] = server.pages if isinstance(server, _Server) else {}
        super().__init__(request, client_address, server)

    def handle(self) -> None:
        """One request per connection, read whole before anything is made of it."""
        head = _head(self.connection)
        if head is not None:
            self.rfile = BytesIO(head)
            self.connection.settimeout(DEADLINE)
            self.handle_one_request()

    def do_GET(self) -> None:
        self._answer(whole=True)

    def do_HEAD(self) -> None:
        self._answer(whole=False)

    def _answer(self, *, whole: bool) -> None:
        page = self.pages.get(self.path.partition("?")[0])
        if page is None:
            kind, text, status = "text/plain; charset=utf-8", "There is only / and /metrics.\n", 404
        else:
            (kind, text), status = page(self.headers.get("Accept", "")), 200
        body = text.encode("utf-8", errors="replace")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Connection", "close")
        self.end_headers()
        if whole:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """The terminal belongs to the drill."""


def _head(connection: socket.socket) -> bytes | None:
    """A request up to its empty line; None where it does not come in time or is too long."""
    head, deadline = b"", time.monotonic() + DEADLINE
    while b"\r\n\r\n" not in head:
        left = deadline - time.monotonic()
        if left <= 0 or len(head) > MOST_BYTES:
            return None
        connection.settimeout(left)
        try:
            more = connection.recv(4096)
        except OSError:
            return None
        if not more:
            return None
        head += more
    return head
