"""A third party's API with a quota."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.component import ComponentSpec, Misfit
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration, Rate


class VendorChange(Model):
    """What can happen to it by itself."""

    latency: Duration | None = None
    error_ratio: Probability | None = None
    quota: Rate | None = None


class Vendor(ComponentSpec):
    """A third party that takes `quota` calls per second, and `burst` at once, from all callers together."""

    callable: ClassVar[bool] = True
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "vendor-quota": ("asking {target} for more", "asking for a higher quota at {target}"),
    }
    changes: ClassVar[type[Model] | None] = VendorChange

    kind: Literal["vendor"]
    name: Name
    owner: str
    path: Annotated[str, Field(pattern=r"^/[a-z0-9/_-]*$")] = "/v1/query"
    """What is called."""
    latency: Duration
    spread: Annotated[float, Field(ge=0, le=3)] = 0.6
    error_ratio: Probability = 0.001
    refusal: Duration = 0.02
    """Time after which a call beyond the quota is refused (429)."""
    quota: Rate
    burst: Annotated[float, Field(ge=1)]
    grants: Rate | None = None
    """The highest quota that it grants; none but the present one where left out."""
    grants_after: Duration = 1200.0
    """Time that its support takes for that."""

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Quotas that are none."""
        if self.quota <= 0:
            yield Misfit(("quota",), "is more than 0")
        if self.grants is not None and self.grants < self.quota:
            yield Misfit(("grants",), "is less than the quota")
        if self.latency < 0.001:
            yield Misfit(("latency",), "is too short", "1ms at least")
