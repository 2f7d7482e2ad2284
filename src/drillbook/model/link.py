"""A path of the network over which services reach what they call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.component import ComponentSpec, Misfit, known
from drillbook.model.quantities import Duration

Loss = Annotated[float, Field(ge=0, le=0.9)]


class LinkChange(Model):
    """What can happen to it by itself."""

    loss: Loss
    """Part of the packets that one of the members loses, either way."""


class Link(ComponentSpec):
    """A bundle of links (a bond, or paths of equal cost): each connection is on one of its members."""

    obstructs: ClassVar[bool] = True
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "link-down": ("taking a broken path of {target} out", "taking a member out of {target}"),
        "link-up": ("putting a path of {target} back", "putting the member back into {target}"),
    }
    changes: ClassVar[type[Model] | None] = LinkChange

    kind: Literal["link"]
    name: Name
    owner: str
    device: Annotated[str, Field(pattern=r"^[a-z0-9.@-]{1,15}$")]
    """The member that may lose packets."""
    callers: list[Name] = []
    """Services whose calls go over it; all where left out."""
    callees: Annotated[list[Name], Field(min_length=1)]
    """What is reached over it."""
    members: Annotated[int, Field(ge=2, le=16)] = 2
    loss: Loss = 0.0
    segments: Annotated[int, Field(ge=1, le=20)] = 4
    """TCP segments of a call and its answer of which each has to arrive before the next is sent."""
    rto: Duration = 0.2
    """First retransmission timeout; Linux has no shorter one (TCP_RTO_MIN)."""
    rtt: Duration = 0.0006
    """Round trip when nothing is lost."""

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Names that lead nowhere."""
        able = [name for name, each in others.items() if each.callable]
        for where, names in (("callers", self.callers), ("callees", self.callees)):
            for place, name in enumerate(names):
                if name not in able:
                    yield Misfit((where, place), f"{name} cannot be called", known(able))
        if self.rto < 0.001:
            yield Misfit(("rto",), "is too short", "1ms at least")
