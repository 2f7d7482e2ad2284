"""Commands that were typed and have not been answered."""

from __future__ import annotations

from collections.abc import Iterable

from drillbook.events import facts as f
from drillbook.events.event import Event

_ANSWERS = (f.ProbeAnswered, f.Replied, f.ConfirmationAsked, f.ActionStarted)


class Awaited:
    """The seat's shell commands that are still running."""

    def __init__(self) -> None:
        self._running: dict[int, tuple[str, float]] = {}

    def feed(self, events: Iterable[Event], person: str) -> None:
        """Take further events in, oldest first."""
        for event in events:
            fact = event.fact
            if isinstance(fact, f.CommandGiven):
                if event.actor == person and not fact.text.startswith("/"):
                    self._running[event.seq] = (fact.text, event.t)
            elif isinstance(fact, _ANSWERS) and event.cause is not None:
                self._running.pop(event.cause, None)

    def longest(self, now: float) -> tuple[str, float] | None:
        """The one that has run longest, and for how many simulated seconds; None when none runs."""
        return next(((text, now - t) for text, t in self._running.values()), None)
