"""What the scenario did to the system unseen, in words: sessions, traffic, third parties, changes."""

from __future__ import annotations

from drillbook.debrief.story import Story
from drillbook.debrief.wording import percent, span
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.scenario import Change, ExternalTrouble, Happening, SessionStarts, Traffic


def behind(story: Story, event: Event, fact: f.WorldChanged) -> str:
    """What the scenario did at that moment; nothing where the change followed from something else."""
    for planned in story.scenario.timeline:
        term, text = _told(planned)
        if term and fact.what.startswith(term) and planned.at in {None, event.t}:
            return text
    return ""


def _told(planned: Happening) -> tuple[str, str]:
    """The term with which the world says it, and our words for it."""
    match planned:
        case SessionStarts(session=session):
            many = f"{session.count} sessions" if session.count > 1 else "a session"
            whose = f"{session.user} begins {many} of {session.application}"
            return f"session {session.application} starts", f"{whose} on {planned.postgres}"
        case Traffic(factor=factor):
            return "traffic", f"traffic goes to {factor:g} times the usual, {_over(planned.over)}"
        case ExternalTrouble(name=name):
            became = []
            if planned.latency is not None:
                became.append(f"takes {planned.latency:g} s")
            if planned.error_ratio is not None:
                became.append(f"fails {percent(planned.error_ratio)}")
            return f"external {name} ", f"{name} {' and '.join(became)}"
        case Change(component=component):
            what = ", ".join(f"{key} {_value(value)}" for key, value in planned.set.items())
            return f"change {component} ", f"{component}: {what}"
    return "", ""


def _over(seconds: float) -> str:
    return f"within {span(seconds)}" if seconds else "at once"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return " and ".join(f"{key} {_value(each)}" for key, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
