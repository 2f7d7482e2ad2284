"""The playbook's templates for timeline, post-mortem and handoff, filled with what is known of the run."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.debrief.document import Entry, Record
from drillbook.debrief.story import Story
from drillbook.debrief.wording import count, span
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.blanks import fill
from drillbook.model.guidance import Template
from drillbook.model.labels import get
from drillbook.scoring.scorecard import Scorecard

_WHYS = 5
_MOST = 5
_LONGEST = 140
_ACTION_ITEM = "- [ ] [to fill in: action item] — Owner: [to fill in: owner] — Due: [to fill in: due]"


def records(
    story: Story, scorecard: Scorecard, entries: Sequence[Entry], verdict: Sequence[str]
) -> tuple[Record, ...]:
    """The templates that record an incident; what is not known stays a blank that can be seen."""
    known = _known(story, scorecard, entries, verdict)
    return tuple(
        Record(template.id, template.title, fill(template.text, known))
        for template in story.playbook.templates
        if _is_record(template)
    )


_RECORDS = ("timeline", "post-mortem", "handoff")
"""What the ids of templates that record an incident contain."""


def _is_record(template: Template) -> bool:
    return any(word in template.id for word in _RECORDS) or "{timeline}" in template.text


def _known(
    story: Story, scorecard: Scorecard, entries: Sequence[Entry], verdict: Sequence[str]
) -> dict[str, str]:
    measures = scorecard.measures
    known = {
        "title": _title(story),
        "severity": story.severity or "never declared",
        "users": _impact(measures.users_affected, "users"),
        "revenue": _revenue(story, measures.lost_revenue),
        "cause": story.cause.summary.strip(),
        "summary": " ".join(verdict),
        "timeline": "\n".join(f"- {entry.at} UTC {_short(entry.text)}" for entry in entries if entry.key),
        "whys": _whys(story),
        "went_well": _bullets([remark.text for remark in scorecard.strengths[:_MOST]]),
        "improve": _bullets([remark.text for remark in scorecard.next[:_MOST]]),
        "action_items": _ACTION_ITEM,
    }
    return known | _moments(story) | _people(story) | _intervals(story) | _state(story, scorecard)


def _revenue(story: Story, lost: float | None) -> str:
    if not story.takes_orders:
        return "none, users order nothing here"
    return "" if lost is None else f"about ${count(lost)} of orders"


def _moments(story: Story) -> dict[str, str]:
    case, clock = story.case, story.clock
    began = case.onset.t if case.onset else None
    ended = case.resolution.t if case.resolution else (case.mitigation.t if case.mitigation else None)
    signal = _signal(story)
    answered = story.acknowledged
    fixed = story.fixed_by
    return {
        "started": "users never suffered" if began is None else clock.full(began),
        "detected": clock.full(signal[0].t) if signal else "never: no critical alert fired",
        "how_detected": f"alert {get(signal[1].labels, 'alertname')}" if signal else "",
        "acknowledged": clock.full(answered[0].t) if answered else "never",
        "who": story.name(answered[1].user) if answered else "nobody",
        "mitigated": clock.full(case.mitigation.t) if case.mitigation else "never",
        "action": fixed.action.command if fixed else "",
        "resolved": clock.full(case.resolution.t) if case.resolution else "never",
        "duration": "" if began is None else span((story.end if ended is None else ended) - began),
    }


def _people(story: Story) -> dict[str, str]:
    """Who held which role at the end."""
    held = {fact.role: fact.person for _, fact in story.case.of(f.RoleAssigned)}
    roles = {"commander": "commander", "tech_lead": "tech-lead", "communications": "communications"}
    return {blank: story.name(held[role]) for blank, role in roles.items() if role in held}


def _intervals(story: Story) -> dict[str, str]:
    """How long it took to notice, to declare, to know the cause, and to restore service."""
    case, signal = story.case, _signal(story)
    if signal is None:
        return {}
    noticed = signal[0].t
    stated = story.stated_causes
    values = {"time_to_detect": span(noticed - case.onset.t) if case.onset else ""}
    ends = {
        "time_to_triage": case.declaration,
        "time_to_cause": stated[-1].event if stated else None,
        "mttr": case.mitigation,
    }
    return values | {blank: span(event.t - noticed) for blank, event in ends.items() if event is not None}


def _state(story: Story, scorecard: Scorecard) -> dict[str, str]:
    """Where things stand when the drill ends, as a handoff says it."""
    clock, case = story.clock, story.case
    over = case.resolution is not None and not (case.onset and case.mitigation is None)
    name = f"{_title(story)} ({story.severity or 'never declared'})"
    handed = case.by_responders(f.HandedOff)
    return {
        "incident_id": f"{story.scenario.name}, seed {story.started.seed}",
        "date": clock.full(story.end)[:10],
        "status": "resolved" if over else "not resolved",
        "active": "none" if over else name,
        "recent_issues": name if over else "",
        "details": handed[-1][1].text if handed else "",
        "failed_requests": _impact(scorecard.measures.failed_requests, "requests"),
    }


def _signal(story: Story) -> tuple[Event, f.AlertChanged] | None:
    """The alert that led to the first page; without one, the first critical one since users suffered."""
    case = story.case
    opened = next((event for event, fact in case.of(f.PageChanged) if fact.change == "triggered"), None)
    by_seq = {event.seq: event for event in story.log}
    link = by_seq.get(opened.cause or 0) if opened else None
    while link is not None:
        if isinstance(link.fact, f.AlertChanged):
            return link, link.fact
        link = by_seq.get(link.cause or 0)
    began = case.onset.t if case.onset else 0.0
    firing = ((event, fact) for event, fact in case.of(f.AlertChanged) if fact.state == "firing")
    critical = ((event, fact) for event, fact in firing if get(fact.labels, "severity") == "critical")
    return next((each for each in critical if each[0].t >= began), None)


def _title(story: Story) -> str:
    declared = story.case.by_responders(f.IncidentDeclared)
    return declared[-1][1].title if declared else story.scenario.title


def _impact(value: float | None, what: str) -> str:
    return "" if value is None else f"about {count(value)} {what}"


def _whys(story: Story) -> str:
    first = f"1. Why did users suffer? {story.cause.summary.strip()}"
    return "\n".join([first, *(f"{n}. Why? [to fill in: why {n}]" for n in range(2, _WHYS + 1))])


def _bullets(texts: Sequence[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _short(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
