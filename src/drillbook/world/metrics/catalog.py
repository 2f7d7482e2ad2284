"""All metrics of a run: the source that telemetry reads."""

from __future__ import annotations

import math

from drillbook.errors import NotFound
from drillbook.model.labels import Labels
from drillbook.world.metrics.containers import Containers, Probes
from drillbook.world.metrics.family import Record
from drillbook.world.metrics.helpdesk import Helpdesk
from drillbook.world.metrics.http import Http
from drillbook.world.metrics.kubernetes import Cluster
from drillbook.world.metrics.pgbouncer import Pools
from drillbook.world.metrics.postgres import Servers
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Pods, Scrapes
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats


class Metrics:
    """Metrics by name. Scrape k is taken at k times the scrape interval."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self.interval = plant.system.scrape_interval
        self.first = math.ceil(plant.first / self.interval)
        keys = Keys(plant.draws)
        families = (
            Http(plant, keys).families() + Cluster(plant).families() + Containers(plant, keys).families()
        )
        if plant.law.pools:
            families += Pools(plant, keys).families()
        if plant.law.postgres:
            families += Servers(plant, keys).families()
        if plant.law.externals:
            families += Probes(plant, keys).families()
        families += Helpdesk(plant, keys).families()
        last = math.floor(plant.duration / self.interval)
        self._records = {family.name: Record(family, self.first, last) for family in families}
        self._version, self._stage = plant.revision, plant.stage
        self._pods = Pods(plant)
        self._recent: tuple[int, int, int] | None = None
        self._scrapes: Scrapes | None = None

    def names(self) -> tuple[str, ...]:
        """Metric names, in a fixed order."""
        return tuple(self._records)

    def version(self, name: str) -> int:
        """Changes whenever samples that were told may have changed."""
        return self._plant.revision

    def matrix(self, name: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        """Label sets and samples of scrapes `first` to `last`; NotFound for a metric that does not exist."""
        if name not in self._records:
            raise NotFound(f"there is no metric {name}")
        self._plant.ahead(last * self.interval)
        self._follow()
        return self._records[name].read(self._at, first, last)

    def _follow(self) -> None:
        """Forget what an intervention may have changed."""
        if self._plant.stage == self._stage:
            return
        if self._plant.revision != self._version:
            known = math.floor(self._plant.voided(self._version) / self.interval + 1e-9)
            for record in self._records.values():
                record.forget(known)
            self._version = self._plant.revision
        self._stage = self._plant.stage
        self._pods = Pods(self._plant)
        self._scrapes = None

    def _at(self, first: int, last: int) -> Scrapes:
        key = (first, last, self._version)
        if self._scrapes is None or self._recent != key:
            self._scrapes, self._recent = Scrapes(self._plant, self._pods, first, last), key
        return self._scrapes
