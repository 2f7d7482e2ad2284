"""The golden signals, and what the trainee asked about."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import ItemGrid, VerticalScroll

from drillbook.tui.live import Live
from drillbook.tui.widgets.chart import Chart
from drillbook.tui.widgets.pane import Pane

SPANS = (300.0, 900.0, 1800.0, 3600.0)
"""Lengths of the time axis that one can choose from, seconds."""

MOST_PINNED = 8
"""Charts of the trainee's own; the oldest goes when there are more."""


class ChartsPane(Pane):
    """Draws only what can be seen."""

    DEFAULT_CSS = """
    ChartsPane { padding: 0; }
    ChartsPane VerticalScroll { scrollbar-size-vertical: 1; }
    ChartsPane ItemGrid { height: auto; grid-gutter: 0 2; padding: 0 1; }
    ChartsPane Chart { height: 8; }
    """
    TITLE = "Charts"
    KEY = "F4"
    BINDINGS = [
        Binding("z", "zoom", "Zoom"),
        Binding("x", "unpin", "Remove"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._span = SPANS[1]
        self._pinned: list[Chart] = []

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield ItemGrid(id="charts", min_column_width=30, stretch_height=False)

    def enter(self) -> None:
        self.query_one(VerticalScroll).focus()

    @property
    def expressions(self) -> list[str]:
        """The PromQL of every chart, in order."""
        return [chart.expr for chart in self.query(Chart)]

    def start(self, signals: Iterable[tuple[str, str, str]]) -> None:
        """Have charts of these: title, unit and PromQL."""
        self.query_one(ItemGrid).mount_all([Chart(*signal) for signal in signals])
        self._say_span()

    def show(self, live: Live) -> None:
        """Draw what is due."""
        view = self.query_one(VerticalScroll).region
        for chart in self.query(Chart):
            if view.overlaps(chart.region):
                chart.draw(live, self._span)

    def pin(self, expr: str) -> None:
        """Add a chart of the trainee's own; one that is there already is shown."""
        found = next((chart for chart in self.query(Chart) if chart.expr == expr), None)
        if found is None:
            found = Chart(expr, "", expr)
            self._pinned.append(found)
            self.query_one(ItemGrid).mount(found)
            if len(self._pinned) > MOST_PINNED:
                self._pinned.pop(0).remove()
        found.call_after_refresh(found.scroll_visible, animate=False)

    def action_zoom(self) -> None:
        """The next length of the time axis."""
        self._span = SPANS[(SPANS.index(self._span) + 1) % len(SPANS)]
        self._say_span()
        self.post_message(self.Changed())

    def action_unpin(self) -> None:
        """Take the newest chart of one's own away."""
        if self._pinned:
            self._pinned.pop().remove()

    def _say_span(self) -> None:
        self.border_subtitle = f"last {self._span / 60:.0f} min"
