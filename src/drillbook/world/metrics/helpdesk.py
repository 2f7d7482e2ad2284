"""What the helpdesk's exporter counts: tickets, opened in proportion to the failed part of users' requests.

dN = tickets · ε dt, with ε the failed part at the entry and `tickets` the rate when everything fails
(assumption). No name is standard for this; it is a counter, as exporters of helpdesks have it.
"""

from __future__ import annotations

from drillbook.model.labels import labels
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.plant import Plant
from drillbook.world.service import ServiceFlow


class Helpdesk:
    """Support tickets."""

    def __init__(self, plant: Plant, keys: Keys) -> None:
        self._plant, self._keys = plant, keys
        self._rows = [labels(job="helpdesk", instance="helpdesk:8080", topic="shop")]

    def families(self) -> list[Family]:
        """The one counter."""
        return [Family("support_tickets_total", lambda: self._rows, self._opened, counter=True)]

    def _opened(self, scrapes: Scrapes) -> Block:
        failing = scrapes.increments(self._plant.network.entry.column + ServiceFlow.ERROR)
        mean = self._plant.system.workload.tickets * failing[None, :]
        return Block(scrapes.poisson(mean, self._keys.of("support_tickets_total", self._rows)))
