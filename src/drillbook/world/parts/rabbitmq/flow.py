"""A cluster: what is published to its queues, and what callers get of the results.

Rates in messages per second, times in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from drillbook.model.rabbitmq import Rabbitmq, Workers, WorkQueue
from drillbook.world.fleet import FleetState
from drillbook.world.latency import Latency
from drillbook.world.law import Law
from drillbook.world.parts.rabbitmq.group import GroupFlow
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow

_ASKED = Latency(0.004)


class RabbitmqLaw(NamedTuple):
    """The settings of a cluster that events can change."""

    consumer_timeout: float
    version: str


class GroupTerms(NamedTuple):
    """What the steps of a group of workers depend on."""

    timeout: float
    """Of acknowledgements, seconds; 0 for none."""
    seats: int
    """Messages that all ready pods can work on at once."""


class RabbitmqFlow:
    """A cluster: `feed` lets workers take messages, `step` lets publishers publish."""

    def __init__(self, spec: Rabbitmq, column: int) -> None:
        self.spec, self.column = spec, column
        self.offered = self.error_ratio = self.turned_away = 0.0
        self.spread = 0.4
        self.out: Row = _ASKED
        self.part: Row = ()
        self.groups: list[GroupFlow] = []
        at = column + 1
        for workers in spec.workers:
            self.groups.append(GroupFlow(workers, at))
            at += self.groups[-1].columns
        self.columns = at - column
        self.places = {
            queue.name: (group, place)
            for group in self.groups
            for place, queue in enumerate(group.spec.queues)
        }

    def terms(self, own: RabbitmqLaw, law: Law, t: float) -> tuple[GroupTerms, ...]:
        """Each group's, in order."""
        specs = [group.spec for group in self.groups]
        return tuple([self._terms(spec, own, law.fleets[spec.service], t) for spec in specs])

    @staticmethod
    def _terms(spec: Workers, own: RabbitmqLaw, fleet: FleetState, t: float) -> GroupTerms:
        timeout = 0.0 if early(spec, fleet, t) else own.consumer_timeout
        return GroupTerms(timeout, len(fleet.ready(t)) * fleet.spec.concurrency)

    def use(self, terms: tuple[GroupTerms, ...]) -> None:
        """Put terms in force."""
        for group, (timeout, seats) in zip(self.groups, terms, strict=True):
            group.timeout, group.seats = timeout, seats

    def untouched(self) -> Row:
        """Nothing has come yet."""
        return (0.0,) * self.columns

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Workers work."""
        for group in self.groups:
            worker = services[group.spec.service]
            worker.offered += group.feed(row, worker)

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Publishers publish; what callers ask for may come too late."""
        out: list[float] = []
        asked = late = 0.0
        for group in self.groups:
            rates = [_published(queue, services) for queue in group.spec.queues]
            group.step(row, dt, rates)
            out += group.part
            came = group.part[group.CAME]
            refused = group.part[group.REFUSED] / came if came > 0.0 else 0.0
            for place, rate in enumerate(rates):
                asked += rate
                stale = group.part[group.OWN + group.EACH * place + group.LATE]
                late += rate * (refused + (1.0 - refused) * stale)
        self.error_ratio = min(1.0, late / asked) if asked > 0.0 else 0.0
        self.part = (self.error_ratio, *out)

    def purge(self, row: list[float], name: str) -> None:
        """Throw away what waits in a queue, in a row."""
        group, place = self.places[name]
        gone, k = row[group.queue(place)], group.column
        row[group.queue(place)] = row[group.queue(place) + group.WAIT] = 0.0
        row[k + group.HELD] = max(0.0, row[k + group.HELD] - gone)
        row[k + group.WAITING] = max(0.0, row[k + group.WAITING] - gone)

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """What is there, against the workers, and what callers get."""
        found = [(group.column, float(max(20, 4 * group.seats))) for group in self.groups]
        return [*found, (self.column, 1.0)]

    def corner(self, t: float) -> float:
        """Nothing bends at a time that is known beforehand."""
        return math.inf


def initial(spec: Rabbitmq) -> RabbitmqLaw:
    """The settings as the author has them."""
    return RabbitmqLaw(spec.consumer_timeout, spec.version)


def early(workers: Workers, fleet: FleetState, t: float) -> bool:
    """Whether every worker acknowledges a message when it takes it."""
    ready = fleet.ready(t)
    return bool(ready) and all(pod.template.version in workers.acknowledges_early for pod in ready)


def _published(queue: WorkQueue, services: Mapping[str, ServiceFlow]) -> float:
    return sum([services[each.service].opened * each.per_request for each in queue.publishers])
