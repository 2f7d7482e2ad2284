"""Saying that there is an incident, how bad it is, and who does what."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, against, in_time, late, missed, not_applicable, seqs, span
from drillbook.scoring.points import points
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
    right, acceptable = _known(case, needs.severity), {_known(case, name) for name in needs.also_acceptable}
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


def _known(case: Case, name: str) -> str:
    """A scenario's severity as the playbook calls it."""
    found = case.playbook.severity(name)
    return (found.id if found else name).upper()


def impact(case: Case, expectation: Expectation) -> Grade:
    """The trainee said what users cannot do, and how many are affected or what part fails.

    A colleague's figure counts partly, as does the trainee's naming it without one. The best of these counts,
    so that a late figure never takes away what was said in time. What was said before the page was about
    something else.
    """
    since = [each for each in case.statements if each.event.t >= case.began]
    said = [(each.event, *says_impact(each.reading, case.impacted)) for each in since]
    figures = [event for event, _, with_figure in said if with_figure]
    own = [event for event in figures if event.actor == case.person]
    named = [event for event, says, _ in said if says]
    named = [event for event in named if event.actor == case.person] or named
    grades = [_figure(case, expectation, event) for event in (*own[:1], *figures[:1])]
    if named:
        who = case.who(named[0].actor, first=True)
        lacks = "the figure came far too late" if own else "not how many or what part"
        reason = f"{who} said what users cannot do, but {lacks}."
        grades.append(Grade("partly", reason, seqs([*named[:1], *own[:1]])))
    if not grades:
        return missed("Nobody said what users cannot do.")
    return max(grades, key=lambda grade: points(grade, expectation.points))


def _figure(case: Case, expectation: Expectation, event: Event) -> Grade:
    """The impact with a figure, as said by the trainee or by a colleague."""
    late_by = late(event.t, case.began, expectation.within)
    who, took = case.who(event.actor, first=True), span(event.t - case.began)
    reason = f"{who} said the impact with a figure {took} after the page{against(expectation.within)}."
    outcome = in_time("met" if event.actor == case.person else "partly", late_by, expectation.within)
    return Grade(outcome, reason, seqs([event]), late_by, expectation.within)


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
