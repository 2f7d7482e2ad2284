"""Zones as a kind of component: what can be done to one, and what is said of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from drillbook.model.base import Model
from drillbook.model.dns import Answer as Answered
from drillbook.model.dns import Dns, DnsChange
from drillbook.model.quantities import duration_text
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.outcome import ends, hidden
from drillbook.world.parts.dns import flow, shell
from drillbook.world.parts.dns.flow import DnsFlow, DnsLaw
from drillbook.world.parts.dns.metrics import families
from drillbook.world.parts.dns.state import DnsState, flow_of, health_of, settings, state_of
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken

_SAID: dict[Answered, str] = {
    "empty": "no such host", "nxdomain": "no such host", "servfail": "server misbehaving",
}  # fmt: skip
_FLUSH = 15.0
"""Seconds until new resolver pods answer (assumption)."""


class DnsKind:
    """Zones."""

    tools: Mapping[str, str] = shell.TOOLS

    def initial(self, spec: Dns) -> DnsLaw:
        """Every record is good."""
        return flow.initial(spec)

    def flow(self, spec: Dns, system: System, column: int) -> DnsFlow:
        """A zone's flow."""
        return DnsFlow(spec, system, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Dns]) -> list[Family]:
        """What CoreDNS shows."""
        return families(plant, keys, specs)

    def state(self, plant: Plant, spec: Dns, row: Row, t: float) -> DnsState:
        """A zone at `t`."""
        return state_of(plant, spec, row, t)

    def health(self, state: DnsState) -> tuple[Health, str]:
        """How its resolvers do."""
        return health_of(state)

    def depends(self, spec: Dns) -> tuple[str, ...]:
        """On nobody."""
        return ()

    def changed(self, own: DnsLaw, changes: Model, t: float) -> DnsLaw:
        """A record is written by itself; what the writer plans is the same from now on."""
        if not isinstance(changes, DnsChange):
            return own
        places = [place for place, record in enumerate(own.records) if record.to == changes.record]
        for place in places:
            planned = (*own.planned[:place], changes.answer, *own.planned[place + 1 :])
            own = own.cleaned(place, changes.answer, t)._replace(
                planned=planned, planned_at=float(math.floor(t))
            )
        return own

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Write a record, flush the resolvers, or switch what writes records."""
        spec = cast("Dns", plant.system.component(action.target))
        if action.kind == "dns-flush":
            return _flush(plant, t, spec, id)
        if action.kind == "dns-writer":
            return _switch(plant, t, spec, action.value, id)
        return _record(plant, t, spec, action.value, id)

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """What comes of it."""
        spec = cast("Dns", plant.system.component(action.target))
        if action.kind == "dns-flush":
            return "Names of the cluster are looked up anew by everybody; lookups may fail for some seconds."
        if action.kind == "dns-record" and spec.writer is not None and settings(plant.law, spec).writes:
            every = duration_text(spec.writer.every)
            return f"{spec.writer.unit} writes this zone every {every} and knows nothing of what you change."
        return None

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Dns]) -> Answer | None:
        """Dig and its like, pdnsutil, the writer's unit, the resolvers' pods."""
        return shell.run(look, words, specs)

    def reached(self, specs: Sequence[Dns], callee: str) -> tuple[str, str]:
        """By its name."""
        names = [record.name for spec in specs for record in spec.records if record.to == callee]
        return "", names[0] if names else ""

    def told(
        self, plant: Plant, specs: Sequence[Dns], crossing: tuple[str, str], t: float
    ) -> Iterator[tuple[float, str]]:
        """What Go's resolver says."""
        for spec in specs:
            zone = flow_of(plant, spec)
            column = zone.of(*crossing)
            if column is None:
                continue
            place, record = zone.record(crossing[1])
            law = settings(plant.history.at(t), spec).records[place]
            said = _SAID.get(law.answer, "no such host")
            text = f"dial tcp: lookup {record.name} on {spec.server}:53: {said}"
            if law.answer == "elsewhere":
                text = f"dial tcp {law.address}:8080: i/o timeout"
            yield 1.0 - plant.trajectory.value(t, column), text

    def spoken(
        self, plant: Plant, specs: Sequence[Dns], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """Callers log their own failures."""
        return iter(())

    def examples(self, spec: Dns) -> Iterator[tuple[str, str]]:
        """What can be typed about it."""
        record = spec.records[0]
        yield f"dig {record.name}", "what the resolver answers"
        yield f"nslookup {record.name}", "the same, shorter"
        yield "kubectl logs -n kube-system -l k8s-app=kube-dns", "what the resolvers say"
        yield f"pdnsutil list-zone {spec.zone}", "records as the zone has them"
        label = record.name.removesuffix(f".{spec.zone}")
        command = f"pdnsutil replace-rrset {spec.zone} {label} A {record.ttl:.0f} {record.address}"
        yield command, "writes a record"
        yield "kubectl rollout restart deployment/coredns -n kube-system", "replaces the resolvers' pods"
        if spec.writer is not None:
            yield f"systemctl status {spec.writer.unit}", "what writes the zone; also stop and start"
            yield f"journalctl -u {spec.writer.unit}", "what it wrote"


def _put(plant: Plant, t: float, spec: Dns, own: DnsLaw) -> None:
    plant.set(t, laws.with_part(plant.law, spec.name, own))


def _flush(plant: Plant, t: float, spec: Dns, id: str) -> list[Happening]:  # noqa: A002
    def through(now: float) -> list[Happening]:
        own = settings(plant.law, spec)
        records = tuple(
            record._replace(since=float(math.floor(now)), had=1.0) if record.answer == "address" else record
            for record in own.records
        )
        _put(plant, now, spec, own._replace(records=records))
        text = 'deployment "coredns" successfully rolled out'
        return [hidden(f"dns-flush {spec.name}"), Happening("finished", text, id)]

    plant.later(float(math.ceil(t + _FLUSH)), through)
    return []


def _switch(plant: Plant, t: float, spec: Dns, value: str, id: str) -> list[Happening]:  # noqa: A002
    own, runs = settings(plant.law, spec), value == "start"
    if spec.writer is None or own.writes is runs:
        return ends(id, f"{spec.name}: nothing to do")
    switched = (*own.switched, float(math.floor(t)))
    _put(plant, t, spec, own._replace(writes=runs, switched=switched))
    if runs:
        _write_next(plant, t, spec)
    text = f"{spec.writer.unit}.service: {'started' if runs else 'stopped'}"
    return [hidden(f"dns-writer {spec.name} {value}"), Happening("finished", text, id)]


def _record(plant: Plant, t: float, spec: Dns, value: str, id: str) -> list[Happening]:  # noqa: A002
    callee, at, ttl = value.split()
    place = next(k for k, record in enumerate(spec.records) if record.to == callee)
    answer: Answered = "address" if at == spec.records[place].address else "elsewhere"
    own = settings(plant.law, spec).written(place, answer, t, float(ttl), at)
    _put(plant, t, spec, own)
    if own.writes:
        _write_next(plant, t, spec)
    text = f"{spec.records[place].name} {ttl} IN A {at}: written"
    return [hidden(f"dns-record {spec.name} {value}"), Happening("finished", text, id)]


def _write_next(plant: Plant, t: float, spec: Dns) -> None:
    """The writer's next round: it writes what it plans, whatever is there."""
    writer = spec.writer
    if writer is None:
        return

    def write(now: float) -> list[Happening]:
        own = settings(plant.law, spec)
        if not own.writes:
            return []
        for place, answer in enumerate(own.planned):
            own = own.cleaned(place, answer, now)
        if own == settings(plant.law, spec):
            return []
        _put(plant, now, spec, own)
        return [hidden(f"{writer.unit} writes {spec.zone}")]

    plant.later((math.floor(t / writer.every) + 1.0) * writer.every, write)
