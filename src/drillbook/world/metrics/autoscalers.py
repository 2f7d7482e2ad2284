"""What kube-state-metrics shows of HorizontalPodAutoscalers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.world.fleet import FleetState
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.kubernetes import CONDITIONS, JOB
from drillbook.world.metrics.scrapes import Bools, Scrapes
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats

_KINDS = ("AbleToScale", "ScalingActive", "ScalingLimited")
_PREFIX = "kube_horizontalpodautoscaler_"


class Autoscalers:
    """Every autoscaler that ever was, in the order in which they were seen first."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._spaces = {name: fleet.spec.namespace for name, fleet in plant.law.fleets.items()}
        self._names: list[str] = []
        self._seen = (-1, -1)

    def families(self) -> list[Family]:
        """All of them."""
        bounds = [
            self._family("spec_min_replicas", lambda fleet: fleet.autoscale.min if fleet.autoscale else 0),
            self._family("spec_max_replicas", lambda fleet: fleet.autoscale.max if fleet.autoscale else 0),
            self._family("status_current_replicas", lambda fleet: len(fleet.pods)),
            self._family("status_desired_replicas", lambda fleet: fleet.desired),
        ]
        target = Family(_PREFIX + "spec_target_metric", self._targets, self._target)
        return [*bounds, target, Family(_PREFIX + "status_condition", self._conditions, self._condition)]

    def names(self) -> list[str]:
        """The services that have, or have had, one."""
        if self._plant.stage != self._seen:
            self._seen = self._plant.stage
            for law in self._plant.history.laws:
                found = [name for name, fleet in law.fleets.items() if fleet.autoscale is not None]
                self._names += [name for name in found if name not in self._names]
        return self._names

    def _row(self, name: str, **more: str) -> Labels:
        return labels(JOB, namespace=self._spaces[name], horizontalpodautoscaler=name, **more)

    def _rows(self) -> list[Labels]:
        return [self._row(name) for name in self.names()]

    def _targets(self) -> list[Labels]:
        return [self._row(name, metric_name="cpu", metric_target_type="utilization") for name in self.names()]

    def _conditions(self) -> list[Labels]:
        return [
            self._row(name, condition=kind, status=status)
            for name in self.names()
            for kind in _KINDS
            for status in CONDITIONS
        ]

    def _there(self, scrapes: Scrapes, times: int = 1) -> Bools:
        """Which exist, with the scrape before the first at the front; each so many times."""
        laws = self._plant.history
        rows = [
            [laws.at(t).fleets[name].autoscale is not None for t in scrapes.at.tolist()]
            for name in self.names()
        ]
        return np.repeat(np.array(rows, dtype=np.bool_), times, axis=0)

    def _family(self, name: str, of: Callable[[FleetState], float]) -> Family:
        def block(scrapes: Scrapes) -> Block:
            values = [scrapes.steps(_of_fleet, of, service) for service in self.names()]
            return Block(np.array(values), self._there(scrapes))

        return Family(_PREFIX + name, self._rows, block)

    def _target(self, scrapes: Scrapes) -> Block:
        values = [scrapes.steps(_of_fleet, _percent, service) for service in self.names()]
        return Block(np.array(values), self._there(scrapes))

    def _condition(self, scrapes: Scrapes) -> Block:
        values: list[Floats] = []
        for name in self.names():
            found = [self._said(name, t) for t in scrapes.times.tolist()]
            for kind in range(len(_KINDS)):
                so = np.array([each[kind] for each in found])
                values += [so.astype(np.float64), (~so).astype(np.float64), np.zeros(len(so))]
        return Block(np.array(values), self._there(scrapes, len(_KINDS) * len(CONDITIONS)))

    def _said(self, name: str, t: float) -> tuple[bool, bool, bool]:
        verdict = self._plant.autoscalers.verdict(name, max(t, self._plant.trajectory.first))
        if verdict is None:
            return False, False, False
        return True, verdict.wish.percent is not None, verdict.limited[0]


def _of_fleet(law: Law, of: Callable[[FleetState], float], service: str) -> float:
    return float(of(law.fleets[service]))


def _percent(fleet: FleetState) -> float:
    return 0.0 if fleet.autoscale is None else float(round(100 * fleet.autoscale.target_cpu))
