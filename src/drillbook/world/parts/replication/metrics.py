"""What postgres_exporter and Patroni show of replication."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.model.replication import Replication
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Bools, Scrapes
from drillbook.world.parts.replication.flow import KEPT, LAG, RECEIVED, REPLAYED, WRITTEN
from drillbook.world.parts.replication.state import FLOOR, flow_of
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats
from drillbook.world.replication import settings

SEGMENT, OTHERS = 16777216.0, 1073741824.0
"""Bytes of a segment, and of those that are kept to be used again (`max_wal_size`; assumption)."""


class _Member:
    """A server of a cluster."""

    def __init__(self, plant: Plant, server: str, spec: Replication) -> None:
        self.plant, self.server, self.spec = plant, server, spec
        self.target = {"job": "postgres", "instance": f"{server}:9187", "server": f"{server}:5432"}

    def up(self, scrapes: Scrapes) -> Bools:
        """Whether it answers, with the scrape before the first one at the front."""
        history = self.plant.history
        place = np.maximum(np.searchsorted(np.array(history.times), scrapes.at, side="left") - 1, 0)
        laws = history.laws
        up = np.array([laws[k].postgres[self.server].up for k in place.tolist()], dtype=np.bool_)
        return np.asarray(up & (scrapes.at >= self.plant.first))

    def column(self, scrapes: Scrapes, what: int) -> Floats:
        """One of its columns."""
        return scrapes.column(flow_of(self.plant, self.spec).at(self.server, what))

    def leads(self, scrapes: Scrapes) -> Floats:
        """1 while it leads."""
        spec, server = self.spec, self.server
        return scrapes.steps(lambda law: float(settings(law, spec).leader == server))

    def lag(self, scrapes: Scrapes) -> Floats:
        """Seconds; 0 on a leader."""
        behind = np.maximum(FLOOR, self.column(scrapes, LAG))
        return np.asarray(np.round(behind * (1.0 - self.leads(scrapes)), 3))

    def whole(self, scrapes: Scrapes, column: int) -> Floats:
        """A column of its cluster."""
        return scrapes.column(flow_of(self.plant, self.spec).column + column)


def families(plant: Plant, keys: Keys, specs: Sequence[Replication]) -> list[Family]:
    """The exporters' families for all servers."""
    of = {name: spec for spec in specs for name in flow_of(plant, spec).names}
    ours = [_Member(plant, server, spec) for server, spec in of.items()]
    out = [
        _family("pg_replication_is_replica", ours, lambda m, s: 1.0 - m.leads(s)),
        _family("pg_replication_lag_seconds", ours, _Member.lag),
        _family("pg_wal_size_bytes", ours, _wal),
        _family("pg_wal_segments", ours, lambda m, s: np.round(_wal(m, s) / SEGMENT)),
        _family("patroni_primary", ours, _Member.leads, patroni=True),
        _family("patroni_replica", ours, lambda m, s: 1.0 - m.leads(s), patroni=True),
        _family("patroni_postgres_timeline", ours, _timeline, patroni=True),
    ]
    return [*out, _diff(plant, specs), _slots(plant, specs)]


def _wal(member: _Member, scrapes: Scrapes) -> Floats:
    size = OTHERS + member.whole(scrapes, KEPT) * member.leads(scrapes)
    return np.asarray(np.ceil(size / SEGMENT) * SEGMENT)


def _timeline(member: _Member, scrapes: Scrapes) -> Floats:
    spec = member.spec
    return scrapes.steps(lambda law: float(settings(law, spec).timeline))


def _family(
    name: str, members: list[_Member], of: Callable[[_Member, Scrapes], Floats], *, patroni: bool = False
) -> Family:
    def row(member: _Member) -> Labels:
        if patroni:
            target = {"job": "patroni", "instance": f"{member.server}:8008"}
            return labels(target, scope=member.spec.name, name=member.server)
        return labels(member.target)

    def block(scrapes: Scrapes) -> Block:
        alive = None if patroni else np.array([member.up(scrapes) for member in members])
        return Block(np.array([of(member, scrapes) for member in members]), alive)

    return Family(name, lambda: [row(member) for member in members], block)


def _diff(plant: Plant, specs: Sequence[Replication]) -> Family:
    """Bytes that each connected replica is behind, as its leader says."""
    pairs = [
        (spec, leader, name)
        for spec in specs
        for leader in flow_of(plant, spec).names
        for name in flow_of(plant, spec).names
        if name != leader
    ]

    def row(leader: str, name: str) -> Labels:
        target = {"job": "postgres", "instance": f"{leader}:9187", "server": f"{leader}:5432"}
        return labels(target, application_name=name, state="streaming", slot_name=name.replace("-", "_"))

    def there(law: Law, spec: Replication, leader: str, name: str) -> float:
        own = settings(law, spec)
        follows = own.leader == leader and own.member(name).state == "streaming"
        return float(follows and law.postgres[leader].up and law.postgres[name].up)

    def block(scrapes: Scrapes) -> Block:
        values, alive = [], []
        for spec, leader, name in pairs:
            flow = flow_of(plant, spec)
            behind = scrapes.column(flow.column + WRITTEN) - scrapes.column(flow.at(name, REPLAYED))
            values.append(np.round(np.maximum(0.0, behind)))
            now = scrapes.steps(there, spec, leader, name) > 0
            before = there(plant.history.at(float(scrapes.at[0])), spec, leader, name) > 0
            alive.append(np.concatenate([[before and scrapes.at[0] >= plant.first], now]))
        return Block(np.array(values), np.array(alive, dtype=np.bool_))

    rows = [row(leader, name) for _, leader, name in pairs]
    return Family("pg_stat_replication_pg_wal_lsn_diff", lambda: rows, block)


def _slots(plant: Plant, specs: Sequence[Replication]) -> Family:
    """Bytes that each slot keeps on the first leader; those of other leaders are made anew."""
    slots = [(spec, name, None) for spec in specs for name in [s.name for s in spec.slots]]
    every = [*slots, *((spec, r.server.replace("-", "_"), r.server) for spec in specs for r in spec.replicas)]

    def row(spec: Replication, name: str) -> Labels:
        target = {"job": "postgres", "instance": f"{spec.primary}:9187", "server": f"{spec.primary}:5432"}
        return labels(target, slot_name=name, slot_type="physical")

    def there(law: Law, spec: Replication, name: str, server: str | None) -> float:
        own = settings(law, spec)
        known = name in own.slots if server is None else own.member(server).state in {"streaming", "copying"}
        return float(known and own.leader == spec.primary and law.postgres[spec.primary].up)

    def block(scrapes: Scrapes) -> Block:
        values, alive = [], []
        for spec, name, server in every:
            flow = flow_of(plant, spec)
            written = scrapes.column(flow.column + WRITTEN)
            if server is None:
                level = written + next(slot.behind for slot in spec.slots if slot.name == name)
            else:
                level = np.maximum(0.0, written - scrapes.column(flow.at(server, RECEIVED)))
            values.append(np.round(level))
            now = scrapes.steps(there, spec, name, server) > 0
            before = there(plant.history.at(float(scrapes.at[0])), spec, name, server) > 0
            alive.append(np.concatenate([[before and scrapes.at[0] >= plant.first], now]))
        return Block(np.array(values), np.array(alive, dtype=np.bool_))

    rows = [row(spec, name) for spec, name, _ in every]
    return Family("pg_replication_slots_pg_wal_lsn_diff", lambda: rows, block)
