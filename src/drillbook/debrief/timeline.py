"""The timeline: what mattered, numbered, with what was true beside what was claimed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drillbook.debrief.behind import behind
from drillbook.debrief.clues import MISLEADING, Sight
from drillbook.debrief.document import Entry
from drillbook.debrief.story import Story
from drillbook.debrief.wording import count, percent
from drillbook.events import facts as f
from drillbook.events.event import HIDDEN, Event
from drillbook.events.narrate import narrate
from drillbook.model.automation import AUTOMATION
from drillbook.model.labels import get
from drillbook.model.scenario import Say
from drillbook.scoring.graders.diagnosis import names_cause

VERDICTS = {
    "right": "Right",
    "partial": "A partial remedy",
    "useless": "Useless here",
    "harmful": "Harmful here",
    "not judged": "Not judged",
}
"""Verdicts on remedies, in words."""

_OUTPUT_LINES = 14
_QUIET = ("#alerts",)


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has a number."""

    kind: str
    text: str
    notes: tuple[str, ...] = ()
    output: str = ""
    key: bool = False
    once: tuple[str, ...] = ()
    """Of the entries with the same words here only the first is a turning point."""


def timeline(
    story: Story, sights: Mapping[int, tuple[Sight, ...]], cited: Mapping[int, tuple[str, ...]]
) -> tuple[Entry, ...]:
    """The entries in order.

    `sights` has the clues that the probe of a number was the first to show; `cited` the expectations that an
    event is evidence for. A cited event is told even where it would not be otherwise, as far as it can be.
    """
    entries: list[Entry] = []
    seen: set[tuple[str, ...]] = set()
    for event in story.log:
        draft = _draft(story, event, sights.get(event.seq, ()), is_cited=event.seq in cited)
        if draft is not None and draft.text:
            first = not draft.once or draft.once not in seen
            seen.add(draft.once)
            entries.append(
                Entry(
                    number=len(entries) + 1,
                    seq=event.seq,
                    t=event.t,
                    at=story.clock.time(event.t),
                    kind=draft.kind,
                    text=draft.text,
                    notes=draft.notes,
                    output=draft.output,
                    key=draft.key and first,
                    cited=cited.get(event.seq, ()),
                )
            )
    return tuple(entries)


def numbers(story: Story, entries: tuple[Entry, ...]) -> dict[int, int]:
    """The timeline number by event number, also for events that an entry follows from or that measure it.

    A command is told by what it did, and a hidden measurement by the claim that it was taken for.
    """
    direct = {entry.seq: entry.number for entry in entries}
    known = dict(direct)
    for event in story.log:
        if event.seq in direct and event.cause is not None:
            known.setdefault(event.cause, direct[event.seq])
        elif event.seq not in known and event.cause in direct:
            known[event.seq] = direct[event.cause]
    return known


def truth_text(truth: f.TruthMeasured) -> str:
    """What was true at the moment of a claim, in a sentence."""
    if truth.suffering:
        users = count(truth.users_affected)
        affected = f", {users} users affected so far" if truth.users_affected >= 1 else ""
        return f"The truth then: {percent(truth.error_ratio)} of requests failed{affected}."
    return f"The truth then: users did not suffer ({percent(truth.error_ratio)} of requests failed)."


def _draft(story: Story, event: Event, sights: tuple[Sight, ...], *, is_cited: bool) -> Draft | None:
    fact = event.fact
    if isinstance(fact, f.ProbeAnswered):
        return _look(story, event, fact, sights) if sights or is_cited else None
    tell = _TELL.get(type(fact))
    draft = tell(story, event, fact) if tell else None
    if draft is None and is_cited and event.to != HIDDEN and type(fact) in _ON_DEMAND:
        draft = Draft("note", narrate(event, story.names))
    return draft


def _look(story: Story, event: Event, fact: f.ProbeAnswered, sights: tuple[Sight, ...]) -> Draft:
    who = story.name(sights[0].person if sights else event.to)
    meanings = tuple(
        f"{sight.clue.says.strip()}{' ' + MISLEADING if sight.misleading else ''}" for sight in sights
    )
    line = sights[0].line if sights else 0
    return Draft(
        "look", f"{who} looks: {fact.command}", meanings, _excerpt(fact.output, line), key=bool(sights)
    )


