"""Bringing in those who are needed."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, against, in_time, late, missed, not_applicable, seqs, span
from drillbook.scoring.graders.diagnosis import names_cause

_HEARD_BY = {
    "executive": ("executives",),
    "support": ("customer-success",),
    "lead": ("incidents", "team"),
    "secondary": ("incidents", "team"),
    "specialist": ("incidents", "team"),
    "commander": ("incidents",),
    "communications": ("incidents",),
}
"""The audiences through which a person of each part hears of it."""


def bring_in(case: Case, expectation: Expectation) -> Grade:
    """Everybody whom the severity and the incident call for was paged, assigned or told."""
    wanted = [
        person
        for person in dict.fromkeys([*case.severity.escalate_to, *case.scenario.needs.page])
        if person in case.parts and person != case.person
    ]
    if not wanted:
        return not_applicable(f"{case.severity.id} calls for nobody else.")
    reached = {person: event for person in wanted if (event := reached_by(case, person)) is not None}
    lacking = [person for person in wanted if person not in reached]
    if not reached:
        return missed(f"Nobody was brought in; {case.severity.id} calls for {', '.join(wanted)}.")
    began = case.duties_began
    ways = [way(case, person, event, event.t - began) for person, event in reached.items()]
    last = max(event.t for event in reached.values())
    late_by = late(last, began, expectation.within)
    proofs = seqs(reached.values())
    if lacking:
        reason = f"{'; '.join(ways)}; {', '.join(lacking)} never heard of it."
        quality = round(len(reached) / len(wanted), 3)
        return Grade("partly", reason, proofs, late_by, expectation.within, quality)
    reason = f"{'; '.join(ways)}{against(expectation.within)}."
    return Grade(in_time("met", late_by, expectation.within), reason, proofs, late_by, expectation.within)


def way(case: Case, person: str, event: Event, took: float) -> str:
    """How a person came to know, from whom, and when."""
    fact, who = event.fact, case.who(event.actor)
    match fact:
        case f.PersonPaged():
            how = f"was paged by {who}"
        case f.RoleAssigned():
            how = f"was named {fact.role} by {who}"
        case f.PageChanged():
            how = "was notified by the pager"
        case f.StatusUpdated():
            how = f"read the status page by {who}"
        case f.UpdateSent():
            how = f"read the update to {fact.audience} by {who}"
        case f.MessagePosted():
            direct = fact.channel == f"@{person}"
            how = f"was told by {who}" if direct else f"read {who} in {fact.channel}"
        case _:
            how = f"was told by {who}"
    when = f"{span(took)} after the declaration" if round(took) > 0 else "by the time of the declaration"
    return f"{person} {how} {when}"


def reached_by(case: Case, person: str) -> Event | None:
    """The first event by which the response side brought a person in or told them."""
    ways = [event for event, fact in case.by_responders(f.PersonPaged) if fact.person == person]
    ways += [event for event, fact in case.by_responders(f.RoleAssigned) if fact.person == person]
    handed = next((event.seq for event in _handed_up(case)), None)
    if handed is not None:
        ways += [
            event
            for event, fact in case.of(f.PageChanged)
            if fact.change == "notified" and fact.user == person and event.seq > handed
        ]
    audiences = _HEARD_BY.get(case.parts[person], ())
    mention = f"@{person}"
    for update in case.updates:
        addressed = update.informs and update.statement.audience in audiences and not update.statement.to
        if addressed or mention in update.statement.reading.text.lower():
            ways.append(update.statement.event)
            break
    ways += [each.event for each in case.statements if each.to == person]
    return min(ways, key=lambda event: event.seq, default=None)


def _handed_up(case: Case) -> list[Event]:
    """Escalations by hand; those of the pager's clock are not the trainee's doing."""
    return [event for event, fact in case.by_responders(f.PageChanged) if fact.change == "escalated"]


def escalate_when_stuck(case: Case, expectation: Expectation) -> Grade:
    """Without the right cause or mitigation after the limit, somebody was called."""
    within = expectation.within or case.playbook.duties.escalate_untriaged_after
    limit = case.began + within
    calls = [event for event, _ in case.by_responders(f.PersonPaged)] + _handed_up(case)
    first = min(calls, key=lambda event: event.seq, default=None)
    if not case.is_idle and _unstuck(case, limit):
        return not_applicable(f"Solved before {span(within)} had passed.")
    if first is None:
        return missed(f"Without the cause for {span(within)}, and nobody was called.", case.page)
    late_by = late(first.t, case.began, within)
    reason = f"Help was called {span(first.t - case.began)} after the page{against(within)}."
    return Grade(in_time("met", late_by, within), reason, seqs([first]), late_by, within)


def _unstuck(case: Case, limit: float) -> bool:
    if case.onset is None or case.end <= limit:
        return True
    if case.mitigation is not None and case.mitigation.t <= limit:
        return True
    causes = case.scenario.needs.causes
    true = next(each for each in causes if each.id == case.scenario.needs.cause)
    return any(
        isinstance(each.event.fact, f.CauseStated) and each.event.t <= limit and names_cause(each, true)
        for each in case.statements
    )
