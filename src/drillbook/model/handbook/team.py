"""Pages about the team: channels, contacts, review, targets, limits."""

from __future__ import annotations

from collections.abc import Iterator

from drillbook.model.guidance import Target
from drillbook.model.handbook.writing import bullets, hours, joined, share, under
from drillbook.model.playbook import Playbook
from drillbook.model.quantities import duration_text


def channels(playbook: Playbook) -> Iterator[str]:
    """Where people talk, and where others are told."""
    for side in ("internal", "external"):
        there = [each for each in playbook.channels if each.side == side]
        if there:
            yield f"{side.capitalize()}:"
        for channel in there:
            only = f" ({', '.join(channel.severities)} only)" if channel.severities else ""
            yield f"  {channel.name}{only}"
            yield from bullets(channel.purpose, "    ")


def contacts(playbook: Playbook) -> Iterator[str]:
    """How people are reached."""
    for contact in playbook.contacts:
        yield f"{contact.title}: {', '.join(contact.ways)}"


def review(playbook: Playbook) -> Iterator[str]:
    """How incidents are reviewed, and the meeting for it."""
    yield from bullets(playbook.review)
    meeting = playbook.review_meeting
    if meeting is None:
        return
    yield from under("For", meeting.purpose)
    yield from under("Never for", meeting.never_for)
    yield from under("Who comes", meeting.attendees)
    if meeting.lasts_at_least is not None and meeting.lasts_at_most is not None:
        least, most = duration_text(meeting.lasts_at_least), duration_text(meeting.lasts_at_most)
        yield f"It takes {least} to {most}."
    if meeting.agenda:
        yield "Agenda:"
        for number, item in enumerate(meeting.agenda, start=1):
            yield f"  {number}. {item.topic}, {duration_text(item.lasts)}"
    yield from under("Afterwards", meeting.afterwards)


def targets(playbook: Playbook) -> Iterator[str]:
    """What the team holds itself to, and what it reported."""
    for target in playbook.targets:
        least = "" if target.at_least is None else f"at least {_figure(target, target.at_least)}"
        most = "" if target.at_most is None else f"at most {_figure(target, target.at_most)}"
        found = "" if target.measured is None else f"reported {_figure(target, target.measured)}"
        metric = f" ({target.metric})" if target.metric else ""
        yield f"- {target.title}: {joined(least, most, found)}{metric}"


def _figure(target: Target, value: float) -> str:
    return share(value) if target.unit == "share" else duration_text(value)


def wellness(playbook: Playbook) -> Iterator[str]:
    """How long people may work, and their breaks."""
    rules = playbook.wellness
    if rules is None:
        return
    for limit in rules.limits:
        approval = ", with approval" if limit.needs_approval else ""
        yield f"{limit.title}:"
        yield f"  - at most {hours(limit.continuous_at_most)} without a rest"
        yield f"  - at least {hours(limit.rest_at_least)} of rest afterwards"
        yield f"  - at most {hours(limit.week_at_most)} a week{approval}"
    if rules.breaks:
        yield "Breaks during an incident:"
        for each in rules.breaks:
            yield f"  - {duration_text(each.lasts)} every {duration_text(each.every)}"
    yield from under("Breaks while it is quiet", rules.quiet)
