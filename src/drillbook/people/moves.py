"""What somebody's hands do: type, look, wait. A line of work is a generator of moves."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Say:
    """Type commands after `after` seconds of thinking and typing."""

    after: float
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Type a probe after `after` seconds, and wait for what it shows; that, or `NO_ANSWER`, is sent back."""

    after: float
    command: str


@dataclass(frozen=True, slots=True)
class Until:
    """Wait until something has come about, `at_most` seconds; `met` or nothing is sent back."""

    met: Callable[[], bool]
    at_most: float


Move: TypeAlias = Say | Look | Until
Line: TypeAlias = Generator[Move, str, T]
"""A line of work: yields moves, is sent their results, returns a `T`."""

LOOK_AT_MOST = 120.0
"""A probe that has not answered by then never will."""


NO_ANSWER = "(no answer)"
"""What is sent back for a probe that never answered."""


def never() -> bool:
    """For a wait that only time ends."""
    return False
