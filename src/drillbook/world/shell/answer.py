"""What the shell answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from drillbook.world.state import Action


@dataclass(frozen=True, slots=True)
class Output:
    """What a probe shows. `took` is the simulated time that looking costs, in seconds."""

    text: str
    took: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """A remediation, to be begun by the engine; where it is risky the engine asks first.

    `text` is what the tool prints when it is begun, `consequence` what there is to confirm.
    """

    action: Action
    text: str
    took: float
    risky: bool
    consequence: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not a command; `text` says what may have been meant and what there is."""

    text: str


@dataclass(frozen=True, slots=True)
class Errand:
    """Something that another part does for the person who typed it, and answers by itself."""

    text: str
    took: float
    do: Callable[[str, int], None]
    """Given the person and the number of the event of their command."""


Answer: TypeAlias = Output | Proposal | Unknown | Errand


class Complaint(Exception):
    """The tool's own words for what it will not do; becomes an `Output`."""

    def __init__(self, text: str, took: float = 1.0) -> None:
        super().__init__(text)
        self.text = text
        self.took = took


class NotUnderstood(Exception):
    """The line is no command of this shell; becomes an `Unknown`."""
