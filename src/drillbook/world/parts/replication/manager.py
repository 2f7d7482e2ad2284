"""What the manager does by itself: it steps a leader down, elects, promotes, and takes members back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise

from drillbook.model.disk import Disk
from drillbook.model.replication import Replication
from drillbook.world import law as laws
from drillbook.world.crash import crash
from drillbook.world.fate import Fate
from drillbook.world.outcome import hidden
from drillbook.world.parts.disk.law import DiskLaw
from drillbook.world.parts.replication.flow import RECEIVED, REPLAYED, WRITTEN
from drillbook.world.parts.replication.state import flow_of
from drillbook.world.plant import Plant
from drillbook.world.replication import Due, ReplicationLaw, settings
from drillbook.world.state import Happening

DEMOTED = "LOG:  patroni: demoting self because DCS is not accessible and I was a leader"
DIVERGED = (
    "FATAL:  could not start WAL streaming: ERROR:  requested starting point on timeline {old} "
    "is not in this server's history"
)
REMOVED = (
    "FATAL:  could not receive data from WAL stream: ERROR:  requested WAL segment has already been removed"
)
COPYING = "LOG:  patroni: bootstrap from leader in progress (pg_basebackup)"
_NOTICED = 1.0
Notice = Callable[[Plant, Replication, float], list[Happening]]


def put(plant: Plant, t: float, spec: Replication, own: ReplicationLaw) -> None:
    """Other settings of a cluster, in force after `t`."""
    plant.set(t, laws.with_part(plant.law, spec.name, own))


def fate(plant: Plant, spec: Replication, since: float, until: float) -> Fate | None:
    """The next thing that is due, or that somebody has to be noticed missing."""
    own = settings(plant.law, spec)
    found: list[Fate] = []
    if own.dues:
        found.append((max(since, own.dues[0].t), partial(_do, plant, spec, own.dues[0])))
    noticed = _notices(plant, spec, own)
    if noticed is not None:
        found.append((since + _NOTICED, partial(noticed, plant, spec)))
    first = min([each for each in found if each[0] <= until], key=lambda each: each[0], default=None)
    return _left_behind(plant, spec, own, since, until if first is None else first[0]) or first


def _notices(plant: Plant, spec: Replication, own: ReplicationLaw) -> Notice | None:
    """What somebody has to notice now: that a leader is isolated, or gone."""
    planned = {due.what for due in own.dues}
    if own.leader and own.isolated == own.leader and "demote" not in planned:
        return _unseen
    leader = plant.law.postgres[own.leader] if own.leader else None
    gone = leader is not None and not leader.up and leader.fault != ""
    return _missed if gone and spec.automatic and not planned & {"elect", "lead"} else None


def _left_behind(
    plant: Plant, spec: Replication, own: ReplicationLaw, since: float, until: float
) -> Fate | None:
    """Without slots, whoever is further behind than what is kept cannot go on."""
    streaming = [member.server for member in own.members if member.state == "streaming"]
    if spec.keep is None or not streaming or until <= since:
        return None
    flow = flow_of(plant, spec)
    times, rows = plant.trajectory.between(since, until)
    for (t0, row0), (t1, row1) in pairwise(zip(times, rows, strict=True)):
        for server in streaming:
            before, after = [
                row[flow.column + WRITTEN] - row[flow.at(server, RECEIVED)] for row in (row0, row1)
            ]
            if after > spec.keep:
                part = max(0.0, spec.keep - before) / (after - before) if after > before else 0.0
                t = max(since + 1.0, float(math.ceil(t0 + (t1 - t0) * part)))
                return (t, partial(_turn, plant, spec, server)) if t <= until else None
    return None


def _turn(plant: Plant, spec: Replication, server: str, t: float) -> list[Happening]:
    put(plant, t, spec, settings(plant.law, spec).turn(server, "removed", t))
    return [hidden(f"{server} is too far behind")]


def _missed(plant: Plant, spec: Replication, t: float) -> list[Happening]:
    """The leader's place is free once its last sign of life is old enough."""
    own = settings(plant.law, spec)
    put(plant, t, spec, own.plan(Due(float(math.ceil(t + spec.ttl)), "elect")))
    return [hidden(f"{own.leader} is missed")]


