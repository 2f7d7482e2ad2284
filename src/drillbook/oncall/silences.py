"""Alertmanager's silences: alerts that somebody asked not to be told about for a while.

Source: Alertmanager `silence/silence.go`, `types/types.go`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from drillbook.errors import DrillbookError
from drillbook.model.labels import Labels
from drillbook.oncall.matchers import Matcher, matches


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence; times in seconds since the scenario's start, the end does not belong to it."""

    id: str
    matchers: tuple[Matcher, ...]
    starts_at: float
    ends_at: float
    created_by: str
    comment: str

    def state(self, t: float) -> Literal["pending", "active", "expired"]:
        """What Alertmanager calls its state at t."""
        if t < self.starts_at:
            return "pending"
        return "active" if t < self.ends_at else "expired"

    def covers(self, of: Labels) -> bool:
        """Whether an alert with these labels is silenced while it is active."""
        return matches(self.matchers, dict(of))


def check_matchers(matchers: Sequence[Matcher]) -> None:
    """Raise DrillbookError for matchers that Alertmanager takes for no silence."""
    if not matchers:
        raise DrillbookError("a silence needs at least one matcher")
    if all(each.accepts("") for each in matchers):
        raise DrillbookError("at least one matcher must not match the empty text, or everything is silenced")


class Silences:
    """All silences there are or have been, in the order in which they were added."""

    def __init__(self) -> None:
        self._silences: dict[str, Silence] = {}

    def __iter__(self) -> Iterator[Silence]:
        """Each silence, expired ones too."""
        return iter(self._silences.values())

    def add(self, silence: Silence) -> None:
        """A new silence."""
        self._silences[silence.id] = silence

    def expire(self, t: float, name: str) -> Silence:
        """End a silence at t; DrillbookError where there is none or it has ended."""
        silence = self._silences.get(name)
        if silence is None:
            raise DrillbookError(f"there is no silence {name!r}")
        if silence.state(t) == "expired":
            raise DrillbookError(f"silence {name} already expired")
        ended = replace(silence, starts_at=min(silence.starts_at, t), ends_at=t)
        self._silences[name] = ended
        return ended

    def covering(self, t: float, of: Labels) -> list[Silence]:
        """The active silences that cover an alert."""
        return [each for each in self if each.state(t) == "active" and each.covers(of)]

    def next_change(self, t: float) -> float | None:
        """When the next silence begins or ends after t; None if none will."""
        moments = (moment for each in self for moment in (each.starts_at, each.ends_at))
        return min((moment for moment in moments if moment > t), default=None)
