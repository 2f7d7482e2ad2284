"""What cert-manager, x509-certificate-exporter, a prober and the callers' Envoy sidecars show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.certificate import Certificate
from drillbook.model.labels import Labels, labels
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.obstacle import Way
from drillbook.world.parts.certificate.state import flow_of, renewal, settings, shown
from drillbook.world.plant import Plant


def families(plant: Plant, keys: Keys, specs: Sequence[Certificate]) -> list[Family]:
    """Ends and readiness by certificate, handshakes and connections by caller."""
    manager = [
        labels(job="cert-manager", name=spec.name, namespace=spec.namespace, issuer_kind="ClusterIssuer",
               issuer_name=spec.issuer, issuer_group="cert-manager.io")
        for spec in specs
    ]  # fmt: skip
    ready = [labels(dict(row), condition=word) for row in manager for word in ("True", "False", "Unknown")]
    exporter = [
        labels(job="x509-exporter", secret_name=spec.name, secret_namespace=spec.namespace,
               subject_CN=spec.host, issuer_CN=spec.issuer)
        for spec in specs
    ]  # fmt: skip
    probes = [labels(job="blackbox", instance=f"https://{spec.of}:{spec.port}") for spec in specs]
    start = plant.start.timestamp()

    def ends(of: Callable[[Law, Certificate], float]) -> Callable[[Scrapes], Block]:
        return lambda scrapes: Block(np.floor(start + np.array([scrapes.steps(of, spec) for spec in specs])))

    def readiness(scrapes: Scrapes) -> Block:
        good = np.array([scrapes.times <= scrapes.steps(_expires, spec) for spec in specs])
        shape = np.stack([good, ~good, np.zeros_like(good)], axis=1)
        return Block(shape.reshape(-1, len(scrapes.times)).astype(np.float64))

    def seen(scrapes: Scrapes) -> Block:
        values = [[shown(law, spec, t) for law, t in _moments(scrapes)] for spec in specs]
        return Block(np.floor(start + np.array(values)))

    return [
        Family("certmanager_certificate_expiration_timestamp_seconds", lambda: manager, ends(_expires)),
        Family("certmanager_certificate_renewal_timestamp_seconds", lambda: manager, ends(_renewal)),
        Family("certmanager_certificate_ready_status", lambda: ready, readiness),
        Family("x509_cert_not_after", lambda: exporter, ends(_expires)),
        Family("probe_ssl_earliest_cert_expiry", lambda: probes, seen),
        *_sidecars(plant, keys, specs),
    ]


def _expires(law: Law, spec: Certificate) -> float:
    return settings(law, spec).expires


def _renewal(law: Law, spec: Certificate) -> float:
    return renewal(settings(law, spec), spec)


def _moments(scrapes: Scrapes) -> list[tuple[Law, float]]:
    laws = scrapes.laws
    places = scrapes.each(list(range(len(laws)))).astype(int).tolist()
    return [(laws[place], t) for place, t in zip(places, scrapes.times.tolist(), strict=True)]


def _sidecars(plant: Plant, keys: Keys, specs: Sequence[Certificate]) -> list[Family]:
    crossings = [
        (spec, crossing, flow_of(plant, spec).column + 2 * place)
        for spec in specs
        for place, crossing in enumerate(flow_of(plant, spec).crossings)
    ]
    rows: list[Labels] = [
        labels(job="envoy-stats", app=crossing.caller, envoy_cluster_name=spec.of)
        for spec, crossing, _ in crossings
    ]

    def failed(scrapes: Scrapes) -> Block:
        mean = np.array([scrapes.increments(column + Way.LOST) for *_, column in crossings])
        return Block(scrapes.poisson(mean, keys.of("envoy_cluster_ssl_fail_verify_error", rows)))

    def connected(scrapes: Scrapes) -> Block:
        through = np.array([scrapes.column(column + Way.THROUGH) for *_, column in crossings])
        pods = np.array([scrapes.steps(_pods, crossing.caller) for _, crossing, _ in crossings])
        each = np.array([[spec.connections] for spec, *_ in crossings])
        return Block(scrapes.whole(through * pods * each, keys.of("envoy_cluster_upstream_cx_active", rows)))

    return [
        Family("envoy_cluster_ssl_fail_verify_error", lambda: rows, failed, counter=True),
        Family("envoy_cluster_upstream_cx_active", lambda: rows, connected),
    ]


def _pods(law: Law, service: str) -> float:
    return float(len(law.fleets[service].pods))
