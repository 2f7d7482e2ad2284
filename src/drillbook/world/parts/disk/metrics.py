"""What node_exporter shows of disks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from drillbook.model.disk import Disk
from drillbook.model.labels import Labels, labels
from drillbook.world.law import Law
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.parts.disk.flow import OWN, PAGE, USED, WRITTEN
from drillbook.world.parts.disk.law import settings
from drillbook.world.parts.disk.state import EACH, FOLDERS, INODE, flow_of
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats

_FLUSHES = 12.0
"""Writes per second of an idle host, 8 KiB each (assumption)."""

_Values = Callable[["_Volume", Scrapes], Floats]


class _Volume:
    """One disk's series."""

    def __init__(self, plant: Plant, spec: Disk) -> None:
        self.spec, self.column = spec, flow_of(plant, spec).column
        self.target = {"job": "node", "instance": f"{spec.host}:9100"}

    def mounted(self) -> Labels:
        """Of the file system."""
        return labels(self.target, device=self.spec.device, fstype="ext4", mountpoint=self.spec.mount)

    def block_device(self) -> Labels:
        """Of the device."""
        return labels(self.target, device=_short(self.spec.device))

    def size(self, scrapes: Scrapes) -> Floats:
        """Bytes of the volume."""
        return scrapes.steps(_size, self.spec)

    def free(self, scrapes: Scrapes) -> Floats:
        """Bytes that are left, in whole pages."""
        left = self.size(scrapes) - scrapes.column(self.column + USED)
        return np.asarray(np.maximum(0.0, np.floor(left / PAGE) * PAGE))

    def inodes(self, scrapes: Scrapes) -> Floats:
        """All of them."""
        return np.asarray(np.round(self.size(scrapes) / INODE))

    def inodes_free(self, scrapes: Scrapes) -> Floats:
        """Those that are not in use."""
        sizes = [scrapes.column(self.column + OWN + 2 * k) for k in range(len(self.spec.files))]
        used = FOLDERS + np.round(sum(sizes, np.zeros(len(scrapes.times))) / EACH)
        return np.asarray(np.maximum(0.0, self.inodes(scrapes) - used))

    def written(self, scrapes: Scrapes) -> Floats:
        """Bytes between scrapes."""
        return scrapes.increments(self.column + WRITTEN) + _FLUSHES * 8192.0 * scrapes.interval

    def busy(self, scrapes: Scrapes) -> Floats:
        """Seconds of work between scrapes."""
        part = self.written(scrapes) / self.spec.throughput
        return np.asarray(np.minimum(scrapes.interval, np.round(part, 3)))


def _size(law: Law, spec: Disk) -> float:
    return settings(law, spec).size


def _short(device: str) -> str:
    return "dm-0" if device.startswith("/dev/mapper/") else device.rpartition("/")[2]


def families(plant: Plant, keys: Keys, specs: Sequence[Disk]) -> list[Family]:
    """The exporter's families for all disks."""
    volumes = [_Volume(plant, spec) for spec in specs]
    found = [_family(name, volumes, of) for name, of in _MOUNTED.items()]
    return found + [_counter(name, volumes, of, base) for name, (of, base) in _DEVICES.items()]


def _block(volumes: list[_Volume], of: _Values) -> Callable[[Scrapes], Block]:
    return lambda scrapes: Block(np.array([of(volume, scrapes) for volume in volumes]))


def _family(name: str, volumes: list[_Volume], of: _Values) -> Family:
    return Family(name, lambda: [volume.mounted() for volume in volumes], _block(volumes, of))


def _counter(name: str, volumes: list[_Volume], of: _Values, base: float) -> Family:
    return Family(
        name, lambda: [volume.block_device() for volume in volumes], _block(volumes, of), counter=True,
        base=lambda: np.full(len(volumes), base),
    )  # fmt: skip


def _zero(volume: _Volume, scrapes: Scrapes) -> Floats:
    return np.zeros(len(scrapes.times))


_MOUNTED: dict[str, _Values] = {
    "node_filesystem_avail_bytes": _Volume.free,
    "node_filesystem_free_bytes": _Volume.free,
    "node_filesystem_size_bytes": _Volume.size,
    "node_filesystem_files": _Volume.inodes,
    "node_filesystem_files_free": _Volume.inodes_free,
    "node_filesystem_readonly": _zero,
}
_DEVICES: dict[str, tuple[_Values, float]] = {
    "node_disk_written_bytes_total": (_Volume.written, 8.1e12),
    "node_disk_io_time_seconds_total": (_Volume.busy, 41000.0),
}
