"""A component without a model: what it shows follows the curves of its stages.

With s the time since the stage began, each number is the straight line between the corners around s. A
counter adds up its curve; what it shows has a Poisson variable's noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from drillbook.model.base import Model
from drillbook.model.curve import Curve, CurveChange, Fix, Point, Shown, Stage
from drillbook.model.labels import Labels, labels
from drillbook.model.quantities import duration_text
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.latency import Latency
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.outcome import fails, hidden
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow
from drillbook.world.shell.answer import Answer, Output, Proposal
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, PartState, Spoken

_LATENCY, _ERRORS, _METRICS = 0, 1, 2
_LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class CurveLaw:
    """The stage in force and the whole second after which it is."""

    stage: str
    since: float


@dataclass(frozen=True)
class CurveState(PartState):
    """The stage, and each metric's value by its place among the component's metrics."""

    spec: Curve
    stage: Stage
    values: tuple[float, ...]
    latency: float
    error_ratio: float

    @property
    def http(self) -> tuple[float, float] | None:
        """What is drawn for its callers."""
        return self.latency, self.error_ratio


def value(line: Sequence[Point], since: float) -> float:
    """The height of a curve so long after the stage's beginning."""
    before = line[0]
    for point in line:
        if point.after > since:
            span = point.after - before.after
            return before.value + (point.value - before.value) * max(0.0, since - before.after) / span
        before = point
    return before.value


def stage_of(spec: Curve, name: str) -> Stage:
    """A stage by its name; the first where there is none of that name."""
    return next((stage for stage in spec.stages if stage.name == name), spec.stages[0])


class CurveFlow:
    """What callers get of the component, and its metrics' levels, at each step."""

    def __init__(self, spec: Curve, column: int) -> None:
        self.spec, self.column = spec, column
        self.columns = _METRICS + len(spec.metrics)
        self.offered = self.error_ratio = self.turned_away = 0.0
        self.spread = spec.spread
        self.out: Row = Latency(_LEAST)
        self.part: Row = ()
        self._own = CurveLaw(spec.stages[0].name, -math.inf)
        self._lines: list[Sequence[Point]] = []

    def terms(self, own: CurveLaw, law: laws.Law, t: float) -> CurveLaw:
        """The stage and when it began."""
        return own

    def use(self, terms: CurveLaw) -> None:
        """Take the stage's curves."""
        self._own = terms
        stage, first = stage_of(self.spec, terms.stage), self.spec.stages[0]
        shown = [stage.metrics.get(m.name) or [_rest(first, m)] for m in self.spec.metrics]
        self._lines = [stage.latency, stage.error_ratio, *shown]

    def untouched(self) -> Row:
        """Nothing is drawn yet."""
        return (0.0,) * self.columns

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Nobody gets work from it."""

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Read the curves at `t`."""
        since = t - self._own.since
        self.part = tuple([value(line, since) for line in self._lines])
        self.out = Latency(max(_LEAST, self.part[_LATENCY]))
        self.error_ratio = min(1.0, max(0.0, self.part[_ERRORS]))

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """Nothing: corners are known beforehand."""
        return []

    def corner(self, t: float) -> float:
        """The next corner of any of the stage's curves."""
        if math.isinf(self._own.since):
            return math.inf
        corners = [self._own.since + point.after for line in self._lines for point in line]
        return min([math.ceil(corner) for corner in corners if corner > t], default=math.inf)


def _rest(first: Stage, metric: Shown) -> Point:
    line = first.metrics.get(metric.name)
    return Point(value=line[-1].value if line else 0.0)


