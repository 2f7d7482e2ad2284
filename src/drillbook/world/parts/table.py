"""The kinds of components that there are: those of drillbook, and those of installed packages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from drillbook.model.component import ComponentSpec
from drillbook.model.installed import installed
from drillbook.model.system import System
from drillbook.world.parts.cache.kind import CacheKind
from drillbook.world.parts.certificate.kind import CertificateKind
from drillbook.world.parts.cluster.kind import ClusterKind
from drillbook.world.parts.curve import CurveKind
from drillbook.world.parts.disk.kind import DiskKind
from drillbook.world.parts.dns.kind import DnsKind
from drillbook.world.parts.kafka.kind import KafkaKind
from drillbook.world.parts.kind import Kind
from drillbook.world.parts.link.kind import LinkKind
from drillbook.world.parts.rabbitmq.kind import RabbitmqKind
from drillbook.world.parts.replication.kind import ReplicationKind
from drillbook.world.parts.vendor.kind import VendorKind

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "cache": CacheKind(),
        "certificate": CertificateKind(),
        "cluster": ClusterKind(),
        "curve": CurveKind(),
        "disk": DiskKind(),
        "dns": DnsKind(),
        "kafka": KafkaKind(),
        "link": LinkKind(),
        "rabbitmq": RabbitmqKind(),
        "replication": ReplicationKind(),
        "vendor": VendorKind(),
        **installed("drillbook.components"),
    }
)
"""By the word that stands at `kind:`."""


def used(system: System) -> Iterator[tuple[Kind, list[ComponentSpec]]]:
    """The kinds that a system has components of, with these."""
    for word, kind in KINDS.items():
        specs = [spec for spec in system.components if spec.kind == word]
        if specs:
            yield kind, specs


def kind_of(system: System, name: str) -> Kind | None:
    """The kind of the component of that name; None where it is of no such kind, or there is none."""
    found = next((spec.kind for spec in system.components if spec.name == name), "")
    return KINDS.get(found)
