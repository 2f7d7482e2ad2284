"""What a responder knows at this moment, as templates name it."""

from __future__ import annotations

from datetime import timedelta

from drillbook.engine.desk import Desk
from drillbook.events.view import PageView
from drillbook.model.playbook import Severity
from drillbook.model.quantities import duration_text

OWN = "#incidents"
"""The responders' own channel."""


def known(desk: Desk) -> dict[str, str]:
    """Values for the blanks that follow from what the seat has seen, done and said; the others stay open."""
    view = desk.view
    severity = desk.playbook.severity(view.severity) if view.severity else None
    values = {
        "title": view.title,
        "severity": f"{severity.id} - {severity.name}" if severity else "",
        "time": _clock(desk, view.now),
        "date": _clock(desk, view.now, "%Y-%m-%d"),
        "status": _status(desk),
        "cause": view.causes[-1][1] if view.causes else "",
        "action": _action(desk),
        "channel": OWN,
        **_cadence(desk, severity),
        "active": f"{view.title} ({view.severity})"
        if view.declared_at is not None and not _over(desk)
        else "",
    }
    roles = {"commander": "commander", "tech_lead": "tech-lead", "communications": "communications"}
    values |= {blank: _name(desk, view.roles.get(role, "")) for blank, role in roles.items()}
    pages = sorted(view.pages.values(), key=lambda page: page.opened_at)
    return values | (_paged(desk, pages[0]) if pages else {})


def _paged(desk: Desk, page: PageView) -> dict[str, str]:
    until = desk.view.now if desk.view.resolved_at is None else desk.view.resolved_at
    answered = "" if page.acknowledged_at is None else _clock(desk, page.acknowledged_at)
    return {
        "alert": page.summary,
        "detected": _clock(desk, page.opened_at, "%Y-%m-%d %H:%M:%S UTC"),
        "acknowledged": answered,
        "who": _name(desk, page.acknowledged_by),
        "duration": duration_text(until - page.opened_at),
    }


def _clock(desk: Desk, t: float, form: str = "%H:%M UTC") -> str:
    return (desk.scenario.start + timedelta(seconds=t)).strftime(form)


def _name(desk: Desk, person: str) -> str:
    return desk.names.get(person, person)


def _over(desk: Desk) -> bool:
    return desk.view.resolved_at is not None


def _status(desk: Desk) -> str:
    view = desk.view
    if _over(desk):
        return "resolved"
    if view.mitigated_at is not None:
        return "monitoring"
    return view.status or "investigating"


def _action(desk: Desk) -> str:
    latest = max(desk.view.actions.values(), key=lambda action: action.started_at, default=None)
    return f"{latest.action} {latest.target}" if latest else ""


def _cadence(desk: Desk, severity: Severity | None) -> dict[str, str]:
    """How often the responders' own channel must hear, and when it must next."""
    every = [each.every for each in severity.updates if f"#{each.audience}" == OWN] if severity else []
    return {"every": duration_text(every[0]), "next": _clock(desk, desk.view.now + every[0])} if every else {}
