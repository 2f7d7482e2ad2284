"""What somebody means to do, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Deed = Callable[[float], Sequence[str]]
"""Given the time, what is typed."""


class Agenda:
    """Intentions by name; a new one replaces an older one of the same name."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[float, int, Deed]] = {}
        self._count = 0
        self._next: float | None = None

    def at(self, t: float, name: str, deed: Deed) -> None:
        """Mean to do `deed` at `t`, in simulated seconds."""
        self._count += 1
        self._entries[name] = (round(t, 3), self._count, deed)
        self._next = min(entry[0] for entry in self._entries.values())

    def drop(self, name: str) -> None:
        """Do not do it after all."""
        if self._entries.pop(name, None) is not None:
            self._next = min((entry[0] for entry in self._entries.values()), default=None)

    def holds(self, name: str) -> bool:
        """Whether it is still to be done."""
        return name in self._entries

    def next_time(self) -> float | None:
        """When the next one is due."""
        return self._next

    def take(self, t: float) -> list[str]:
        """What is typed for all that is due at `t`, in the order of their times."""
        if self._next is None or t < self._next:
            return []
        due = sorted((entry[:2], name) for name, entry in self._entries.items() if entry[0] <= t)
        deeds = [self._entries.pop(name)[2] for _, name in due]
        self._next = min((entry[0] for entry in self._entries.values()), default=None)
        return [command for deed in deeds for command in deed(t)]
