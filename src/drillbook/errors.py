"""What can go wrong, said so that the reader knows what, where and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in something an author or a user gave us.

    `line` and `column` count from 1; 0 means that the place is not known. `hint` says what is allowed
    or which name was probably meant; it may be empty.
    """

    source: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """`file:line:column: message (hint)`, without the parts that are not known."""
        place = self.source
        if self.line:
            place += f":{self.line}:{self.column}"
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.hint})" if self.hint else text


class DrillbookError(Exception):
    """Every error that a user can cause; `str()` is what they are shown."""


class InvalidInput(DrillbookError):
    """A file, an option or a message is not what it should be; carries every problem found at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class NotFound(DrillbookError):
    """A name that was asked for does not exist."""


class StoreError(DrillbookError):
    """A stored exercise cannot be read or written."""
