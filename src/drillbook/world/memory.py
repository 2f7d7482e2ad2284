"""Memory of containers: how it grows, when the kernel kills them, and how Kubernetes starts them again.

With B the memory at rest (spread by 6 % between pods), q what a request in flight needs, f the requests in
flight per serving pod, k what each request leaves behind for good, and H(t) the requests that a pod has
handled since its container started:

    working set = B + q · f + k · H(t),  H' = admitted / serving pods

A container that reaches its limit is killed (OOMKilled, exit code 137). It starts again after a back-off of
10 s, 20 s, 40 s … 300 s, which begins anew once a container has run for ten minutes; then it takes the
roll-out's `ready_after` until it serves. Meanwhile the others carry its load, and leak the faster.
Source of the back-off: Kubernetes, pod lifecycle, container restarts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np

from drillbook.model.system import Service
from drillbook.world.fleet import Life, PodRecord
from drillbook.world.law import History
from drillbook.world.queueing import Floats
from drillbook.world.service import ServiceFlow
from drillbook.world.trajectory import Trajectory

BACK_OFF, LONGEST, CALM = 10.0, 300.0, 600.0
"""First and longest pause before a restart, and how long a container runs until it is forgiven; seconds."""
_SPREAD = 0.12


def limit(spec: Service, pod: PodRecord) -> float:
    """Bytes at which the pod's container is killed."""
    return pod.template.memory_limit or spec.memory_limit


def leak(spec: Service, pod: PodRecord) -> float:
    """Bytes that each request leaves behind in the pod."""
    return next((r.leak for r in spec.releases if r.version == pod.template.version), 0.0)


def at_rest(spec: Service, pod: PodRecord) -> float:
    """Bytes without any request."""
    own = ((pod.bits >> 11) + 0.5) * 2.0**-53
    return spec.memory * (1 - _SPREAD / 2 + _SPREAD * own)


def grows(spec: Service) -> bool:
    """Whether a container of the service can reach its limit at all."""
    most = spec.memory * (1 + _SPREAD / 2) + spec.memory_per_request * spec.concurrency
    return most >= spec.memory_limit or any(release.leak > 0 for release in spec.releases)


def killed(spec: Service, pod: PodRecord, t: float) -> PodRecord:
    """The pod after its container was killed at `t`."""
    past = (*pod.past, Life(pod.started, pod.ready_at, t))
    started = t + pause(past)
    return pod._replace(past=past, started=started, ready_at=started + math.ceil(spec.rollout.ready_after))


def pause(past: tuple[Life, ...]) -> float:
    """Seconds from the end of the last of these containers until the next is started."""
    count = 0
    for life in reversed(past):
        if life.died_at - life.started >= CALM:
            break
        count += life.killed
    return min(LONGEST, BACK_OFF * 2.0 ** max(0, count - 1))


class Memory:
    """The working sets of the services that can reach their limits."""

    def __init__(
        self, trajectory: Trajectory, history: Callable[[], History], columns: Mapping[str, int]
    ) -> None:
        """`columns` say where each service's columns begin."""
        self._trajectory, self._history, self._columns = trajectory, history, columns
        self._past: History | None = None
        self._known: dict[tuple[str, float, float], tuple[int, float]] = {}
        """What the pods of a service have in common, and how often the law had changed when that was so."""

    def _once(self, service: str, since: float, until: float, work_out: Callable[[], float]) -> float:
        """A number that follows from the laws and states of a service up to `until`, worked out once."""
        history, changes = self._history(), self._trajectory.changes
        if history is not self._past:
            self._past, self._known = history, {}
        stage, value = self._known.get((service, since, until), (-1, 0.0))
        if stage < 0 or (stage < len(changes) and min(changes[stage:]) < until):
            value = work_out()
        if stage < len(changes):
            self._known[service, since, until] = (len(changes), value)
        return value

    def handled(self, service: str, since: float, times: Floats) -> Floats:
        """Requests per serving pod from `since` up to each of some rising times."""
        marks = sorted({since, *times.tolist()})
        total, at = 0.0, {since: 0.0}
        for before, after in pairwise(marks):
            total += self._between(service, before, after)
            at[after] = total
        return np.array([at.get(t, 0.0) if t >= since else 0.0 for t in times.tolist()])

    def _between(self, service: str, since: float, until: float) -> float:
        return self._once(service, since, until, lambda: self._added(service, since, until))

    def _added(self, service: str, since: float, until: float) -> float:
        column, total = self._columns[service] + ServiceFlow.ADMITTED, 0.0
        for start, end, law in self._history().spans(since, until):
            serving = len(law.fleets[service].ready(start))
            total += self._trajectory.integral(column, start, end) / max(1, serving)
        return total

    def working_set(self, spec: Service, pod: PodRecord, times: Floats) -> Floats:
        """Bytes of the pod's present container at some rising times, without a limit."""
        sets = np.full(len(times), at_rest(spec, pod))
        sets += spec.memory_per_request * np.array([self._flight(spec, pod, t) for t in times.tolist()])
        kept = leak(spec, pod)
        if kept > 0:
            since = max(pod.ready_at, self._trajectory.first)
            sets += kept * self.handled(spec.name, since, times)
        return sets

    def _flight(self, spec: Service, pod: PodRecord, t: float) -> float:
        if t < pod.ready_at:
            return 0.0
        return self._once(spec.name, t, t, lambda: self._flight_of_each(spec, t))

    def _flight_of_each(self, spec: Service, t: float) -> float:
        serving = len(self._history().at(t).fleets[spec.name].ready(t))
        flight = self._trajectory.value(t, self._columns[spec.name] + ServiceFlow.IN_FLIGHT)
        return flight / max(1, serving)

    def next_kill(
        self, spec: Service, pods: tuple[PodRecord, ...], since: float, until: float
    ) -> tuple[float, PodRecord] | None:
        """The first of the pods to reach its limit in (since, until], and at which whole second."""
        first: tuple[float, PodRecord] | None = None
        for pod in pods:
            begin = max(since, pod.ready_at)
            end = until if first is None else min(until, first[0] - 1)
            at = self._reaches(spec, pod, begin, end) if end > begin else None
            if at is not None:
                first = (at, pod)
        return first

    def _reaches(self, spec: Service, pod: PodRecord, since: float, until: float) -> float | None:
        most = limit(spec, pod)
        self._trajectory.reach(until)
        knots, _ = self._trajectory.between(since, until)
        marks = np.array([since, *(t for t in knots if since < t < until), until])
        above = np.flatnonzero(self.working_set(spec, pod, marks)[1:] >= most)
        if not above.size:
            return None
        low, high = marks[above[0]], marks[above[0] + 1]
        while high - low > 1:
            middle = math.floor((low + high) / 2)
            if self.working_set(spec, pod, np.array([middle]))[0] >= most:
                high = middle
            else:
                low = middle
        return float(math.ceil(high))
