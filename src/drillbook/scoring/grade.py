"""What a grader says: three separate grades, a reason and what proves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from drillbook.events.event import Event
from drillbook.model.quantities import duration_text

Outcome: TypeAlias = Literal["met", "partly", "missed", "violated", "not-applicable"]

TOO_LATE = 2.0
"""What comes later than its target by more than this many targets counts partly at best."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Outcome, timeliness and quality of one expectation, never averaged into each other.

    `late_by` and `target` are seconds (None where there is no target, or where it never happened); `quality`
    is 0 to 1 (None where the check has none); `evidence` are the numbers of the events that prove it.
    """

    outcome: Outcome
    reason: str
    evidence: tuple[int, ...] = ()
    late_by: float | None = None
    target: float | None = None
    quality: float | None = None


def missed(reason: str, *proofs: Event | None) -> Grade:
    """It did not happen."""
    return Grade("missed", reason, seqs(proofs))


def not_applicable(reason: str) -> Grade:
    """It was not asked for in this incident."""
    return Grade("not-applicable", reason)


def late(at: float, since: float, within: float | None) -> float | None:
    """Seconds over the target; 0 when on time, None without a target."""
    return None if within is None else round(max(0.0, at - since - within), 3)


def in_time(outcome: Outcome, late_by: float | None, within: float | None) -> Outcome:
    """The outcome, lowered to partly where it came far too late."""
    far = late_by is not None and within is not None and late_by > TOO_LATE * within
    return "partly" if far and outcome == "met" else outcome


def seqs(events: Iterable[Event | None]) -> tuple[int, ...]:
    """The numbers of events, in order, each once, twenty at most."""
    return tuple(sorted({event.seq for event in events if event is not None})[:20])


def sentence(text: str) -> str:
    """A text that ends as a sentence does; what ends with a command or a quotation gets a full stop."""
    text = text.rstrip()
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def against(within: float | None) -> str:
    """The target in words, to follow a time that was taken; empty without a target."""
    return "" if within is None else f"; the playbook gives {duration_text(within)}"


def span(seconds: float) -> str:
    """A time span in words, to the second."""
    return duration_text(float(round(max(0.0, seconds))))


def percent(ratio: float) -> str:
    """A ratio as people read it: 12.3%."""
    return f"{100 * ratio:.1f}%"
