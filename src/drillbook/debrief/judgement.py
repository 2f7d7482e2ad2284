"""The scorecard as the debrief shows it: areas with their lines, figures, and messages with their grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from drillbook.debrief.document import Area, Communication, Evidence, Figure, Grade, Line
from drillbook.debrief.story import Story
from drillbook.debrief.timeline import truth_text
from drillbook.debrief.wording import count, listing, percent, span
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Area as AreaName
from drillbook.scoring import scorecard as card

RATINGS = {
    "P": "Performed without challenges",
    "S": "Performed with some challenges",
    "M": "Performed with major challenges",
    "U": "Unable to be performed",
}
"""HSEEP's ratings in words."""

_AUDIENCES = {
    "incidents": "#incidents",
    "executives": "executives",
    "status-page": "status page",
    "team": "team",
    "customer-success": "customer success",
}


def areas(scorecard: card.Scorecard, numbers: Mapping[int, int]) -> tuple[Area, ...]:
    """The seven areas in their order, with the expectations of each."""
    return tuple(_area(name, scorecard, numbers) for name in get_args(AreaName))


def figures(story: Story, scorecard: card.Scorecard) -> tuple[Figure, ...]:
    """The figures of the summary: times against their targets, and what the incident cost users."""
    needs, measures = story.scenario.needs, scorecard.measures
    within = story.playbook.duties.acknowledge_within
    suffered = sum(each.end - each.begin for each in story.suffering)
    lost = Figure("revenue", "Orders lost", _money(measures.lost_revenue), "estimate")
    return (
        Figure("acknowledge", "To acknowledge", _time(measures.acknowledge_s), f"target {span(within)}"),
        Figure("mitigate", "To mitigate", _time(measures.mitigate_s), _against(story)),
        Figure("resolve", "To resolve", _time(measures.resolve_s), "from the first failures"),
        Figure("suffered", "Users suffered", span(suffered) if suffered else "not at all", _worst(story)),
        Figure("failed", "Failed requests", _many(measures.failed_requests), _failed_share(story)),
        Figure("users", "Users affected", _many(measures.users_affected), ""),
        Figure(
            "user-minutes",
            "User minutes lost",
            _many(measures.user_minutes),
            f"par {count(needs.par_user_minutes)}",
        ),
        *([lost] if story.takes_orders else []),
    )


def _against(story: Story) -> str:
    """Par, and the playbook's target to restore service where it has one."""
    target = story.case.severity.resolve_within
    par = f"par {span(story.scenario.needs.par_mitigate)}"
    return par if target is None else f"{par}, target {span(target)}"


def communications(
    story: Story, scorecard: card.Scorecard, numbers: Mapping[int, int]
) -> tuple[Communication, ...]:
    """Everything that was said to people, graded where it was an update."""
    graded = {each.seq: each for each in scorecard.communications}
    found = []
    for event in story.log:
        place = _place(story, event.fact)
        if place is not None:
            where, text = place
            truth = story.case.truths.get(event.seq)
            grade = graded.get(event.seq)
            found.append(
                Communication(
                    seq=event.seq,
                    number=numbers.get(event.seq),
                    t=event.t,
                    at=story.clock.time(event.t),
                    who=story.name(event.actor),
                    where=where,
                    text=text,
                    truth=truth_text(truth) if truth and grade else "",
                    grades=_grades(grade) if grade else (),
                )
            )
    return tuple(found)


def cited(scorecard: card.Scorecard, log: Sequence[Event]) -> dict[int, tuple[str, ...]]:
    """The expectations by the number of the event that proves them, graded alike or not.

    Evidence that is hidden or a bare command stands for what it is about, which the timeline tells instead.
    """
    found: dict[int, tuple[str, ...]] = {}
    for line in scorecard.expectations:
        for seq in line.evidence:
            if 1 <= seq <= len(log):
                found[seq] = (*found.get(seq, ()), line.id)
    return found


def _area(name: str, scorecard: card.Scorecard, numbers: Mapping[int, int]) -> Area:
    lines = tuple(_line(each, numbers) for each in scorecard.expectations if each.area == name)
    result = scorecard.areas.get(name)
    if result is None:
        return Area(name, "", "Not asked for in this incident", None, lines)
    return Area(name, result.rating, RATINGS[result.rating], result.score, lines)


def _line(judged: card.Judged, numbers: Mapping[int, int]) -> Line:
    return Line(
        id=judged.id,
        outcome=judged.outcome,
        late_by_s=judged.late_by_s,
        quality=judged.quality,
        points=judged.points,
        max=judged.max,
        reason=judged.reason,
        rule=judged.rule.strip(),
        evidence=_evidence(judged.evidence, numbers),
    )


def _evidence(seqs: Sequence[int], numbers: Mapping[int, int]) -> tuple[Evidence, ...]:
    """One reference per line of the timeline, and one per event that is not on it."""
    found: dict[int, Evidence] = {}
    for seq in seqs:
        number = numbers.get(seq)
        found.setdefault(number if number is not None else -seq, Evidence(seq, number))
    return tuple(found.values())


def _grades(each: card.Communication) -> tuple[Grade, ...]:
    missing, present = each.facts_missing, each.facts_present
    said = f"says {_said(present) or 'none of the facts'}" + (f"; lacks {_said(missing)}" if missing else "")
    false = "; ".join(each.contradictions)
    words = f"{each.words} word" if each.words == 1 else f"{each.words} words"
    gap = f"{span(each.cadence_gap_s)} since they last heard"
    return (
        Grade("quality", percent(each.quality), "" if each.charged else "a colleague’s, not counted", None),
        Grade("facts", "incomplete" if missing else "complete", said, not missing),
        Grade("truth", "contradicted" if false else "nothing false", false, not false),
        Grade("words", "jargon" if each.jargon else "plain", ", ".join(each.jargon), not each.jargon),
        Grade("length", words, "", None),
        Grade("cadence", gap, "", None),
    )


def _said(facts: Sequence[str]) -> str:
    return listing([fact.replace("-", " ") for fact in facts])


def _place(story: Story, fact: f.Fact) -> tuple[str, str] | None:
    if isinstance(fact, f.MessagePosted):
        if fact.channel == "#alerts":
            return None
        to = fact.channel
        return (f"to {story.name(to[1:])}" if to.startswith("@") else to), fact.text
    if isinstance(fact, f.StatusUpdated):
        return f"status page: {fact.state}", fact.text
    if isinstance(fact, f.UpdateSent):
        return f"update to {_AUDIENCES.get(fact.audience, fact.audience)}", fact.text
    if isinstance(fact, f.HandedOff):
        return f"handoff to {story.name(fact.person)}", fact.text
    return None


def _time(seconds: float | None) -> str:
    return "never" if seconds is None else span(seconds)


def _many(value: float | None) -> str:
    return "not measured" if value is None else count(value)


def _money(value: float | None) -> str:
    return "not measured" if value is None else f"${count(value)}"


def _worst(story: Story) -> str:
    history = story.case.history
    return f"at worst {percent(max(history.error_ratio))} failed" if history and history.error_ratio else ""


def _failed_share(story: Story) -> str:
    history = story.case.history
    if history is None:
        return ""
    total = sum(history.request_rate) * history.step
    return f"{percent(history.failed_requests / total)} of all during the drill" if total else ""
