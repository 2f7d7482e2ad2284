"""What node_exporter shows of the host before a bundle, and smokeping_prober of what is reached over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drillbook.model.labels import labels
from drillbook.model.link import Link
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.obstacle import Way
from drillbook.world.parts.link.state import flow_of, settings
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats

BACKGROUND = 2e-5
"""Part of the segments that is sent again on an ordinary day (assumption)."""


def families(plant: Plant, keys: Keys, specs: Sequence[Link]) -> list[Family]:
    """Segments, packets with errors, and pings."""
    hosts = [labels(job="node", instance=f"{spec.name}:9100") for spec in specs]
    devices = [labels(job="node", instance=f"{spec.name}:9100", device=spec.device) for spec in specs]
    reached = [(spec, callee) for spec in specs for callee in spec.callees]
    pings = [labels(job="smokeping", host=callee) for _, callee in reached]

    def counter(name: str, rows: list[tuple[tuple[str, str], ...]], means: list[object]) -> Family:
        def block(scrapes: Scrapes) -> Block:
            mean = np.array([of(scrapes) for of in means])  # type: ignore[operator]
            return Block(scrapes.poisson(mean, keys.of(name, rows)))

        return Family(name, lambda: rows, block, counter=True)

    def sent(spec: Link) -> object:
        return lambda scrapes: _segments(plant, scrapes, spec)

    def again(spec: Link) -> object:
        return lambda scrapes: _segments(plant, scrapes, spec) * (BACKGROUND + scrapes.steps(_again, spec))

    def broken(spec: Link) -> object:
        return lambda scrapes: 0.5 * _segments(plant, scrapes, spec) * scrapes.steps(_lost, spec)

    def asked(scrapes: Scrapes) -> Floats:
        return np.full(len(scrapes.times), scrapes.interval)

    def answered(spec: Link) -> object:
        return lambda scrapes: scrapes.interval * (1.0 - scrapes.steps(_lost, spec)) ** 2

    return [
        counter("node_netstat_Tcp_OutSegs", hosts, [sent(spec) for spec in specs]),
        counter("node_netstat_Tcp_RetransSegs", hosts, [again(spec) for spec in specs]),
        counter("node_network_receive_errs_total", devices, [broken(spec) for spec in specs]),
        counter("smokeping_requests_total", pings, [asked for _ in reached]),
        counter("smokeping_response_duration_seconds_count", pings, [answered(spec) for spec, _ in reached]),
    ]


def _segments(plant: Plant, scrapes: Scrapes, spec: Link) -> Floats:
    flow = flow_of(plant, spec)
    calls = np.zeros(len(scrapes.times))
    for place in range(len(flow.crossings)):
        calls = calls + scrapes.increments(flow.column + 2 * place + Way.LOST)
    return np.asarray(calls * spec.segments)


def _lost(law: Law, spec: Link) -> float:
    own = settings(law, spec)
    return own.loss / spec.members if own.up else 0.0


def _again(law: Law, spec: Link) -> float:
    own = settings(law, spec)
    return own.loss / (1.0 - own.loss) / spec.members if own.up else 0.0
