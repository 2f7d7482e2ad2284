"""What the trainee should know about the links, from any thread to the one that shows it."""

from __future__ import annotations

from queue import Empty, SimpleQueue


class Notices:
    """Lines waiting to be shown, each once."""

    def __init__(self) -> None:
        self._lines: SimpleQueue[str] = SimpleQueue()

    def put(self, line: str) -> None:
        """Something to be told."""
        self._lines.put("".join(char if char.isprintable() else " " for char in line))

    def take(self) -> list[str]:
        """What came since the last time."""
        found: list[str] = []
        while True:
            try:
                found.append(self._lines.get_nowait())
            except Empty:
                return found
