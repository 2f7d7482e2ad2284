"""A rotation with the time and the hours in which it is in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from drillbook.oncall.restriction import Hours
from drillbook.oncall.turns import Turns


@dataclass(frozen=True, slots=True)
class Cover:
    """Who covers which hours. Instants are in UTC; `end` is None where it goes on for ever."""

    start: datetime
    end: datetime | None
    turns: Turns
    hours: tuple[Hours, ...]
    """In force within any of these; always where there are none."""

    def on_call(self, at: datetime, by: int = 0) -> str | None:
        """Whose turn it is while it is in force, or would be `by` turns later."""
        if at < self.start or (self.end is not None and at >= self.end):
            return None
        if self.hours and not any(hours.contain(at) for hours in self.hours):
            return None
        return self.turns.user(at, by)

    def boundaries(self, at: datetime) -> Iterator[datetime]:
        """Instants around `at` at which the answer may change; the first one after it is among them."""
        yield self.start
        if self.end is not None:
            yield self.end
        if len(self.turns.users) > 1:
            yield self.turns.next_handoff(at)
        for each in self.hours:
            for window in each.windows(at):
                yield from window
