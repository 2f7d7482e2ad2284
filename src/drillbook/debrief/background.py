"""What happened behind the scenes, in words: faults, third parties, traffic, other people's work."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.debrief.wording import percent, span
from drillbook.events import facts as f
from drillbook.model.quantities import duration_text
from drillbook.model.scenario import (
    Change,
    Configure,
    Deploy,
    ExternalTrouble,
    Happening,
    SessionStarts,
    Traffic,
    Unannounced,
)


def planned(
    timeline: Sequence[Happening], t: float, fact: f.WorldChanged | f.ActionStarted
) -> Unannounced | None:
    """The happening of a timeline that an event at `t` comes from."""
    found = [each for each in timeline if isinstance(each, Unannounced) and _is(each, fact)]
    timed = [each for each in found if each.at == t]
    return next(iter([*timed, *(each for each in found if each.at is None)]), None)


def _is(happening: Unannounced, fact: f.WorldChanged | f.ActionStarted) -> bool:
    if isinstance(fact, f.ActionStarted):
        match happening:
            case Deploy(service=service, version=version):
                return (fact.action, fact.target, fact.value) == ("deploy", service, version)
            case Configure(service=service, setting=setting, value=value):
                return (fact.action, fact.target, fact.value) == ("set-env", service, f"{setting}={value}")
        return False
    match happening:
        case Traffic(factor=factor):
            return fact.what == f"traffic ×{factor:g}"
        case ExternalTrouble(name=name):
            return fact.what.startswith(f"external {name} ") and not fact.what.endswith(" recovers")
        case SessionStarts(session=session):
            return fact.what == f"session {session.application} starts"
        case Change(component=component):
            return fact.what.startswith(f"change {component} ")
    return False


def words(happening: Unannounced) -> str:
    """What it was: as the author tells it, else by component and figures."""
    if happening.told:
        return happening.told.strip()
    match happening:
        case Traffic(factor=factor, over=over):
            when = f"within {span(over)}" if over else "at once"
            return f"Traffic goes to {factor:g} times what the hour brings, {when}."
        case ExternalTrouble(name=name, latency=latency, error_ratio=error_ratio):
            slow = [] if latency is None else [f"answers in {duration_text(latency)}"]
            bad = [] if error_ratio is None else [f"fails {percent(error_ratio)} of the calls"]
            return f"{name} {' and '.join([*slow, *bad])}."
        case SessionStarts(session=session, postgres=postgres):
            many = f"{session.count} sessions" if session.count > 1 else "a session"
            return f"{session.user} begins {many} of {session.application} on {postgres}."
        case Change(component=component, set=changes):
            return f"{component} changes: {_flat(changes)}."
    return ""


def _flat(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_flat(each)}" for name, each in value.items())
    return str(value)