def _excerpt(output: str, line: int) -> str:
    """The lines of an output around the one that matters, with what was left out."""
    lines = output.rstrip("\n").split("\n")
    if len(lines) <= _OUTPUT_LINES:
        return "\n".join(lines)
    first = max(0, min(line - _OUTPUT_LINES // 2, len(lines) - _OUTPUT_LINES))
    shown = lines[first : first + _OUTPUT_LINES]
    before = [f"… {first} lines before"] if first else []
    rest = len(lines) - first - len(shown)
    return "\n".join([*before, *shown, *([f"… {rest} more lines"] if rest else [])])


def _impact(story: Story, event: Event, fact: f.ImpactChanged) -> Draft:
    if fact.suffering:
        text = f"Users begin to suffer: {percent(fact.error_ratio)} of requests fail."
    else:
        text = "Users no longer suffer."
    return Draft("users", text, key=True)


def _alert(story: Story, event: Event, fact: f.AlertChanged) -> Draft | None:
    if fact.state != "firing":
        return None
    critical = get(fact.labels, "severity") == "critical"
    once = ("alert", get(fact.labels, "alertname"))
    return Draft("alert", narrate(event, story.names), key=critical, once=once)


def _page(story: Story, event: Event, fact: f.PageChanged) -> Draft | None:
    text = narrate(event, story.names)
    match fact.change:
        case "acknowledged":
            return Draft("response", text, key=True, once=("acknowledged", fact.page))
        case "notified":
            return Draft("page", text, key=fact.user == story.person, once=("notified", fact.page))
        case "escalated" | "exhausted" | "ack-timed-out" | "nobody-on-call":
            return Draft("page", text, key=True)
        case "suppressed" | "on-call" | "restarted":
            return Draft("page", text)
        case "resolved" if fact.user:
            return Draft("page", text)
    return None


def _said(story: Story, event: Event, fact: f.MessagePosted) -> Draft | None:
    if fact.channel in _QUIET:
        return None
    notes = _truth(story, event)
    background = event.cause is None and any(
        isinstance(each, Say) and each.person == event.actor and each.text == fact.text
        for each in story.scenario.timeline
    )
    kind = "change" if background else "message"
    return Draft(kind, narrate(event, story.names), () if background else notes)


def _claim(kind: str, *, key: bool) -> Callable[[Story, Event, Any], Draft]:
    def tell(story: Story, event: Event, fact: Any) -> Draft:
        return Draft(kind, narrate(event, story.names), _truth(story, event), key=key)

    return tell


def _truth(story: Story, event: Event) -> tuple[str, ...]:
    truth = story.case.truths.get(event.seq)
    return (truth_text(truth),) if truth else ()


def _status(story: Story, event: Event, fact: f.StatusUpdated) -> Draft:
    once = ("status", fact.state)
    return Draft("message", narrate(event, story.names), _truth(story, event), key=True, once=once)


def _update(story: Story, event: Event, fact: f.UpdateSent) -> Draft:
    once = ("update", fact.audience)
    return Draft("message", narrate(event, story.names), _truth(story, event), key=True, once=once)


def _cause(story: Story, event: Event, fact: f.CauseStated) -> Draft:
    said = [each for each in story.stated_causes if each.event.seq == event.seq]
    named = [cause for cause in story.scenario.needs.causes if said and names_cause(said[0], cause)]
    if story.cause in named:
        note = "True: this is what happened."
    else:
        note = "Not what happened." if named else "This names none of the possible causes."
    return Draft("cause", narrate(event, story.names), (note,), key=True)


def _action(story: Story, event: Event, fact: f.ActionStarted) -> Draft:
    work = next((each for each in story.case.works if each.event.seq == event.seq), None)
    if event.actor == AUTOMATION:
        return Draft("action", f"The automation does: {fact.command}", key=True)
    if work is None:
        return Draft("change", _change(story, event, fact), key=True)
    verdict = work.remedy.verdict if work.remedy else "not judged"
    text = f"{story.name(event.actor)} does: {fact.command}"
    notes = (f"{VERDICTS[verdict]}: {work.why}", story.effect(work))
    return Draft("action", text, tuple(note for note in notes if note), key=True)


def _change(story: Story, event: Event, fact: f.ActionStarted) -> str:
    value = f" {fact.value}" if fact.value else ""
    named = fact.command or f"{fact.action} {fact.target}{value}"
    return f"Behind the scenes: {named}"


def _unseen(story: Story, event: Event, fact: f.WorldChanged) -> Draft | None:
    told = behind(story, event, fact)
    return Draft("change", f"Behind the scenes: {told}", key=True) if told else None


def _finished(story: Story, event: Event, fact: f.ActionFinished) -> Draft | None:
    if event.to == HIDDEN:
        return None
    return Draft("action", narrate(event, story.names), key=not fact.ok)


def _hint(story: Story, event: Event, fact: f.HintGiven) -> Draft:
    return Draft("drill", f"Hint {fact.number}: {fact.text}")


def _ended(story: Story, event: Event, fact: f.Ended) -> Draft:
    why = {
        "resolved": "The drill ends: the incident is closed.",
        "time": "The drill ends: its time is up.",
        "stopped": "The drill is ended by hand.",
    }
    return Draft("drill", why[fact.why])


def _plain(kind: str, *, key: bool = False) -> Callable[[Story, Event, Any], Draft]:
    def tell(story: Story, event: Event, fact: Any) -> Draft:
        return Draft(kind, narrate(event, story.names), key=key)

    return tell


_TELL: dict[type[Any], Callable[[Story, Event, Any], Draft | None]] = {
    f.ImpactChanged: _impact,
    f.AlertChanged: _alert,
    f.PageChanged: _page,
    f.SilenceAdded: _plain("action", key=True),
    f.SilenceExpired: _plain("action"),
    f.IncidentDeclared: _claim("response", key=True),
    f.SeverityChanged: _plain("response", key=True),
    f.RoleAssigned: _plain("response"),
    f.PersonPaged: _plain("response"),
    f.PersonAnswered: _plain("response"),
    f.MessagePosted: _said,
    f.StatusUpdated: _status,
    f.UpdateSent: _update,
    f.NoteTaken: _plain("note"),
    f.CauseStated: _cause,
    f.RunbookOpened: _plain("response"),
    f.HintGiven: _hint,
    f.ActionStarted: _action,
    f.ActionFinished: _finished,
    f.WorldChanged: _unseen,
    f.MitigationClaimed: _claim("response", key=True),
    f.IncidentResolved: _claim("response", key=True),
    f.IncidentReopened: _plain("drill", key=True),
    f.HandedOff: _plain("response", key=True),
    f.Ended: _ended,
}

_ON_DEMAND = (f.AlertChanged, f.AlertSilenced, f.PageChanged, f.MessagePosted, f.StepChecked, f.Replied)
"""Told only where a grade rests on them."""
