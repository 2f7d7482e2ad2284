"""Whether the automation may act: the decision matrix with its thresholds, and what is left to people."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from drillbook.model.automation import Automation, Row, Suspicion
from drillbook.model.playbook import Severity

RISKY = ("security", "data-loss", "compliance")
"""Natures of incidents in which people decide: data may be lost, or security is touched."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to act on a suspicion; `reason` says why not, or by which row."""

    acts: bool
    reason: str


def decide(
    rules: Automation, severity: Severity | None, nature: Collection[str], suspicion: Suspicion
) -> Decision:
    """By the matrix; the first objection counts.

    `severity` is None where it is not known. Where a severity remediates under conditions, the condition is a
    way back (assumption).
    """
    row = next((each for each in rules.matrix if each.incident == suspicion.incident), None)
    if row is None:
        return Decision(acts=False, reason=f"no row of the matrix is about {suspicion.incident}")
    objections = [
        *_by_severity(severity, suspicion),
        *_by_nature(nature),
        *_by_confidence(rules, row, suspicion),
        *_by_radius(row, suspicion),
    ]
    if objections:
        return Decision(acts=False, reason=objections[0])
    return Decision(acts=True, reason=f"{row.name}: {row.action}")


def _by_severity(severity: Severity | None, suspicion: Suspicion) -> Iterator[str]:
    if severity is None:
        yield "the severity is not known"
    elif severity.remediates_itself == "no":
        yield f"a {severity.id} is left to people"
    elif severity.remediates_itself == "conditional" and not suspicion.undo:
        yield f"at {severity.id} it acts only where there is a way back"


def _by_nature(nature: Collection[str]) -> Iterator[str]:
    for each in nature:
        if each in RISKY:
            yield f"the risk is high: {each}"


def _by_confidence(rules: Automation, row: Row, suspicion: Suspicion) -> Iterator[str]:
    sure = suspicion.confidence
    if sure < rules.threshold:
        yield f"{_percent(sure)} sure is below {_percent(rules.threshold)}"
    if sure <= row.confidence:
        yield f"{_percent(sure)} sure is not above the {_percent(row.confidence)} of its row"
    remediation = next((each for each in rules.remediations if each.id == row.remediation), None)
    if remediation is not None and sure < remediation.confidence:
        yield f"{_percent(sure)} sure is below the {_percent(remediation.confidence)} of its remediation"


def _by_radius(row: Row, suspicion: Suspicion) -> Iterator[str]:
    limit = row.radius
    if limit is None:
        return
    if limit.of != suspicion.of:
        yield f"its blast radius is known in {suspicion.of} and limited in {limit.of}"
    elif suspicion.touches >= limit.below:
        there, most = _amount(suspicion.touches, limit.of), _amount(limit.below, limit.of)
        yield f"it touches {there}, not less than {most}"


def _amount(value: float, of: str) -> str:
    return f"{value:g} nodes" if of == "nodes" else f"{_percent(value)} of the {of}"


def _percent(value: float) -> str:
    return f"{round(100 * value, 4):g}%"
