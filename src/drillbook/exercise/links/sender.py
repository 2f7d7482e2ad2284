"""Posts JSON documents to one place, from a thread of its own: callers never wait, whatever happens there."""

from __future__ import annotations

import json
import ssl
from collections import deque
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Condition, Thread
from time import monotonic
from typing import Any

from drillbook.exercise.links.address import Target
from drillbook.exercise.links.notices import Notices

PATIENCE = 5.0
"""Seconds for one attempt."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_FARE_WELL = 2.0
"""Seconds that the last documents have when the drill is left."""


class Sender:
    """Keeps at most `most` documents waiting; the oldest give way. Failures are told once and tried again."""

    def __init__(self, name: str, target: Target, notices: Notices, *, most: int) -> None:
        self._name = f"{name} {target.shown}"
        self._target = target
        self._notices = notices
        self._most = most
        self._waiting: deque[bytes] = deque()
        self._changed = Condition()
        self._closed = False
        self._troubled = False
        self._overfull = False
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def send(self, document: Any) -> None:
        """Have a document posted; returns at once."""
        with self._changed:
            if len(self._waiting) >= self._most:
                self._waiting.popleft()
                self._drop()
            self._waiting.append(json.dumps(document, ensure_ascii=False).encode("utf-8", errors="replace"))
            self._changed.notify()

    def close(self) -> None:
        """Post what waits, if that is quickly done, and stop."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(_FARE_WELL)

    def _drop(self) -> None:
        if self._most > 1 and not self._overfull:
            self._overfull = True
            self._notices.put(f"{self._name}: more than {self._most} documents wait; the oldest are dropped")

    def _work(self) -> None:
        pause = _FIRST_PAUSE
        while (document := self._next()) is not None:
            problem = _post(self._target, document)
            self._tell(problem)
            if problem is None or problem.final:
                pause = _FIRST_PAUSE
                self._done(document)
            elif not self._rest(pause):
                return
            else:
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _next(self) -> bytes | None:
        """The oldest document, which goes on waiting until it is done; None when nothing will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return self._waiting[0] if self._waiting else None

    def _done(self, document: bytes) -> None:
        with self._changed:
            if self._waiting and self._waiting[0] is document:
                self._waiting.popleft()

    def _rest(self, pause: float) -> bool:
        """Wait before the next attempt; False where there is no time for one."""
        until = monotonic() + pause
        with self._changed:
            self._changed.wait_for(lambda: self._closed, until - monotonic())
            return not self._closed

    def _tell(self, problem: _Problem | None) -> None:
        if problem is not None and not self._troubled:
            self._troubled = True
            rest = "that message is lost" if problem.final else "it is tried again"
            self._notices.put(f"{self._name}: {problem.text}; {rest}, the drill goes on")
        elif problem is None and self._troubled:
            self._troubled = False
            self._notices.put(f"{self._name}: messages arrive again")


class _Problem:
    """Why a document did not arrive; `final` where another attempt would not change that."""

    def __init__(self, text: str, *, final: bool) -> None:
        self.text, self.final = text, final


def _post(target: Target, document: bytes) -> _Problem | None:
    """One attempt; redirections are not followed, and nothing of the answer is read but its status."""
    headers = {"Content-Type": "application/json", "User-Agent": "drillbook", "Connection": "close"}
    if target.authorization:
        headers["Authorization"] = target.authorization
    connection = (
        HTTPSConnection(target.host, target.port, timeout=PATIENCE)
        if target.secure
        else HTTPConnection(target.host, target.port, timeout=PATIENCE)
    )
    try:
        connection.request("POST", target.path, document, headers)
        status = connection.getresponse().status
    except ssl.SSLCertVerificationError as error:
        return _Problem(f"its certificate is not accepted: {error.verify_message}", final=False)
    except OSError as error:
        return _Problem(f"no answer ({error.strerror or error})", final=False)
    except (HTTPException, ValueError):
        return _Problem("what answers there does not speak HTTP", final=False)
    finally:
        connection.close()
    if 200 <= status < 300:
        return None
    again = status >= 500 or status in {408, 429}
    return _Problem(f"the answer is HTTP {status}", final=not again)
