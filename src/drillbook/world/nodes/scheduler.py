"""Where a pod is put: nodes are filtered by what it asks for, and the emptiest of those that fit is taken.

A node fits when requests of all its pods and of the new one stay within its allocatable

    allocatable = capacity − reserved − eviction threshold (of memory)

and none of its taints speaks against it: cordoned, unreachable, under memory pressure (BestEffort pods only;
all others tolerate that). Of those that fit, the zone with the fewest pods of the same owner is taken, in it
the node with the fewest, then the one with the least allocated, then by name (assumption, in place of the
scheduler's weighted scores). Pods of a higher priority come first, then older ones; nothing is preempted.
Source: Kubernetes, Kubernetes Scheduler; Reserve Compute Resources; Taints and Tolerations.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from drillbook.model.cluster import NodePool
from drillbook.world.nodes.law import NodeLaw

_SLACK = 1e-9


class Ask(NamedTuple):
    """What a pod asks for. Cores and bytes."""

    owner: str
    """The deployment or workload."""
    cpu: float
    memory: float
    daemon: bool = False
    """Pods of a daemon set tolerate every taint of a node, and belong to one node."""

    @property
    def best_effort(self) -> bool:
        """Whether it asks for nothing."""
        return self.cpu <= 0 and self.memory <= 0


class Room(NamedTuple):
    """What pods can ask for on a node in all."""

    cpu: float
    memory: float
    pods: int


def allocatable(pool: NodePool) -> Room:
    """Of a node of the pool."""
    memory = pool.memory - pool.memory_reserved - pool.eviction_hard
    return Room(pool.cpu - pool.cpu_reserved, memory, pool.pods)


@dataclass(slots=True)
class Space:
    """A node while pods are placed."""

    node: NodeLaw
    room: Room
    cpu: float = 0.0
    memory: float = 0.0
    pods: int = 0
    owners: Counter[str] = field(default_factory=Counter)

    def take(self, ask: Ask) -> None:
        """Count a pod."""
        self.cpu += ask.cpu
        self.memory += ask.memory
        self.pods += 1
        self.owners[ask.owner] += 1

    def has_room(self, ask: Ask) -> bool:
        """Whether the requests leave room for the pod, whatever else speaks against the node."""
        return (
            self.cpu + ask.cpu <= self.room.cpu + _SLACK
            and self.memory + ask.memory <= self.room.memory + _SLACK
            and self.pods < self.room.pods
        )

    def against(self, ask: Ask, t: float) -> list[str]:
        """Why the pod cannot run here, in the scheduler's words; nothing where it can."""
        node = self.node
        if not ask.daemon:
            if node.cordoned:
                return ["node(s) were unschedulable"]
            if not node.ready(t):
                return ["node(s) had untolerated taint {node.kubernetes.io/unreachable: }"]
            if node.pressed <= t and ask.best_effort:
                return ["node(s) had untolerated taint {node.kubernetes.io/memory-pressure: }"]
        out = []
        if self.cpu + ask.cpu > self.room.cpu + _SLACK:
            out.append("Insufficient cpu")
        if self.memory + ask.memory > self.room.memory + _SLACK:
            out.append("Insufficient memory")
        if self.pods >= self.room.pods:
            out.append("Too many pods")
        return out

    def allocated(self, ask: Ask) -> float:
        """Part of the room that is asked for, with the pod."""
        return (self.cpu + ask.cpu) / self.room.cpu + (self.memory + ask.memory) / self.room.memory


def place(ask: Ask, spaces: Sequence[Space], t: float) -> Space | None:
    """The node for a pod, with the pod counted; None where none fits."""
    fit = [space for space in spaces if space.has_room(ask) and not space.against(ask, t)]
    if not fit:
        return None
    zones: Counter[str] = Counter()
    for space in spaces:
        zones[space.node.zone] += space.owners[ask.owner]
    best = min(
        fit,
        key=lambda space: (
            zones[space.node.zone], space.owners[ask.owner], round(space.allocated(ask), 9), space.node.name,
        ),
    )  # fmt: skip
    best.take(ask)
    return best


def refusal(ask: Ask, spaces: Sequence[Space], t: float) -> str:
    """Why no node fits, as the event FailedScheduling says it."""
    counts: Counter[str] = Counter()
    for space in spaces:
        counts.update(space.against(ask, t))
    total = len(spaces)
    reasons = ", ".join(sorted(f"{count} {why}" for why, count in counts.items()))
    full = sum(any(why.startswith(("Insufficient", "Too")) for why in s.against(ask, t)) for s in spaces)
    helpless = [f"{full} No preemption victims found for incoming pod"] if full else []
    if full < total:
        helpless.append(f"{total - full} Preemption is not helpful for scheduling")
    return (
        f"0/{total} nodes are available: {reasons}. "
        f"preemption: 0/{total} nodes are available: {', '.join(helpless)}."
    )


def missing(asks: Iterable[Ask], spaces: Sequence[Space], empty: Room, at_most: int) -> int:
    """Empty nodes that pods need which do not fit into `spaces`; those that fit no empty node count not."""
    fresh: list[Space] = []
    template = NodeLaw("", "", "", 0, -math.inf, -math.inf)
    for ask in asks:
        if place(ask, [*spaces, *fresh], 0.0) is not None:
            continue
        space = Space(template, empty)
        if len(fresh) < at_most and not space.against(ask, 0.0):
            space.take(ask)
            fresh.append(space)
    return len(fresh)
