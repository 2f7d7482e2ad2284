"""How the parts of the engine put facts into the log."""

from __future__ import annotations

from typing import Protocol

from drillbook.events.event import EVERYONE, Event
from drillbook.events.facts import Fact


class Record(Protocol):
    """Puts a fact into the log at the present moment."""

    def __call__(self, actor: str, fact: Fact, *, cause: int | None = None, to: str = EVERYONE) -> Event:
        """The recorded event."""
