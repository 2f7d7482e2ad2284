"""What a simulated person is to the engine: it sees what its seat may see, and types."""

from __future__ import annotations

from typing import Protocol

from drillbook.events.event import Event
from drillbook.events.facts import Fact


class Agent(Protocol):
    """Somebody who acts by typing, as a person would. Times are simulated seconds since the start."""

    person: str
    """Person id of the seat."""

    def minds(self, kind: type[Fact]) -> bool:
        """Whether events of such a kind may change what this person does; others need not be shown."""

    def see(self, event: Event) -> None:
        """Something happened that the seat may see; events come in order, hidden ones never."""

    def next_time(self) -> float | None:
        """When this person wants to type next, as things stand; never before the last event seen."""

    def take(self, t: float) -> list[str]:
        """What this person types at `t`; nothing where it is not time yet."""


class Absent:
    """Nobody is there: sees nothing and does nothing."""

    def __init__(self, person: str) -> None:
        self.person = person

    def minds(self, kind: type[Fact]) -> bool:
        """Nothing."""
        return False

    def see(self, event: Event) -> None:
        """Nobody looks."""

    def next_time(self) -> float | None:
        """Never."""
        return None

    def take(self, t: float) -> list[str]:
        """Nothing."""
        return []
