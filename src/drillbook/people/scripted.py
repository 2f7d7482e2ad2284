"""A script in a seat: lines with their times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drillbook.errors import InvalidInput, Problem
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.quantities import seconds
from drillbook.people.agent import Agent

_WAIT = "/wait"


class Script:
    """Types each line at its time, come what may; stops when the exercise ends."""

    def __init__(self, person: str, lines: Iterable[tuple[float, str]]) -> None:
        self.person = person
        self._left = sorted(lines, key=lambda line: line[0])
        self._now = 0.0

    def minds(self, kind: type[f.Fact]) -> bool:
        """The end."""
        return kind is f.Ended

    def see(self, event: Event) -> None:
        """Only the end matters to a script."""
        self._now = event.t
        if isinstance(event.fact, f.Ended):
            self._left.clear()

    def next_time(self) -> float | None:
        """The time of the next line."""
        return max(self._left[0][0], self._now) if self._left else None

    def take(self, t: float) -> list[str]:
        """The lines whose time has come."""
        due = [text for at, text in self._left if at <= t]
        del self._left[: len(due)]
        return due


def scripted(entries: Sequence[tuple[float, str]], person: str) -> Agent:
    """A script of (seconds since the start, line) for a person's seat.

    `/wait 2m` is not typed: it moves all later lines by that time. InvalidInput where a wait has no duration.
    """
    lines: list[tuple[float, str]] = []
    problems: list[Problem] = []
    shift = 0.0
    for number, (at, text) in enumerate(entries, start=1):
        verb, _, rest = text.strip().partition(" ")
        if verb != _WAIT:
            lines.append((round(at + shift, 3), text))
            continue
        try:
            shift += seconds(rest.strip())
        except ValueError as error:
            problems.append(Problem("script", 0, 0, f"entry {number}: {text!r}", str(error)))
    if problems:
        raise InvalidInput(problems)
    return Script(person, lines)
