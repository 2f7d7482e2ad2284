"""A horizon as it passes: incident after incident, and what each does to the people on call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from drillbook.engine.randomness import Randomness
from drillbook.engine.simulation import Simulation
from drillbook.model.draws import Draws
from drillbook.model.horizon import Horizon, Pay
from drillbook.people.condition import Condition
from drillbook.study.horizon.arrivals import Arrival, arrivals
from drillbook.study.horizon.crew import SEATS, Crew, Engineer
from drillbook.study.horizon.incident import Drill, Traces, run, traces
from drillbook.study.horizon.life import Life

FIRST_HOP = 2.5
"""Factor on the time to diagnose of an incident that went to the wrong people first (evidence.md §1)."""
_SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Met:
    """An incident of the horizon, when it is over; instants are seconds since 1970."""

    number: int
    cell: int
    begun: float
    traces: Traces
    humans: Mapping[str, str]
    """Who was behind each person of the scenario: an engineer of the rota, or that person."""
    concurrent: int
    """Other incidents that somebody had been paged for and that were open when it began."""
    kss: float | None
    """Sleepiness of who acknowledged it, then; None where nobody did."""
    figures: Mapping[str, float]

    @property
    def over(self) -> float:
        """When it was resolved or given up."""
        return self.begun + self.traces.over


@dataclass(eq=False)
class Watch:
    """One replication of a horizon."""

    drills: Sequence[Drill]
    weights: Sequence[float]
    horizon: Horizon
    pay: Pay
    seed: int
    measure: Callable[[Simulation], Mapping[str, float]]
    """The figures of one incident."""
    lives: dict[str, Life] = field(default_factory=dict)
    met: list[Met] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start = self.horizon.start or self.drills[0].scenario.start
        self.end = self.start + timedelta(days=self.horizon.days)
        self.crew = Crew(self.horizon.rota, self.start)
        for engineer in self.crew.engineers.values():
            self.lives[engineer.id] = self._life(engineer.zone)

    def pass_by(self) -> None:
        """Let the horizon pass."""
        draws = Randomness(self.seed)
        for arrival in arrivals(self.horizon.arrivals, self.start, self.horizon.days, draws):
            self.met.append(self._incident(arrival, draws))

    def _incident(self, arrival: Arrival, draws: Draws) -> Met:
        at = self.start + timedelta(seconds=arrival.t)
        begun = at.timestamp()
        cell = self._cell(draws.uniform("mix", arrival.number))
        drill = self._drill(cell, draws.uniform("misroute", arrival.number))
        humans, missing = self._humans(drill, at)
        concurrent = sum(each.over > begun for each in self.met if each.traces.notices)
        conditions = {
            person: self._condition(self._of(human, drill), drill, at, concurrent)
            for person, human in humans.items()
        }
        seed = draws.bits("incident", arrival.number) % _SEEDS
        simulation = run(drill, at, seed, conditions, missing)
        found = traces(simulation)
        kss = self._record(drill, found, humans, begun)
        figures = self.measure(simulation)
        return Met(arrival.number, cell, begun, found, humans, concurrent, kss, figures)

    def _cell(self, u: float) -> int:
        reached, total = 0.0, sum(self.weights)
        for number, weight in enumerate(self.weights):
            reached += weight / total
            if u < reached:
                return number
        return len(self.weights) - 1

    def _drill(self, cell: int, u: float) -> Drill:
        drill = self.drills[cell]
        if drill.skill is None or u >= self.horizon.errors.misroute:
            return drill
        return replace(drill, skill=replace(drill.skill, diagnose=FIRST_HOP * drill.skill.diagnose))

    def _humans(self, drill: Drill, at: datetime) -> tuple[dict[str, str], list[str]]:
        """Who is behind each person of the scenario at an instant, and who of them is not there."""
        holders: dict[str, Engineer | None] = {seat: self.crew.holder(seat, at) for seat in SEATS}
        humans: dict[str, str] = {}
        missing = []
        for person in drill.scenario.people:
            holder = holders.get(person.part)
            if holder is not None and holder.id not in humans.values():
                humans[person.id] = holder.id
            elif person.part in holders:
                missing.append(person.id)
            else:
                humans[person.id] = person.id
        return humans, missing

    def _condition(self, life: Life, drill: Drill, at: datetime, concurrent: int) -> Condition:
        begun, rules = at.timestamp(), self.horizon.fatigue
        waking = cache(life.waking)

        def sleepiness(engaged: float, now: float) -> float:
            return life.kss(begun + now, *waking(begun + engaged))

        return Condition(
            ahead=_offset(at, life.zone) - _offset(at, drill.scenario.start.tzinfo or UTC),
            sleepiness=sleepiness,
            threshold=rules.threshold,
            unfit=rules.errors if rules.on else 1.0,
            night=rules.night if rules.on else 1.0,
            mistakes=1.0 if self.horizon.errors.on else 0.0,
            concurrent=concurrent,
            # A millisecond later, so that rounding never lets two incidents touch.
            free_at=max(0.0, round(life.free_at - begun + 0.001, 3)),
        )

    def _record(self, drill: Drill, found: Traces, humans: Mapping[str, str], begun: float) -> float | None:
        """Write the incident into people's lives; the sleepiness of who acknowledged it."""
        kss = None
        owner = humans.get(found.owner)
        if owner is not None:
            life = self._of(owner, drill)
            taken = begun + found.taken
            kss = life.kss(taken, *life.waking(taken))
            life.handled.append((taken, begun + found.over))
            life.sleepiest.append((taken, kss))
            if drill.playbook.severity(drill.scenario.needs.severity) == drill.playbook.severities[0]:
                life.severe.append(begun)
        for notice in found.notices:
            if notice.person in humans:
                self._of(humans[notice.person], drill).pages.append(begun + notice.t)
        for person, (first, last) in found.worked.items():
            if person in humans:
                self._of(humans[person], drill).work.append((begun + first, begun + last))
        return kss

    def _of(self, human: str, drill: Drill) -> Life:
        """The life of somebody; people outside the rota live by the clock of the first drill they are in."""
        if human not in self.lives:
            zone = drill.scenario.start.tzinfo
            self.lives[human] = self._life(zone if isinstance(zone, ZoneInfo) else ZoneInfo("Etc/UTC"))
        return self.lives[human]

    def _life(self, zone: ZoneInfo) -> Life:
        return Life(zone, self.horizon.fatigue, self.pay)


def _offset(at: datetime, zone: tzinfo) -> float:
    """Hours that clocks of a zone are ahead of UTC."""
    offset = at.astimezone(zone).utcoffset()
    return offset.total_seconds() / 3600 if offset is not None else 0.0
