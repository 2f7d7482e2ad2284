"""Silences in a run: who adds and ends them, which alerts they cover, and when they are over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from drillbook.engine.record import Record
from drillbook.events import facts as f
from drillbook.events.view import AlertView, IncidentView
from drillbook.model.draws import Draws
from drillbook.model.labels import Labels
from drillbook.model.quantities import duration_text
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.matchers import Matcher
from drillbook.oncall.silences import Silence, Silences

_GRAVE = "critical"


class Ask(Protocol):
    """Asks somebody whether a risky command is to be done, and does it once they say yes."""

    def __call__(
        self, person: str, command: str, consequence: str, cause: int, then: Callable[[int], None]
    ) -> None:
        """`then` is given the number of the event that says yes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A silence as somebody asks for it; times in seconds since the scenario's start."""

    command: str
    """What they typed."""
    matchers: tuple[Matcher, ...]
    starts_at: float
    ends_at: float
    comment: str
    created_by: str


class Silencing:
    """Adds and ends silences; a part with a life of its own, as silences begin and end by themselves."""

    def __init__(
        self, dispatcher: Dispatcher, view: IncidentView, draws: Draws, record: Record, ask: Ask
    ) -> None:
        self._dispatcher = dispatcher
        self._view = view
        self._draws = draws
        self._record = record
        self._ask = ask
        self._added: dict[str, int] = {}
        self._states: dict[str, str] = {}

    @property
    def silences(self) -> Silences:
        """All silences, expired ones too."""
        return self._dispatcher.silences

    def add(self, person: str, wish: Wish, cause: int, done: Callable[[str], None]) -> None:
        """Add a silence; where it would cover a critical alert that fires, ask first. `done` gets its id."""
        grave = [alert.name for alert in self._covered(wish) if alert.severity == _GRAVE]
        if not grave:
            self._add(person, wish, cause, done)
            return
        names = ", ".join(dict.fromkeys(grave))
        span = duration_text(wish.ends_at - wish.starts_at)
        consequence = (
            f"Critical and firing, and silenced for {span}: {names}. Nobody is notified of it until then."
        )
        self._ask(person, wish.command, consequence, cause, lambda yes: self._add(person, wish, yes, done))

    def expire(self, t: float, person: str, name: str, cause: int) -> None:
        """Somebody ends the silence with an id that begins so; DrillbookError where there is not one."""
        ended = self._dispatcher.expire(t, name)
        self._states[ended.id] = "expired"
        self._record(person, f.SilenceExpired(ended.id), cause=cause)

    def fired(self, t: float, of: Labels, cause: int) -> None:
        """An alert began to fire: it may be silenced from the first."""
        for silence in self.silences.covering(t, of):
            self._record("alertmanager", f.AlertSilenced(of, silence.id), cause=cause)

    def next_time(self) -> float | None:
        """When a silence begins or ends by itself."""
        moments = (
            silence.starts_at if self._states[silence.id] == "pending" else silence.ends_at
            for silence in self.silences
            if self._states[silence.id] != "expired"
        )
        return min(moments, default=None)

    def take(self, t: float) -> None:
        """What begins and ends at t."""
        for silence in self.silences:
            before, state = self._states[silence.id], silence.state(t)
            self._states[silence.id] = state
            if state == "active" and before == "pending":
                self._began(silence)
            elif state == "expired" and before != "expired":
                fact = f.SilenceExpired(silence.id)
                self._record("alertmanager", fact, cause=self._added[silence.id])

    def _add(self, person: str, wish: Wish, cause: int, done: Callable[[str], None]) -> None:
        now = self._view.now
        shift = max(0.0, now - wish.starts_at)
        starts_at, ends_at = round(wish.starts_at + shift, 3), round(wish.ends_at + shift, 3)
        silence = Silence(self._new_id(), wish.matchers, starts_at, ends_at, wish.created_by, wish.comment)
        texts = tuple(map(str, silence.matchers))
        fact = f.SilenceAdded(silence.id, texts, starts_at, ends_at, silence.created_by, silence.comment)
        self._added[silence.id] = self._record(person, fact, cause=cause).seq
        self._dispatcher.silence(now, silence)
        self._states[silence.id] = silence.state(now)
        if silence.state(now) == "active":
            self._began(silence)
        done(silence.id)

    def _began(self, silence: Silence) -> None:
        for alert in self._view.firing:
            if silence.covers(alert.labels):
                fact = f.AlertSilenced(alert.labels, silence.id)
                self._record("alertmanager", fact, cause=self._added[silence.id])

    def _covered(self, wish: Wish) -> list[AlertView]:
        silence = Silence("", wish.matchers, wish.starts_at, wish.ends_at, wish.created_by, wish.comment)
        return [alert for alert in self._view.firing if silence.covers(alert.labels)]

    def _new_id(self) -> str:
        number = len(self._added) + 1
        high, low = (self._draws.bits("silence", number, half) for half in ("high", "low"))
        return str(UUID(int=high << 64 | low, version=4))
