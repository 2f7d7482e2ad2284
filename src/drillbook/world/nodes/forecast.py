"""What of a cluster stays as it was found out for as long as its pods stay the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drillbook.model.cluster import NodePool
from drillbook.world.nodes.usage import Tenant


@dataclass(slots=True)
class Forecast:
    """What a kubelet's looks find from `begin` on: before `next` none is short, except the one at `low`."""

    here: Sequence[Tenant]
    grows: Sequence[tuple[tuple[float, float], ...]]
    """How the containers of the workloads among them grow."""
    begin: float
    steady: bool
    """Whether memory follows from pods and workloads alone, not from requests."""
    may_fall_short: bool
    """Whether the pods at their limits would be too much."""
    all_critical: bool
    """Whether none of the pods may be evicted."""
    next: float = field(init=False)
    low: float | None = None
    left: float = 0.0
    """Bytes that are available at `low`."""

    def __post_init__(self) -> None:
        self.next = self.begin

    def holds(
        self, here: Sequence[Tenant], grows: Sequence[tuple[tuple[float, float], ...]], look: float
    ) -> bool:
        """Whether it tells of looks from `look` on with these pods."""
        return (
            self.steady
            and self.begin <= look
            and (self.low is None or look <= self.low)
            and len(self.here) == len(here)
            and all(before.pod is now.pod for before, now in zip(self.here, here, strict=True))
            and self.grows == grows
        )


def may_fall_short(pool: NodePool, here: Sequence[Tenant]) -> bool:
    """Whether a node's pods at their limits would be too much."""
    if any(each.workload is not None and not each.memory[1] for each in here):
        return True
    most = pool.system_memory + sum(each.memory[1] for each in here)
    return pool.memory - most < pool.eviction_hard


@dataclass(slots=True)
class Stuck:
    """Pods among which some wait, and what speaks against the nodes: nothing can be placed."""

    pods: Sequence[Tenant]
    taints: Sequence[tuple[object, ...]]

    def same(self, other: Stuck) -> bool:
        """Whether nothing has changed that scheduling goes by."""
        return (
            len(self.pods) == len(other.pods)
            and all(before is now for before, now in zip(self.pods, other.pods, strict=True))
            and self.taints == other.taints
        )
