"""Which alternatives keep a constraint, as sure as the intervals are."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.model.study import Constraint
from drillbook.study.analysis import wording
from drillbook.study.analysis.findings import ConstraintFound, Kept
from drillbook.study.analysis.measured import Measured
from drillbook.study.analysis.subject import Subject
from drillbook.study.statistics.interval import Interval


def constraint(subject: Subject, measured: Measured, asked: Constraint) -> ConstraintFound:
    """Every alternative against a constraint."""
    return ConstraintFound(
        measure=measured.key,
        at_least=asked.at_least,
        at_most=asked.at_most,
        text=f"{measured.title} {_limits(measured, asked)}",
        alternatives=[_kept(subject.id(each), measured.estimate(each), asked) for each in subject.numbers],
    )


def allowed(found: Sequence[ConstraintFound], alternative: str) -> str:
    """How an alternative stands with all constraints: kept, undecided or broken."""
    each = {kept.status for one in found for kept in one.alternatives if kept.alternative == alternative}
    if "broken" in each:
        return "broken"
    return "undecided" if each & {"undecided", "no-data"} else "kept"


def _limits(measured: Measured, asked: Constraint) -> str:
    parts = []
    if asked.at_least is not None:
        parts.append(f"at least {wording.amount(asked.at_least, measured.unit)}")
    if asked.at_most is not None:
        parts.append(f"at most {wording.amount(asked.at_most, measured.unit)}")
    return " and ".join(parts)


def _kept(alternative: str, found: Interval, asked: Constraint) -> Kept:
    low = asked.at_least if asked.at_least is not None else float("-inf")
    high = asked.at_most if asked.at_most is not None else float("inf")
    figure = wording.figure(found)
    if found.n == 0:
        return Kept(alternative=alternative, figure=figure, status="no-data")
    if low <= found.low and found.high <= high:
        return Kept(alternative=alternative, figure=figure, status="kept")
    broken = found.high < low or found.low > high
    return Kept(alternative=alternative, figure=figure, status="broken" if broken else "undecided")
