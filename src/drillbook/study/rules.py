"""The stopping rule that a study asks for."""

from __future__ import annotations

from drillbook.errors import DrillbookError
from drillbook.model.study import Fixed, Study
from drillbook.study.stopping import FixedRuns, Stopping


def rule_of(study: Study) -> Stopping:
    """The rule of a study's `replications`."""
    rule = study.replications
    if isinstance(rule, Fixed):
        return FixedRuns(rule.runs)
    raise DrillbookError(f"replications of kind {rule.kind} cannot be run yet")
