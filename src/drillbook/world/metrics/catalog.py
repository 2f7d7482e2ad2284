"""All metrics of a run: the source that telemetry reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from drillbook.errors import NotFound
from drillbook.model.component import ComponentSpec
from drillbook.model.labels import Labels
from drillbook.world.foreseen import Drawn
from drillbook.world.metrics.autoscalers import Autoscalers
from drillbook.world.metrics.containers import Containers, Probes
from drillbook.world.metrics.family import Family, Record
from drillbook.world.metrics.helpdesk import Helpdesk
from drillbook.world.metrics.http import Http
from drillbook.world.metrics.joined import joined
from drillbook.world.metrics.kubernetes import Cluster
from drillbook.world.metrics.pgbouncer import Pools
from drillbook.world.metrics.postgres import Servers
from drillbook.world.metrics.present import Present
from drillbook.world.metrics.rows import Crew, Keys
from drillbook.world.metrics.scrapes import Pods, Scrapes
from drillbook.world.metrics.shared import Shared
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats


class Exporter(Protocol):
    """A kind of component that has metrics."""

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Any]) -> list[Family]:
        """What is scraped of all components of the kind."""


class _Part:
    """The metrics of some services' pods, and of what is no pod."""

    def __init__(
        self, crew: Crew, families: Sequence[Family], first: int, drawn: Drawn | None, job: str = ""
    ) -> None:
        """`job` is the one that it is about; empty for all."""
        self.records = {
            family.name: Record(
                family, first, None if drawn is None else Shared(drawn.samples[job, family.name], self._sure)
            )
            for family in families
        }
        self._crew = crew
        self._stage = crew.plant.stage
        self._version = crew.plant.revision
        self._pods = Pods(crew)
        self._scrapes: Scrapes | None = None

    def read(self, name: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        """Label sets and samples of a metric."""
        self._follow()
        return self.records[name].read(self._at, first, last)

    def _follow(self) -> None:
        """Forget what an intervention may have changed."""
        plant = self._crew.plant
        if plant.stage == self._stage:
            return
        if plant.revision != self._version:
            known = self._known(self._version)
            for record in self.records.values():
                record.forget(known)
            self._version = plant.revision
        self._stage = plant.stage
        self._pods = Pods(self._crew)
        self._scrapes = None

    def _known(self, revision: int) -> int:
        """The last scrape that no intervention since then has moved."""
        plant = self._crew.plant
        return math.floor(plant.voided(revision) / plant.system.scrape_interval + 1e-9)

    def _sure(self) -> float:
        """The last scrape that is the same in all runs with this seed."""
        return self._known(0) if self._crew.plant.revision else math.inf

    def _at(self, first: int, last: int) -> Scrapes:
        if self._scrapes is None or (self._scrapes.first, self._scrapes.last) != (first, last):
            self._scrapes = Scrapes(self._crew.plant, self._pods, first, last)
        return self._scrapes


class Metrics:
    """Metrics by name. Scrape k is taken at k times the scrape interval."""

    def __init__(
        self,
        plant: Plant,
        kinds: Sequence[tuple[Exporter, Sequence[ComponentSpec]]] = (),
        drawn: Drawn | None = None,
    ) -> None:
        """`kinds` are those of further components, with these; `drawn` is what runs of the seed drew."""
        self._plant = plant
        self._drawn = drawn
        self.interval = plant.system.scrape_interval
        self.first = math.ceil(plant.first / self.interval)
        self._keys = keys = Keys(plant.draws)
        crew = Crew(plant, list(plant.network.services))
        http = Http(crew, keys)
        by_pod = http.families()
        families = [*by_pod, http.ingress(), *Cluster(crew).families(), *Containers(crew, keys).families()]
        families += Autoscalers(plant).families()
        if plant.law.pools:
            families += Pools(plant, keys).families()
        if plant.law.postgres:
            families += Servers(plant, keys).families()
        if plant.law.externals:
            families += Probes(plant, keys).families()
        for kind, specs in kinds:
            families += kind.families(plant, keys, specs)
        families = joined([*families, *Helpdesk(plant, keys).families()])
        self.present = Present(crew, families)
        self._whole = _Part(crew, families, self.first, drawn)
        self._divided = frozenset(family.name for family in by_pod)
        self._parts: dict[str, _Part] = {}

    def names(self) -> tuple[str, ...]:
        """Metric names, in a fixed order."""
        return tuple(self._whole.records)

    def version(self, name: str) -> int:
        """Changes whenever samples that were told may have changed."""
        return self._plant.revision

    def matrix(self, name: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        """Label sets and samples of scrapes `first` to `last`; NotFound for a metric that does not exist."""
        if name not in self._whole.records:
            raise NotFound(f"there is no metric {name}")
        self._plant.ahead(last * self.interval)
        return self._whole.read(name, first, last)

    def divided(self, name: str) -> bool:
        """Whether each job is one service, whose pods' rows can be read without the others'."""
        return name in self._divided

    def matrix_of(self, name: str, job: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        """As `matrix`, with the rows of one job only."""
        if name not in self._divided:
            raise NotFound(f"there is no metric {name} by job")
        if job not in self._plant.network.services:
            return (), np.empty((0, last - first + 1))
        self._plant.ahead(last * self.interval)
        if job not in self._parts:
            crew = Crew(self._plant, [job])
            families = Http(crew, self._keys).families()
            self._parts[job] = _Part(crew, families, self.first, self._drawn, job)
        return self._parts[job].read(name, first, last)
