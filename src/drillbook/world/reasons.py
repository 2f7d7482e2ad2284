"""Why a service's calls fail, in the words of the clients that make them, and how many fail so.

What is lost on the way comes first, then what the caller's own timeout ends; the rest was answered, with an
error. Words are those of Go's net/http and of HTTP's status lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Protocol, cast, runtime_checkable

from drillbook.model.quantities import duration_text
from drillbook.model.system import Service
from drillbook.world.edge import Edge
from drillbook.world.fleet import calls
from drillbook.world.law import Law
from drillbook.world.parts.kind import Kind
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow

LEAST = 1e-6


class Reason(NamedTuple):
    """Failures per call of a kind, and what the caller is told."""

    part: float
    text: str


class Failing(NamedTuple):
    """A call, and the reasons for which some of it fails."""

    url: str
    weight: float
    """Calls per request."""
    optional: bool
    reasons: tuple[Reason, ...]


@runtime_checkable
class Hinders(Protocol):
    """A kind of component that obstructs, as callers tell of it."""

    def reached(self, specs: Sequence[Any], callee: str) -> tuple[str, str]:
        """Scheme and host under which callers reach a component; empty where it has no say in it."""

    def told(
        self, plant: Plant, specs: Sequence[Any], crossing: tuple[str, str], t: float
    ) -> Iterator[tuple[float, str]]:
        """The parts of the calls from one component to another that are lost, and what is said of them."""


@runtime_checkable
class Answers(Protocol):
    """A kind of component that is called and does not fail as a web server does."""

    def url(self, spec: Any) -> str:
        """What is called."""

    def answered(self, plant: Plant, name: str, row: Row, t: float) -> Iterator[tuple[float, str]]:
        """Its failed answers by weight."""


@cache
def _hinders(kind: type[Kind]) -> bool:
    return issubclass(kind, Hinders)


@cache
def _answers(kind: type[Kind]) -> bool:
    return issubclass(kind, Answers)


@dataclass(frozen=True)
class Why:
    """The calls of a service at the whole second `t`."""

    plant: Plant
    service: str
    law: Law
    row: Row
    t: float
    kinds: Sequence[tuple[Kind, Sequence[Any]]]
    """The kinds that the system has components of, with these."""

    def failing(self) -> list[Failing]:
        """Those of which some fail."""
        fleet, network = self.law.fleets[self.service], self.plant.network
        mixes = calls(fleet.spec, fleet.template)
        known = [call.to for call in network.calls(fleet.spec)]
        edges = dict(zip(known, network.services[self.service].edges, strict=True))
        found = []
        for call, mix in zip(fleet.spec.calls, mixes, strict=True):
            edge = edges.get(call.to)
            if edge is None or mix.share <= 0.0 or self.row[edge.column + 1] <= LEAST:
                continue
            reasons, url = self._reasons(call.to, mix.timeout, edge)
            if reasons:
                found.append(Failing(url, min(1.0, mix.share), mix.needed <= 0.0, tuple(reasons)))
        return found

    def _reasons(self, callee: str, timeout: float, edge: Edge) -> tuple[list[Reason], str]:
        left, late = self.row[edge.column + 1], self.row[edge.column + 4]
        own, found, url = late * left, [], self._url(callee)
        for kind, specs in self.kinds:
            if _hinders(type(kind)):
                crossing = (self.service, callee)
                for lost in cast("Hinders", kind).told(self.plant, specs, crossing, self.t):
                    found.append(Reason(min(lost[0], left), lost[1]))
                    left -= found[-1].part
        own = min(left, own)
        found.append(Reason(own, f"context deadline exceeded (timeout {duration_text(timeout)})"))
        answers = list(self._answers(callee))
        total = sum(weight for weight, _ in answers)
        if total > 0.0:
            found += [Reason((left - own) * weight / total, text) for weight, text in answers]
        return [reason for reason in found if reason.part > LEAST], url

    def _url(self, callee: str) -> str:
        """What is called."""
        scheme, host = "http", callee
        for kind, specs in self.kinds:
            for spec in specs if _answers(type(kind)) else ():
                if spec.name == callee:
                    return cast("Answers", kind).url(spec)
            if _hinders(type(kind)):
                found = cast("Hinders", kind).reached(specs, callee)
                scheme, host = found[0] or scheme, found[1] or host
        return f"{scheme}://{host}"

    def _answers(self, callee: str) -> Iterator[tuple[float, str]]:
        """What a callee that fails says, by weight."""
        if callee in self.plant.network.services:
            yield from self._of_service(callee)
            return
        for kind, specs in self.kinds:
            if _answers(type(kind)) and callee in {spec.name for spec in specs}:
                yield from cast("Answers", kind).answered(self.plant, callee, self.row, self.t)
                return
        yield 1.0, "503 Service Unavailable"

    def _of_service(self, callee: str) -> Iterator[tuple[float, str]]:
        row, k = self.row, self.plant.network.services[callee].column
        lost = row[k + ServiceFlow.REFUSED] + row[k + ServiceFlow.SHED]
        called, timed = row[k + ServiceFlow.LATE], row[k + ServiceFlow.TIMED]
        if self.law.fleets[callee].ready(self.t):
            yield lost, "503 Service Unavailable"
        else:
            yield lost, f"dial tcp {self._address(callee)}: connect: connection refused"
        yield timed, self._late(self.law.fleets[callee].spec)
        yield max(0.0, called - timed), "502 Bad Gateway"
        yield max(0.0, row[k + ServiceFlow.FAILED] - called), "500 Internal Server Error"

    def _address(self, service: str) -> str:
        """The service's address in the cluster, as `kubectl get svc` shows it."""
        draws = self.plant.draws
        third, fourth = (draws.uniform("shell", "ip", service, place) for place in (1, 2))
        return f"10.96.{int(third * 256)}.{1 + int(fourth * 254)}:8080"

    def _late(self, spec: Service) -> str:
        """A gateway timeout, with the time after which the service gave up."""
        waits = [
            edge.timeout
            for edge in self.plant.network.services[spec.name].edges
            if not edge.optional and self.row[edge.column + 4] > 0.0 and self.row[edge.column + 1] > 0.01
        ]
        gave_up = f" (its upstream timed out after {duration_text(max(waits))})" if waits else ""
        return f"504 Gateway Timeout{gave_up}"
