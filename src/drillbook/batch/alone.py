"""One inject by itself: the same system with and without it, nobody responding, the same chance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from drillbook.batch.cast import of_level
from drillbook.engine.prepared import prepare
from drillbook.engine.simulation import Simulation
from drillbook.errors import DrillbookError, NotFound
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.loading.shown import listed, quoted
from drillbook.model.labels import Labels
from drillbook.model.nearest import nearest
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Happening, Scenario
from drillbook.world.metrics.meaning import meaning

AT = 60.0
"""When the inject happens here, in seconds: after a minute of ordinary life."""
STEP = 15.0
_MOVED = 0.1
"""Change of a metric, against its value without the inject, from which on it has moved."""
_TELLING = (f.WorldChanged, f.ActionStarted, f.ActionFinished, f.ImpactChanged)


@dataclass(frozen=True, slots=True)
class Move:
    """A series where it is furthest from what it would have been without the inject."""

    labels: Labels
    t: float
    without: float
    with_it: float
    usual: tuple[float, float]
    """Between what it would have been meanwhile."""

    @property
    def size(self) -> float:
        """The change against the value without it; infinite where that is nothing."""
        change = abs(self.with_it - self.without)
        return change / abs(self.without) if self.without else (math.inf if change else 0.0)

    @property
    def unusual(self) -> bool:
        """Whether it is much changed, and further away from what it usually is than that varies by itself."""
        low, high = self.usual
        return self.size >= _MOVED and not 2 * low - high <= self.with_it <= 2 * high - low


@dataclass(eq=False)
class Alone:
    """An inject of a scenario, shown for some seconds from `AT` on."""

    scenario: Scenario
    playbook: Playbook
    inject: Happening
    seconds: float
    seed: int

    @cached_property
    def run(self) -> Simulation:
        """The run with the inject."""
        return self._run([self.inject.model_copy(update={"at": AT, "when": None})])

    @cached_property
    def quiet(self) -> Simulation:
        """The run without it."""
        return self._run([])

    def events(self) -> Iterator[Event]:
        """What the inject brought about: changes of the system, alerts, pages and what was said."""
        ordinary = {(event.actor, event.fact) for event in self.quiet.log}
        for event in self.run.log:
            shown = isinstance(event.fact, (*_TELLING, f.AlertChanged, f.PageChanged, f.MessagePosted))
            if shown and (event.actor, event.fact) not in ordinary:
                yield event

    def moves(self, expr: str) -> list[Move]:
        """Each series of a query where it is furthest from what it would have been."""
        before = {labels: dict(zip(ts, xs, strict=True)) for labels, ts, xs in self._series(self.quiet, expr)}
        found = []
        for labels, times, values in self._series(self.run, expr):
            base = before.get(labels, {})
            usual = (min(base.values(), default=0.0), max(base.values(), default=0.0))
            moves = [
                Move(labels, t, base.get(t, 0.0), value, usual)
                for t, value in zip(times, values, strict=True)
            ]
            if moves:
                found.append(max(moves, key=lambda move: (abs(move.with_it - move.without), -move.t)))
        return found

    def moved(self, most: int) -> list[tuple[str, Move]]:
        """Metrics (summed by job; of counters the rate) that moved, those that moved most first."""
        found = []
        for name in sorted({reading.name for reading in self.run.present()}):
            if not name.endswith("_bucket"):
                counter = meaning(name).kind != "gauge"
                expr = f"sum by (job) (rate({name}[1m]))" if counter else f"sum by (job) ({name})"
                moves = [move for move in self.moves(expr) if move.unusual]
                found += [(f"rate({name}[1m])" if counter else name, move) for move in moves]
        return sorted(found, key=lambda each: (-each[1].size, each[0], each[1].labels))[:most]

    def unwell(self) -> list[tuple[str, str, str]]:
        """Components whose health differs at the end: name, health, and a few figures."""
        before = {node.name: node.health for node in self.quiet.system_map()}
        return [
            (node.name, node.health, node.summary)
            for node in self.run.system_map()
            if node.health != before[node.name]
        ]

    def _series(self, run: Simulation, expr: str) -> list[tuple[Labels, list[float], list[float]]]:
        return run.query_range(expr, AT, AT + self.seconds, STEP)

    def _run(self, timeline: Sequence[Happening]) -> Simulation:
        scenario = self.scenario.model_copy(update={"timeline": list(timeline)})
        prepared = prepare(scenario, self.playbook)
        run = Simulation(scenario, self.playbook, self.seed, cast=of_level("absent"), prepared=prepared)
        run.advance(AT + self.seconds)
        return run


def number_of(scenario: Scenario, name: str) -> int:
    """The place of an inject in the timeline, from 0, by its id or its number from 1. NotFound."""
    ids = {each.id: place for place, each in enumerate(scenario.timeline) if each.id}
    if name in ids:
        return ids[name]
    count = len(scenario.timeline)
    if name.isascii() and name.isdigit() and 1 <= int(name[:6]) <= count:
        return int(name[:6]) - 1
    if not count:
        raise DrillbookError(f"{scenario.name} has no injects")
    known = f"by number 1 to {count}" + (f", by id {listed([*ids])}" if ids else "")
    raise NotFound(f"there is no inject {quoted(name)}{nearest(name[:80], ids)}; there are {known}")
