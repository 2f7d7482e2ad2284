"""A file system on a host: what fills it, who holds its files open, and what room is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.component import ComponentSpec, Misfit, Signal, known
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration, Size

FilePath = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._@+-]+)+$", max_length=200)]
"""An absolute path."""
Holds = Literal["data", "wal", "log", "backup", "temporary"]


class Growth(Model):
    """What is written to a file."""

    rate: Size = 0.0
    """Bytes per second, always."""
    per_request: dict[Name, Size] = {}
    """Bytes for each request that a service lets in."""
    per_failure: dict[Name, Size] = {}
    """Bytes for each request that a service fails."""
    per_outage: dict[Name, Size] = {}
    """Bytes per second while that third party fails everything; in proportion to what fails beyond usual."""


class File(Model):
    """A file, or a folder that is counted as one."""

    path: FilePath
    size: Size
    """When the history begins."""
    holds: Holds = "log"
    """Without `data` or `wal` the database on this host is lost; the others can go."""
    unit: Name | None = None
    """The systemd unit that writes it and holds it open."""
    grows: Growth = Growth()


class Unit(Model):
    """A systemd unit that writes files."""

    name: Name
    does: Text
    says: Text | None = None
    """What it logs while third parties fail that it waits for."""
    quiet: Annotated[str, Field(min_length=2, max_length=200)] | None = None
    """What one types so that it logs no more, and begins its logs anew."""


class Disk(ComponentSpec):
    """A file system. Where `host` is a PostgreSQL server, it is the one on which that server keeps its data.

    A call to it is a write of a store of its own; it fails when there is no room.
    """

    callable: ClassVar[bool] = True
    binds: ClassVar[int] = 2
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "file-truncate": ("making room on {target}", "emptying a file on {target}"),
        "file-remove": ("making room on {target}", "deleting files on {target}"),
        "disk-grow": ("adding room to {target}", "growing the volume of {target}"),
        "unit-stop": ("stopping a program on {target}", "stopping what writes to {target}"),
        "unit-restart": ("restarting a program on {target}", "restarting what writes to {target}"),
        "unit-quiet": ("quietening a program on {target}", "quietening what writes to {target}"),
        "wal-reset": ("forcing a database on {target} to start", "resetting the write-ahead log on {target}"),
    }

    kind: Literal["disk"]
    name: Name
    owner: str
    host: Name
    """The machine; a component's name, or one that stands nowhere else."""
    mount: FilePath
    device: FilePath = "/dev/mapper/vg0-data"
    size: Size
    spare: Size = 0.0
    """Room that the volume group has left for it."""
    files: Annotated[list[File], Field(min_length=1)]
    units: list[Unit] = []
    read_only_at: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Part in use at which a store that is called refuses to write (Elasticsearch: 0.95, its flood stage)."""
    writes_again_below: Probability = 1.0
    """Part in use below which it takes writes again (Elasticsearch: 0.9, its high watermark)."""
    per_call: Size = 0.0
    """Bytes that a call writes, to the first file that holds data."""
    latency: Duration = 0.004
    throughput: Size = 419430400.0
    """Bytes per second that the device can write."""

    def hosts(self) -> Iterator[str]:
        """Its machine."""
        yield self.host

    def signals(self) -> Iterator[Signal]:
        """Room that is left."""
        expr = f'node_filesystem_avail_bytes{{instance="{self.host}:9100",mountpoint="{self.mount}"}}'
        yield Signal(f"Room on {self.host} {self.mount}", "bytes", expr)

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Files beside the mount, more than fits, and names that are not there."""
        used = sum(file.size for file in self.files)
        if used > self.size:
            yield Misfit(("size",), f"is less than the files take together ({used / 2**30:.1f}Gi)")
        units = [unit.name for unit in self.units]
        paths = [file.path for file in self.files]
        for place, file in enumerate(self.files):
            here = ("files", place)
            if not file.path.startswith(self.mount.rstrip("/") + "/"):
                yield Misfit((*here, "path"), f"does not lie on {self.mount}")
            if file.path in paths[:place]:
                yield Misfit((*here, "path"), f"there are two files {file.path}")
            if file.unit is not None and file.unit not in units:
                yield Misfit((*here, "unit"), f"there is no unit {file.unit}", known(units))
            for key in ("per_request", "per_failure"):
                yield from _unknown((*here, "grows", key), getattr(file.grows, key), "service", others)
            yield from _unknown((*here, "grows", "per_outage"), file.grows.per_outage, "external", others)


def _unknown(
    path: tuple[str | int, ...], given: Mapping[str, float], kind: str, others: Mapping[str, ComponentSpec]
) -> Iterator[Misfit]:
    there = [name for name, other in others.items() if other.kind == kind]
    for name in given:
        if name not in there:
            yield Misfit((*path, name), f"there is no {kind} {name}", known(there))
