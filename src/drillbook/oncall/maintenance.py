"""When services are in maintenance, in simulated seconds."""

from __future__ import annotations

from collections.abc import Iterable

from drillbook.model.policy import MaintenanceWindow
from drillbook.oncall.directory import Directory


class Maintenance:
    """The windows of all services; a start belongs to its window, an end does not."""

    def __init__(self, windows: Iterable[MaintenanceWindow], directory: Directory) -> None:
        self._windows: dict[str, list[tuple[float, float]]] = {}
        for window in windows:
            span = directory.seconds(window.start_time), directory.seconds(window.end_time)
            for service in window.services:
                self._windows.setdefault(service.id, []).append(span)
        for spans in self._windows.values():
            spans.sort()

    def over(self, service: str, t: float) -> float:
        """The first moment from `t` on at which a service is not in maintenance."""
        for start, end in self._windows.get(service, ()):
            if start <= t < end:
                t = end
        return t
