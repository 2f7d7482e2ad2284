"""What an author writes of a gateway. This module is read wherever scenarios are; keep it free of physics."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.component import ComponentSpec
from drillbook.model.quantities import Duration, Rate


class SmsGateChange(Model):
    """What can happen to it by itself."""

    quota: Rate


class SmsGate(ComponentSpec):
    """An SMS gateway that takes `quota` messages per second, and `burst` of them at once."""

    callable: ClassVar[bool] = True
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "smsgate-quota": ("buying more messages", "raising the quota of {target}"),
    }
    changes: ClassVar[type[Model] | None] = SmsGateChange

    kind: Literal["smsgate"]
    name: Name
    owner: str
    quota: Rate
    burst: Annotated[float, Field(gt=0)] = 1000.0
    latency: Duration = 0.15
