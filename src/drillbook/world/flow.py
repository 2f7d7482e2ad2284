"""What the network needs of a component whose kind it does not know itself."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Protocol

from drillbook.model.component import ComponentSpec
from drillbook.model.system import System
from drillbook.world.law import Law
from drillbook.world.pool import Past, Row
from drillbook.world.service import ServiceFlow
from drillbook.world.state import Happening


class Flow(Protocol):
    """A component while the solution is stepped. Rates per second, times in seconds.

    In each step `feed` comes first, then the services pass their calls on, then `step`, then their answers
    come back; `row` is the state before. A flow of a kind that can be called is a `Callee` too.
    """

    column: int
    """Where its columns begin in a row."""
    columns: int
    """How many it has; they stay where they are."""
    part: Row
    """The columns after a step."""

    def terms(self, own: Any, law: Law, t: float) -> Hashable:
        """What its own settings, and what concerns it of the others', mean for what comes after `t`.

        Equal terms give equal steps.
        """

    def use(self, terms: Any) -> None:
        """Put terms in force."""

    def untouched(self) -> Row:
        """The columns before anything happened."""

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Give work to services that nobody calls, for the step that ends at `t`."""

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Move on by `dt` to `t`."""

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """Columns by which the length of a step is chosen, and the scale on which each counts."""

    def corner(self, t: float) -> float:
        """The next whole second after `t` at which something bends by itself; infinite where nothing does."""


class Bound(Flow, Protocol):
    """The flow of a component that `binds`: it acts on those who use pools."""

    def bind(self, network: Any) -> None:
        """Get to know the other flows, once all of them are there."""

    def strain(self, row: Row, past: Past, t: float, dt: float) -> None:
        """Put on the users of pools what `row` means for them in the step to `t`; before everything else."""

    def settle(self, row: list[float]) -> None:
        """Write the state at the beginning into a row that the present rates lead to."""


class Controller(Protocol):
    """Changes laws by itself, by what the state comes to; remembers nothing, so that nothing is to be undone.

    A kind of which components have one gives it with `controller(plant, spec)`.
    """

    def begin(self, law: Law) -> Law:
        """The law before anything happens, with what the controller adds."""

    def settle(self, law: Law, t: float) -> Law:
        """What it makes of a law that somebody sets at `t`, such as places for new pods."""

    def due(self, since: float, until: float) -> float | None:
        """When in (since, until] it next wants to change something; a whole second."""

    def act(self, t: float) -> list[Happening]:
        """Change what is due at `t`, through the plant."""


class FlowKind(Protocol):
    """How components of a kind begin, and what moves them."""

    def initial(self, spec: Any) -> Hashable:
        """The settings before anything happens; immutable."""

    def flow(self, spec: Any, system: System, column: int) -> Flow:
        """The flow of a component."""


FlowKinds = Mapping[str, FlowKind]


def of_kinds(system: System, kinds: FlowKinds) -> dict[str, ComponentSpec]:
    """The components of these kinds by name."""
    return {spec.name: spec for spec in system.components if spec.kind in kinds}
