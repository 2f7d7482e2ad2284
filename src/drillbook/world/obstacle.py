"""What stands on the way between services and what they call: name resolution, TLS, a network that loses.

A call passes its obstacles in the order of the components. Each keeps a part p of the caller's clients from
getting through, however often they try, and delays the others; what is left of a call's load is

    share · Π (1 - p)

A retry meets the same obstacle, for it is made by the same client (assumption). With P(D = d) the chance that
the way takes d longer, a call is late with Σ P(D = d) · P(latency > timeout − d). What callers see of the
delays in their own latency is their mean, as a delayed part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from drillbook.model.system import Service, System
from drillbook.world.edge import Edge
from drillbook.world.fleet import FleetState
from drillbook.world.flow import Flow
from drillbook.world.latency import within
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow

Delays = tuple[tuple[float, float], ...]
"""Parts of the calls, and by how much each is delayed; what is missing to 1 never arrives."""
AT_ONCE: Delays = ((1.0, 0.0),)


class Toll(NamedTuple):
    """What an obstacle does to the calls on an edge."""

    lost: float = 0.0
    """Part of the caller's clients whose calls do not get through."""
    wait: float = 0.0
    """Time until those are told, seconds."""
    delays: Delays = AT_ONCE
    """Of the others."""


FREE = Toll()


@dataclass(slots=True)
class HinderedEdge(Edge):
    """A call with something on its way."""

    tolls: list[Toll] = field(default_factory=list)
    """By obstacle."""
    lost: float = 0.0
    wait: float = 0.0
    delays: Delays = AT_ONCE
    asks: float = 0.0
    """Calls per request before anything is lost on the way."""
    seen: Row = ()
    """The callee's latency with what the way adds."""

    def lay(self, place: int, toll: Toll) -> None:
        """Put in force, for a step, what one of the obstacles does."""
        if toll == self.tolls[place]:
            return
        self.tolls[place] = toll
        self.lost, self.wait, self.delays = _together(self.tolls)
        self.thin(self.share, self.asks or self.share)
        if self.latency:
            self.meet(self.latency, self.error_ratio, self.away)

    def follow(self, row: Row, dt: float) -> Row:
        """As every edge; what the caller sees comes with the way's delays."""
        Edge.follow(self, row, dt)
        return self.seen

    def meet(self, latency: Row, error_ratio: float, away: float = 0.0) -> None:
        """Work out what calls come to while callee and obstacles behave so."""
        self.latency, self.error_ratio, self.away = latency, error_ratio, away
        late, stay, lost, timeout = 0.0, 0.0, self.lost, self.timeout
        rest = 1.0
        for part, delay in self.delays:
            if delay < timeout:
                over, within_it = within(latency, self.spread, self.mean, timeout - delay)
                late, stay, rest = late + part * over, stay + part * (delay + within_it), rest - part
        late, stay = min(1.0, late + max(0.0, rest)), stay + max(0.0, rest) * timeout
        self._count(late, (1.0 - away) * stay)
        waits = min(self.wait, timeout)
        gone = (self.retries + 1) * waits + self.retries * self.backoff
        self.time = lost * gone + (1.0 - lost) * self.time
        late, answered = self.late * self.final, 1.0 - lost
        self.final = lost + answered * self.final
        late = answered * late + (lost if self.wait >= timeout else 0.0)
        self.late = late / self.final if self.final > 0.0 else 0.0
        self.seen = _delayed(latency, self.delays, lost, waits) if self.hindered else latency
        self._spoil()

    @property
    def hindered(self) -> bool:
        """Whether anything is on the way just now."""
        return self.lost > 0.0 or self.delays is not AT_ONCE

    def thin(self, share: float, load: float) -> None:
        """Call so often per request; the callee gets what is not lost."""
        self.asks = load
        Edge.thin(self, share, load * (1.0 - self.lost))


class Crossing(NamedTuple):
    """Where an obstacle stands: on which edge, and in which place of those on it."""

    flow: ServiceFlow
    edge: HinderedEdge
    place: int
    caller: str
    callee: str

    @property
    def asked(self) -> float:
        """Calls per second that set out in this step, without retries."""
        return self.flow.opened * self.edge.asks


