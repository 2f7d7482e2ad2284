"""What HTTP services export: requests by code, latency histogram, requests in flight. One target per pod.

Requests of a pod are Poisson counts around its share of the service's. A histogram puts the same counts into
buckets by the latency's distribution, rounded by one uniform per scrape for all buckets, so that they never
cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.world.fleet import PodRecord, Template, queries
from drillbook.world.latency import Mixture
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Crew, Keys, PodRows
from drillbook.world.metrics.scrapes import Bools, Scrapes
from drillbook.world.noise import normal, uniform
from drillbook.world.pool import FAST
from drillbook.world.queueing import Floats
from drillbook.world.service import ServiceFlow

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, np.inf)
_LE = tuple(("le", "+Inf" if np.isinf(bound) else f"{bound:g}") for bound in BOUNDS)
TURNED_AWAY = 0.002
"""Seconds that refusing a request takes (assumption)."""
_STARTS = 5.0
"""Seconds from a pod's creation until its metrics can be scraped (assumption)."""
_DAYS = 3 * 86400.0


def target(pod: PodRecord, namespace: str) -> dict[str, str]:
    """The labels of a pod's target."""
    return {"job": pod.service, "namespace": namespace, "pod": pod.name, "instance": f"{pod.ip}:8080"}


class Http:
    """The families of some services' pods."""

    def __init__(self, crew: Crew, keys: Keys) -> None:
        plant = crew.plant
        self._plant, self._keys, self._crew = plant, keys, crew
        self._names = crew.services
        self._spaces = {name: plant.law.fleets[name].spec.namespace for name in self._names}
        self._entry = plant.system.workload.entry
        self._codes = {name: self._codes_of(name) for name in self._names}
        self._by_code = PodRows(crew, self._code_rows)
        self._by_pod = PodRows(crew, lambda pod: [(self._target(pod), 0)])
        self._by_bound = PodRows(crew, self._bound_rows)

    def _target(self, pod: PodRecord) -> Labels:
        return labels(target(pod, self._spaces[pod.service]))

    def _code_rows(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        own = self._target(pod)
        return [((("code", code), *own), k) for k, code in enumerate(self._codes[pod.service])]

    def _bound_rows(self, pod: PodRecord) -> list[tuple[Labels, int]]:
        own = self._target(pod)  # instance, job, then le, namespace, pod
        before, after = own[:2], own[2:]
        return [((*before, le, *after), k) for k, le in enumerate(_LE)]

    def _codes_of(self, name: str) -> tuple[str, ...]:
        codes = ["200", "500", "503"]
        if self._plant.network.services[name].edges:
            codes.append("504")
        if name == self._entry:
            codes.append("429")
        if self._plant.network.services[name].edges:
            codes.append("502")
        return tuple(codes)

    def families(self) -> list[Family]:
        """Those with rows per pod."""
        name = "http_request_duration_seconds"
        return [
            Family(
                "http_requests_total", self._by_code.labels, self._requests, counter=True, base=self._base
            ),
            Family(f"{name}_bucket", self._by_bound.labels, self._buckets, counter=True),
            Family(f"{name}_count", self._by_pod.labels, self._count, counter=True),
            Family(f"{name}_sum", self._by_pod.labels, self._sum, counter=True),
            Family("http_requests_in_flight", self._by_pod.labels, self._in_flight),
        ]

    def ingress(self) -> Family:
        """What the ingress controller counts of the entry's requests; the entry must be of these services."""
        name = "nginx_ingress_controller_requests"
        return Family(name, self._ingress_rows, self._ingress, counter=True)

    def _base(self) -> Floats:
        """What pods older than the history had counted already: three days at the first rate."""
        rows, pods = self._by_code, self._crew.pods
        trajectory, first = self._plant.trajectory, self._plant.first
        rate = {name: trajectory.rows[0][self._plant.network.services[name].column] for name in self._names}
        count = {name: max(1, len(self._plant.history.laws[0].fleets[name].pods)) for name in self._names}
        return np.array([
            round(rate[pods[p].service] * _DAYS / count[pods[p].service] * (1.0 if kind == 0 else 0.0005))
            if pods[p].created < first else 0.0
            for p, kind in zip(rows.pod.tolist(), rows.kind.tolist(), strict=True)
        ])  # fmt: skip

    def expected(self, scrapes: Scrapes, name: str) -> list[Floats]:
        """Requests of a service between scrapes, by its codes."""
        return scrapes.once(("requests", name), lambda: self._expected(scrapes, name))

    def _expected(self, scrapes: Scrapes, name: str) -> list[Floats]:
        k = self._plant.network.services[name].column
        shed, refused = scrapes.increments(k + ServiceFlow.SHED), scrapes.increments(k + ServiceFlow.REFUSED)
        failed, called = scrapes.increments(k + ServiceFlow.FAILED), scrapes.increments(k + ServiceFlow.LATE)
        every = scrapes.increments(k + ServiceFlow.OUTCOMES)
        calls = bool(self._plant.network.services[name].edges)
        called = np.minimum(called, failed) if calls else np.zeros_like(failed)
        timed = np.minimum(scrapes.increments(k + ServiceFlow.TIMED), called)
        by_code = {
            "200": np.maximum(every - failed - refused - shed, 0.0),
            "500": failed - called,
            "503": refused if name == self._entry else refused + shed,
            "502": called - timed,
            "504": timed,
            "429": shed,
        }
        return [by_code[code] for code in self._codes[name]]

    def _alive(self, scrapes: Scrapes, rows: PodRows) -> Bools | None:
        """Which rows exist; None where all do, all the time."""
        alive = scrapes.scraped
        if alive is None:
            alive = scrapes.scraped = scrapes.alive & (scrapes.at >= scrapes.pods.created + _STARTS)
        if alive.all():
            return None
        return alive if rows is self._by_pod else alive[rows.pod]

    def _counts(self, scrapes: Scrapes) -> Floats:
        if scrapes.requests is None:
            scrapes.requests = self._draw(scrapes)
        return scrapes.requests

    def _draw(self, scrapes: Scrapes) -> Floats:
        rows = self._by_code
        rows.labels()
        first: dict[str, int] = {}
        stacked: list[Floats] = []
        for name in self._names:
            first[name] = len(stacked)
            stacked += self.expected(scrapes, name)
        starts = np.array([first[name] for name in self._names], dtype=np.intp)
        kinds = starts[scrapes.pods.service[rows.pod]] + rows.kind
        mean = np.array(stacked)[kinds] * scrapes.shares[rows.pod]
        return scrapes.poisson(mean, self._keys.of_pods("http_requests_total", rows, scrapes.pods.bits))

    def _requests(self, scrapes: Scrapes) -> Block:
        return Block(self._counts(scrapes), self._alive(scrapes, self._by_code))

    def _totals(self, scrapes: Scrapes) -> Floats:
        self._by_pod.labels()
        counts = self._counts(scrapes)
        starts = np.searchsorted(self._by_code.pod, np.arange(len(scrapes.pods.records)))
        return np.asarray(np.add.reduceat(counts, starts, axis=0))

    def _count(self, scrapes: Scrapes) -> Block:
        return Block(self._totals(scrapes), self._alive(scrapes, self._by_pod))

    def _sum(self, scrapes: Scrapes) -> Block:
        """Counts times the mean of the distribution, with the deviation that so many requests have."""
        counts = self._totals(scrapes)
        means = np.zeros_like(counts)
        steps = np.diff(np.array([0.0, *BOUNDS[:-1]]))
        for pods, cdf in self._distributions(scrapes):
            means[pods] = np.tensordot(steps, 1 - cdf[:-1], axes=1)
        rows = self._keys.of_pods("http_request_duration_seconds_sum", self._by_pod, scrapes.pods.bits)
        z = normal(scrapes.bits(rows))
        around = np.maximum(0.5, 1 + 0.5 * z / np.sqrt(counts + 1))
        return Block(counts * means * around, self._alive(scrapes, self._by_pod))

    def _buckets(self, scrapes: Scrapes) -> Block:
        counts = self._totals(scrapes)
        rows = self._keys.of_pods("http_request_duration_seconds_bucket", self._by_pod, scrapes.pods.bits)
        u = uniform(scrapes.bits(rows))
        below = np.zeros((len(scrapes.pods.records), len(BOUNDS), counts.shape[1]))
        there = np.logical_or.reduce(counts, axis=1).tolist()
        for pods, cdf in self._distributions(scrapes):
            for pod in pods:
                if there[pod]:
                    room = np.multiply(counts[pod], cdf, out=below[pod])
                    room += u[pod]
                    np.floor(room, out=room)
        return Block(below.reshape(-1, counts.shape[1]), self._alive(scrapes, self._by_bound))

    def _distributions(self, scrapes: Scrapes) -> list[tuple[list[int], Floats]]:
        """Pods that are alike, and P(latency <= bound) of theirs: shape (bounds, scrapes)."""
        alike: dict[tuple[str, float], list[int]] = {}
        kinds = {(pod.service, pod.template) for pod in scrapes.pods.records}
        slow_part = {kind: self._slow(*kind) for kind in kinds}
        for index, pod in enumerate(scrapes.pods.records):
            alike.setdefault((pod.service, slow_part[pod.service, pod.template]), []).append(index)
        shares = scrapes.shares
        mean: dict[str, Floats] = {name: np.zeros(shares.shape[1]) for name in self._names}
        for (name, slow), pods in alike.items():
            if slow > 0:
                mean[name] = mean[name] + slow * shares[pods].sum(axis=0)
        found = []
        for (name, slow), pods in alike.items():
            cdf = partial(self._cdf, scrapes, name, slow, mean[name])
            found.append((pods, scrapes.once((name, slow, mean[name].tobytes()), cdf)))
        return found

    def _slow(self, service: str, template: Template) -> float:
        spec = self._plant.law.fleets[service].spec
        return sum(query.share for query in queries(spec, template) if query.hold > FAST)

    def _cdf(self, scrapes: Scrapes, name: str, slow: float, mean: Floats) -> Floats:
        flow = self._plant.network.services[name]
        parameters = np.array([scrapes.column(flow.column + ServiceFlow.M0 + k) for k in range(7)])
        away = scrapes.service(name, ServiceFlow.AWAY)
        # rounding makes most neighbours equal, so that few distributions are worked out
        rounded = np.vstack([_significant(parameters), np.round(away, 3), np.round(mean, 3)])
        new = np.concatenate(([True], (rounded[:, 1:] != rounded[:, :-1]).any(axis=0)))
        few = rounded[:, new]
        weight = few[3] * np.where(few[8] > 0, slow / np.maximum(few[8], 1e-9), 1.0)
        mixture = Mixture(few[:7], flow.spread)
        bounds = np.array(BOUNDS[:-1])[:, None]
        cdf = mixture.cdf(bounds, slow=np.minimum(weight, 1.0))
        cdf = (1 - few[7]) * cdf + few[7] * (bounds >= TURNED_AWAY)
        whole = np.vstack([cdf, np.ones(cdf.shape[1])])
        return np.asarray(whole[:, np.cumsum(new) - 1])

    def _in_flight(self, scrapes: Scrapes) -> Block:
        levels = np.array([scrapes.service(name, ServiceFlow.IN_FLIGHT) for name in self._names])
        mean = levels[scrapes.pods.service] * scrapes.shares
        rows = self._keys.of_pods("http_requests_in_flight", self._by_pod, scrapes.pods.bits)
        return Block(scrapes.whole(mean, rows, 0.6), self._alive(scrapes, self._by_pod))

    def _ingress_rows(self) -> Sequence[Labels]:
        space = self._spaces[self._entry]
        common = {"job": "ingress-nginx", "controller_class": "k8s.io/ingress-nginx", "ingress": self._entry,
                  "namespace": space, "exported_service": self._entry, "host": self._plant.system.domain,
                  "instance": "ingress-nginx-controller:10254"}  # fmt: skip
        return [labels(common, status=code) for code in self._codes[self._entry]]

    def _ingress(self, scrapes: Scrapes) -> Block:
        rows = self._keys.of("nginx_ingress_controller_requests", self._ingress_rows())
        return Block(scrapes.poisson(np.array(self.expected(scrapes, self._entry)), rows))


def _significant(values: Floats) -> Floats:
    """Values rounded to about 1 %."""
    positive = np.maximum(np.abs(values), 1e-6)
    return np.asarray(np.where(values > 1e-6, np.exp(np.round(np.log(positive) * 100) / 100), 0.0))
