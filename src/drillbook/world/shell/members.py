"""Where the members of a replicated cluster are: their addresses, and how far away they are."""

from __future__ import annotations

from drillbook.world.replication import ReplicationState
from drillbook.world.shell.look import Look


def cluster_of(look: Look, server: str) -> ReplicationState | None:
    """The cluster in which a server is a member."""
    for spec in look.system.components:
        if spec.kind == "replication":
            state = look.states[spec.name]
            if isinstance(state, ReplicationState) and any(m.server == server for m in state.members):
                return state
    return None


def address(look: Look, site: str, server: str) -> str:
    """The address of a member; those of a site share a network."""
    return f"10.20.{look.pick(2, 40, 'site', site)}.{look.pick(10, 250, 'host', server)}"


def round_trip(state: ReplicationState, server: str) -> float | None:
    """Seconds to a member's site and back, 0 to the services' own; None where it is cut off."""
    if state.own.isolated == server:
        return None
    return 0.0 if state.member(server).member.site == state.spec.site else state.spec.rtt
