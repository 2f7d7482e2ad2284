"""What callers' HTTP clients count (Micrometer's names) and what a blackbox prober sees of a vendor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.model.vendor import Vendor
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.noise import normal, uniform
from drillbook.world.parts.vendor.flow import CALLERS, REFUSED, TOKENS
from drillbook.world.parts.vendor.state import flow_of, host, settings
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats

_STATUS = {"200": "SUCCESS", "429": "CLIENT_ERROR", "503": "SERVER_ERROR"}


def families(plant: Plant, keys: Keys, specs: Sequence[Vendor]) -> list[Family]:
    """Calls by caller and status, and probes of the health page."""
    pairs = [(spec, place, name) for spec in specs for place, name in enumerate(flow_of(plant, spec).callers)]
    rows: list[Labels] = [
        labels(job=name, client_name=host(spec), method="GET", uri=spec.path, status=code, outcome=outcome)
        for spec, _, name in pairs
        for code, outcome in _STATUS.items()
    ]
    left: list[Labels] = [labels(job=name, client_name=host(spec)) for spec, _, name in pairs]
    probes: list[Labels] = [labels(job="blackbox", instance=f"https://{host(spec)}/health") for spec in specs]

    def calls(scrapes: Scrapes) -> Block:
        mean = np.array([part for spec, place, _ in pairs for part in _calls(plant, scrapes, spec, place)])
        return Block(scrapes.poisson(mean, keys.of("http_client_requests_seconds_count", rows)))

    def remaining(scrapes: Scrapes) -> Block:
        return Block(np.floor([scrapes.column(flow_of(plant, spec).column + TOKENS) for spec, *_ in pairs]))

    def duration(scrapes: Scrapes) -> Block:
        latency = np.array([scrapes.steps(_latency, spec) for spec in specs])
        noise = normal(scrapes.bits(keys.of("probe_duration_seconds", probes)))
        return Block(np.round(latency * np.exp(0.1 * noise), 6))

    def success(scrapes: Scrapes) -> Block:
        errors = np.array([scrapes.steps(_errors, spec) for spec in specs])
        chance = uniform(scrapes.bits(keys.of("probe_success", probes)))
        return Block((chance >= errors).astype(np.float64))

    return [
        Family("http_client_requests_seconds_count", lambda: rows, calls, counter=True),
        Family("http_client_ratelimit_remaining", lambda: left, remaining),
        Family("probe_duration_seconds", lambda: probes, duration),
        Family("probe_success", lambda: probes, success),
    ]


def _calls(plant: Plant, scrapes: Scrapes, spec: Vendor, place: int) -> list[Floats]:
    k = flow_of(plant, spec).column
    offered = scrapes.increments(k + CALLERS + place)
    refused = scrapes.column(k + REFUSED)
    errors = scrapes.steps(_errors, spec)
    return [offered * (1.0 - refused) * (1.0 - errors), offered * refused, offered * (1.0 - refused) * errors]


def _latency(law: Law, spec: Vendor) -> float:
    return settings(law, spec).latency


def _errors(law: Law, spec: Vendor) -> float:
    return settings(law, spec).error_ratio
