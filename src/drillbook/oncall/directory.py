"""The people there are, and who of them is on call at a moment of the simulation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from drillbook.model.policy import OnCall
from drillbook.oncall.references import references
from drillbook.oncall.schedule import Rota


class Directory:
    """Answers for simulated seconds what the rotas say for instants.

    `start` is the aware datetime at which the scenario begins (t = 0). A directory may be shared by
    many runs that begin at the same instant. KeyError for a schedule, rotation or team that is not there.
    """

    def __init__(self, on_call: OnCall, people: Iterable[str], start: datetime) -> None:
        self.people = frozenset(people)
        self.start = start
        rotations = {each.id: each for each in on_call.rotations}
        self._rotas = {("schedule", each.id): Rota(each, rotations) for each in on_call.schedules}
        self._rotas |= {("rotation", each.id): Rota(each) for each in on_call.rotations}
        self._teams = {each.id: each.members for each in on_call.teams}
        named = (each.id for each in references(on_call) if each.kind == "person")
        self.everybody = tuple(dict.fromkeys(named))
        """Everybody whom policies, schedules and teams name, in their order."""
        self._shifts: dict[tuple[str, str], tuple[float, float, tuple[str, ...]]] = {}

    def on_call(self, schedule: str, t: float, kind: str = "schedule") -> tuple[str, ...]:
        """Everybody on call for a schedule (or, by `kind`, a rotation) at t."""
        shift = self._shifts.get((kind, schedule))
        if shift is None or not shift[0] <= t < shift[1]:
            shift = self._shifts[kind, schedule] = self._shift(self._rotas[kind, schedule], t)
        return shift[2]

    def beside(self, schedule: str, t: float, by: int) -> tuple[str, ...]:
        """Who comes on call `by` turns later at t, or came before where `by` is negative."""
        return self._rotas["schedule", schedule].on_call(self.at(t), by)

    def next_change(self, schedule: str, t: float) -> float | None:
        """When somebody else comes on call for a schedule next."""
        moment = self._rotas["schedule", schedule].next_change(self.at(t))
        return None if moment is None else self.seconds(moment)

    def team(self, team: str, role: str | None = None) -> tuple[str, ...]:
        """The members of a team, or those of a role."""
        members = self._teams[team]
        return tuple(dict.fromkeys(each.user for each in members if role in (None, each.role)))

    def at(self, t: float) -> datetime:
        """The instant of a simulated time."""
        return self.start + timedelta(seconds=t)

    def seconds(self, at: datetime) -> float:
        """The simulated time of an instant, to the millisecond."""
        return round((at - self.start).total_seconds(), 3)

    def _shift(self, rota: Rota, t: float) -> tuple[float, float, tuple[str, ...]]:
        at = self.at(t)
        end = rota.next_boundary(at)
        return t, float("inf") if end is None else self.seconds(end), rota.on_call(at)
