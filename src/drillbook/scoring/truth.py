"""What was claimed against what was true: contradictions, with the true figure.

Figures lag: a dashboard averages minutes, and writing takes time. A figure therefore holds when it held at
any moment of the last three minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

from drillbook.events import facts as f
from drillbook.scoring.grade import percent
from drillbook.scoring.statement import Statement
from drillbook.scoring.text.figures import Figure, figures

ABSOLUTE = 0.05
"""A share may be off by this much (5 percentage points) ..."""
RELATIVE = 0.3
"""... or by this part of the true value, whichever is more."""
OVER_COUNT, UNDER_COUNT = 3.0, 10.0
"""A count may be three times too high, or ten times too low: people see counters, and the truth adds up."""
WINDOW = 180.0
"""Seconds before the claim in which a figure may have been read."""
MOST = 0.5
"""`All users` is contradicted below this part of failing requests, `a few users` above it."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A claim that was not true."""

    seq: int
    claim: str
    truth: str

    def __str__(self) -> str:
        """One clause for people to read."""
        return f"“{self.claim}”, while {self.truth}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many claims of a statement could be checked, and which of them were false."""

    checked: int
    contradictions: tuple[Contradiction, ...]


def verify(
    statement: Statement, history: f.TruthRecorded | None, other: frozenset[str] = frozenset()
) -> Verdict:
    """Compare a statement with the truth; without a measurement beside it nothing can be said."""
    truth = statement.truth
    if truth is None:
        return Verdict(0, ())
    low, high = _range(statement.event.t, truth, history)
    checks = [
        *_declared(statement, truth),
        *(_state(claim.kind, claim.words, truth, (low, high)) for claim in statement.claims),
        *(_figure(figure, truth, low, high) for figure in figures(statement.reading, other)),
    ]
    checked = [(claim, wrong) for claim, wrong in checks if claim]
    return Verdict(
        len(checked),
        tuple(Contradiction(statement.event.seq, claim, wrong) for claim, wrong in checked if wrong),
    )


_Check = tuple[str, str]
"""A claim and, where it is false, what was true; no claim where nothing can be checked."""


def _range(t: float, truth: f.TruthMeasured, history: f.TruthRecorded | None) -> tuple[float, float]:
    values = [truth.error_ratio]
    if history is not None and history.step > 0:
        first, last = int(max(0.0, t - WINDOW) // history.step), int(t // history.step)
        values += history.error_ratio[first : last + 1]
    return min(values), max(values)


def _failing(truth: f.TruthMeasured) -> str:
    return f"{percent(truth.error_ratio)} of requests were failing"


def _declared(statement: Statement, truth: f.TruthMeasured) -> list[_Check]:
    """Some statements claim by what they are."""
    if isinstance(statement.event.fact, f.MitigationClaimed):
        claim = "/mitigated"
    elif isinstance(statement.event.fact, f.IncidentResolved):
        claim = "/resolve"
    elif statement.state == "resolved":
        claim = "status: resolved"
    else:
        return []
    return [(claim, _failing(truth) if truth.suffering else "")]


def _state(kind: str, words: str, truth: f.TruthMeasured, ratio: tuple[float, float]) -> _Check:
    if kind in ("over", "harmless"):
        return words, _failing(truth) if truth.suffering else ""
    if kind == "everybody":
        return words, _failing(truth) if ratio[1] < MOST else ""
    if kind == "few":
        return words, _failing(truth) if ratio[0] > MOST else ""
    return "", ""


def _figure(figure: Figure, truth: f.TruthMeasured, low: float, high: float) -> _Check:
    if not figure.comparable:
        return "", ""
    if figure.kind == "share":
        bottom, top = low - max(ABSOLUTE, RELATIVE * low), high + max(ABSOLUTE, RELATIVE * high)
        if figure.of == "people":  # several requests make a user: more users than requests meet a failure
            top = 2 * top
        holds = _holds(figure, bottom, top)
        return figure.words, "" if holds else _failing(truth)
    true = truth.users_affected if figure.of == "people" else truth.failed_requests
    if true <= 0:
        return "", ""
    what = "users were affected" if figure.of == "people" else "requests had failed"
    holds = _holds(figure, true / UNDER_COUNT, true * OVER_COUNT)
    return figure.words, "" if holds else f"{true:,.0f} {what}"


def _holds(figure: Figure, bottom: float, top: float) -> bool:
    above = figure.value >= bottom or figure.bound == "at-least"
    below = figure.value <= top or figure.bound == "at-most"
    return above and below
