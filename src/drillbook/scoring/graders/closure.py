"""Ending it properly: checked, resolved, reviewed, handed over."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.model.playbook import Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, in_time, late, missed, percent, seqs, span
from drillbook.scoring.text import lexicon
from drillbook.scoring.text.reading import Reading, phrases


def validate(case: Case, expectation: Expectation) -> Grade:
    """Resolved only after the service had been healthy for long enough, and after a look at it."""
    event = case.resolution
    if event is None:
        return missed("It was never resolved, so nothing was validated.")
    truth = case.truths.get(event.seq)
    if truth is not None and truth.suffering:
        reason = f"Resolved while {percent(truth.error_ratio)} of requests were failing."
        return Grade("violated", reason, seqs([event]))
    need = case.scenario.needs.stable_for
    stable = truth.since_healthy if truth else need
    since = case.mitigation.t if case.mitigation and case.mitigation.t <= event.t else case.began
    looked = [look.event for look in case.looks if since <= look.event.t <= event.t]
    reopened = [reopening for reopening, _ in case.of(f.IncidentReopened)]
    reason = f"Resolved after {span(stable)} of health ({span(need)} are due), "
    reason += "after looking at the system." if looked else "without a look at the system."
    good = (stable >= need) + bool(looked)
    if reopened:
        reason += f" It had been resolved too early before ({len(reopened)} times reopened)."
        good = min(good, 1)
    proofs = seqs([*looked[:3], *reopened, event])
    return Grade("met" if good == 2 else "partly" if good else "missed", reason, proofs)


def resolve(case: Case, expectation: Expectation) -> Grade:
    """The incident was resolved, with a sentence that says what fixed it."""
    event = case.resolution
    if event is None:
        return missed("The incident was never resolved.", case.declaration)
    truth = case.truths.get(event.seq)
    reopened = [reopening for reopening, _ in case.of(f.IncidentReopened)]
    if (truth and truth.suffering) or any(reopening.seq > event.seq for reopening in reopened):
        return Grade("violated", "It was resolved while it was not over.", seqs([event, *reopened]))
    late_by = late(event.t, case.began, expectation.within)
    statement = next(each for each in case.statements if each.event.seq == event.seq)
    says = statement.reading.has_any(lexicon.FIX_WORDS)
    when = f"Resolved {span(event.t - case.began)} after the page"
    proofs = seqs([*reopened, event])
    if reopened:
        reason = f"{when}; it had to be reopened before."
        return Grade("partly", reason, proofs, late_by, expectation.within)
    if not says:
        reason = f"{when}, without saying what fixed it."
        return Grade("partly", reason, proofs, late_by, expectation.within)
    outcome = in_time("met", late_by, expectation.within)
    return Grade(outcome, f"{when}, saying what fixed it.", proofs, late_by, expectation.within)


def post_mortem(case: Case, expectation: Expectation) -> Grade:
    """Somebody wrote that there will be a review."""
    for statement in case.statements:
        if statement.reading.has_any(lexicon.REVIEW_WORDS):
            late_by = late(statement.event.t, case.began, expectation.within)
            outcome = in_time("met", late_by, expectation.within)
            reason = "A review was announced."
            return Grade(outcome, reason, seqs([statement.event]), late_by, expectation.within)
    return missed("No post-mortem was announced.", case.resolution)


def handoff(case: Case, expectation: Expectation) -> Grade:
    """Handed over to somebody else, with a summary of what happened, the state and what is left to do."""
    handed = [(event, fact) for event, fact in case.by_responders(f.HandedOff) if fact.person != event.actor]
    if not handed:
        return missed("It was never handed over with a written summary.", case.resolution)
    event, fact = handed[-1]
    reading = next(each.reading for each in case.statements if each.event.seq == event.seq)
    has = {
        "what happened": _tells(case, reading),
        "the state": reading.has_any(lexicon.STATE_WORDS),
        "what is left to do": reading.has_any(lexicon.FOLLOW_UP_WORDS),
    }
    lacking = [name for name, there in has.items() if not there]
    late_by = late(event.t, case.began, expectation.within)
    reason = f"Handed over to {fact.person}" + (
        f"; the summary lacks {', '.join(lacking)}." if lacking else "."
    )
    outcome = in_time("met", late_by, expectation.within) if not lacking else "partly"
    quality = round(1 - len(lacking) / len(has), 3)
    return Grade(outcome, reason, seqs([event]), late_by, expectation.within, quality)


def _tells(case: Case, reading: Reading) -> bool:
    """Whether a text says what happened: what users could not do, or a word of a cause."""
    causes = tuple(word for cause in case.scenario.needs.causes for words in cause.words for word in words)
    return reading.has_any(case.impacted) or reading.has_any(phrases(causes))
