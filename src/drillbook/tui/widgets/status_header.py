"""The two lines at the top that are always there: how bad, what time, what is due."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from drillbook.tui.deadlines import Deadline, updates, urgent
from drillbook.tui.live import Live
from drillbook.tui.notation import (
    MUTED,
    ago,
    bar,
    elapsed,
    left,
    level_mark,
    one_line,
    speed_text,
    spread,
    time_of_day,
)

PHASES = {
    "quiet": ("●", "all quiet", "$success"),
    "paged": ("✖", "PAGED", "bold $error"),
    "acknowledged": ("▲", "acknowledged", "$warning"),
    "declared": ("▲", "declared", "$warning"),
    "mitigated": ("●", "mitigated", "$success"),
    "resolved": ("●", "resolved", "$success"),
}
"""Symbol, words and style by phase of the incident."""

SHORT = {"customer-success": "customers", "executives": "execs", "status-page": "status"}
"""Names of audiences that are too long for the header."""


class StatusHeader(Widget):
    """Severity, phase, title, clock, speed; below them the countdowns."""

    DEFAULT_CSS = """
    StatusHeader { height: 2; width: 1fr; background: $background; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Content, Content, Content, Content] = (Content(""),) * 4

    def show(self, live: Live) -> None:
        """Bring it up to date."""
        rows = (_state(live), _clock(live), _countdowns(live), _pace(live))
        if rows != self._rows:
            self._rows = rows
            self.refresh()

    def render(self) -> Content:
        """Both lines."""
        state, clock, countdowns, pace = self._rows
        width = self.size.width
        return Content("\n").join([spread(state, clock, width), spread(countdowns, pace, width)])


def _state(live: Live) -> Content:
    view = live.view
    symbol, words, style = PHASES[view.phase]
    if view.severity:
        mark, severity_style = level_mark(view.severity, [level.id for level in live.playbook.severities])
        return Content.assemble(
            (f"{mark} {view.severity}", severity_style),
            (f" {words}", style),
            ("  ", ""),
            (one_line(view.title), "bold"),
        )
    return Content.assemble((f"{symbol} {words}", style), ("  ", ""), (live.scenario.title, "bold"))


def _clock(live: Live) -> Content:
    return Content.assemble(
        (time_of_day(live.scenario.start, live.now), "bold"), (" UTC", MUTED), f"  +{elapsed(live.now)}"
    )


def _pace(live: Live) -> Content:
    if live.ended:
        return Content.assemble(("■ ENDED", "bold $accent"))
    if live.paused:
        return Content.assemble(("‖ PAUSED", "bold $accent"), (f" {speed_text(live.speed)}", MUTED))
    return Content.assemble(("▶ ", "$success"), speed_text(live.speed))


def _countdowns(live: Live) -> Content:
    paging, telling = urgent(live.view, live.playbook), updates(live.view, live.playbook)
    parts = [_countdown(deadline, live.now) for deadline in paging]
    if telling:
        parts.append(Content.assemble(("update", MUTED)))
    parts += [_countdown(deadline, live.now) for deadline in telling]
    return Content("  ").join(parts) if parts else Content.assemble(("nothing is due", MUTED))


def _countdown(deadline: Deadline, now: float) -> Content:
    rest, what = deadline.left(now), SHORT.get(deadline.what, deadline.what)
    if rest < 0:
        return Content.assemble((f"✖ {what} OVERDUE {ago(-rest)}", "bold $error"))
    style = (
        "bold $error"
        if rest < deadline.span / 5
        else "$warning"
        if rest < deadline.span / 2
        else "$foreground"
    )
    if deadline.what in {"acknowledge", "escalates"}:
        gauge = bar(rest / deadline.span, 6)
        return Content.assemble((f"{what} ", MUTED), (f"{gauge} {left(rest)}", style))
    return Content.assemble((f"{what} ", MUTED), (left(rest), style))
