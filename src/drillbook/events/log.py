"""The append-only log of an exercise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

from drillbook.events.event import EVERYONE, Event
from drillbook.events.facts import Fact

F = TypeVar("F")


class EventLog(Sequence[Event]):
    """Events in the order of their sequence numbers; event `n` is at index `n - 1`."""

    def __init__(self, events: Sequence[Event] = ()) -> None:
        self._events = list(events)

    def append(
        self, t: float, actor: str, fact: Fact, *, cause: int | None = None, to: str = EVERYONE
    ) -> Event:
        """Record that `fact` happened at `t`; ValueError when time would run backwards."""
        events = self._events
        last = events[-1].t if events else -math.inf
        if t < last:
            raise ValueError(f"an event at {t} cannot follow one at {last}")
        event = Event(len(events) + 1, last if t == last else float(round(t, 3)), actor, cause, to, fact)
        events.append(event)
        return event

    def of(self, kind: type[F]) -> Iterator[tuple[Event, F]]:
        """The events whose fact is of a kind, with the fact."""
        for event in self._events:
            if isinstance(event.fact, kind):
                yield event, event.fact

    def since(self, seq: int) -> Sequence[Event]:
        """The events after number `seq`."""
        return self._events[seq:]

    def __len__(self) -> int:
        """The number of events, which is the last sequence number."""
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | Sequence[Event]:
        """The event or the events at a 0-based index."""
        return self._events[index]
