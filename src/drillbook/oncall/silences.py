"""Alertmanager's silences: alerts that somebody asked not to be told about for a while.

Source: Alertmanager `silence/silence.go`, `types/types.go`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from drillbook.errors import DrillbookError
from drillbook.model.labels import Labels
from drillbook.oncall.matchers import Matcher, Operator, matcher, matches, parse_matchers

_ALERT_NAME = re.compile(r"[\w:.-]+")


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


def typed_matchers(words: Sequence[str], *, empty: bool = False) -> tuple[Matcher, ...]:
    """Matchers as amtool takes them, one or several a word; a first word without operator names an alert.

    DrillbookError for what is none; unless `empty` matchers will do, also for those that make no silence.
    """
    found: list[Matcher] = []
    for place, word in enumerate(words):
        try:
            found += parse_matchers(word)
        except ValueError as problem:
            if place or not _ALERT_NAME.fullmatch(word):
                raise DrillbookError(str(problem)) from None
            found.append(matcher("alertname", Operator.EQUAL, word))
    if empty:
        return tuple(found)
    if not found:
        raise DrillbookError("a silence needs at least one matcher, such as alertname=DiskFull")
    if all(each.accepts("") for each in found):
        raise DrillbookError("at least one matcher must not match the empty text, or everything is silenced")
    return tuple(found)


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

    def named(self, t: float, name: str) -> Silence:
        """The silence with an id that begins so; DrillbookError where there is not one going on."""
        found = [each for each in self if each.id.startswith(name.lower())]
        going = [each for each in found if each.state(t) != "expired"]
        going = [each for each in going if each.id == name.lower()] or going
        if not found or not name:
            raise DrillbookError(f"there is no silence {name!r}")
        if not going:
            raise DrillbookError(f"silence {found[-1].id} already expired")
        if len(going) > 1:
            raise DrillbookError(f"{name!r} may be any of {', '.join(each.id for each in going)}")
        return going[0]

    def expire(self, t: float, name: str) -> Silence:
        """End the silence with an id that begins so; DrillbookError as for `named`."""
        silence = self.named(t, name)
        ended = replace(silence, starts_at=min(silence.starts_at, t), ends_at=t)
        self._silences[silence.id] = ended
        return ended

    def covering(self, t: float, of: Labels) -> list[Silence]:
        """The active silences that cover an alert."""
        return [each for each in self if each.state(t) == "active" and each.covers(of)]

    def next_change(self, t: float) -> float | None:
        """When the next silence begins or ends after t; None if none will."""
        moments = (moment for each in self for moment in (each.starts_at, each.ends_at))
        return min((moment for moment in moments if moment > t), default=None)