class CurveKind:
    """Components that follow hand-drawn curves."""

    tools: Mapping[str, str] = MappingProxyType({})

    def initial(self, spec: Curve) -> CurveLaw:
        """The first stage, for ever."""
        return CurveLaw(spec.stages[0].name, -math.inf)

    def flow(self, spec: Curve, system: System, column: int) -> CurveFlow:
        """A component's flow."""
        return CurveFlow(spec, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Curve]) -> list[Family]:
        """One family per metric's name; components may share names."""
        rows: dict[tuple[str, bool], list[tuple[Curve, int]]] = {}
        for spec in specs:
            for place, metric in enumerate(spec.metrics):
                rows.setdefault((metric.name, metric.counter), []).append((spec, place))
        return [_family(plant, keys, name, of, counter=counter) for (name, counter), of in rows.items()]

    def state(self, plant: Plant, spec: Curve, row: Row, t: float) -> CurveState:
        """The component at `t`."""
        own = plant.history.at(t).parts[spec.name]
        stage = stage_of(spec, own.stage if isinstance(own, CurveLaw) else "")
        k = plant.network.parts[spec.name].column
        numbers = row[k : k + _METRICS + len(spec.metrics)]
        return CurveState(spec, stage, numbers[_METRICS:], numbers[_LATENCY], numbers[_ERRORS])

    def health(self, state: CurveState) -> tuple[Health, str]:
        """Its errors, or the first metric above its limit."""
        health: Health = "ok"
        text = f"{state.error_ratio:.1%} errors  p50 {duration_text(max(_LEAST, state.latency))}"
        for metric, level in zip(state.spec.metrics, state.values, strict=True):
            if metric.warn_above is not None and level > metric.warn_above:
                health, text = "warn", f"{metric.name} {level:g}"
                break
        if state.error_ratio > 0.25:
            health = "down"
        elif state.error_ratio > 0.02:
            health = "warn"
        return health, text

    def depends(self, spec: Curve) -> tuple[str, ...]:
        """On nothing that is known."""
        return ()

    def changed(self, own: CurveLaw, changes: Model, t: float) -> CurveLaw:
        """Another stage begins."""
        stage = changes.stage if isinstance(changes, CurveChange) else own.stage
        return CurveLaw(stage, float(math.floor(t)))

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """One of its fixes; the stage begins when it is through."""
        fix = _fix(plant.system, action)
        if fix is None:
            return fails(id, f"{action.target}: nothing to do")

        def through(now: float) -> list[Happening]:
            done = Happening("finished", f"{fix.command}: done", id)
            if fix.stage is None:
                return [done]
            own = CurveLaw(fix.stage, float(math.floor(now)))
            plant.set(now, laws.with_part(plant.law, action.target, own))
            return [hidden(f"{action.target} {fix.stage}"), done]

        plant.later(float(math.ceil(t + fix.takes)), through)
        return []

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """The author's warning."""
        fix = _fix(plant.system, action)
        return None if fix is None else fix.risk

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Curve]) -> Answer | None:
        """A fix by its very words, or `systemctl status NAME`."""
        typed = " ".join(words)
        for spec in specs:
            for place, fix in enumerate(spec.fixes):
                if typed == " ".join(fix.command.split()):
                    text = f"{fix.command}: begun"
                    proposal: Proposal = look.propose("fix", spec.name, str(place), text)
                    return proposal
            if words in {("systemctl", "status", spec.name), ("systemctl", "status", f"{spec.name}.service")}:
                return Output(_status(look, spec), 2.0)
        return None

    def spoken(
        self, plant: Plant, specs: Sequence[Curve], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """Nobody logs anything about it."""
        return iter(())

    def examples(self, spec: Curve) -> Iterator[tuple[str, str]]:
        """What can be typed about it."""
        yield f"systemctl status {spec.name}", f"whether {spec.name} is well"
        for metric in spec.metrics:
            yield f"query '{metric.name}'", f"a metric of {spec.name}"
        for fix in spec.fixes:
            yield fix.command, f"acts on {spec.name}"


def _fix(system: System, action: Action) -> Fix | None:
    spec = system.component(action.target)
    if isinstance(spec, Curve) and action.value.isdecimal() and int(action.value) < len(spec.fixes):
        return spec.fixes[int(action.value)]
    return None


def _status(look: Look, spec: Curve) -> str:
    state = look.states[spec.name]
    if not isinstance(state, CurveState):
        return f"Unit {spec.name}.service could not be found."
    health, text = CurveKind().health(state)
    active = "failed" if health == "down" else "active (running)"
    lines = [f"● {spec.name}.service", f"     Active: {active}", f"     Status: {text}"]
    if state.stage.says is not None:
        lines += ["", state.stage.says]
    return "\n".join(lines)


def _family(plant: Plant, keys: Keys, name: str, of: Sequence[tuple[Curve, int]], *, counter: bool) -> Family:
    rows: list[Labels] = [
        labels({"job": spec.job or spec.name, "instance": spec.name, **spec.metrics[place].labels})
        for spec, place in of
    ]
    columns = [plant.network.parts[spec.name].column + _METRICS + place for spec, place in of]
    noise = np.array([[spec.metrics[place].noise] for spec, place in of])

    def block(scrapes: Scrapes) -> Block:
        if counter:
            mean = np.array([scrapes.increments(column) for column in columns])
            return Block(scrapes.poisson(mean, keys.of(name, rows)))
        level = np.array([scrapes.column(column) for column in columns])
        return Block(np.asarray(scrapes.around(level, keys.of(name, rows), noise)))

    return Family(name, lambda: rows, block, counter=counter)
