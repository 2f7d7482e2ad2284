"""Whom a playbook's escalation triggers name, as far as somebody at work can see that they hold."""

from __future__ import annotations

from drillbook.model.labels import get
from drillbook.model.trigger import (
    Declared,
    RevenueLost,
    RevenuePerHour,
    SeveralServices,
    Trigger,
    Unresolved,
    UsersAffected,
)
from drillbook.people.mind import Mind
from drillbook.people.skill import MAJOR_SHARE


def named_by_triggers(mind: Mind) -> list[str]:
    """People whom triggers call for now, in the playbook's order.

    Nobody sees users and dollars at a glance: whoever measured a large failing share takes them to be many.
    """
    judged = (each for each in mind.playbook.triggers if not each.automatic)
    holding = [each for each in judged if _holds(mind, each)]
    return list(dict.fromkeys(person for each in holding for person in each.escalate_to))


def _holds(mind: Mind, trigger: Trigger) -> bool:
    match trigger.when:
        case UsersAffected() | RevenueLost() | RevenuePerHour():
            return mind.share is not None and mind.share >= MAJOR_SHARE
        case SeveralServices(count=count):
            return len(_services(mind)) >= count
        case Declared(severities=names):
            return _at(mind, names)
        case Unresolved(after=after, severities=names) if not names or _at(mind, names):
            target = mind.severity.resolve_within if mind.severity else None
            within = target if after is None else after
            opened = min((page.opened_at for page in mind.view.pages.values()), default=mind.now)
            return within is not None and mind.now - opened >= within
    return False


def _at(mind: Mind, names: list[str]) -> bool:
    return mind.severity is not None and mind.severity in [mind.playbook.severity(name) for name in names]


def _services(mind: Mind) -> set[str]:
    critical = [alert.labels for alert in mind.view.firing if alert.severity == "critical"]
    found = ((get(labels, name) for name in ("service", "job", "team")) for labels in critical)
    return {next((name for name in names if name), "") for names in found}
