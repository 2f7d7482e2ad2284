"""Taking the page, and turning up."""

from __future__ import annotations

import math

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, against, in_time, late, missed, not_applicable, seqs, span


def acknowledge(case: Case, expectation: Expectation) -> Grade:
    """Every page that reached the trainee was acknowledged by them; the slowest counts."""
    within = expectation.within or case.playbook.duties.acknowledge_within
    asked = _pages(case, within)
    if not asked:
        return not_applicable("No page reached you.")
    taken = [(notified, ack) for notified, ack in asked.values() if ack is not None]
    proofs = seqs(event for pair in asked.values() for event in pair)
    if not taken:
        return missed("The page was never acknowledged.", *(notified for notified, _ in asked.values()))
    notified, ack = max(taken, key=lambda pair: pair[1].t - pair[0].t)
    late_by = late(ack.t, notified.t, within)
    took = span(ack.t - notified.t)
    slowest = f"The slowest of {len(taken)} pages was acknowledged {took} after it came"
    reason = f"{slowest if len(taken) > 1 else f'Acknowledged {took} after the page'}{against(within)}."
    if len(taken) < len(asked):
        left = len(asked) - len(taken)
        reason += f" {left} of {len(asked)} pages {'was' if left == 1 else 'were'} never acknowledged."
        return Grade("partly", reason, proofs, late_by, within)
    return Grade(in_time("met", late_by, within), reason, proofs, late_by, within)


def _pages(case: Case, within: float) -> dict[str, tuple[Event, Event | None]]:
    """First notification and acknowledgement of each page, without those that went away by themselves."""
    asked: dict[str, tuple[Event, Event | None]] = {}
    gone: dict[str, float] = {}
    for event, fact in case.of(f.PageChanged):
        if fact.change == "notified" and fact.user == case.person:
            asked.setdefault(fact.page, (event, None))
        elif fact.change == "acknowledged" and event.actor == case.person and fact.page in asked:
            notified, ack = asked[fact.page]
            asked[fact.page] = (notified, ack or event)
        elif fact.change == "resolved":
            gone.setdefault(fact.page, event.t)
    return {
        page: (notified, ack)
        for page, (notified, ack) in asked.items()
        if ack is not None or gone.get(page, math.inf) - notified.t > within
    }


def join_in_time(case: Case, expectation: Expectation) -> Grade:
    """The trainee began to work on it within the severity's response time: more than an acknowledgement."""
    severity = case.severity
    within = expectation.within or severity.respond_within
    began = case.first_response
    if began is None:
        return missed("You did not begin to respond.", case.page)
    if case.page is None:
        return not_applicable("Nobody was paged.")
    late_by = late(began.t, case.page.t, within)
    took = span(began.t - case.page.t)
    reason = f"You began to respond {took} after the page{against(within)} at {severity.id}."
    return Grade(in_time("met", late_by, within), reason, seqs([began]), late_by, within)
