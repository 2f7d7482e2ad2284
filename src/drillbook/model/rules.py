"""Prometheus rule files, in Prometheus's own form.

Source: Prometheus documentation, "Defining recording rules" and "Alerting rules".
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from drillbook.model.base import Model

_UNITS = {"y": 31536000.0, "w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile("".join(f"(?:([0-9]+){unit})?" for unit in _UNITS))


def prometheus_seconds(value: Any) -> float:
    """Seconds of a duration as Prometheus and Alertmanager write it: `5m`, `1h30m`, `1y`, `0`.

    Whole numbers, units from large to small (prometheus/common, `model.ParseDuration`). ValueError otherwise.
    """
    zero = value in (0, "0") and not isinstance(value, bool)
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None and not zero:
        raise ValueError("a duration is text with a unit, such as 30s, 5m or 1h")
    parts = zip(match.groups(), _UNITS.values(), strict=True) if match else ()
    return round(sum((int(number) * size for number, size in parts if number), 0.0), 3)


PrometheusDuration = Annotated[
    float, BeforeValidator(prometheus_seconds), WithJsonSchema({"type": "string", "examples": ["5m"]})
]


class Rule(Model):
    """One alerting or recording rule."""

    alert: str = ""
    """Name of the alert; exactly one of `alert` and `record` is given."""
    record: str = ""
    """Name of the series to record."""
    expr: Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int | float) else v)]
    """PromQL expression."""
    for_: PrometheusDuration = Field(default=0.0, alias="for")
    """How long the expression must hold before the alert fires."""
    keep_firing_for: PrometheusDuration = 0.0
    """How long the alert goes on firing after the expression stopped holding."""
    labels: dict[str, str] = {}
    """Labels to add; templates allowed in alerting rules."""
    annotations: dict[str, str] = {}
    """Texts for people; templates allowed."""

    @model_validator(mode="after")
    def _one_kind(self) -> Rule:
        if bool(self.alert) == bool(self.record):
            raise ValueError("a rule has either `alert` or `record`")
        if self.record and (self.for_ or self.keep_firing_for or self.annotations):
            raise ValueError("a recording rule has no `for`, `keep_firing_for` or `annotations`")
        return self


class RuleGroup(Model):
    """Rules that are evaluated together, in order."""

    name: str
    interval: PrometheusDuration | None = None
    """Time between evaluations; the global 15s where left out."""
    limit: int = 0
    """Most alerts or series that one rule may produce; 0 means no limit."""
    query_offset: PrometheusDuration | None = None
    """How far in the past the group is evaluated."""
    labels: dict[str, str] = {}
    """Labels added to every rule of the group."""
    rules: list[Rule] = []


class RuleFile(Model):
    """A whole rule file."""

    groups: list[RuleGroup] = []
