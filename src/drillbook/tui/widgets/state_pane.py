"""The incident itself: severity, phase, who does what, who must hear next."""

from __future__ import annotations

from textual.content import Content

from drillbook.tui.deadlines import updates
from drillbook.tui.live import Live
from drillbook.tui.notation import MUTED, ago, left, level_mark, time_of_day
from drillbook.tui.widgets.listing import Listing
from drillbook.tui.widgets.status_header import PHASES


class StatePane(Listing):
    """Text only; it changes by commands."""

    TITLE = "Incident"
    KEY = "F8"

    def show(self, live: Live) -> None:
        """Bring it up to date."""
        self.draw([*_incident(live), *_roles(live), *_updates(live)])


def _row(name: str, value: str, style: str = "") -> Content:
    return Content.assemble((f"{name:<10}", MUTED), (value, style))


def _incident(live: Live) -> list[Content]:
    view, start = live.view, live.scenario.start
    symbol, words, style = PHASES[view.phase]
    rows = [_row("phase", f"{symbol} {words}", style)]
    if not view.severity:
        return [*rows, _row("severity", "not declared: /declare SEV TEXT", MUTED)]
    mark, severity_style = level_mark(view.severity, [level.id for level in live.playbook.severities])
    level = live.playbook.severity(view.severity)
    rows.append(_row("severity", f"{mark} {view.severity} {level.name if level else ''}", severity_style))
    moments = (
        ("declared", view.declared_at),
        ("mitigated", view.mitigated_at),
        ("resolved", view.resolved_at),
    )
    past = [f"{name} {time_of_day(start, t)[:5]}" for name, t in moments if t is not None]
    rows.append(_row("since", ", ".join(past)))
    if view.status:
        rows.append(_row("status", view.status))
    return rows


def _roles(live: Live) -> list[Content]:
    rows = [Content.assemble(("roles", "bold"))]
    for role in live.playbook.roles:
        holder = live.view.roles.get(role.id)
        name = (
            "nobody yet" if holder is None else "you" if holder == live.person else live.view.name_of(holder)
        )
        here = holder is None or holder == live.person or holder in live.view.present
        text = name if here else f"{name} (called)"
        rows.append(Content.assemble((f"  {role.id:<15}", MUTED), (text, MUTED if holder is None else "")))
    return rows


def _updates(live: Live) -> list[Content]:
    due = updates(live.view, live.playbook)
    if not due:
        return []
    rows = [Content.assemble(("next update due", "bold"))]
    for deadline in due:
        rest = deadline.left(live.now)
        text, style = f"in {left(rest)}", "$warning" if rest < deadline.span / 3 else ""
        if rest < 0:
            text, style = f"✖ OVERDUE {ago(-rest)}", "bold $error"
        at = time_of_day(live.scenario.start, deadline.at)[:5]
        rows.append(Content.assemble((f"  {deadline.what:<17}", MUTED), (f"{at}  ", MUTED), (text, style)))
    return rows