class Obstacle(Flow, Protocol):
    """The flow of a component that `obstructs`."""

    crossings: list[Crossing]
    """In the order of services and calls."""

    def crosses(self, caller: str, callee: str) -> bool:
        """Whether it stands on the way of these calls."""

    def toll(self, place: int, t: float) -> Toll:
        """What it does to the calls of a crossing in the step that ends at `t`."""


def _together(tolls: Sequence[Toll]) -> Toll:
    """Several obstacles, one after the other."""
    through, wait, delays = 1.0, 0.0, AT_ONCE
    for toll in tolls:
        wait += through * toll.lost * toll.wait
        through *= 1.0 - toll.lost
        if toll.delays is not AT_ONCE:
            delays = tuple([(p * q, d + e) for p, d in delays for q, e in toll.delays])
    lost = 1.0 - through
    return Toll(lost, wait / lost if lost > 0.0 else 0.0, delays)


def _delayed(latency: Row, delays: Delays, lost: float, wait: float) -> Row:
    """A latency with the mean of what the way adds as its delayed part."""
    m0, w1, d1, w2, d2, h2, c2 = latency
    later = sum([part for part, delay in delays if delay > 0.0])
    mean = sum([part * delay for part, delay in delays]) / later if later > 0.0 else 0.0
    there, held = 1.0 - lost, lost if wait > 0.0 else 0.0
    before, now = w1 * there, later * there * (1.0 - w1 - w2)
    whole = before + now + held
    d1 = (before * d1 + now * mean + held * wait) / whole if whole > 0.0 else 0.0
    return (m0, whole, d1, w2 * there, d2, h2, c2)


class Way:
    """What the flows of obstacles have in common: for each crossing, what gets through and what is lost.

    The columns of a crossing are the part of the caller's clients that gets through, and the attempts per
    second that do not.
    """

    THROUGH, LOST = 0, 1

    def __init__(self, system: System, column: int) -> None:
        self.column = column
        self.crossings: list[Crossing] = []
        self.part: Row = ()
        callers = [spec for spec in system.components if isinstance(spec, Service)]
        self.columns = 2 * sum(self.crosses(spec.name, call.to) for spec in callers for call in spec.calls)
        self._tolls: list[Toll] = []

    def crosses(self, caller: str, callee: str) -> bool:
        """Whether it stands on the way of these calls."""
        raise NotImplementedError

    def met(self, place: int, t: float) -> Toll:
        """What it does to the calls of a crossing at `t`."""
        raise NotImplementedError

    def toll(self, place: int, t: float) -> Toll:
        """What it does to the calls of a crossing in the step that ends at `t`."""
        if place == 0:
            self._tolls = []
        self._tolls.append(self.met(place, t))
        return self._tolls[-1]

    def untouched(self) -> Row:
        """Everything gets through."""
        return (1.0, 0.0) * (self.columns // 2)

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Nobody gets work from it."""

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Count what was lost."""
        part: list[float] = []
        for crossing, toll in zip(self.crossings, self._tolls, strict=True):
            tries = crossing.edge.retries + 1
            part += (1.0 - toll.lost, crossing.asked * toll.lost * tries)
        self.part = tuple(part)

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """Nothing: corners are known beforehand."""
        return []

    def of(self, caller: str, callee: str) -> int | None:
        """Where the columns of a crossing begin; None where it does not stand there."""
        for place, crossing in enumerate(self.crossings):
            if (crossing.caller, crossing.callee) == (caller, callee):
                return self.column + 2 * place
        return None


def bypassed(fleet: FleetState, setting: str, t: float) -> float:
    """Part of a deployment's ready pods that runs with a setting `NAME=value`; 0 where it is empty."""
    name, _, value = setting.partition("=")
    ready = fleet.ready(t)
    if not setting or not ready:
        return 0.0
    return sum((name, value) in pod.template.settings for pod in ready) / len(ready)


def older(fleet: FleetState | None, since: float, t: float) -> float:
    """Part of a deployment's ready pods whose containers ran before `since`; 1 where there is none."""
    ready = fleet.ready(t) if fleet is not None else []
    return sum(pod.started <= since for pod in ready) / len(ready) if ready else 1.0
