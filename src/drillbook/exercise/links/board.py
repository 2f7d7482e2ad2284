"""Where the drill's thread leaves what the metrics are, and the server's threads find it."""

from __future__ import annotations

from threading import Condition

from drillbook.world.metrics.present import Reading

PATIENCE = 0.8
"""Seconds for which a scraper waits for the present; after that it gets the last known."""


class Board:
    """Only what is asked for is worked out: a reader asks, the drill's thread answers when it comes by."""

    def __init__(self, first: tuple[Reading, ...]) -> None:
        self._changed = Condition()
        self._readings = first
        self._number = 0
        self.wanted = False
        """Whether somebody waits."""

    def publish(self, readings: tuple[Reading, ...]) -> None:
        """Say what is so now."""
        with self._changed:
            self._readings = readings
            self._number += 1
            self.wanted = False
            self._changed.notify_all()

    def read(self, patience: float = PATIENCE) -> tuple[Reading, ...]:
        """What is so now; called from any thread."""
        with self._changed:
            asked = self._number
            self.wanted = True
            self._changed.wait_for(lambda: self._number > asked, patience)
            return self._readings
