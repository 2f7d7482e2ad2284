"""The end: watch, resolve, arrange the review, hand over."""

from __future__ import annotations

from drillbook.people import texts
from drillbook.people.communication import Updates, measure
from drillbook.people.delays import clock
from drillbook.people.mind import Mind
from drillbook.people.moves import Line, Say, Until, never
from drillbook.people.reading import percent
from drillbook.people.repair import done_text

LOOKS_EVERY = 60.0
"""Pause between looks while watching, in seconds (assumption)."""
MOST_LOOKS = 10
"""How often somebody looks while watching for long (assumption)."""
ALERTS_AT_MOST = 900.0
"""How long somebody waits for the critical alerts to end, in seconds (assumption)."""
WORRYING = 2.0
"""A failing share this many times the healthy one means that it came back (assumption)."""


def watch(mind: Mind) -> Line[bool]:
    """See whether the service stays restored; False when it did not."""
    since, given = mind.now, mind.slowed(mind.course.verify)
    lasts, pause = given or mind.skill.watches, max(LOOKS_EVERY, given / MOST_LOOKS)
    while mind.now - since < lasts:
        wait = mind.takes("watch", min(pause, lasts))
        yield Until(never, min(wait, since + given - mind.now) if given else wait)
        value = yield from measure(mind, mind.takes("think", mind.skill.think))
        if value is not None and value >= WORRYING * mind.skill.healthy_below:
            mind.enter("investigating")
            return False
    if mind.happens("waits-for-alerts", mind.skill.waits_for_alerts):
        yield Until(lambda: not mind.critical, ALERTS_AT_MOST)
    value = yield from measure(mind, mind.takes("think", mind.skill.think))
    return value is None or value < WORRYING * mind.skill.healthy_below


def close(mind: Mind, updates: Updates) -> Line[None]:
    """Resolve, then the review and the hand-over; the last updates follow by the cadence's rule."""
    minutes = round((mind.now - mind.phase_since) / 60)
    fixed = texts.RESOLVED.format(
        minutes=minutes,
        share=percent(mind.share or 0.0),
        action=done_text(mind),
        cause=mind.cause or texts.NO_CAUSE,
    )
    yield Say(mind.takes("think", mind.skill.think), (f"/resolve {fixed}",))
    mind.enter("resolved")
    yield from _tell_public(mind, updates)
    if _reviewed(mind) and mind.happens("post-mortem", mind.skill.closes):
        note = texts.POST_MORTEM.format(person=mind.view.name_of(mind.person))
        yield Say(mind.takes("close", mind.skill.think), (f"/note {note}",))
    others = (each for each in mind.scenario.people if each.id != mind.person)
    heir = next((each.id for each in others if each.part == "secondary"), "")
    if heir and mind.happens("handoff", mind.skill.closes):
        yield Say(mind.takes("close", 1.5 * mind.skill.think), (f"/handoff {heir} {_summary(mind)}",))


def _tell_public(mind: Mind, updates: Updates) -> Line[None]:
    if mind.view.status not in ("", "resolved") and mind.skill.phase_updates >= 1:
        text = updates.compose("status-page", 0.0)
        yield Say(mind.takes("close", mind.skill.think), (f"/status resolved {text}",))


def _reviewed(mind: Mind) -> bool:
    severity = mind.severity
    return severity is None or severity.post_mortem


def _summary(mind: Mind) -> str:
    if mind.happens("short-summary", mind.skill.omits):
        return texts.HANDOFF_BARE.format(action=done_text(mind))

    def when(t: float | None) -> str:
        return f"{clock(mind.scenario, t):%H:%M}" if t is not None else "-"

    return texts.HANDOFF.format(
        severity=mind.view.severity,
        declared=when(mind.view.declared_at),
        mitigated=when(mind.view.mitigated_at),
        resolved=when(mind.view.resolved_at),
        worst=percent(mind.worst),
        cause=mind.cause or texts.NO_CAUSE,
        action=done_text(mind),
    )
