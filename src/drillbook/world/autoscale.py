"""HorizontalPodAutoscalers: how many replicas a deployment is given, decided every 15 s.

With u the CPU that the ready pods use, in per cent of what they ask for and rounded down, g the target, n the
ready pods and m those that are starting:

    ratio = u / g                    no change while it is within 10 % of 1
    wanted = ceil(ratio · n)
    wanted = ceil(ratio · n), with the m pods taken to use nothing, where ratio > 1 and m > 0: no change
             where ratio · n / (n + m) is below 1 or within 10 % of it

It goes up at once, by 4 pods or to twice as many in one period, whichever is more; it goes down to the
highest that was wanted within the last 300 s. Never beyond its bounds; a deployment of 0 is left alone. Pods
are of use once they have started up.
Source: Kubernetes, Horizontal Pod Autoscaling (algorithm details; default behaviour of autoscaling/v2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from drillbook.model.system import Autoscale
from drillbook.world.fleet import FleetState, cpu_request
from drillbook.world.law import History
from drillbook.world.service import ServiceFlow
from drillbook.world.trajectory import Trajectory

PERIOD, CALM, TOLERANCE = 15.0, 300.0, 0.1
"""Seconds between decisions, and for which a higher wish holds; deviation from the target that is let be."""
IDLE_CPU = 0.004
"""Cores that a replica uses without requests (assumption)."""


_CALMED = "recent recommendations were higher than current one, applying the highest recent recommendation"


class Wish(NamedTuple):
    """What the metric asks for at a moment."""

    replicas: int
    percent: int | None
    """CPU of the ready pods over what they ask for; None where no pod is ready."""
    cores: float = 0.0
    """CPU that each of them uses."""


class Verdict(NamedTuple):
    """What comes of it: the replicas, and what the autoscaler says of being able to, and of its bounds."""

    replicas: int
    wish: Wish
    able: tuple[str, str]
    limited: tuple[bool, str, str]


def wanted(current: int, ready: int, starting: int, percent: int, target: int) -> int:
    """Replicas that the metric asks for."""
    ratio = percent / target
    if ratio <= 1.0 or not starting:
        return current if 1.0 - TOLERANCE <= ratio <= 1.0 + TOLERANCE else math.ceil(ratio * ready)
    diluted = ratio * ready / (ready + starting)
    if diluted <= 1.0 + TOLERANCE:
        return current
    return max(current, math.ceil(diluted * (ready + starting)))


def bounded(spec: Autoscale, current: int, count: int) -> tuple[int, tuple[bool, str, str]]:
    """A number of replicas within the bounds and the pace, and what is said of it."""
    pace = max(2 * current, current + 4)
    if count > min(pace, spec.max):
        if pace < spec.max:
            why = "the desired replica count is increasing faster than the maximum scale rate"
            return pace, (True, "ScaleUpLimit", why)
        why = "the desired replica count is more than the maximum replica count"
        return spec.max, (True, "TooManyReplicas", why)
    if count < spec.min:
        why = "the desired replica count is less than the minimum replica count"
        return spec.min, (True, "TooFewReplicas", why)
    return count, (False, "DesiredWithinRange", "the desired count is within the acceptable range")


class Autoscalers:
    """Reads what autoscalers decide; remembers nothing, so that nothing is to be undone."""

    def __init__(
        self, trajectory: Trajectory, history: Callable[[], History], columns: Mapping[str, int]
    ) -> None:
        """`columns` say where each service's columns begin."""
        self._trajectory, self._history, self._columns = trajectory, history, columns

    def wish(self, service: str, t: float) -> Wish:
        """What the metric asks for at the whole second `t`."""
        fleet = self._history().at(t).fleets[service]
        ready = sum([pod.ready_at < t for pod in fleet.pods])
        if fleet.autoscale is None or not ready:
            return Wish(fleet.desired, None)
        busy = self._trajectory.value(t, self._columns[service] + ServiceFlow.BUSY)
        cores = busy / ready + IDLE_CPU
        percent = math.floor(100.0 * cores / asked(fleet) + 1e-9)
        target = max(1, round(100 * fleet.autoscale.target_cpu))
        return Wish(wanted(fleet.desired, ready, len(fleet.pods) - ready, percent, target), percent, cores)

    def verdict(self, service: str, t: float) -> Verdict | None:
        """What is decided at `t`; None where nothing scales the service."""
        fleet = self._history().at(t).fleets[service]
        spec, current = fleet.autoscale, fleet.desired
        if spec is None or not current:
            return None
        wish = self.wish(service, t)
        able = ("ReadyForNewScale", "recommended size matches current size")
        count = wish.replicas
        if spec.min <= current <= spec.max and count < current and current > spec.min:
            count = self._calm(service, t, current, count)
            if count > wish.replicas:
                able = ("ScaleDownStabilized", _CALMED)
        count, limited = bounded(spec, current, count)
        if count != current:
            text = f"the HPA controller was able to update the target scale to {count}"
            able = ("SucceededRescale", text)
        return Verdict(count, wish, able, limited)

    def _calm(self, service: str, t: float, current: int, count: int) -> int:
        """The highest that was wanted lately, `current` at most."""
        tick = t - PERIOD
        while tick > t - CALM and tick > self._trajectory.first and count < current:
            count = max(count, self.wish(service, tick).replicas)
            tick -= PERIOD
        return min(count, current)

    def changes(self, t: float) -> Iterator[tuple[str, int, bool]]:
        """Services, replicas that they are given at `t` and whether these are for more load."""
        history = self._history()
        for name, fleet in history.now.fleets.items():
            before = history.at(t).fleets[name]
            if fleet.autoscale is None or fleet.desired != before.desired:
                continue
            verdict = self.verdict(name, t)
            if verdict is not None and verdict.replicas != fleet.desired:
                yield name, verdict.replicas, verdict.replicas > fleet.desired


def asked(fleet: FleetState) -> float:
    """Cores that a replica asks for."""
    return cpu_request(fleet.spec, fleet.template)


def tick_after(t: float) -> float:
    """The first moment of decision after `t`."""
    return (math.floor(t / PERIOD) + 1) * PERIOD
