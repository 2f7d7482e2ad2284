"""The settings of a cache that events can change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from drillbook.model.cache import Cache, CacheChange, Policy
from drillbook.world.law import Law


@dataclass(frozen=True, slots=True)
class CacheLaw:
    """What is set, and how often entries were lost at once."""

    memory: float
    policy: Policy
    ttl: float
    up: bool = True
    losses: int = 0
    kept: float = 1.0
    """Part that was left by the last loss."""
    warming: bool = False
    started_at: float | None = None
    """Simulated seconds; None where it was not restarted."""

    def lose(self, part: float) -> CacheLaw:
        """Another loss, of a part of the entries."""
        return replace(self, losses=self.losses + 1, kept=1.0 - part)


def initial(spec: Cache) -> CacheLaw:
    """The settings as the author has them."""
    return CacheLaw(spec.memory, spec.policy, spec.ttl)


def settings(law: Law, spec: Cache) -> CacheLaw:
    """A cache's settings under a law."""
    own = law.parts[spec.name]
    return own if isinstance(own, CacheLaw) else initial(spec)


def changed(own: CacheLaw, changes: CacheChange, t: float) -> CacheLaw:
    """The settings after something happened by itself at `t`."""
    if changes.ttl is not None:
        own = replace(own, ttl=max(1.0, changes.ttl))
    if changes.lose is not None:
        own = own.lose(changes.lose)
    if changes.up is not None and changes.up is not own.up:
        own = up(own, t) if changes.up else down(own)
    return own


def down(own: CacheLaw) -> CacheLaw:
    """It does not answer, and forgets everything."""
    return replace(own.lose(1.0), up=False, warming=False)


def up(own: CacheLaw, t: float) -> CacheLaw:
    """It answers again, and is empty."""
    return replace(own.lose(1.0), up=True, started_at=t)
