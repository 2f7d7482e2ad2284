"""A run of scrapes, and what the plant looks like at each of them. Rates per second, times in seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drillbook.world.fleet import TERMINATING
from drillbook.world.law import Law
from drillbook.world.metrics.rows import Crew
from drillbook.world.noise import Bits, bits, normal, poisson, uniform
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats
from drillbook.world.rotation import PROBE
from drillbook.world.service import ServiceFlow

Bools = NDArray[np.bool_]


class Pods:
    """Every pod of some services that ever was, as arrays; `service` counts these services."""

    def __init__(self, crew: Crew) -> None:
        self.records = pods = crew.pods
        self.services = names = crew.services
        self.created = np.array([[pod.created] for pod in pods])
        self.ready_at = np.array([[pod.ready_at] for pod in pods])
        self.removed = np.array([[pod.removed] for pod in pods])
        self.bits = np.array([pod.bits for pod in pods], dtype=np.uint64)
        self.service = np.array([names.index(pod.service) for pod in pods], dtype=np.intp)
        self.listed = np.array([[max(pod.removed + TERMINATING, pod.deleted)] for pod in pods])
        """Until when they are listed."""
        self.scheduled = np.array([[pod.scheduled] for pod in pods])
        self.failed = np.array([[bool(pod.evicted)] for pod in pods])
        self.lives = [(place, life) for place, pod in enumerate(pods) for life in pod.past]
        """Containers that were killed, with the places of their pods."""


class Scrapes:
    """Scrapes `first` to `last`, both included, and the one before (for increments and ends of series)."""

    def __init__(
        self, plant: Plant, pods: Pods, first: int, last: int, interval: float | None = None
    ) -> None:
        """`interval` is the system's own scrape interval where left out."""
        self.interval = interval = plant.system.scrape_interval if interval is None else interval
        self.plant = plant
        self.pods = pods
        self.first, self.last = first, last
        self.numbers = np.arange(first - 1, last + 1, dtype=np.int64)
        self.at = np.floor(self.numbers * interval + 1e-9)
        """Whole seconds whose state is seen, the scrape before `first` at the front."""
        self.times = self.at[1:]
        self.reading = np.maximum(self.at, plant.trajectory.first)
        self._sampler = plant.trajectory.sample(self.reading)
        self.once = self._sampler.once
        """What follows from the solution alone, such as expected counts: see `Sampler.once`."""
        self._laws: Sequence[Law] | None = None
        self._law = np.empty(0, dtype=np.intp)
        """Place among `laws` of the law in force at each scrape."""
        self._serving: Bools | None = None
        self._shares: Floats | None = None
        self.requests: Floats | None = None
        """Requests by pod and code, once they are drawn."""
        self.scraped: Bools | None = None
        """Which pods' own metrics exist, with the scrape before at the front, once somebody asked."""

    def column(self, k: int) -> Floats:
        """A column of the trajectory at the scrapes."""
        return self._sampler.column(k)[1:]

    def increments(self, k: int) -> Floats:
        """What a column (a rate) adds up to between scrapes."""
        return self.once(("increments", k), lambda: np.maximum(np.diff(self._sampler.sums(k)), 0.0))

    def service(self, name: str, column: int) -> Floats:
        """A column of a service at the scrapes."""
        return self.column(self.plant.network.services[name].column + column)

    def steps(self, of: Callable[..., float], *more: object) -> Floats:
        """A parameter of the law in force at each scrape: `of(law, *more)`."""
        return self.each([of(law, *more) for law in self.laws])

    def each(self, values: Sequence[float]) -> Floats:
        """The values of the laws, one for each of `laws`, at the scrapes."""
        return np.asarray(np.array(values, dtype=np.float64)[self._law])

    @property
    def laws(self) -> Sequence[Law]:
        """The laws in force at the scrapes, in the order of time."""
        if self._laws is None:
            history = self.plant.history
            place = np.maximum(np.searchsorted(np.array(history.times), self.times, side="left") - 1, 0)
            self._laws, self._law = history.laws[int(place[0]) : int(place[-1]) + 1], place - place[0]
        return self._laws

    @cached_property
    def alive(self) -> Bools:
        """Which pods exist, with the scrape before at the front."""
        return np.asarray((self.pods.created < self.at) & (self.at <= self.pods.removed))

    @property
    def serving(self) -> Bools:
        """Which pods get requests."""
        if self._serving is None:
            unready = np.array([self.service(name, ServiceFlow.UNREADY) for name in self.pods.services])
            serving = (self.pods.ready_at < self.times) & (self.times <= self.pods.removed)
            for place, life in self.pods.lives:
                serving[place] |= (life.ready_at < self.times) & (self.times <= life.died_at)
            if (unready > 0.02).any():
                chance = uniform(bits(self.pods.bits, np.floor(self.times / PROBE).astype(np.int64)))
                out = unready[self.pods.service]
                serving &= (out <= 0.02) | (chance >= out)
            self._serving = serving
        return self._serving

    @property
    def shares(self) -> Floats:
        """Each pod's part of its service's requests."""
        if self._shares is None:
            serving = self.serving.astype(np.float64)
            totals = np.zeros((len(self.pods.services), serving.shape[1]))
            np.add.at(totals, self.pods.service, serving)
            self._shares = serving / np.maximum(totals, 1.0)[self.pods.service]
        return self._shares

    def bits(self, keys: Bits) -> Bits:
        """64 bits for each series and scrape."""
        return bits(keys, self.numbers[1:])

    def poisson(self, mean: Floats, keys: Bits) -> Floats:
        """Poisson counts around what is expected between scrapes."""
        return poisson(mean, keys, self.numbers[1:])

    def whole(self, level: Floats, keys: Bits, part: float = 0.3) -> Floats:
        """A count around `level`: scrape noise of `part` of a Poisson variable's deviation."""
        z = normal(self.bits(keys))
        return np.maximum(np.floor(level + part * np.sqrt(np.maximum(level, 0.0)) * z + 0.5), 0.0)

    def around(self, level: Floats, keys: Bits, part: float | Floats = 0.01) -> Floats:
        """A quantity around `level`, with a relative deviation of `part`."""
        return np.asarray(level * (1 + part * normal(self.bits(keys))))
