"""What was done to the system, and what it did."""

from __future__ import annotations

from drillbook.model.playbook import Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, in_time, late, missed, not_applicable, seqs, span
from drillbook.scoring.work import Work


def right_remedy(case: Case, expectation: Expectation) -> Grade:
    """A remedy that removes the cause was used and went through; any of the right ones counts fully."""
    right = [work for work in case.works if work.verdict == "right"]
    done = [work for work in right if work.ok is not False]
    if done:
        work = done[0]
        late_by = late(work.event.t, case.began, expectation.within)
        outcome = in_time("met" if work.ok else "partly", late_by, expectation.within)
        why = work.remedy.why if work.remedy else ""
        reason = f"{work.name}, {span(work.event.t - case.began)} after the page. {why}"
        if work.ok is None:
            reason = f"{work.name} was begun, but did not finish before the end."
        return Grade(outcome, reason, seqs([work.event]), late_by, expectation.within)
    if right:
        return Grade(
            "partly", f"{right[0].name} was the right remedy, but it failed.", seqs([right[0].event])
        )
    stop_gaps = [work for work in case.works if work.verdict == "partial"]
    if stop_gaps:
        why = stop_gaps[0].remedy.why if stop_gaps[0].remedy else ""
        reason = f"{stop_gaps[0].name} is a stop-gap. {why}"
        return Grade("partly", reason, seqs(work.event for work in stop_gaps))
    tried = ", ".join(dict.fromkeys(work.name for work in case.works if not work.prepares))
    known = next((each.command for each in case.scenario.needs.remedies if each.verdict == "right"), "")
    what = f"Tried: {tried}." if tried else "No remedy was tried."
    return missed(f"{what} What removes the cause: {known}", *(work.event for work in case.works))


def no_harm(case: Case, expectation: Expectation) -> Grade:
    """No harmful action, and no risky one without use; every repetition counts."""
    # What the scenario does not know and nobody is warned of, such as a reload, is not judged.
    judged = [work for work in case.works if (work.remedy or work.risky) and not work.prepares]
    own = [work for work in judged if work.event.actor == case.person and not _tidies(case, work)]
    if not own:
        if case.is_idle or not judged:
            return missed("No remedy was tried, so there is no care to credit.")
        return not_applicable("Others acted on the system, you did not.")
    harmful = [
        work for work in own if work.verdict == "harmful" or (work.risky and work.verdict == "useless")
    ]
    useless = [work for work in own if work.verdict == "useless" and work not in harmful]
    if harmful:
        first = harmful[0]
        why = f" {first.remedy.why}" if first.remedy else " It was risky and of no use here."
        names = ", ".join(work.name for work in harmful)
        kind = "Harm" if any(work.verdict == "harmful" for work in harmful) else "Risk without use"
        times = f"{kind}, {len(harmful)} times: " if len(harmful) > 1 else ""
        return Grade("violated", f"{times}{names}.{why}", seqs(work.event for work in harmful))
    if useless:
        names = ", ".join(work.name for work in useless)
        reason = f"No harm, but no use either: {names}."
        quality = round(1 / len(useless), 3)
        return Grade("partly", reason, seqs(work.event for work in useless), quality=quality)
    reason = f"{len(own)} action{'' if len(own) == 1 else 's'}, none of which made it worse."
    return Grade("met", reason, seqs(work.event for work in own))


def _tidies(case: Case, work: Work) -> bool:
    """Whether it sets anew what its doer had changed before, when users are well again for good.

    Taking back what was right is no tidying.
    """
    if case.mitigation is None or work.event.t <= case.mitigation.t or work.verdict == "right":
        return False
    asked = (work.event.actor, work.action.action, work.action.target)
    return any(
        (each.event.actor, each.action.action, each.action.target) == asked
        for each in case.works
        if each.event.seq < work.event.seq and each.verdict != "right"
    )
