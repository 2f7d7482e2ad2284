"""Triggers of the playbook's escalation matrix: when they held, and whether people heard in time."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Expectation, Playbook
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, against, in_time, late, missed, not_applicable, seqs, span
from drillbook.scoring.graders.escalation import reached_by

AT_ONCE = 120.0
"""Seconds that people have for what is due at once."""


def trigger_expectations(playbook: Playbook) -> list[Expectation]:
    """What the triggers ask of responders; those that the team's automation sees to ask nothing."""
    return [
        Expectation.model_construct(
            id=f"trigger-{each.id}",
            area="escalation",
            check="trigger",
            rule=each.rule,
            points=each.points,
            within=max(each.within, AT_ONCE),
            severities=[],
        )
        for each in playbook.triggers
        if not each.automatic
    ]


def trigger(case: Case, expectation: Expectation) -> Grade:
    """Everybody whom a trigger names heard of it in time, once it held."""
    rule = next(each for each in case.playbook.triggers if f"trigger-{each.id}" == expectation.id)
    wanted = [person for person in rule.escalate_to if person in case.parts and person != case.person]
    if not wanted:
        return not_applicable("It calls for nobody else.")
    since = case.triggers_began.get(rule.id)
    if since is None:
        return not_applicable("This did not come to pass.")
    within = expectation.within or AT_ONCE
    reached = {person: event for person in wanted if (event := _heard(case, person)) is not None}
    lacking = [person for person in wanted if person not in reached]
    if lacking and _ended(case) <= since + within:
        return not_applicable("It was over before anybody had to be told.")
    after = since - case.began
    when = f"It held {span(after)} after the page" if round(after) > 0 else "It held from the page on"
    if not reached:
        return missed(f"{when}; {', '.join(wanted)} never heard of it.", case.page)
    if not lacking and not any(case.responds(event.actor) for event in reached.values()):
        return not_applicable(f"{when}; the pager called {', '.join(wanted)} by itself.")
    last = max(event.t for event in reached.values())
    late_by = late(last, since, within)
    proofs = seqs(reached.values())
    ways = ", ".join(f"{person} {_after(event.t - since)}" for person, event in reached.items())
    if lacking:
        reason = f"{when}; {ways}; {', '.join(lacking)} never heard of it."
        return Grade("partly", reason, proofs, late_by, within, round(len(reached) / len(wanted), 3))
    reason = f"{when}; {ways}{against(within)}."
    return Grade(in_time("met", late_by, within), reason, proofs, late_by, within)


def _after(took: float) -> str:
    return f"heard of it {span(took)} later" if round(took) > 0 else "knew by then"


def _heard(case: Case, person: str) -> Event | None:
    """The first event by which a person came to know, the pager's own calls included."""
    ways = [event for event, fact in case.of(f.PersonPaged) if fact.person == person]
    ways += [
        event for event, fact in case.of(f.PageChanged) if fact.change == "notified" and fact.user == person
    ]
    told = reached_by(case, person)
    return min([*ways, *([told] if told else [])], key=lambda event: event.seq, default=None)


def _ended(case: Case) -> float:
    ends = [event.t for event in (case.mitigation, case.resolution) if event is not None]
    return min(ends, default=case.end)
