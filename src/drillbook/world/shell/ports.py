"""What the shell needs from others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from drillbook.model.component import ComponentSpec
from drillbook.model.system import System
from drillbook.world.shell.answer import Answer
from drillbook.world.state import Action, ComponentState, LogLine


class Tooling(Protocol):
    """The tools of a kind of component; `specs` are always those of the kind."""

    tools: Mapping[str, str]
    """Names of the tools, and what each is for."""

    def run(self, look: Any, words: tuple[str, ...], specs: Sequence[Any]) -> Answer | None:
        """The answer to a command, given a `Look`; None where it is no command about these components."""

    def examples(self, spec: Any) -> Iterator[tuple[str, str]]:
        """Commands about a component, and what each shows or does."""


class Ground(Protocol):
    """A kind whose components servers rest on."""

    def journal(self, look: Any, spec: Any, server: str) -> list[tuple[float, str]]:
        """What a server logs because of the component, with the times."""


Toolings: TypeAlias = Sequence[tuple[Tooling, Sequence[ComponentSpec]]]
"""Kinds of components with tools of their own, and the components."""


class Sight(Protocol):
    """What a probe may look at."""

    @property
    def kinds(self) -> Toolings:
        """The kinds of further components."""

    @property
    def start(self) -> datetime:
        """The instant of t = 0."""

    @property
    def system(self) -> System:
        """The system as its authors wrote it."""

    def state(self, t: float) -> Mapping[str, ComponentState]:
        """The state of every component at t, by name."""

    def logs(self, service: str, t: float, lines: int, pod: str = "") -> Sequence[LogLine]:
        """The last lines of all pods of a service up to t, oldest first; of `pod` those among them."""

    def consequence(self, action: Action, t: float) -> str | None:
        """What a risky action costs at `t`, for the person to confirm; None where it needs none."""


class Alertmanager(Protocol):
    """The tool of the Alertmanager that is told of the system's alerts; raises Complaint."""

    def amtool(self, t: float, command: str, words: tuple[str, ...]) -> Answer:
        """The answer to the words after `amtool`; `command` is the whole line as it was typed."""


class Metrics(Protocol):
    """PromQL over the system's metrics; raises DrillbookError with a clear message."""

    def instant(self, expr: str, t: float) -> str:
        """The value at t, as `promtool query instant` prints it."""

    def range(self, expr: str, start: float, end: float) -> str:
        """The values from start to end, as `promtool query range` prints them."""
