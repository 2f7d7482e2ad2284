"""The stopping rule that a study asks for."""

from __future__ import annotations

from drillbook.model.study import Fixed, Precision, Study
from drillbook.study.analysis.looks import BestByBudget, BestByElimination, PreciseEnough
from drillbook.study.stopping import FixedRuns, Stopping


def rule_of(study: Study) -> Stopping:
    """The rule of a study's `replications`."""
    rule = study.replications
    if isinstance(rule, Fixed):
        return FixedRuns(rule.runs)
    if isinstance(rule, Precision):
        return PreciseEnough(study, rule)
    return BestByElimination(study, rule) if rule.procedure == "kn" else BestByBudget(study, rule)
