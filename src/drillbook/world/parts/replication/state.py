"""A cluster at a moment."""

from __future__ import annotations

from typing import cast

from drillbook.model.replication import Replication
from drillbook.world.parts.replication.flow import (
    EACH,
    KEPT,
    LAG,
    OWN,
    RATE,
    RECEIVED,
    REPLAYED,
    WRITTEN,
    ReplicationFlow,
)
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.replication import MemberState, ReplicationState, settings
from drillbook.world.state import Health

FLOOR = 0.004
"""Seconds that replay is behind when nothing holds it up (assumption)."""


def flow_of(plant: Plant, spec: Replication) -> ReplicationFlow:
    """A cluster's flow."""
    return cast("ReplicationFlow", plant.network.parts[spec.name])


def base_of(plant: Plant, spec: Replication) -> float:
    """Position of the log when the history began: some terabytes."""
    return float(int(2.0**42 * (1.0 + 6.0 * plant.draws.uniform("wal", spec.name))))


def state_of(plant: Plant, spec: Replication, row: Row, t: float) -> ReplicationState:
    """The cluster at the whole second `t`."""
    law, flow = plant.history.at(t), flow_of(plant, spec)
    own, k = settings(law, spec), flow.column
    terms = flow.terms(own, law, t)
    members, copied = [], {}
    for place, member in enumerate(own.members):
        c, of = k + OWN + EACH * place, terms.members[place]
        up = law.postgres[member.server].up
        lag = row[c + LAG] if member.server == own.leader else max(FLOOR, row[c + LAG])
        members.append(
            MemberState(member.server, member, up, of.follows, row[c + RECEIVED], row[c + REPLAYED], lag,
                        of.receives, of.applies)
        )  # fmt: skip
        if member.state == "copying":
            copied[member.server] = min(1.0, (t - member.since) * spec.copies / spec.data)
    return ReplicationState(
        spec,
        own,
        row[k + WRITTEN],
        row[k + RATE],
        row[k + KEPT],
        base_of(plant, spec),
        tuple(members),
        copied,
    )


def health_of(state: ReplicationState) -> tuple[Health, str]:
    """Who leads, and how far the last is behind."""
    if state.leader is None:
        return "down", "nobody leads"
    others = [member for member in state.members if member.server != state.own.leader]
    good = all(member.follows for member in others)
    worst = max(others, key=lambda member: member.lag)
    text = (
        f"leader {state.own.leader} (timeline {state.own.timeline})  {worst.server} {worst.lag:.0f}s behind"
    )
    return ("ok" if good and worst.lag < 30 else "warn"), text
