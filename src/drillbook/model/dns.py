"""Name resolution inside a system: a zone's records, resolvers, and what writes the records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.component import ComponentSpec, Misfit, known
from drillbook.model.quantities import Duration, Rate

Answer = Literal["address", "empty", "nxdomain", "servfail", "elsewhere"]
"""What is asked for a name: its address, no data, no such name, a failure, or an address where nobody is."""


class Record(Model):
    """A name under which services call a component."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
    to: Name
    address: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}$")]
    ttl: Duration = 60.0
    """For how long clients keep the answer."""
    pinned_by: str = ""
    """A setting `NAME=value` with which a caller uses an address instead of the name."""


class Writer(Model):
    """A program that writes the records, again and again."""

    unit: Name
    every: Duration
    says: Text
    """What its log tells of what it writes while that is wrong."""


class DnsChange(Model):
    """What can happen to a record by itself."""

    record: Name
    """The component that it leads to."""
    answer: Answer


class Dns(ComponentSpec):
    """A zone in PowerDNS, and the CoreDNS through which clients ask for its names."""

    obstructs: ClassVar[bool] = True
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "dns-record": ("correcting an address in {target}", "writing a record of {target}"),
        "dns-flush": ("clearing what {target} remembers", "flushing the resolvers of {target}"),
        "dns-writer": ("stopping or starting what writes {target}", "switching the automation of {target}"),
    }
    changes: ClassVar[type[Model] | None] = DnsChange

    kind: Literal["dns"]
    name: Name
    owner: str
    zone: str
    records: Annotated[list[Record], Field(min_length=1)]
    negative: Duration = 60.0
    """For how long resolvers keep that there is no such thing (the SOA's minimum)."""
    server: str = "10.96.0.10"
    queries: Rate = 180.0
    """Questions per second about everything else (assumption)."""
    writer: Writer | None = None

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Records that lead nowhere, and times that make no sense."""
        able = [name for name, each in others.items() if each.callable]
        for place, record in enumerate(self.records):
            if record.to not in able:
                yield Misfit(("records", place, "to"), f"{record.to} cannot be called", known(able))
            if not record.name.endswith(f".{self.zone}"):
                yield Misfit(("records", place, "name"), f"is not in the zone {self.zone}")
            if record.ttl < 1:
                yield Misfit(("records", place, "ttl"), "is too short", "1s at least")
        if self.negative < 1:
            yield Misfit(("negative",), "is too short", "1s at least")
        if self.writer is not None and self.writer.every < 1:
            yield Misfit(("writer", "every"), "is too short", "1s at least")
