"""What the updates said: all the facts, the truth, in words for their readers."""

from __future__ import annotations

from collections.abc import Iterable

from drillbook.model.playbook import Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, Outcome, missed, not_applicable, seqs, span
from drillbook.scoring.text.facts import FACTS
from drillbook.scoring.truth import Contradiction
from drillbook.scoring.updates import OUTSIDERS, Update

GOOD, FAIR = 0.8, 0.5
"""Mean quality from which an expectation is met, and partly met."""


def facts(case: Case, expectation: Expectation) -> Grade:
    """Updates say status, impact, action and when the next one comes."""
    sent = [each for each in case.charged if expectation.audience in (None, each.statement.audience)]
    full = [each for each in sent if each.owes_all] or [each for each in sent if each.is_more_than_chat]
    if not full:
        return missed("No update was sent.", case.declaration)
    quality = _mean(update.facts.share for update in full)
    lacking = {name: sum(name in update.facts.missing for update in full) for name in FACTS}
    often = [f"{name} ({count} of {len(full)})" for name, count in lacking.items() if count]
    reason = f"Lacking: {', '.join(often)}." if often else f"All facts in {_updates(len(full))}."
    return _graded(quality, reason, full)


def truth(case: Case, expectation: Expectation) -> Grade:
    """What the trainee claimed was true at that moment; what colleagues wrote is not charged to them."""
    own = [(each, verdict) for each, verdict in case.verdicts if each.event.actor == case.person]
    if not own:
        return missed("Nothing was said.")
    wrong = [(said.event.t, each) for said, verdict in own for each in verdict.contradictions]
    checked = sum(verdict.checked for _, verdict in own)
    if wrong:
        # Times, as numbers would be those of the log, which no timeline shows.
        said = "; ".join(_when(t - case.began, each) for t, each in wrong[:3])
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        quality = round(1 - len(wrong) / checked, 3)
        proofs = seqs(each.event for each, verdict in own if verdict.contradictions)
        return Grade("violated", f"{said}{more}.", proofs, quality=quality)
    proofs = seqs(each.event for each, verdict in own if verdict.checked)
    if not checked:
        return Grade("met", "Nothing that could be checked was untrue.", proofs)
    said = f"All {checked} claims that could be checked were" if checked > 1 else "The one claim to check was"
    return Grade("met", f"{said} true.", proofs, quality=1.0)


def _when(since: float, each: Contradiction) -> str:
    """A contradiction with its time from the page on."""
    when = f"{span(since)} after the page" if since >= 0 else "Before the page"
    return f"{when}: {each}"


def audience_fit(case: Case, expectation: Expectation) -> Grade:
    """Executives, customers and support read plain words and short sentences."""
    wanted = {expectation.audience} if expectation.audience else OUTSIDERS
    sent = [update for update in case.charged if update.statement.audience in wanted]
    if not sent:
        owed = any(each.audience in wanted for each in case.severity.updates)
        if owed or case.is_idle:
            return missed("Nothing was written for readers outside.", case.declaration)
        return not_applicable(f"{case.severity.id} asks for no updates to readers outside.")
    quality = _mean(update.fit.quality for update in sent)
    worst = min(sent, key=lambda update: update.fit.quality)
    if worst.fit.reasons:
        who = "Your" if worst.statement.event.actor == case.person else f"{worst.statement.event.actor}'s"
        reason = f"{who} update to {worst.statement.audience}: {'; '.join(worst.fit.reasons)}."
    else:
        reason = f"Plain words in {_updates(len(sent))}."
    return _graded(quality, reason, sent)


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return round(sum(known) / len(known), 3)


def _updates(count: int) -> str:
    return f"{count} update{'' if count == 1 else 's'}"


def _graded(quality: float, reason: str, updates: list[Update]) -> Grade:
    outcome: Outcome = "met" if quality >= GOOD else "partly" if quality >= FAIR else "missed"
    return Grade(outcome, reason, seqs(update.statement.event for update in updates), quality=quality)
