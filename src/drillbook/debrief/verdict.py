"""The story of the run in a few sentences, the most important first."""

from __future__ import annotations

from itertools import pairwise

from drillbook.debrief.document import Span
from drillbook.debrief.story import SOON, Story
from drillbook.debrief.wording import count, listing, span
from drillbook.events import facts as f
from drillbook.scoring.scorecard import Scorecard
from drillbook.scoring.work import Work


def verdict(story: Story, scorecard: Scorecard) -> tuple[str, ...]:
    """What users suffered, what ended it, how the response went, and how the incident was closed."""
    parts = (
        _impact(story, scorecard),
        *_relapses(story),
        _remedy(story),
        _response(story, scorecard),
        _closure(story),
    )
    return tuple(part for part in parts if part)


def _impact(story: Story, scorecard: Scorecard) -> str:
    spans = story.suffering
    if not spans:
        return "Users never suffered."
    total = span(sum(each.end - each.begin for each in spans))
    users = scorecard.measures.users_affected
    affected = f"About {count(users)} users were" if users and users >= 1 else "Users were"
    times = f" in {len(spans)} spells" if len(spans) > 1 else ""
    if not spans[-1].ended:
        return f"{affected} hit for {total}{times}, and still were when the drill ended."
    return f"{affected} hit for {total}{times}."


def _relapses(story: Story) -> list[str]:
    """What ended each spell but the last, and that it came back, with the action that came shortly before."""
    told = []
    for former, span_ in pairwise(story.suffering):
        ended = story.ended_by(former)
        if ended is not None:
            told.append(_ended(story, ended))
        trigger = _trigger(story, span_)
        after = ""
        if trigger is not None:
            took = span_.begin - trigger.event.t
            when = f"{span(took)} after" if took >= 1 else "as"
            after = f", {when} {story.name(trigger.event.actor)} began {trigger.name}"
        lasted = f" for {span(span_.end - span_.begin)}" if span_.ended else ""
        told.append(f"It came back at {story.clock.time(span_.begin)} UTC{lasted}{after}.")
    return told


def _trigger(story: Story, spell: Span) -> Work | None:
    """The last action shortly before users began to suffer."""
    before = [each for each in story.case.works if spell.begin - SOON <= each.event.t <= spell.begin]
    return before[-1] if before else None


def _remedy(story: Story) -> str:
    works = story.case.works
    fixed = story.fixed_by
    if fixed is not None:
        if len(story.suffering) > 1 and fixed == _trigger(story, story.suffering[-1]):
            return ""  # what ended it has been told as what it came back with
        begin = story.suffering[-1].begin
        earlier = [work for work in works if begin <= work.event.t and work.event.seq < fixed.event.seq]
        before = [work for work in earlier if work.verdict == "harmful"]
        harm = f", after {_times(len(before))} that made it worse" if before else ""
        return _ended(story, fixed, harm)
    if story.case.mitigation is not None:
        return (
            "It ended by itself, not by a remedy."
            if not works
            else "It ended without a remedy that fits the cause."
        )
    if not story.suffering:
        return ""
    if not works:
        return "Nobody tried a remedy."
    return (
        f"{_times(len(works)).capitalize()} did not end it{' for good' if len(story.suffering) > 1 else ''}."
    )


def _ended(story: Story, fixed: Work, harm: str = "") -> str:
    who, when = story.name(fixed.event.actor), story.clock.time(fixed.event.t)
    return f"{who} ended it with {fixed.name}, begun at {when} UTC{harm}."


def _times(number: int) -> str:
    return "one action" if number == 1 else f"{number} actions"


def _response(story: Story, scorecard: Scorecard) -> str:
    if story.case.is_idle:
        return "The trainee did nothing: no acknowledgement, no declaration, no word to anybody."
    measures = scorecard.measures
    parts = []
    if measures.acknowledge_s is None:
        parts.append("nobody acknowledged a page" if story.case.page else "nobody was paged")
    else:
        parts.append(f"the page was acknowledged after {span(measures.acknowledge_s)}")
    if story.severity:
        first = story.case.severities[0][1]
        later = f", {story.severity} in the end" if story.severity != first else ""
        parts.append(f"{first} was declared {span(measures.declare_s or 0.0)} after the page{later}")
    else:
        parts.append("no incident was declared")
    said = listing(parts)
    return f"{said[0].upper()}{said[1:]}."


def _closure(story: Story) -> str:
    resolved = story.case.resolution
    if resolved is not None:
        truth = story.case.truths.get(resolved.seq)
        reopened = story.case.of(f.IncidentReopened)
        early = " while users still suffered" if truth and truth.suffering else ""
        again = ", and had to be opened again" if reopened else ""
        return f"It was declared resolved at {story.clock.time(resolved.t)} UTC{early}{again}."
    why = {"time": "when the time was up", "stopped": "when the drill was ended by hand"}.get(story.ended)
    return f"It was not resolved {why}." if why else "It was never resolved; the log breaks off."
