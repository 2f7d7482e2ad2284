"""Saying that there is an incident, how bad it is, and who does what."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, against, in_time, late, missed, not_applicable, seqs, span
from drillbook.scoring.text.facts import says_impact

_ROLES = ("commander", "communications")


def declare(case: Case, expectation: Expectation) -> Grade:
    """The incident was declared, in time after the page."""
    event = case.declaration
    if event is None:
        return missed("The incident was never declared.", case.page)
    late_by = late(event.t, case.began, expectation.within)
    took = event.t - case.began
    since = "the page" if case.page else "users began to suffer"
    when = f"{span(took)} after {since}" if took > 0 else f"before {since}"
    reason = f"Declared {when}{against(expectation.within)}."
    outcome = in_time("met", late_by, expectation.within)
    return Grade(outcome, reason, seqs([case.page, event]), late_by, expectation.within)


def severity(case: Case, expectation: Expectation) -> Grade:
    """The severity was right from the first; an acceptable one or a later correction counts partly."""
    needs = case.scenario.needs
    right, acceptable = needs.severity.upper(), {name.upper() for name in needs.also_acceptable}
    until = case.mitigation.t if case.mitigation else case.end
    set_ = [(t, name.upper()) for t, name in case.severities]
    if not set_:
        return missed("No severity was set.", case.page)
    proofs = seqs(
        event for kind in (f.IncidentDeclared, f.SeverityChanged) for event, _ in case.by_responders(kind)
    )
    # After mitigation a downgrade is ordinary.
    names = [name for t, name in set_ if t <= until] or [set_[0][1]]
    if all(name == right for name in names):
        return Grade("met", f"{right} from the first, as this incident deserves.", proofs)
    if names[-1] == right:
        return Grade("partly", f"{names[0]} at first, corrected to {right} later.", proofs)
    if names[-1] in acceptable:
        return Grade("partly", f"{names[-1]} is a fair reading; {right} fits the definition better.", proofs)
    if right in names:
        return Grade("partly", f"{right} was right, but it was changed to {names[-1]} too soon.", proofs)
    return Grade("missed", f"{names[-1]} was set; this incident is a {right}.", proofs)


def impact(case: Case, expectation: Expectation) -> Grade:
    """Somebody said what users cannot do, and how many are affected or what part fails."""
    named: Event | None = None
    for statement in case.statements:
        says, with_figure = says_impact(statement.reading, case.impacted)
        if with_figure:
            event = statement.event
            late_by = late(event.t, case.began, expectation.within)
            took = span(event.t - case.began)
            reason = f"Impact with a figure {took} after the page{against(expectation.within)}."
            outcome = in_time("met", late_by, expectation.within)
            return Grade(outcome, reason, seqs([event]), late_by, expectation.within)
        if says and named is None:
            named = statement.event
    if named is not None:
        return Grade("partly", "What users cannot do was said, but not how many or what part.", seqs([named]))
    return missed("Nobody said what users cannot do.")


def roles(case: Case, expectation: Expectation) -> Grade:
    """Somebody leads and somebody communicates, by name."""
    known = {role.id: role.name for role in case.playbook.roles}
    wanted = [role for role in _ROLES if role in known]
    if not wanted:
        return not_applicable("The playbook has neither of these roles.")
    given: dict[str, Event] = {}
    for event, fact in case.by_responders(f.RoleAssigned):
        if fact.role in wanted and fact.person in case.parts:
            given.setdefault(fact.role, event)
    lacking = ", ".join(known[role].lower() for role in wanted if role not in given)
    if not given:
        return missed(f"Nobody was named: {lacking}.", case.declaration)
    last = max(event.t for event in given.values())
    late_by = late(last, case.duties_began, expectation.within)
    proofs = seqs(given.values())
    if lacking:
        return Grade("partly", f"Nobody was named as {lacking}.", proofs, late_by, expectation.within)
    took = span(last - case.duties_began)
    reason = f"Roles had names {took} after the declaration{against(expectation.within)}."
    outcome = in_time("met", late_by, expectation.within)
    return Grade(outcome, reason, proofs, late_by, expectation.within)
