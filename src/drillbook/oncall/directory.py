"""The people there are, and who of them is on call at a moment of the simulation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from drillbook.model.policy import Schedule
from drillbook.oncall.schedule import Rota


class Directory:
    """Answers for simulated seconds what the rotas say for instants.

    `start` is the aware datetime at which the scenario begins (t = 0). A directory may be shared by
    many runs that begin at the same instant.
    """

    def __init__(self, schedules: Iterable[Schedule], people: Iterable[str], start: datetime) -> None:
        self.people = frozenset(people)
        self._start = start
        self._rotas = {schedule.id: Rota(schedule) for schedule in schedules}
        self._shifts: dict[str, tuple[float, float, str | None]] = {}

    def on_call(self, schedule: str, t: float) -> str | None:
        """The person on call for a schedule at t, if any; KeyError for an unknown schedule."""
        shift = self._shifts.get(schedule)
        if shift is None or not shift[0] <= t < shift[1]:
            shift = self._shifts[schedule] = self._shift(self._rotas[schedule], t)
        return shift[2]

    def _shift(self, rota: Rota, t: float) -> tuple[float, float, str | None]:
        at = self._at(t)
        end = rota.next_boundary(at)
        return t, float("inf") if end is None else self._t(end), rota.on_call(at)

    def _at(self, t: float) -> datetime:
        return self._start + timedelta(seconds=t)

    def _t(self, at: datetime) -> float:
        return round((at - self._start).total_seconds(), 3)