def _unseen(plant: Plant, spec: Replication, t: float) -> list[Happening]:
    """An isolated leader steps down in time, and its place is free a while later."""
    own = settings(plant.law, spec)
    since = t - _NOTICED
    dues = [Due(float(math.ceil(since + spec.retry_timeout)), "demote", own.leader)]
    if spec.automatic:
        dues.append(Due(float(math.ceil(since + spec.ttl)), "elect"))
    put(plant, t, spec, own.plan(*dues))
    return [hidden(f"{own.leader} is isolated")]


def _do(plant: Plant, spec: Replication, due: Due, t: float) -> list[Happening]:
    own = settings(plant.law, spec)
    own = replace(own, dues=tuple(each for each in own.dues if each != due))
    if due.what == "demote":
        crash(plant, t, due.server, DEMOTED)
        put(plant, t, spec, replace(own, leader="", former=due.server))
        return [hidden(f"{due.server} steps down")]
    if due.what == "heal":
        return _heal(plant, spec, own, t)
    if due.what == "copied":
        return _copied(plant, spec, own, due.server, t)
    if due.what == "lead":
        put(plant, t, spec, own)
        return lead(plant, t, spec, due.server)
    return _elect(plant, spec, own, t)


def _elect(plant: Plant, spec: Replication, own: ReplicationLaw, t: float) -> list[Happening]:
    """The one that has received most, if that is enough; of an isolated leader the others know no more."""
    flow, row = flow_of(plant, spec), plant.trajectory.at(float(math.floor(t)))
    leader = plant.law.postgres[own.leader] if own.leader else None
    if leader is not None and leader.up:
        put(plant, t, spec, own)
        return []
    former = own.leader or own.former
    written = row[flow.column + WRITTEN]
    fit = [
        (row[flow.at(member.server, RECEIVED)], member.server)
        for member in own.members
        if member.state == "streaming"
        and plant.law.postgres[member.server].up
        and not own.cut_off(member.server)
        and (own.isolated or written - row[flow.at(member.server, RECEIVED)] <= spec.maximum_lag)
    ]
    if not fit:
        put(plant, t, spec, replace(own, leader="", former=former))
        return [hidden(f"{spec.name}: no candidate")]
    chosen = max(fit)[1]
    own = replace(own, leader="", former=former)
    put(plant, t, spec, own.plan(Due(ready(plant, spec, chosen, t), "lead", chosen)))
    return [hidden(f"{spec.name} elects {chosen}")]


def ready(plant: Plant, spec: Replication, server: str, t: float) -> float:
    """When a replica that is promoted at `t` takes writes: it replays first what it has received."""
    flow, row = flow_of(plant, spec), plant.trajectory.at(float(math.floor(t)))
    left = row[flow.at(server, RECEIVED)] - row[flow.at(server, REPLAYED)]
    return float(math.ceil(t + spec.promotes_in + left / flow.pace[server][1]))


