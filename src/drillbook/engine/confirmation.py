"""Risky commands that wait for a yes."""

from __future__ import annotations

from collections.abc import Callable

from drillbook.engine.record import Record
from drillbook.events import facts as f


class Confirmations:
    """What each person was asked last, and what is done once they say yes."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._waiting: dict[str, Callable[[int], None]] = {}

    def ask(
        self, person: str, command: str, consequence: str, cause: int, then: Callable[[int], None]
    ) -> None:
        """Ask whether a command is to be done; `then` is given the number of the event that says yes."""
        self._waiting[person] = then
        self._record("engine", f.ConfirmationAsked(command, consequence), cause=cause, to=person)

    def forget(self, person: str) -> None:
        """The person typed something else instead."""
        self._waiting.pop(person, None)

    def answer(self, person: str, cause: int, *, yes: bool) -> None:
        """The person said yes or no."""
        then = self._waiting.pop(person, None)
        if then is None:
            text, ok = "nothing waits for a yes or no", False
        elif yes:
            then(cause)
            return
        else:
            text, ok = "left alone", True
        self._record("engine", f.Replied(text, ok), cause=cause, to=person)
