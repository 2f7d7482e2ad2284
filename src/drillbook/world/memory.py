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
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from drillbook.model.system import Service
from drillbook.world.fleet import Life, PodRecord
from drillbook.world.law import History, Law
from drillbook.world.queueing import Floats
from drillbook.world.service import ServiceFlow
from drillbook.world.trajectory import Trajectory

BACK_OFF, LONGEST, CALM = 10.0, 300.0, 600.0
"""First and longest pause before a restart, and how long a container runs until it is forgiven; seconds."""
_SPREAD = 0.12
_AHEAD = 64.0
"""Seconds that are looked ahead for a kill at first."""


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


class Served:
    """What a serving pod of one service does, along the knots of the solution."""

    def __init__(self, service: str, trajectory: Trajectory, column: int) -> None:
        """`column` is where the service's columns begin."""
        self._service, self._trajectory, self._column = service, trajectory, column
        self._history: History | None = None
        self._changes = 0
        """How often the law had changed when all was as it is here."""
        self._times: list[float] = []
        self._handled: list[float] = []
        """Requests per pod from the first knot on."""
        self._admitted: list[float] = []
        """Requests per second, of all pods."""
        self._serving: list[int] = []
        """Pods, from each knot to the next."""
        self._flight: list[float] = []
        """Requests in flight per pod."""

    def upto(self, history: History, t: float) -> None:
        """Follow the solution up to `t`, under the laws of `history`."""
        trajectory = self._trajectory
        trajectory.reach(t)
        if history is not self._history:
            self._history = history
            self._keep(0)
        elif self._changes < len(trajectory.changes):
            self._keep(bisect_right(self._times, min(trajectory.changes[self._changes :])))
        self._changes = len(trajectory.changes)
        if not self._times or self._times[-1] < t:
            self._go_on(history, t)

    def _keep(self, knots: int) -> None:
        """Forget the later knots."""
        for values in (self._times, self._handled, self._admitted, self._flight):
            del values[knots:]
        del self._serving[max(0, knots - 1) :]

    def _go_on(self, history: History, t: float) -> None:
        times, rows, k = self._trajectory.times, self._trajectory.rows, len(self._times)
        admitted, flight = self._column + ServiceFlow.ADMITTED, self._column + ServiceFlow.IN_FLIGHT
        if k == 0:
            self._times.append(times[0])
            self._handled.append(0.0)
            self._admitted.append(rows[0][admitted])
            self._flight.append(rows[0][flight] / self._pods(history.at(times[0]), times[0]))
            k = 1
        place, pods, next_law = 0, 0, -math.inf
        while self._times[-1] < t:
            begin, end, row = self._times[-1], times[k], rows[k]
            if begin >= next_law:
                place = max(0, bisect_right(history.times, begin) - 1)
                known = place + 1 < len(history.times)
                next_law = history.times[place + 1] if known else math.inf
                pods = self._pods(history.laws[place], max(history.times[place], times[0]))
            now = row[admitted]
            self._handled.append(self._handled[-1] + (end - begin) * (self._admitted[-1] + now) / 2 / pods)
            self._serving.append(pods)
            self._times.append(end)
            self._admitted.append(now)
            self._flight.append(row[flight] / self._pods(history.laws[place], end))
            k += 1

    def _pods(self, law: Law, t: float) -> int:
        return max(1, len(law.fleets[self._service].ready(t)))

    def between(self, since: float, until: float) -> tuple[list[float], list[float], list[float]]:
        """Knots after `since` and before `until`: times, requests per pod up to then, and in flight."""
        k = slice(bisect_right(self._times, since), bisect_left(self._times, until))
        return self._times[k], self._handled[k], self._flight[k]

    def handled(self, t: float) -> float:
        """Requests per pod from the first knot up to `t`."""
        k = max(0, bisect_right(self._times, t) - 1)
        since = t - self._times[k]
        if since <= 0.0:
            return self._handled[k]
        start = self._admitted[k]
        here = start + (self._admitted[k + 1] - start) * (since / (self._times[k + 1] - self._times[k]))
        return self._handled[k] + since * (start + here) / 2 / self._serving[k]

    def flight(self, t: float) -> float:
        """Requests in flight per pod at `t`."""
        k = bisect_left(self._times, t)
        if self._times[k] == t:
            return self._flight[k]
        return self._trajectory.value(t, self._column + ServiceFlow.IN_FLIGHT) / self._serving[k - 1]

    def reaches(self, each: float, kept: float, room: float, t: float) -> bool:
        """Whether requests take `room` bytes of a pod: `each` in flight, `kept` by those handled so far."""
        return each * self.flight(t) + kept * self.handled(t) >= room


class Memory:
    """The working sets of the services that can reach their limits."""

    def __init__(
        self, trajectory: Trajectory, history: Callable[[], History], columns: Mapping[str, int]
    ) -> None:
        """`columns` say where each service's columns begin."""
        self._trajectory, self._history, self._columns = trajectory, history, columns
        self._served: dict[str, Served] = {}

    def _of(self, service: str, until: float) -> Served:
        found = self._served.get(service)
        if found is None:
            found = self._served[service] = Served(service, self._trajectory, self._columns[service])
        found.upto(self._history(), until)
        return found

    def handled(self, service: str, since: float, times: Floats) -> Floats:
        """Requests per serving pod from `since` up to each of some rising times; 0 before it."""
        served = self._of(service, max(since, float(times[-1])))
        before = served.handled(since)
        return np.array([served.handled(t) - before if t > since else 0.0 for t in times.tolist()])

    def next_kill(
        self, spec: Service, pods: tuple[PodRecord, ...], since: float, until: float
    ) -> tuple[float, PodRecord] | None:
        """The first of the pods to reach its limit in (since, until], and at which whole second.

        It looks ever further ahead: what follows a kill is another solution.
        """
        serving = min((pod.ready_at for pod in pods), default=until)
        since, ahead = max(since, serving), _AHEAD
        while since < until:
            end = min(until, since + ahead)
            found = self._first(spec, pods, since, end)
            if found is not None:
                return found
            since, ahead = end, 2 * ahead
        return None

    def _first(
        self, spec: Service, pods: tuple[PodRecord, ...], since: float, until: float
    ) -> tuple[float, PodRecord] | None:
        served, each = self._of(spec.name, until), spec.memory_per_request
        marks, handled, flight = served.between(since, until)
        marks, handled = [*marks, until], [*handled, served.handled(until)]
        held = [each * now for now in (*flight, served.flight(until))]
        grown: dict[float, list[float]] = {}
        first: tuple[float, PodRecord] | None = None
        for pod in pods:
            begin, kept = max(since, pod.ready_at), leak(spec, pod)
            if begin >= until:
                continue
            if kept not in grown:
                grown[kept] = [more + kept * all_ for more, all_ in zip(held, handled, strict=True)]
            room = limit(spec, pod) - at_rest(spec, pod)
            room += kept * served.handled(max(pod.ready_at, self._trajectory.first))
            k = next((k for k, size in enumerate(grown[kept]) if size >= room and marks[k] > begin), None)
            low = begin if not k else max(begin, marks[k - 1])
            if k is None or (first is not None and first[0] <= low):
                continue
            full = partial(served.reaches, each, kept, room)
            seconds = range(int(low) + 1, math.ceil(marks[k]))
            at = float(int(low) + 1 + bisect_left(seconds, True, key=full))
            if first is None or at < first[0]:
                first = (at, pod)
        return first
