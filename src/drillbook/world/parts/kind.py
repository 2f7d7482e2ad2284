"""What a kind of component consists of: how it moves, what is seen of it, and what can be done to it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from drillbook.model.base import Model
from drillbook.world.flow import FlowKind
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.shell.ports import Ground as Noting
from drillbook.world.state import Action, Happening, Health, PartState, Spoken


class Ground(Noting, Protocol):
    """What servers rest on: a kind whose components bind."""

    def bars(self, plant: Plant, spec: Any, server: str, t: float) -> str:
        """Why a server cannot start at `t`, in its own words; empty where nothing hinders."""


@runtime_checkable
class Eventful(Protocol):
    """A kind of which a change from outside does more than set a component's own settings."""

    def happen(self, plant: Plant, spec: Any, changes: Model, t: float, id: str) -> list[Happening]:  # noqa: A002
        """Let it happen at `t`; `id` is that of what the timeline began."""


class Kind(FlowKind, Protocol):
    """A kind of component. One object serves all components and runs, and remembers nothing of them.

    `spec` is always a component of this kind, `own` its settings in force.
    """

    tools: Mapping[str, str]
    """Tools of its own that can be typed, and what each is for."""

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Any]) -> list[Family]:
        """What is scraped of all components of the kind."""

    def state(self, plant: Plant, spec: Any, row: Row, t: float) -> PartState:
        """A component at the whole second `t`, whose state is `row`."""

    def health(self, state: Any) -> tuple[Health, str]:
        """How it looks on the map, with a few numbers."""

    def depends(self, spec: Any) -> tuple[str, ...]:
        """The components that it depends on."""

    def changed(self, own: Any, changes: Model, t: float) -> Hashable:
        """The settings after a change from outside at `t`; `changes` are the spec class's `changes`."""

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Begin one of its own remediations, as `drillbook.world.remedies` does."""

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """What a careful colleague would say before it; None where there is nothing to say."""

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Any]) -> Answer | None:
        """The answer to a command; None where it is no command about these components."""

    def spoken(
        self, plant: Plant, specs: Sequence[Any], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """What a service's pods log about these components at the whole second `t`."""

    def examples(self, spec: Any) -> Iterator[tuple[str, str]]:
        """Commands about a component, and what each shows or does."""
