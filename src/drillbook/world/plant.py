"""The running system: its laws, its trajectory and what is still to happen to it."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from drillbook.model.draws import Draws
from drillbook.model.system import Postgres, Service, System
from drillbook.world import fleet as fleets
from drillbook.world import law as laws
from drillbook.world import memory
from drillbook.world.autoscale import Autoscalers, tick_after
from drillbook.world.fleet import FleetState, PodRecord, Rescale
from drillbook.world.flow import Controller, FlowKinds, of_kinds
from drillbook.world.foreseen import Foreseen
from drillbook.world.network import Blow, Network
from drillbook.world.pool import Kill
from drillbook.world.state import Happening
from drillbook.world.trajectory import Trajectory
from drillbook.world.workload import Workload

_WEEK = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Held:
    """Part of what a service holds: one slow class by its column, or its fast queries (column -1)."""

    service: str
    column: int
    part: float


class _Due(NamedTuple):
    """Orders by time, then by asking."""

    t: float
    order: int
    run: Callable[[float], list[Happening]]


@dataclass(frozen=True, slots=True)
class _Mark:
    """How the plant stood before something happened by itself, to go back to."""

    t: float
    agenda: list[_Due]
    history: laws.History
    factors: int
    blows: list[tuple[float, Blow]]
    looked: float
    decided: float
    watched: float


class Plant:
    """Laws and trajectory of one run. Times are seconds since the start; laws change on whole seconds.

    What is due by itself (a roll-out's batches, the scenario's timeline) happens ahead of time, as far as
    somebody reads: `take` only tells it when its time has come. An intervention at t goes back to t first, so
    that nothing but interventions ever voids what was read.
    """

    def __init__(
        self,
        system: System,
        draws: Draws,
        duration: float,
        start: datetime,
        foreseen: Foreseen | None = None,
        kinds: FlowKinds = MappingProxyType({}),
    ) -> None:
        self.system, self.draws, self.start, self.duration = system, draws, start, duration
        self.first = -float(math.ceil(system.history))
        self.workload = Workload(system.workload.day, start, self.first, duration)
        specs = [component for component in system.components if isinstance(component, Service)]
        states = {spec.name: fleets.initial(spec, draws) for spec in specs}
        started = {
            c.name: self.first - math.floor(_WEEK * (1 + 7 * draws.uniform("postmaster", c.name)))
            for c in system.components
            if isinstance(c, Postgres)
        }
        self.history = laws.History()
        parts = {name: kinds[spec.kind].initial(spec) for name, spec in of_kinds(system, kinds).items()}
        self.controllers: list[Controller] = [
            kinds[spec.kind].controller(self, spec)  # type: ignore[attr-defined]
            for spec in of_kinds(system, kinds).values()
            if hasattr(kinds[spec.kind], "controller")
        ]
        law = laws.initial(system, states, started, parts)
        for controller in self.controllers:
            law = controller.begin(law)
        self.history.set(-math.inf, law)
        self.pods: list[PodRecord] = [pod for state in law.fleets.values() for pod in state.pods]
        """Every pod that ever was, in the order of creation."""
        self.network = Network(system, self.workload.rate, kinds)
        self.trajectory = Trajectory(self.network, self.law, self.first, self.workload, foreseen)
        self._place = {pod.name: k for k, pod in enumerate(self.pods)}
        self.moment = 0.0
        """The last time at which something was done or happened."""
        self.revision = 0
        """How often somebody intervened."""
        self._moves = 0
        """How often a law was set."""
        self._voided: list[float] = []
        self._agenda: list[_Due] = []
        self._orders = 0
        self._coming: deque[tuple[_Mark, list[Happening]]] = deque()
        self._growing = [spec for spec in specs if memory.grows(spec)]
        columns = {name: flow.column for name, flow in self.network.services.items()}
        self.memory = memory.Memory(self.trajectory, lambda: self.history, columns)
        self.autoscalers = Autoscalers(self.trajectory, lambda: self.history, columns)
        self._scaled = any(spec.autoscale is not None for spec in specs)
        self._looked = 0.0
        """Up to when it is known which containers are killed."""
        self._decided = 0.0
        """Up to when it is known what autoscalers do."""
        self._watched = 0.0
        """Up to when it is known what controllers do."""
        self._lively = bool(self._growing or self._scaled or self.controllers)
        """Whether the state brings anything about by itself."""

    @property
    def law(self) -> laws.Law:
        """The law in force."""
        return self.history.now

    def fleet(self, service: str) -> FleetState:
        """A deployment as it is now."""
        return self.law.fleets[service]

    def set(self, t: float, law: laws.Law) -> None:
        """`law` is in force after `t`; states up to `t` stay as they are."""
        second = float(math.floor(t))
        for controller in self.controllers:
            law = controller.settle(law, second)
        self._note_pods(second, law)
        self._moves += 1
        self.history.set(second, law)
        self.trajectory.change(second, law)

    def set_fleet(self, t: float, fleet: FleetState) -> None:
        """Another state of one deployment."""
        kept = {pod.name for pod in fleet.pods}
        if not all(pod.name in kept for pod in self.fleet(fleet.spec.name).pods):
            fleet = fleet._replace(left_at=float(math.floor(t)))
        self._scaled = self._scaled or fleet.autoscale is not None
        self._lively = self._lively or self._scaled
        self.set(t, laws.with_fleet(self.law, fleet))

    def strike(self, t: float, blow: Callable[[list[float]], None]) -> None:
        """Change the state at once: `blow` writes into its row."""
        self.trajectory.change(float(math.floor(t)), self.law, blow)

    def kill(self, t: float, held: Sequence[Held]) -> None:
        """Terminate parts of what pools hold: their clients fail, the connections are free again."""
        second = float(math.floor(t))
        fast: dict[str, float] = {}
        slow: dict[int, float] = {}
        for one in held:
            if one.column < 0:
                fast[one.service] = fast.get(one.service, 0.0) + one.part
            else:
                slow[one.column] = one.part
        self.trajectory.change(second, self.law, Kill(fast, slow))

    def voided(self, revision: int) -> float:
        """The whole second after which nothing that was read before the interventions since then is sure."""
        return min(self._voided[revision:])

    @property
    def stage(self) -> tuple[int, int]:
        """Changes whenever something happened, also anew after it was undone, or somebody intervened."""
        return self.revision, self._moves

    def later(self, t: float, run: Callable[[float], list[Happening]]) -> None:
        """Do something at `t`; what is due at the same time is done in the order of asking."""
        self._orders += 1
        heapq.heappush(self._agenda, _Due(t, self._orders, run))

    def next_time(self) -> float | None:
        """When something is due."""
        if self._lively and not self._coming:
            self._go_up_to(self.duration)
        if self._coming:
            return self._coming[0][0].t
        return self._agenda[0].t if self._agenda else None

    def take(self, t: float) -> list[Happening]:
        """What is due up to `t`."""
        self.ahead(t)
        self.moment = max(self.moment, t)
        out: list[Happening] = []
        while self._coming and self._coming[0][0].t <= t:
            out += self._coming.popleft()[1]
        return out

    def ahead(self, t: float) -> None:
        """Let everything happen that is due by itself up to `t`, to be told by `take`."""
        self._go_up_to(t)
        while self._agenda and self._agenda[0].t <= t:
            mark = self._mark(self._agenda[0].t)
            due = heapq.heappop(self._agenda)
            self._coming.append((mark, due.run(due.t)))
            self._go_up_to(t)

    def _go_up_to(self, t: float) -> None:
        """Let happen what the state brings about before anything else is due, up to `t`."""
        while self._lively:
            until = math.floor(min(t, self._agenda[0].t if self._agenda else t))
            found = self._next_kill(until)
            sure = until if found is None else found[0]
            due = self._next_control(sure)
            if self._scaled and self._scale_up_to(sure if due is None else due[0]):
                continue
            if due is not None:
                mark = self._mark(due[0])
                self._watched = due[0]
                self._coming.append((mark, due[1].act(due[0])))
                continue
            self._watched = max(self._watched, sure)
            if found is None:
                self._looked = max(self._looked, until)
                return
            at, spec, pod = found
            mark = self._mark(at)
            self._looked = at
            fleet = self.fleet(spec.name)
            record = memory.killed(spec, pod, at)
            pods = tuple(record if each.name == pod.name else each for each in fleet.pods)
            self.set_fleet(at, fleet._replace(pods=pods, left_at=at))
            self.later(record.ready_at, partial(self._back, spec.name))
            self._coming.append((mark, [Happening("law", f"oom {spec.name} {pod.name}", hidden=True)]))

    def _next_control(self, until: float) -> tuple[float, Controller] | None:
        first: tuple[float, Controller] | None = None
        for controller in self.controllers:
            at = controller.due(self._watched, until)
            if at is not None and (first is None or at < first[0]):
                first = (at, controller)
        return first

    def _scale_up_to(self, until: float) -> bool:
        """Let autoscalers decide up to `until`, or until they change something."""
        while (tick := tick_after(self._decided)) <= until:
            changes = list(self.autoscalers.changes(tick))
            mark = self._mark(tick) if changes else None
            self._decided = tick
            if mark is not None:
                self._coming.append((mark, [self._rescale(tick, *change) for change in changes]))
                return True
        return False

    def _rescale(self, t: float, service: str, count: int, more: bool) -> Happening:  # noqa: FBT001
        fleet = self.fleet(service)
        rescales = (*fleet.rescales, Rescale(t, count, more))
        before, fleet = fleet.desired, fleet._replace(desired=count, rescales=rescales)
        fleet = fleets.remove(fleet, [pod.name for pod in fleet.pods[count:]])
        if count > len(fleet.pods):
            ready_at = t + math.ceil(fleet.spec.rollout.ready_after)
            fleet = fleets.create(fleet, count - len(fleet.pods), t, self.draws, ready_at=ready_at)
            self.later(ready_at, partial(self._back, service))
        self.set_fleet(t, fleet)
        return Happening("law", f"autoscale {service} {before} to {count}", hidden=True)

    def _next_kill(self, until: float) -> tuple[float, Service, PodRecord] | None:
        first: tuple[float, Service, PodRecord] | None = None
        for spec in self._growing:
            found = self.memory.next_kill(spec, self.fleet(spec.name).pods, self._looked, until)
            if found is not None and (first is None or found[0] < first[0]):
                first = (found[0], spec, found[1])
        return first

    def _back(self, service: str, t: float) -> list[Happening]:
        """A container serves again."""
        self.set_fleet(t, self.fleet(service))
        return []

    def intervene(self, t: float, begin: Callable[[], list[Happening]]) -> list[Happening]:
        """Somebody does something at `t`: what was let happen ahead of that has not happened."""
        self.back_to(t)
        changes, due = self.trajectory.version, len(self._agenda)
        self.trajectory.alone()
        happened = begin()
        if (self.trajectory.version, len(self._agenda)) != (changes, due):
            self.revision += 1
            self._voided.append(float(math.floor(t)))
        return happened

    def back_to(self, t: float) -> None:
        """Undo what happened ahead of `t`, the present, and know nothing of what comes."""
        self.rewind()
        second = float(math.floor(t))
        self._looked = min(self._looked, second)
        self._decided = min(self._decided, second)
        self._watched = min(self._watched, second)
        self.moment = max(self.moment, t)

    def rewind(self) -> None:
        """Undo what happened ahead of time and has not been told; it will happen again alike."""
        if self._coming:
            mark = self._coming[0][0]
            self._agenda, self.history = mark.agenda, mark.history
            self.workload.forget(mark.factors)
            self.trajectory.blows = mark.blows
            self._looked, self._decided, self._watched = mark.looked, mark.decided, mark.watched
            self._bury(float(math.floor(mark.t)))
            self._coming.clear()

    def _mark(self, t: float) -> _Mark:
        history = laws.History(list(self.history.times), list(self.history.laws))
        return _Mark(
            t, list(self._agenda), history, self.workload.factors, self.trajectory.blows,
            self._looked, self._decided, self._watched,
        )  # fmt: skip

    def _bury(self, t: float) -> None:
        """Pods that were made after `t` never were; they keep their rows, which are for ever empty."""
        fleets_now = self.law.fleets.values()
        living = {pod.name: pod for fleet in fleets_now for pod in (*fleet.leftover, *fleet.pods)}
        for place, pod in enumerate(self.pods):
            if pod.name in living:
                self.pods[place] = living[pod.name]
            elif pod.created >= t:
                self.pods[place] = pod._replace(created=math.inf, ready_at=math.inf, removed=math.inf)

    def _note_pods(self, t: float, law: laws.Law) -> None:
        for name, fleet in law.fleets.items():
            before = self.law.fleets[name]
            if fleet.pods is before.pods and fleet.leftover is before.leftover:
                continue
            alive = {pod.name for pod in fleet.pods}
            news = fleet.leftover if fleet.leftover is not before.leftover else ()
            left = {pod.name: pod for pod in news}
            for pod in before.pods:
                if pod.name not in alive:
                    place = self._place[pod.name]
                    self.pods[place] = left.get(pod.name, self.pods[place])._replace(removed=t)
            for pod in before.leftover if news or not fleet.leftover else ():
                if pod.name not in left:
                    place = self._place[pod.name]
                    self.pods[place] = self.pods[place]._replace(deleted=t)
            for pod in fleet.pods:
                if pod.name not in self._place:
                    self._place[pod.name] = len(self.pods)
                    self.pods.append(pod)
                elif self.pods[self._place[pod.name]] is not pod:
                    self.pods[self._place[pod.name]] = pod
