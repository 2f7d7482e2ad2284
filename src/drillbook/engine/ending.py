"""When an exercise is over, and when something was closed too early."""

from __future__ import annotations

from drillbook.engine.truth import Oracle
from drillbook.events.view import IncidentView

AFTERCARE = 180.0
"""Seconds after `/resolve` in which the hand-over and the review can be arranged."""
TOO_EARLY = 120.0
"""Seconds after `/resolve` when an alert that still fires opens the incident again."""
AGAIN = 60.0
"""Seconds between looks while it is neither over nor to be opened again."""


class Ending:
    """Watches a resolved incident, and the end of the time."""

    def __init__(self, view: IncidentView, oracle: Oracle, duration: float) -> None:
        self._view = view
        self._oracle = oracle
        self._duration = duration
        self._looked = 0.0

    def next_time(self) -> float | None:
        """When to look next."""
        resolved = self._view.resolved_at
        if resolved is None:
            return self._duration
        looks = (round(resolved + TOO_EARLY, 3), round(resolved + AFTERCARE, 3), self._looked + AGAIN)
        return min(next(due for due in looks if due > self._looked), self._duration)

    def take(self, t: float) -> str:
        """`over`, the reason to open the incident again, or nothing."""
        self._looked = t
        resolved = self._view.resolved_at
        if resolved is None:
            return ""
        critical = [alert for alert in self._view.firing if alert.severity == "critical"]
        if critical and t >= resolved + TOO_EARLY:
            since = critical[0].annotations
            summary = next((text for name, text in since if name == "summary"), "")
            return (
                f"{critical[0].name} still fires: {summary}" if summary else f"{critical[0].name} still fires"
            )
        if not self._oracle.suffering and t >= resolved + AFTERCARE:
            return "over"
        return ""
