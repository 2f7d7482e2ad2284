"""A disk at a moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from drillbook.model.disk import Disk, File
from drillbook.model.system import Postgres
from drillbook.world.law import Law
from drillbook.world.parts.disk.flow import ERRORS, OWN, PAGE, REFUSING, USED, WRITTEN, DiskFlow
from drillbook.world.parts.disk.law import DiskLaw, settings
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.state import Health, PartState

INODE, EACH, FOLDERS = 16384.0, 98304.0, 1200
"""Bytes per inode (ext4's default), mean size of a file, and inodes of folders (both assumptions)."""


@dataclass(frozen=True)
class DiskState(PartState):
    """A file system: bytes, and bytes per second."""

    spec: Disk
    own: DiskLaw
    used: float
    written: float
    errors: float
    """Writes per second that fail."""
    refusing: bool
    sizes: tuple[float, ...]
    """What lies under each file's name."""
    ghosts: tuple[float, ...]
    """What was deleted of each, and is still open."""
    outages: tuple[str, ...]
    """Third parties that fail, of those that files grow by."""

    @property
    def avail(self) -> float:
        """Room that is left."""
        return max(0.0, math.floor((self.own.size - self.used) / PAGE) * PAGE)

    @property
    def full(self) -> bool:
        """Whether there is none."""
        return self.avail < PAGE

    @property
    def files(self) -> list[tuple[File, float]]:
        """Those that have a name, with what they take."""
        both = zip(self.spec.files, self.sizes, strict=True)
        return [(file, size) for file, size in both if file.path not in self.own.removed]

    @property
    def busy(self) -> float:
        """Part of the time in which the device works."""
        return min(1.0, self.written / self.spec.throughput)


def flow_of(plant: Plant, spec: Disk) -> DiskFlow:
    """A disk's flow."""
    return cast("DiskFlow", plant.network.parts[spec.name])


def serves(plant: Plant, spec: Disk) -> bool:
    """Whether a PostgreSQL server keeps its data on it."""
    return any(isinstance(c, Postgres) and c.name == spec.host for c in plant.system.components)


def failing(law: Law, spec: Disk) -> tuple[str, ...]:
    """Third parties that fail half of what is asked of them, and more."""
    names = dict.fromkeys(name for file in spec.files for name in file.grows.per_outage)
    return tuple(name for name in names if law.externals[name].error_ratio >= 0.5)


def state_of(plant: Plant, spec: Disk, row: Row, t: float) -> DiskState:
    """The disk at the whole second `t`."""
    law, k = plant.history.at(t), plant.network.parts[spec.name].column
    both = row[k + OWN : k + OWN + 2 * len(spec.files)]
    return DiskState(
        spec, settings(law, spec), row[k + USED], row[k + WRITTEN], row[k + ERRORS], row[k + REFUSING] > 0.5,
        both[::2], both[1::2], failing(law, spec),
    )  # fmt: skip


def inodes(state: DiskState) -> tuple[int, int]:
    """All, and those in use."""
    total = round(state.own.size / INODE)
    return total, min(total, FOLDERS + round(sum(state.sizes) / EACH))


def health_of(state: DiskState) -> tuple[Health, str]:
    """How full it is."""
    part = state.used / state.own.size
    health: Health = "down" if state.full or state.refusing else "warn" if part > 0.95 else "ok"
    text = f"{state.spec.mount} {part:.0%} used  {state.avail / 2**30:.1f}Gi free"
    return health, f"{text}  {state.written / 2**20:.1f}Mi/s"
