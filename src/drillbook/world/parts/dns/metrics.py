"""What CoreDNS shows (plugins prometheus, cache and forward)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.dns import Answer, Dns
from drillbook.model.labels import labels
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.obstacle import Way
from drillbook.world.parts.dns.state import flow_of, settings
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats

PODS = 2
"""Resolvers (assumption)."""
SEARCHED = 0.2
"""Part of the other lookups that ends in NXDOMAIN, by the search list of resolv.conf (assumption)."""
CACHED = 0.8
"""Part of the other lookups that the cache answers (assumption)."""
_RCODES = ("NOERROR", "NXDOMAIN", "SERVFAIL")
_CODE: dict[Answer, str] = {
    "address": "NOERROR", "elsewhere": "NOERROR", "empty": "NOERROR", "nxdomain": "NXDOMAIN",
    "servfail": "SERVFAIL",
}  # fmt: skip
_Mean = Callable[[Scrapes], Floats]


class _Zone:
    """Expected lookups between scrapes, of one of the resolvers."""

    def __init__(self, plant: Plant, spec: Dns) -> None:
        self.plant, self.spec, self.flow = plant, spec, flow_of(plant, spec)

    def others(self, scrapes: Scrapes) -> Floats:
        """Everything that has nothing to do with the zone."""
        return np.full(len(scrapes.times), self.spec.queries * scrapes.interval / PODS)

    def asked(self, scrapes: Scrapes, code: str = "") -> Floats:
        """Lookups of the zone's names that bring no address, of those that end with a code."""
        total = np.zeros(len(scrapes.times))
        for place, crossing in enumerate(self.flow.crossings):
            record, _ = self.flow.record(crossing.callee)
            lost = scrapes.increments(self.flow.column + 2 * place + Way.LOST) / PODS
            ends = scrapes.steps(_ends, self.spec, record, code) if code else 1.0
            total = total + lost * ends
        return total

    def code(self, scrapes: Scrapes, code: str) -> Floats:
        """Answers with a code."""
        part = {"NOERROR": 1.0 - SEARCHED, "NXDOMAIN": SEARCHED}.get(code, 0.0)
        return self.others(scrapes) * part + self.asked(scrapes, code)


def _ends(law: Law, spec: Dns, place: int, code: str) -> float:
    answer = settings(law, spec).records[place].answer
    # denials that resolvers still keep once the address is back
    return float((_CODE[answer] if answer != "address" else "NOERROR") == code)


def families(plant: Plant, keys: Keys, specs: Sequence[Dns]) -> list[Family]:
    """Counters of all resolvers."""
    zones = [_Zone(plant, spec) for spec in specs]
    server = {"server": "dns://:53", "zone": ".", "view": ""}

    def counter(
        name: str, kinds: dict[str, Callable[[_Zone, Scrapes], Floats]], label: str, **more: str
    ) -> Family:
        rows = [
            labels({"job": "coredns", "instance": f"10.42.{pod + 1}.20:9153", label: kind}, **more)
            for _ in zones for pod in range(PODS) for kind in kinds
        ]  # fmt: skip

        def block(scrapes: Scrapes) -> Block:
            mean = np.array(
                [of(zone, scrapes) for zone in zones for _ in range(PODS) for of in kinds.values()]
            )
            return Block(scrapes.poisson(mean, keys.of(name, rows)))

        return Family(name, lambda: rows, block, counter=True)

    def every(zone: _Zone, scrapes: Scrapes) -> Floats:
        return zone.others(scrapes) + zone.asked(scrapes)

    codes = {code: _of_code(code) for code in _RCODES}
    hits = {
        "success": lambda zone, scrapes: zone.others(scrapes) * CACHED * (1.0 - SEARCHED),
        "denial": lambda zone, scrapes: zone.others(scrapes) * CACHED * SEARCHED + zone.asked(scrapes),
    }
    return [
        counter("coredns_dns_requests_total", {"A": every}, "type", proto="udp", family="1", **server),
        counter("coredns_dns_responses_total", codes, "rcode", plugin="forward", **server),
        counter("coredns_cache_hits_total", hits, "type", zones=".", **server),
        counter(
            "coredns_forward_responses_total",
            {code: _forwarded(code) for code in _RCODES},
            "rcode",
            to="10.20.0.2:53",
        ),
    ]


def _of_code(code: str) -> Callable[[_Zone, Scrapes], Floats]:
    return lambda zone, scrapes: zone.code(scrapes, code)


def _forwarded(code: str) -> Callable[[_Zone, Scrapes], Floats]:
    part = {"NOERROR": 1.0 - SEARCHED, "NXDOMAIN": SEARCHED}.get(code, 0.0)
    return lambda zone, scrapes: zone.others(scrapes) * (1.0 - CACHED) * part
