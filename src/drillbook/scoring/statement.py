"""What the response side said, to whom, and what was true at that moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.scoring.text.reading import Reading, read
from drillbook.scoring.text.states import StateClaim, states

CHANNELS = {
    "#incidents": "incidents",
    "#executives": "executives",
    "#customer-success": "customer-success",
    "#support": "customer-success",
    "#team": "team",
}
"""The audience that a channel reaches."""

_OF_PART = {"executive": "executives", "support": "customer-success"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A text. `audience` is one of the playbook's, or empty where it reaches none as a whole.

    `to` is the person of a direct message; `state` is the status page's state; `formal` says that it was sent
    as an update and not just written in a channel.
    """

    event: Event
    reading: Reading
    claims: list[StateClaim]
    audience: str
    to: str
    state: str | None
    formal: bool
    truth: f.TruthMeasured | None


def statements(
    log: Sequence[Event],
    parts: Mapping[str, str],
    responds: Callable[[str], bool],
    truths: Mapping[int, f.TruthMeasured],
) -> list[Statement]:
    """The texts of a log that the response side wrote; questions are none.

    What the scenario lets somebody say follows from nothing that happened, and is nobody's response.
    """
    found = []
    for event in log:
        place = _PLACES.get(type(event.fact))
        if place is not None and event.cause is not None and responds(event.actor):
            where = place(event.fact, parts)
            if where is not None:
                text, audience, to, state = where
                reading = read(text)
                formal = isinstance(event.fact, f.UpdateSent | f.StatusUpdated)
                found.append(
                    Statement(
                        event, reading, states(reading), audience, to, state, formal, truths.get(event.seq)
                    )
                )
    return found


_Place = tuple[str, str, str, str | None]


def _message(fact: f.MessagePosted, parts: Mapping[str, str]) -> _Place | None:
    if fact.asks:
        return None
    if fact.channel.startswith("@"):
        to = fact.channel[1:]
        return fact.text, _OF_PART.get(parts.get(to, ""), ""), to, None
    return fact.text, CHANNELS.get(fact.channel, ""), "", None


def _update(fact: f.UpdateSent, parts: Mapping[str, str]) -> _Place:
    return fact.text, fact.audience, "", None


def _status(fact: f.StatusUpdated, parts: Mapping[str, str]) -> _Place:
    return fact.text, "status-page", "", fact.state.lower()


def _title(fact: f.IncidentDeclared, parts: Mapping[str, str]) -> _Place:
    return fact.title, "", "", None


def _text(fact: _Record, parts: Mapping[str, str]) -> _Place:
    return fact.text, "", "", None


_Record = f.MitigationClaimed | f.IncidentResolved | f.NoteTaken | f.CauseStated | f.HandedOff

_PLACES: dict[type[Any], Callable[[Any, Mapping[str, str]], _Place | None]] = {
    f.MessagePosted: _message,
    f.UpdateSent: _update,
    f.StatusUpdated: _status,
    f.IncidentDeclared: _title,
    f.MitigationClaimed: _text,
    f.IncidentResolved: _text,
    f.NoteTaken: _text,
    f.CauseStated: _text,
    f.HandedOff: _text,
}
