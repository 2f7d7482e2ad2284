"""The first minutes: how bad is it, declare, give roles, call people, open the runbook."""

from __future__ import annotations

from drillbook.model.playbook import Playbook
from drillbook.people import texts
from drillbook.people.communication import describe, measure
from drillbook.people.matrix import named_by_triggers
from drillbook.people.mind import Mind
from drillbook.people.moves import Line, Say, Until, never
from drillbook.people.runbooks import consult
from drillbook.people.skill import MAJOR_SHARE, SEVERE_SHARE

ROLES = {"commander": "commander", "communications": "communications"}
"""Roles of a playbook that somebody on duty takes, and the part that this person has."""


def severity_for(playbook: Playbook, share: float, shift: int = 0) -> str:
    """The severity that the definitions give for a failing share, misjudged by `shift` levels."""
    level = 0 if share >= SEVERE_SHARE else 1 if share >= MAJOR_SHARE else 2
    last = len(playbook.severities) - 1
    return playbook.severities[max(0, min(last, level + shift))].id


def assess(mind: Mind) -> Line[None]:
    """Measure, and declare what is worth declaring."""
    while True:
        value = yield from measure(mind, mind.takes("think", mind.skill.think))
        if mind.critical or (value is not None and value >= mind.skill.healthy_below):
            break
        yield Say(mind.takes("pause", 60.0), ())
    yield from _believe(mind)
    yield from _declare(mind)
    yield from _roles(mind)
    yield from _call(mind)
    yield from consult(mind)


def reassess(mind: Mind) -> Line[None]:
    """Raise the severity when it has become worse than was declared; nobody lowers it in the heat."""
    ids = [each.id for each in mind.playbook.severities]
    if (
        mind.share is None
        or mind.view.severity not in ids
        or not mind.happens("reassess", mind.skill.assigns)
    ):
        return
    fits = severity_for(mind.playbook, mind.share)
    if ids.index(fits) < ids.index(mind.view.severity):
        yield Say(mind.takes("think", mind.skill.think), (f"/severity {fits}",))
        yield from _roles(mind)
        yield from _call(mind)


def _believe(mind: Mind) -> Line[None]:
    """Take it for an incident and not for an alert that passes, where that takes its time."""
    takes = mind.slowed(mind.course.detect)
    since = min((alert.active_at for alert in mind.view.alerts.values()), default=mind.now)
    if since + takes > mind.now:
        yield Until(never, since + takes - mind.now)


def _declare(mind: Mind) -> Line[None]:
    if mind.view.declared_at is not None:
        return
    shift = 1 if mind.happens("severity", mind.skill.wrong_severity) else 0
    severity = severity_for(mind.playbook, mind.share or 0.0, shift)
    command = f"/declare {severity} {texts.title(describe(mind))}"
    yield Say(mind.takes("think", 2 * mind.skill.think), (command,))


def _roles(mind: Mind) -> Line[None]:
    roles = {role.id for role in mind.playbook.roles}
    if mind.view.severity != mind.playbook.severities[0].id or not mind.happens("roles", mind.skill.assigns):
        return
    for role, part in ROLES.items():
        person = next((each.id for each in mind.scenario.people if each.part == part), mind.person)
        if role in roles and role not in mind.view.roles:
            yield Say(mind.takes("think", mind.skill.think), (f"/assign {role} {person}",))


def _call(mind: Mind) -> Line[None]:
    severity = mind.severity
    if severity is None:
        return
    known = {person.id for person in mind.scenario.people} - {mind.person}
    for person in dict.fromkeys([*severity.escalate_to, *named_by_triggers(mind)]):
        if person in known and person not in mind.called and mind.happens("brings-in", mind.skill.brings_in):
            mind.called.add(person)
            variant = mind.draws.bits(mind.person, "variant", mind.next("variant")) % len(texts.PAGE)
            text = texts.PAGE[variant].format(severity=mind.view.severity, title=texts.title(describe(mind)))
            yield Say(mind.takes("think", mind.skill.think), (f"/page {person} {text}",))
