"""A TLS certificate that a component shows to those who call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.component import ComponentSpec, Misfit, known
from drillbook.model.quantities import Duration

HOUR = 3600.0


class Refusal(Model):
    """Why the issuer does not issue it as it is asked now."""

    says: Text
    cured_by: Literal["duration", "issuer"]
    """What has to be asked for otherwise."""


class CertificateChange(Model):
    """What can happen to it by itself."""

    expires: Duration
    """Time from now on for which it is good."""


class Certificate(ComponentSpec):
    """The certificate that a component shows, kept and renewed by cert-manager."""

    obstructs: ClassVar[bool] = True
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "cert-renew": ("renewing the certificate {target}", "reissuing {target}"),
    }
    changes: ClassVar[type[Model] | None] = CertificateChange

    kind: Literal["certificate"]
    name: Name
    owner: str
    namespace: Name = "default"
    of: Name
    """The component that shows it."""
    host: str
    """The name that it is made out to."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8443
    issuer: str = "internal-ca"
    expires: Duration
    """When it ends, after the scenario's start."""
    duration: Duration
    """For how long it was made, and is asked for again."""
    connection_lifetime: Duration
    """Clients use a connection for so long and then make another."""
    connections: Annotated[int, Field(ge=1)] = 20
    """That each replica of a caller keeps open."""
    renew_before: Duration | None = None
    """So long before its end it is renewed; a third of its time where left out, as cert-manager does."""
    issue: Duration = 20.0
    """Time until the issuer has signed."""
    reloads: bool = True
    """Whether the component takes a renewed one by itself; otherwise its pods have to be replaced."""
    refusal: Refusal | None = None
    """Where renewing it as it is fails."""
    unchecked_by: str = ""
    """A setting `NAME=value` with which a caller does not look at it."""

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """A component that cannot be called, and times that make no sense."""
        if self.of not in others or not others[self.of].callable:
            able = [name for name, each in others.items() if each.callable]
            yield Misfit(("of",), f"{self.of} cannot be called", known(able))
        if self.connection_lifetime < 1:
            yield Misfit(("connection_lifetime",), "is too short", "1s at least")
        if self.duration < HOUR:
            yield Misfit(("duration",), "is too short", "1h at least")
