"""Whether those who must know were told, and kept informed."""

from __future__ import annotations

from collections import Counter

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Cadence, Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, Outcome, against, in_time, late, missed, not_applicable, seqs, span
from drillbook.scoring.updates import Update

KEPT, HALF = 0.95, 0.5
"""Parts of the time during which an audience's news was fresh: met from the one, partly from the other on."""


def notify(case: Case, expectation: Expectation) -> Grade:
    """An audience was told of the incident."""
    audience = expectation.audience or "incidents"
    told = [update.statement.event for update in _to(case, audience)]
    part = {"executives": "executive", "customer-success": "support"}.get(audience)
    told += [
        event for event, fact in case.by_responders(f.PersonPaged) if case.parts.get(fact.person) == part
    ]
    first = min(told, key=lambda event: event.seq, default=None)
    if first is None:
        return missed(f"Nothing was said to {audience}.", case.declaration)
    took = first.t - case.duties_began
    late_by = late(first.t, case.duties_began, expectation.within)
    when = f"{span(took)} after" if took > 0 else "no later than"
    who = case.who(first.actor)
    reason = f"First news to {audience} by {who} {when} the declaration{against(expectation.within)}."
    outcome = in_time("met", late_by, expectation.within)
    return Grade(outcome, reason, seqs([first]), late_by, expectation.within)


def _to(case: Case, audience: str) -> list[Update]:
    return [each for each in case.updates if each.statement.audience == audience and each.informs]


def cadence(case: Case, expectation: Expectation) -> Grade:
    """An audience's news was fresh: each update serves for the time that the severity in force gives.

    Updates of anybody on the response side count: the trainee answers for its being done, not for doing it.
    """
    audience = expectation.audience or "incidents"
    until = _ends(case)
    if all(_of(case, t, audience) is None for t, _ in case.duties):
        return not_applicable(f"{case.severity.id} asks for no updates to {audience}.")
    sent = [each for each in _to(case, audience) if each.t <= until + 1]
    begin = case.duties_began
    first = _of(case, begin, audience)
    if not sent and not case.is_idle and first is not None and until - begin <= _first_within(first):
        return not_applicable(f"It was over before the first update to {audience} was due.")
    if not sent:
        return missed(f"No update to {audience} in {span(until - begin)}.", case.declaration)
    fresh, overdue = _freshness(case, audience, sent, until)
    proofs = seqs(each.statement.event for each in sent)
    every = (first or _any(case, audience)).every
    times = f"{len(sent)} update{'' if len(sent) == 1 else 's'} to {audience} ({_authors(case, sent)})"
    reason = f"{times}; every {span(every)} is due."
    if overdue > 0:
        reason += f" The longest silence went {span(overdue)} over."
    outcome: Outcome = "met" if fresh >= KEPT else "partly" if fresh >= HALF else "missed"
    return Grade(outcome, reason, proofs, round(overdue, 3), every, round(fresh, 3))


def _authors(case: Case, sent: list[Update]) -> str:
    """Who sent how many, in the order of their first."""
    counts = Counter(case.who(each.statement.event.actor) for each in sent)
    return ", ".join(f"{count} by {who}" for who, count in counts.items())


def _ends(case: Case) -> float:
    """Updates are owed until the incident is over: resolved while nobody suffers, else the end."""
    resolved = case.resolution
    truth = case.truths.get(resolved.seq) if resolved else None
    if resolved is not None and not (truth and truth.suffering):
        return resolved.t
    return case.end


def _of(case: Case, t: float, audience: str) -> Cadence | None:
    """What is owed to an audience at `t`."""
    in_force = case.duties[0][1]
    for since, severity in case.duties:
        if since <= t:
            in_force = severity
    return next((each for each in in_force.updates if each.audience == audience), None)


def _any(case: Case, audience: str) -> Cadence:
    return next(owed for t, _ in case.duties if (owed := _of(case, t, audience)) is not None)


def _first_within(owed: Cadence) -> float:
    return owed.first_within if owed.first_within is not None else owed.every


def _freshness(case: Case, audience: str, sent: list[Update], until: float) -> tuple[float, float]:
    """The part of the time during which news was fresh, and by how much the longest silence was too long."""
    begin = case.duties_began
    owed = _of(case, begin, audience)
    good_for = _first_within(owed) if owed else until - begin
    stale = overdue = 0.0
    last = begin
    for t in [*(each.t for each in sent if each.t > begin), until]:
        over = max(0.0, t - last - good_for)
        stale, overdue = stale + over, max(overdue, over)
        owed = _of(case, t, audience)
        last, good_for = t, owed.every if owed else until - begin
    length = until - begin
    return (1.0 - stale / length if length > 0 else 1.0), overdue


def answer_questions(case: Case, expectation: Expectation) -> Grade:
    """Questions of those who are told were answered: in the channel, to the person, or to their audience."""
    asked = [
        (event, fact)
        for event, fact in case.of(f.MessagePosted)
        if fact.asks and not case.responds(event.actor)
    ]
    within = expectation.within or 300.0
    waits = [(event, _answer(case, event, fact.channel)) for event, fact in asked]
    due = [(event, answer) for event, answer in waits if answer is not None or case.end - event.t > within]
    if not due:
        return not_applicable("Nobody asked.")
    answered = [(event, answer) for event, answer in due if answer is not None]
    proofs = seqs(event for pair in due for event in pair)
    if not answered:
        return missed(f"{len(due)} question{'' if len(due) == 1 else 's'}, no answer.", *(q for q, _ in due))
    worst = max(answer.t - event.t for event, answer in answered)
    late_by = late(worst, 0.0, within)
    reason = (
        f"{len(answered)} of {len(due)} questions answered, the slowest after {span(worst)}{against(within)}."
    )
    outcome = in_time("met", late_by, within) if len(answered) == len(due) else "partly"
    return Grade(outcome, reason, proofs, late_by, within)


def _answer(case: Case, question: Event, channel: str) -> Event | None:
    part = case.parts.get(question.actor, "")
    audience = {"executive": "executives", "support": "customer-success"}.get(part)
    for each in case.statements:
        if each.event.seq > question.seq and (
            each.to == question.actor
            or (audience is not None and each.audience == audience)
            or (isinstance(each.event.fact, f.MessagePosted) and each.event.fact.channel == channel)
        ):
            return each.event
    return None
