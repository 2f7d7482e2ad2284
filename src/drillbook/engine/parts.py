"""Parts of a run that its maker chooses: who is simulated, and what evaluates the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from drillbook.engine.randomness import Randomness
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.telemetry.alerts import AlertChange
from drillbook.telemetry.ruler import ActiveAlert
from drillbook.telemetry.storage import Storage


class Agent(Protocol):
    """Somebody simulated: sees what a seat may see, types what a seat may type."""

    person: str

    def minds(self, kind: type[f.Fact]) -> bool:
        """Whether events of such a kind may change what this person does; others need not be shown."""

    def see(self, event: Event) -> None:
        """An event that this person may see."""

    def next_time(self) -> float | None:
        """When they want to type next."""

    def take(self, t: float) -> list[str]:
        """What they type at `t`."""


class Evaluator(Protocol):
    """Evaluates the alert rules; `Ruler`, or the slow reference that polls."""

    def changed(self, t: float) -> None:
        """The world's law changed at `t`."""

    def next_time(self) -> float | None:
        """The next change of an alert's state."""

    def take(self, t: float) -> list[AlertChange]:
        """The changes at `t`."""

    def source(self, t: float) -> Storage:
        """The world's series and those that the rules add, as they are known at `t`."""

    def active(self, t: float) -> list[ActiveAlert]:
        """Pending and firing alerts after the last evaluation up to `t`."""


Cast = Callable[[Scenario, Playbook, Randomness], Sequence[Agent]]
