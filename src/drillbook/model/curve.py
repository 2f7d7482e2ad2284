"""A component without a model: its metrics follow curves that the author draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.component import ComponentSpec, Misfit, known
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration


class Point(Model):
    """A corner of a curve; straight between corners, flat after the last."""

    after: Duration = 0.0
    """Time since the stage began."""
    value: float


Line = Annotated[list[Point], Field(min_length=1)]
"""Corners in the order of time."""


class Shown(Model):
    """A metric of the component."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")]
    labels: dict[Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")], str] = {}
    counter: bool = False
    """The curve is then its rate per second."""
    noise: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Relative standard deviation from scrape to scrape; a counter has a Poisson variable's own."""
    warn_above: float | None = None
    """Above this the map shows the component in trouble."""


class Stage(Model):
    """A condition in which the component is."""

    name: Name
    metrics: dict[str, Line] = {}
    """Curves by metric; those left out stay at the last value of the first stage."""
    latency: Line = [Point(value=0.01)]
    """Seconds that a caller waits for it."""
    error_ratio: Line = [Point(value=0.0)]
    """Part of the calls that fails."""
    says: Text | None = None
    """What `systemctl status` shows of it."""


class Fix(Model):
    """Something that can be done to it."""

    command: Annotated[str, Field(min_length=2, max_length=200)]
    """What one types."""
    stage: Name | None = None
    """The stage that it leads to; where left out, the one in force goes on as if nothing had been done."""
    takes: Duration = 10.0
    risk: Text | None = None
    """What a careful colleague would say before; asked for confirmation where given."""


class CurveChange(Model):
    """What can happen to it by itself."""

    stage: Name


class Curve(ComponentSpec):
    """A component whose numbers are drawn by hand, in stages; the first stage is that of an ordinary day."""

    callable: ClassVar[bool] = True
    actions: ClassVar[dict[str, tuple[str, str]]] = {"fix": ("repairing {target}", "working on {target}")}
    changes: ClassVar[type[Model] | None] = CurveChange

    kind: Literal["curve"]
    name: Name
    owner: str
    job: str = ""
    """Label `job` of its metrics; the component's name where left out."""
    spread: Probability = 0.5
    """Standard deviation of the logarithm of its latency."""
    metrics: list[Shown] = []
    stages: Annotated[list[Stage], Field(min_length=1)]
    fixes: list[Fix] = []

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Stages and metrics that lead nowhere, and curves that go back in time."""
        stages = [stage.name for stage in self.stages]
        metrics = [metric.name for metric in self.metrics]
        for place, stage in enumerate(self.stages):
            here = ("stages", place)
            if stage.name in stages[:place]:
                yield Misfit((*here, "name"), f"there are two stages called {stage.name}")
            yield from _back((*here, "latency"), stage.latency)
            yield from _back((*here, "error_ratio"), stage.error_ratio)
            for name, line in stage.metrics.items():
                if name not in metrics:
                    yield Misfit((*here, "metrics", name), f"there is no metric {name}", known(metrics))
                yield from _back((*here, "metrics", name), line)
        for place, fix in enumerate(self.fixes):
            if fix.stage is not None and fix.stage not in stages:
                message = f"there is no stage {fix.stage}"
                yield Misfit(("fixes", place, "stage"), message, known(stages))


def _back(path: tuple[str | int, ...], line: list[Point]) -> Iterator[Misfit]:
    for place, (before, after) in enumerate(pairwise(line)):
        if after.after <= before.after:
            message = "does not come after the corner before it"
            yield Misfit((*path, place + 1, "after"), message, "corners stand in the order of time")
