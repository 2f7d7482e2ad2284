"""How soon users were well again, and what it cost them."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.model.playbook import Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, Outcome, in_time, late, missed, not_applicable, seqs, span

ABOUT = 1.1
"""Up to this much of par counts as par."""
TWICE = 2.0


def mitigate(case: Case, expectation: Expectation) -> Grade:
    """Users' suffering ended for good, within the time of a good responder."""
    par = expectation.within or case.scenario.needs.par_mitigate
    if case.onset is None:
        return not_applicable("Users never suffered.")
    if case.mitigation is None:
        return missed("Users still suffered at the end.", case.onset)
    if case.is_idle:
        return missed("It ended, but you had no part in it.", case.onset)
    took = case.mitigation.t - case.onset.t
    late_by = late(case.mitigation.t, case.onset.t, par)
    spells = sum(fact.suffering for _, fact in case.of(f.ImpactChanged))
    ended = f"It took {span(took)} to end for good, with users suffering for {span(case.suffered)}"
    said = f"Users suffered for {span(took)}" if spells == 1 else ended
    reason = f"{said}; a good responder needs {span(par)}."
    target = case.severity.resolve_within
    if target is not None:
        reason += f" The playbook's target at {case.severity.id} is {span(target)}."
    proofs = seqs([case.onset, case.mitigation])
    return Grade(in_time("met", late_by, par), reason, proofs, late_by, par)


def user_minutes(case: Case, expectation: Expectation) -> Grade:
    """Few user minutes were lost, against those of a good responder."""
    lost = _lost(case)
    if lost is None:
        return not_applicable("The truth of this run is not recorded.")
    if case.onset is None:
        return not_applicable("Users never suffered.")
    par = case.scenario.needs.par_user_minutes
    if case.is_idle:
        return missed(f"{lost:,.0f} user minutes lost, and you did nothing about it.", case.onset)
    quality = round(min(1.0, ABOUT * par / lost), 3) if lost > 0 else 1.0
    reason = f"{lost:,.0f} user minutes lost; a good responder loses {par:,.0f}."
    outcome: Outcome = "met" if lost <= ABOUT * par else "partly" if lost <= TWICE * par else "missed"
    return Grade(outcome, reason, seqs([case.onset, case.mitigation]), quality=quality)


def _lost(case: Case) -> float | None:
    if case.history is not None:
        return case.history.user_minutes
    measured = case.of(f.TruthMeasured)
    return measured[-1][1].user_minutes if measured else None
