"""The settings of a disk that events can change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from drillbook.model.disk import Disk
from drillbook.world.law import Law

UnitIs = Literal["running", "quiet", "stopped"]


@dataclass(frozen=True, slots=True)
class DiskLaw:
    """Size and room of the volume, what units do, and which names are gone."""

    size: float
    spare: float
    units: tuple[tuple[str, UnitIs], ...] = ()
    removed: frozenset[str] = frozenset()
    """Paths without a name; what is written to them by a unit that holds them open still takes room."""
    corrupt: bool = False
    """Whether the database was forced to start without its write-ahead log."""

    def unit(self, name: str) -> UnitIs:
        """What a unit does; nobody's writer always runs."""
        return dict(self.units).get(name, "running")

    def set_unit(self, name: str, state: UnitIs) -> DiskLaw:
        """The same with a unit in another state."""
        return replace(self, units=tuple((n, state if n == name else s) for n, s in self.units))


def initial(spec: Disk) -> DiskLaw:
    """The settings as the author has them."""
    return DiskLaw(spec.size, spec.spare, tuple((unit.name, "running") for unit in spec.units))


def settings(law: Law, spec: Disk) -> DiskLaw:
    """A disk's settings under a law."""
    own = law.parts[spec.name]
    return own if isinstance(own, DiskLaw) else initial(spec)
