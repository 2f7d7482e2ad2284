"""The debrief as data: everything that the text, the JSON and the page show, and nothing about how."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from drillbook.debrief.wording import visible

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over the run: names, times in simulated seconds, and as many values; NaN is a gap."""

    title: str
    unit: str
    series: Sequence[tuple[str, Sequence[float], Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the summary: what it is, its value in words, and what to hold it against."""

    id: str
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A time in which users suffered, in simulated seconds; `end` is the run's end where it never stopped."""

    begin: float
    end: float
    ended: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline."""

    number: int
    seq: int
    """Number of the event in the log."""
    t: float
    """Simulated seconds."""
    at: str
    """Time of day (UTC)."""
    kind: str
    """users, change, alert, page, response, look, action, cause, message, note or drill."""
    text: str
    notes: tuple[str, ...] = ()
    """What it meant, and what was true at that moment."""
    output: str = ""
    """What a probe printed, around the part that matters."""
    key: bool = False
    """A turning point: marked on the charts."""
    cited: tuple[str, ...] = ()
    """Ids of the expectations that it is evidence for."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An event that proves a grade, and its number on the timeline, where it has one."""

    seq: int
    number: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the scorecard: one expectation with its three grades."""

    id: str
    outcome: str
    late_by_s: float | None
    quality: float | None
    points: float
    max: float
    reason: str
    rule: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """One of the seven areas of judgement."""

    name: str
    rating: str
    """P, S, M or U; empty where nothing was asked for."""
    meaning: str
    """The rating in words."""
    score: float | None
    """From 0 to 100."""
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A remedy that somebody tried."""

    number: int | None
    seq: int
    t: float
    at: str
    who: str
    command: str
    verdict: str
    """right, partial, useless, harmful, or `not judged` where the scenario says nothing about it."""
    why: str
    outcome: str
    """How it ended."""
    effect: str
    """What users met soon after; empty where nothing changed."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the scenario holds for a right or a partial remedy."""

    command: str
    verdict: str
    why: str
    tried: bool


@dataclass(frozen=True, slots=True)
class ClueSeen:
    """Something that could be seen, and who saw it first."""

    id: str
    probe: str
    says: str
    misleading: bool
    """It points to something else than the true cause."""
    number: int | None
    """Number on the timeline of the first look that showed it; None where nobody looked."""
    at: str
    who: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A possible cause, and what the responders made of it."""

    id: str
    summary: str
    true: bool
    seen: tuple[int, ...]
    """Timeline numbers of the clues for it."""
    stated: tuple[int, ...]
    """Timeline numbers of statements that name it as the cause."""
    tried: tuple[int, ...]
    """Timeline numbers of the remedies that somebody who believes it reaches for."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One thing that a message was judged for."""

    name: str
    verdict: str
    why: str
    good: bool | None
    """None where there is nothing to be right or wrong about."""


@dataclass(frozen=True, slots=True)
class Communication:
    """Something that was said, what was true then, and how it was judged."""

    seq: int
    number: int | None
    t: float
    at: str
    who: str
    where: str
    text: str
    truth: str
    grades: tuple[Grade, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What went well or is to be practised; `points` were won, or are still to win."""

    expectation: str
    points: float
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """A template of the playbook, filled with what is known."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Debrief:
    """Everything that is shown after a drill."""

    title: str
    scenario: str
    family: str
    playbook: str
    playbook_title: str
    seed: int
    form: int
    start: str
    """Instant of t = 0, ISO 8601."""
    end: float
    """Simulated seconds at which the drill ended."""
    ended: str
    """Why it ended: resolved, time or stopped; empty where the log breaks off."""
    verdict: tuple[str, ...]
    """The story in a few sentences, the most important first."""
    happened: str
    """The true cause."""
    objectives: tuple[str, ...]
    sources: tuple[str, ...]
    total: float
    rating: str
    meaning: str
    scoring_version: str
    figures: tuple[Figure, ...]
    areas: tuple[Area, ...]
    timeline: tuple[Entry, ...]
    suffering: tuple[Span, ...]
    charts: tuple[Chart, ...]
    attempts: tuple[Attempt, ...]
    remedies: tuple[Remedy, ...]
    clues: tuple[ClueSeen, ...]
    explanations: tuple[Explanation, ...]
    communications: tuple[Communication, ...]
    standing: tuple[str, ...]
    """Where the trainee stands among simulated responders."""
    strengths: tuple[Lesson, ...]
    practice: tuple[Lesson, ...]
    """The most points first."""
    questions: tuple[str, ...]
    records: tuple[Record, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data; keys in the order of the fields, gaps of the charts as null."""
        return cast("dict[str, Any]", _plain(self))


def disarmed(part: T) -> T:
    """The same part of a document, in which no text can act on a terminal or reorder what one reads."""
    return cast("T", _disarmed(part))


def _disarmed(part: Any) -> Any:
    if isinstance(part, str):
        return visible(part)
    if isinstance(part, tuple | list):
        if part and isinstance(part[0], float | int):
            return part
        return tuple(map(_disarmed, part))
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        fields = dataclasses.fields(part)
        return type(part)(**{field.name: _disarmed(getattr(part, field.name)) for field in fields})
    return part


def _plain(part: Any) -> Any:
    if isinstance(part, float):
        return part if math.isfinite(part) else None
    if isinstance(part, tuple | list):
        return [_plain(each) for each in part]
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return {field.name: _plain(getattr(part, field.name)) for field in dataclasses.fields(part)}
    return part
