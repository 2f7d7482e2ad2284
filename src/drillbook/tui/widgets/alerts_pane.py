"""Pages and alerts, with the time that is left to acknowledge them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from drillbook.events.view import AlertView, PageView
from drillbook.model.labels import get
from drillbook.tui.deadlines import Deadline, acknowledgement, escalation
from drillbook.tui.live import Live
from drillbook.tui.notation import FAINT, MUTED, ago, alert_mark, bar, left, one_line, time_of_day
from drillbook.tui.widgets.pane import Pane
from drillbook.tui.wrapping import hang_all


class AlertsPane(Pane):
    """Announces `Acknowledge` when a page or an alert is chosen."""

    DEFAULT_CSS = """
    AlertsPane OptionList { border: none; padding: 0; height: 1fr; background: $surface; }
    AlertsPane OptionList:focus { border: none; background-tint: $surface 0%; }
    """
    TITLE = "Alerts and pages"
    KEY = "F3"
    BINDINGS = [Binding("space", "choose", "Acknowledge", key_display="space")]

    @dataclass
    class Acknowledge(Message):
        """Somebody wants to acknowledge a page (by its id) or the page of an alert (by its name)."""

        what: str

    def compose(self) -> ComposeResult:
        yield OptionList(id="alerts", markup=False)

    def enter(self) -> None:
        self.query_one(OptionList).focus()

    def show(self, live: Live) -> None:
        """Bring the list up to date; the line that was chosen stays chosen."""
        options = self.query_one(OptionList)
        width = max(options.scrollable_content_region.width, 20)
        found = [_page_row(page, live) for page in reversed(live.view.open_pages)]
        found += [_alert_row(alert, live) for alert in _sorted(live.view.alerts.values())]
        rows = [(key, Content("\n").join(hang_all(lines, width, 2))) for key, lines in found]
        if not rows:
            rows = [("", Content.assemble(("No alert fires. No page is open.", MUTED)))]
        if [option.id for option in options.options] == [key or None for key, _ in rows]:
            for index, (_, content) in enumerate(rows):
                if options.get_option_at_index(index).prompt != content:
                    options.replace_option_prompt_at_index(index, content)
        else:
            chosen = options.highlighted_option
            options.set_options(Option(content, key or None, disabled=not key) for key, content in rows)
            if chosen is not None and chosen.id in {key for key, _ in rows}:
                options.highlighted = options.get_option_index(chosen.id or "")
        firing = len(live.view.firing)
        self.border_subtitle = f"{firing} firing" if firing else ""

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        kind, _, what = (event.option.id or "").partition(":")
        self.post_message(self.Acknowledge(what.partition("|")[0] if kind == "alert" else what))

    def action_choose(self) -> None:
        """The same as Enter."""
        self.query_one(OptionList).action_select()


def _sorted(alerts: Iterable[AlertView]) -> list[AlertView]:
    order = {"firing": 0, "pending": 1, "inactive": 2}
    known = {"critical": 0, "warning": 1}
    return sorted(
        alerts,
        key=lambda alert: (order[alert.state], known.get(alert.severity, 2), -(alert.fired_at or 0.0)),
    )


def _page_row(page: PageView, live: Live) -> tuple[str, list[Content]]:
    me = any(person == live.person for _, person in page.notified)
    title = Content.assemble(
        ("☎ ", "bold $accent"),
        (f"PAGE {page.id}", "bold"),
        ("  for you" if me else "", "bold $accent"),
        (f"  {page.urgency} urgency, level {page.level}", MUTED),
    )
    lines = [title, Content.assemble("  ", (one_line(page.summary), ""))]
    if page.state == "acknowledged":
        who = "you" if page.acknowledged_by == live.person else live.view.name_of(page.acknowledged_by)
        at = time_of_day(live.scenario.start, page.acknowledged_at or 0.0)
        lines.append(Content.assemble((f"  ✓ acknowledged by {who} at {at}", "$success")))
    due = (acknowledgement(page, live.view, live.playbook), escalation(page))
    lines += [_due(deadline, live.now) for deadline in due if deadline is not None]
    return f"page:{page.id}", lines


def _due(deadline: Deadline, now: float) -> Content:
    rest = deadline.left(now)
    words = "acknowledge in" if deadline.what == "acknowledge" else "escalates in  "
    if rest < 0:
        return Content.assemble((f"  ✖ {deadline.what} OVERDUE by {ago(-rest)}", "bold $error"))
    style = (
        "bold $error" if rest < deadline.span / 5 else "$warning" if rest < deadline.span / 2 else "$success"
    )
    return Content.assemble(f"  {words} ", (bar(rest / deadline.span, 10), style), (f" {left(rest)}", style))


def _alert_row(alert: AlertView, live: Live) -> tuple[str, list[Content]]:
    key = "alert:" + alert.name + "|" + ",".join(f"{name}={value}" for name, value in alert.labels)
    if alert.state == "inactive":
        at = time_of_day(live.scenario.start, alert.ended_at or 0.0)
        return key, [Content.assemble((f"✓ ended    {alert.name}  at {at}", FAINT))]
    symbol, word, style = alert_mark(alert.severity)
    if alert.state == "pending":
        since = ago(live.now - alert.active_at)
        return key, [Content.assemble((f"◌ pending  {alert.name}  {since}", MUTED))]
    since = ago(live.now - (alert.fired_at or live.now))
    head = Content.assemble((f"{symbol} {word:<8}", style), " ", (alert.name, "bold"), (f"  {since}", MUTED))
    lines = [head]
    if alert.silenced_by:
        lines.append(Content.assemble(("  ∅ silenced: nobody is notified", "bold $warning")))
    summary = one_line(get(alert.annotations, "summary"))
    if summary:
        lines.append(Content.assemble((f"  {summary}", MUTED)))
    return key, lines
