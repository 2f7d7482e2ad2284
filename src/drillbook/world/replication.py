"""A cluster of PostgreSQL servers: its settings, which events can change, and its state at a moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from drillbook.model.replication import Replication
from drillbook.world.law import Law
from drillbook.world.state import PartState

MemberIs = Literal["leader", "streaming", "promoting", "diverged", "removed", "copying"]
"""`promoting`: receives no more; `diverged`: has transactions that the leader has not, or none of the
leader's; `removed`: what it needs of the write-ahead log is gone."""


class Member(NamedTuple):
    """A server of a cluster."""

    server: str
    site: str
    state: MemberIs
    since: float
    """When that began, simulated seconds."""


class Due(NamedTuple):
    """Something that the manager does at a time."""

    t: float
    what: Literal["demote", "elect", "lead", "heal", "copied"]
    server: str = ""


@dataclass(frozen=True, slots=True)
class ReplicationLaw:
    """Who leads whom, and what is under way."""

    leader: str
    """Empty where nobody leads."""
    timeline: int
    members: tuple[Member, ...]
    synchronous: bool
    slots: tuple[str, ...]
    """Those that nobody reads."""
    dues: tuple[Due, ...] = ()
    former: str = ""
    """Who led before, while nobody does."""
    isolated: str = ""
    lost: float = 0.0
    """Bytes of write-ahead log that were committed and are in no leader's history."""
    switches: tuple[tuple[int, float, str], ...] = ()
    """Timelines, when they began, and who began them."""

    def member(self, server: str) -> Member:
        """A member; KeyError where it is none."""
        return {member.server: member for member in self.members}[server]

    def cut_off(self, server: str) -> bool:
        """Whether a member is on the isolated side."""
        if not self.isolated:
            return False
        site = self.member(self.isolated).site
        return server == self.isolated or (site != "" and self.member(server).site == site)

    def reaches(self, server: str) -> bool:
        """Whether a member is connected to the leader."""
        return self.leader != "" and self.cut_off(server) == self.cut_off(self.leader)

    def turn(self, server: str, state: MemberIs, t: float) -> ReplicationLaw:
        """The same with a member in another state."""
        changed = tuple(m._replace(state=state, since=t) if m.server == server else m for m in self.members)
        return replace(self, members=changed)

    def plan(self, *dues: Due) -> ReplicationLaw:
        """The same with more to be done."""
        return replace(self, dues=tuple(sorted((*self.dues, *dues))))

    def without(self, *what: str) -> ReplicationLaw:
        """The same with nothing of that to be done."""
        return replace(self, dues=tuple(due for due in self.dues if due.what not in what))


def initial(spec: Replication) -> ReplicationLaw:
    """The settings as the author has them."""
    members = [Member(spec.primary, spec.site, "leader", float("-inf"))]
    members += [Member(each.server, each.site, "streaming", float("-inf")) for each in spec.replicas]
    slots = tuple(slot.name for slot in spec.slots)
    return ReplicationLaw(spec.primary, 1, tuple(members), spec.synchronous, slots)


def settings(law: Law, spec: Replication) -> ReplicationLaw:
    """A cluster's settings under a law."""
    own = law.parts[spec.name]
    return own if isinstance(own, ReplicationLaw) else initial(spec)


@dataclass(frozen=True, slots=True)
class MemberState:
    """A member: positions in bytes, rates in bytes per second, lag in seconds."""

    server: str
    member: Member
    up: bool
    follows: bool
    """Whether it receives what the leader writes."""
    received: float
    replayed: float
    lag: float
    receives: float
    applies: float


@dataclass(frozen=True)
class ReplicationState(PartState):
    """A cluster."""

    spec: Replication
    own: ReplicationLaw
    written: float
    rate: float
    kept: float
    base: float
    """Position of the log when the history began, bytes."""
    members: tuple[MemberState, ...]
    copied: dict[str, float]
    """Members that are copied anew, and the part that is done."""

    def member(self, server: str) -> MemberState:
        """A member; KeyError where it is none."""
        return {member.server: member for member in self.members}[server]

    @property
    def leader(self) -> MemberState | None:
        """The one that leads and is up."""
        return next((m for m in self.members if m.server == self.own.leader and m.up), None)

    def lsn(self, position: float) -> str:
        """A position as PostgreSQL writes it: `3A/5C01F2D8`."""
        place = int(self.base + position - self.own.lost)
        return f"{place >> 32:X}/{place & 0xFFFFFFFF:08X}"

    def behind(self, member: MemberState) -> float:
        """Bytes that the leader has written and the member has not replayed."""
        return max(0.0, self.written - member.replayed)

    def followers(self) -> Iterator[MemberState]:
        """Members that are connected to the leader."""
        return (member for member in self.members if member.follows and self.leader is not None)
