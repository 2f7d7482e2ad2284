"""Whom the kubelet evicts when a node runs short of memory.

A node is short when `memory.available`, its memory less the working sets of everything on it, falls below the
hard threshold. Then one pod goes at each look, every 10 s, without grace:

1. pods that use more than they request come before those that do not,
2. among them those of a lower priority first,
3. then by how much they use beyond what they request.

Critical pods (priority 2000000000 and more, such as `system-node-critical`) are never evicted.

So BestEffort pods, which request nothing, and Burstable pods beyond their request go first; Guaranteed pods
and Burstable ones within it go last. The node says MemoryPressure until memory was above the threshold for 5
minutes; meanwhile BestEffort pods are not put there.
Source: Kubernetes, Node-pressure Eviction (pod selection, eviction-pressure-transition-period, 10 s
housekeeping interval). The kernel's own OOM killer, which comes where memory is gone within these 10 s, is
not modelled.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

CRITICAL = 2_000_000_000
"""Priority from which on pods are not evicted."""
LOOK, TRANSITION = 10.0, 300.0
"""Seconds between looks, and for which pressure is reported after the last one that found it."""

Quality = Literal["Guaranteed", "Burstable", "BestEffort"]


class Candidate(NamedTuple):
    """A pod on a node that is short of memory. Bytes."""

    name: str
    used: float
    request: float
    priority: int


def order(candidate: Candidate) -> tuple[bool, int, float, str]:
    """Sorts those that go first to the front."""
    over = candidate.used - candidate.request
    return over <= 0, candidate.priority, -over, candidate.name


def quality(cpu: tuple[float, float], memory: tuple[float, float]) -> Quality:
    """The class of a pod by its container's requests and limits (0: none)."""
    if not any((*cpu, *memory)):
        return "BestEffort"
    if cpu[0] == cpu[1] > 0 and memory[0] == memory[1] > 0:
        return "Guaranteed"
    return "Burstable"


def message(container: str, threshold: float, available: float, candidate: Candidate) -> str:
    """What the pod's status says, in the kubelet's words."""
    text = f"The node was low on resource: memory. Threshold quantity: {threshold / 2**20:.0f}Mi, "
    text += f"available: {max(0.0, available) / 1024:.0f}Ki. "
    if candidate.used > candidate.request:
        request = f"{candidate.request / 2**20:.0f}Mi" if candidate.request else "0"
        text += f"Container {container} was using {candidate.used / 1024:.0f}Ki, request is {request}, "
        text += "has larger consumption of memory. "
    return text
