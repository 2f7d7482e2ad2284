"""What all kinds of components have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

from drillbook.model.base import Model, Name


class Misfit(NamedTuple):
    """Something in a component that does not fit together."""

    path: tuple[str | int, ...]
    """Keys and list places from the component down."""
    message: str
    hint: str = ""


def known(names: list[str]) -> str:
    """The hint that says which names there are."""
    return f"known: {', '.join(names)}" if names else "there is none at all"


class Signal(NamedTuple):
    """A chart worth looking at, as PromQL."""

    title: str
    unit: str
    expr: str


class ComponentSpec(Model):
    """A component as its author describes it; each kind has its own subclass with `kind: Literal[...]`.

    The class says what a scenario can do with components of the kind.
    """

    callable: ClassVar[bool] = False
    """Whether services can call it."""
    shields: ClassVar[bool] = False
    """Whether services can ask it before they ask a pool or call another component."""
    obstructs: ClassVar[bool] = False
    """Whether it stands on the way of calls; its flow is then an `Obstacle`."""
    binds: ClassVar[int] = 0
    """Above 0 its flow acts on the users of pools, and steps after the flows that bind less."""
    actions: ClassVar[dict[str, tuple[str, str]]] = {}
    """Remediations of its own, and how laymen and engineers call what is being done to `{target}`."""
    changes: ClassVar[type[Model] | None] = None
    """What `do: change` can set, where anything can."""

    kind: str
    name: Name
    owner: str

    def signals(self) -> Iterator[Signal]:
        """What shows how saturated it is."""
        return iter(())

    def change_misfits(self, changes: Model) -> Iterator[Misfit]:
        """What in a valid change of the component leads nowhere; paths start at `set`."""
        return iter(())

    def hosts(self) -> Iterator[str]:
        """Names of the machines that one can log on to."""
        return iter(())

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """What does not fit together in it, or with the `others` of its system."""
        return iter(())