def lead(plant: Plant, t: float, spec: Replication, server: str, *, clean: bool = False) -> list[Happening]:
    """`server` leads from now on; what it never received is lost, and who has it cannot follow."""
    own, flow, second = settings(plant.law, spec), flow_of(plant, spec), float(math.floor(t))
    row = plant.trajectory.at(second)
    written, fork = row[flow.column + WRITTEN], row[flow.at(server, RECEIVED)]
    former = own.leader or own.former
    lost = 0.0 if clean else max(0.0, written - fork)
    shifts: dict[str, float] = {}
    for member in own.members:
        position = row[flow.at(member.server, RECEIVED)]
        if member.server == server:
            own = own.turn(server, "leader", t)
        elif clean or (position <= fork and member.server != former and member.state == "streaming"):
            own = own.turn(member.server, "streaming", t) if member.state in {"leader", "streaming"} else own
            shifts[member.server] = lost
        elif member.state in {"leader", "streaming"}:
            even = lost <= 0.0
            own = own.turn(member.server, "streaming" if even else "diverged", t)
    timeline = own.timeline + 1
    own = replace(
        own, leader=server, former="", timeline=timeline, lost=own.lost + lost,
        switches=(*own.switches, (timeline, t, server)),
    )  # fmt: skip

    def blow(state: list[float]) -> None:
        for name, shift in shifts.items():
            state[flow.at(name, RECEIVED)] += shift
            state[flow.at(name, REPLAYED)] += shift
        state[flow.at(server, RECEIVED)] = state[flow.at(server, REPLAYED)] = written

    plant.strike(t, blow)
    put(plant, t, spec, own.without("elect", "lead"))
    _follow(plant, t, spec, former, server)
    return [hidden(f"{server} leads {spec.name}, timeline {timeline}, {lost:.0f} bytes lost")]


def _follow(plant: Plant, t: float, spec: Replication, former: str, server: str) -> None:
    """Pools that led to the former leader lead to the new one; the former one starts again if it can."""
    law = plant.law
    pools = {
        name: pool._replace(server=server) if pool.server == former else pool
        for name, pool in law.pools.items()
    }
    own, old = settings(law, spec), law.postgres[former]
    if own.member(former).state == "streaming" and not own.cut_off(former):
        old = old._replace(up=True, fault="", started_at=float(math.floor(t)))
    elif old.up or old.fault == DEMOTED:
        old = old._replace(up=False, fault=DIVERGED.format(old=own.timeline - 1))
    new = law.postgres[server]
    new = new._replace(up=True, fault="")
    plant.set(t, law._replace(pools=pools, postgres={**law.postgres, former: old, server: new}))


def _heal(plant: Plant, spec: Replication, own: ReplicationLaw, t: float) -> list[Happening]:
    """The isolated side is back: a leader without a follower goes on, one that was replaced cannot."""
    back = own.isolated
    own = replace(own, isolated="")
    if not own.leader and own.former == back and not any(due.what == "lead" for due in own.dues):
        server = plant.law.postgres[back]
        started = server._replace(up=True, fault="", started_at=float(math.floor(t)))
        plant.set(t, laws.with_postgres(plant.law, started))
        own = replace(own, leader=back, former="").without("elect")
    elif own.leader == back:
        own = own.without("demote", "elect")
    elif own.member(back).state == "streaming" and own.leader:
        server = plant.law.postgres[back]._replace(up=True, fault="")
        plant.set(t, laws.with_postgres(plant.law, server))
    put(plant, t, spec, own)
    return [hidden(f"{back} is reachable again")]


def _copied(plant: Plant, spec: Replication, own: ReplicationLaw, server: str, t: float) -> list[Happening]:
    """A member that was copied anew follows the leader."""
    flow = flow_of(plant, spec)
    put(plant, t, spec, own.turn(server, "streaming", t))
    started = plant.law.postgres[server]._replace(up=True, fault="", started_at=float(math.floor(t)))
    plant.set(t, laws.with_postgres(plant.law, started))
    for disk in plant.system.components:
        part = plant.law.parts.get(disk.name)
        if isinstance(disk, Disk) and disk.host == server and isinstance(part, DiskLaw):
            whole = part.removed - {file.path for file in disk.files if file.holds in {"data", "wal"}}
            plant.set(t, laws.with_part(plant.law, disk.name, replace(part, removed=whole)))

    def blow(row: list[float]) -> None:
        row[flow.at(server, RECEIVED)] = row[flow.at(server, REPLAYED)] = row[flow.column + WRITTEN]

    plant.strike(t, blow)
    return [hidden(f"{server} is copied")]
